"""S3 is down: acts go on being recorded here, nothing is sealed, and later nothing is missing."""

from __future__ import annotations

import socket
from datetime import timedelta

import boto3
import pytest
from botocore.config import Config

from sen.errors import MissingPartError
from sen.evidence.archive import Archive
from sen.evidence.notary import Notary
from sen.evidence.verification import verify
from tests.sen.evidence.test_seal import act, checkpoints, notary

__all__ = ["notary"]


@pytest.fixture
def nobody():
    """An S3 client of a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{free.getsockname()[1]}",
            region_name="vn-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",  # noqa: S106 - nobody is there to take it
            config=Config(retries={"max_attempts": 0}, connect_timeout=2),
        )
        yield client
        client.close()


@pytest.mark.platform
def test_what_was_done_while_s3_was_down_is_sealed_when_it_is_back(notary, nobody):
    away = Archive(nobody, notary.archive.bucket, notary.archive.chain, timedelta(hours=1))
    notary.chain.append(act(1))

    with pytest.raises(MissingPartError):
        Notary(notary.chain, away, notary.signer).seal()
    notary.chain.append(act(2))

    assert len(list(notary.chain.records())) == 2
    notary.seal()
    (sealed,) = checkpoints(notary)
    assert sealed.sequence == 2
    assert list(notary.archive.lines()) == list(notary.chain.lines())
    assert verify(notary.archive.lines(), [sealed]).sound
