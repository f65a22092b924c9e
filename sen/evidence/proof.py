"""A proof about one record that shows nothing of the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sen.evidence.checkpoint import Checkpoint
from sen.evidence.record import Record, body_hash, linked
from sen.evidence.signing import Envelope


@dataclass(frozen=True)
class Proof:
    """A record, the body hashes of those after it, and the signed checkpoint they lead to."""

    record: Record
    links: tuple[str, ...]
    envelope: Envelope

    def written(self) -> dict[str, Any]:
        record = json.loads(self.record.line())
        return {"record": record, "links": list(self.links), "checkpoint": dict(self.envelope)}

    @classmethod
    def read(cls, text: str | bytes) -> Proof:
        """Read a proof.

        Raises:
            ValueError: It is none.
        """
        try:
            given = json.loads(text)
            record = Record.read(json.dumps(given["record"]).encode())
            return cls(record, tuple(map(str, given["links"])), given["checkpoint"])
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("not a proof") from error

    def holds(self, keys: Mapping[str, Ed25519PublicKey]) -> bool:
        """Say whether the record stands under a checkpoint that a known key has signed."""
        try:
            checkpoint = Checkpoint.opened(self.envelope, keys)
            reached = self.record.hash
            for link in self.links:
                reached = linked(reached, link)
        except ValueError:
            return False
        there = self.record.sequence + len(self.links) == checkpoint.sequence
        return self.record.sound and there and reached == checkpoint.hash


def prove(records: Iterable[Record], sequence: int, sealed: Mapping[int, Envelope]) -> Proof | None:
    """Prove a record by the first checkpoint at or after it; None where there is none."""
    until = min((number for number in sealed if number >= sequence), default=None)
    if until is None:
        return None
    part = [each for each in records if sequence <= each.sequence <= until]
    if not part or part[0].sequence != sequence:
        return None
    links = tuple(body_hash(each.body) for each in part[1:])
    return Proof(part[0], links, sealed[until])
