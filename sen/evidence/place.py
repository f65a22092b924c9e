"""Where the evidence of a platform on this machine is: its chain, its key, its bucket."""

from __future__ import annotations

from datetime import timedelta

from sen.evidence.archive import Archive
from sen.evidence.chain import Chain, Clock, now
from sen.evidence.notary import Notary
from sen.evidence.signing import Signer, written
from sen.local.buckets import client
from sen.local.files import write_private
from sen.local.platform import Platform

# Decree 333/2026 Art. 19-20: what must be kept is kept for 24 months at least.
KEEP = timedelta(days=2 * 366)


def chain_of(platform: Platform, clock: Clock = now) -> Chain:
    return Chain(platform.state / "evidence" / "chain.jsonl", clock)


def signer_of(platform: Platform) -> Signer:
    """Give the platform's key; it is made at the first call, the public one beside it."""
    folder = platform.state / "evidence"
    signer = Signer.at(folder / "key.pem")
    write_private(folder / "key.pub", written(signer.public))
    return signer


def notary_of(platform: Platform, clock: Clock = now) -> Notary:
    """Give the platform's notary."""
    archive = Archive(client(platform), platform.evidence_bucket, platform.name, KEEP)
    return Notary(chain_of(platform, clock), archive, signer_of(platform), clock)
