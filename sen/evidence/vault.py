"""Where the evidence of a cluster is sealed: a bucket and a key that the pod's settings name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sen.errors import MissingPartError
from sen.evidence.archive import Archive
from sen.evidence.bucket import LockedBucket
from sen.evidence.chain import Chain, Clock, now
from sen.evidence.notary import Notary
from sen.evidence.place import KEEP
from sen.evidence.signing import Signer
from stacks.problem import Problem

KEY = "SEN_EVIDENCE_KEY_FILE"
_NAMES = ("SEN_S3_ENDPOINT", "SEN_EVIDENCE_BUCKET", "AWS_SHARED_CREDENTIALS_FILE")


@dataclass(frozen=True)
class Vault:
    """A bucket with object lock, who may write to it, and the key that signs.

    Attributes:
        credentials: An AWS credentials file.
        key: Ed25519, PEM; never made here: copies of one operator sign with one key.
    """

    endpoint: str
    region: str
    bucket: str
    credentials: Path
    key: Path

    @classmethod
    def found(cls, variables: Mapping[str, str] = os.environ) -> Vault | None:
        """Read what the chart set; None where no key is named: then nothing is sealed here.

        Raises:
            MissingPartError: A key is named, and the rest is not, or there is no such key.
        """
        if not variables.get(KEY):
            return None
        missing = [name for name in _NAMES if not variables.get(name)]
        if missing:
            values = {"names": ", ".join(missing)}
            raise MissingPartError(Problem("operator-no-variable", "operator", values))
        endpoint, bucket, credentials = (variables[name] for name in _NAMES)
        region, key = variables.get("AWS_REGION", "vn-1"), Path(variables[KEY])
        if not key.is_file():
            raise MissingPartError(Problem("evidence-no-key", str(key)))
        return cls(endpoint, region, bucket, Path(credentials), key)

    def notary(self, chain: Chain, name: str, clock: Clock = now) -> Notary:
        """Give the notary of a chain under a name in the bucket."""
        s3 = _client(self.endpoint, self.region, self.credentials)
        archive = Archive(s3, self.bucket, name, KEEP)
        return Notary(chain, archive, Signer.at(self.key), clock)


def found_bucket(variables: Mapping[str, str] = os.environ) -> LockedBucket:
    """Give the bucket that the chart names, for who keeps things in it and seals nothing.

    Raises:
        MissingPartError: None is named.
    """
    missing = [name for name in _NAMES if not variables.get(name)]
    if missing:
        values = {"names": ", ".join(missing)}
        raise MissingPartError(Problem("ending-no-bucket", "operator", values))
    endpoint, bucket, credentials = (variables[name] for name in _NAMES)
    s3 = _client(endpoint, variables.get("AWS_REGION", "vn-1"), Path(credentials))
    return LockedBucket(s3, bucket, KEEP)


def _client(endpoint: str, region: str, credentials: Path) -> Any:  # noqa: ANN401 - made at run time
    # Half a second to import, and an operator without a key needs none.
    import botocore.session  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    files = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, str(credentials), None),
    }
    return botocore.session.Session(session_vars=files).create_client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        config=Config(s3={"addressing_style": "path"}, proxies={}, retries={"max_attempts": 2}),
    )
