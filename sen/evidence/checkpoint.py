"""A checkpoint: a signed word about how long the chain is and what its last hash is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sen.evidence.record import Record, canonical
from sen.evidence.signing import Envelope, Signer, opened

KIND = "application/vnd.sen.checkpoint+json"


@dataclass(frozen=True)
class Checkpoint:
    """What was true of the chain at one moment.

    Attributes:
        chain: Name of the chain.
        sequence: Number of its last record then.
        hash: Hash of that record.
        at: Time of that record.
    """

    chain: str
    sequence: int
    hash: str
    at: str

    @classmethod
    def of(cls, chain: str, record: Record) -> Checkpoint:
        return cls(chain, record.sequence, record.hash, record.at)

    @classmethod
    def opened(cls, envelope: Envelope, keys: Mapping[str, Ed25519PublicKey]) -> Checkpoint:
        """Read a signed checkpoint.

        Raises:
            ValueError: It is malformed, or not signed by a known key.
        """
        given: dict[str, Any] = json.loads(opened(envelope, KIND, keys))
        try:
            found = cls(**given)
        except TypeError as error:
            raise ValueError("not a checkpoint") from error
        texts = (found.chain, found.hash, found.at)
        if type(found.sequence) is not int or not all(isinstance(each, str) for each in texts):
            raise ValueError("a field is of another kind")
        return found

    def signed(self, signer: Signer) -> dict[str, Any]:
        return signer.sign(KIND, canonical(asdict(self)))
