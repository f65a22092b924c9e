"""Signs the file of a report with the key of the platform's chain of evidence, and checks it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sen.errors import MissingPartError, RefusedError
from sen.evidence.place import signer_of
from sen.evidence.record import Record, canonical
from sen.evidence.signing import key_id, opened, parsed
from sen.local.platform import Platform
from sen.reports.render import write
from stacks.problem import Problem

KIND = "application/vnd.sen.gov.vn.migration-report+json"


def signature_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.dsse.json")


def sign(platform: Platform, out: Path, record: Record) -> Path:
    """Sign a written report and the record of it in the chain; give the file with the signature."""
    said = {
        "file": out.name,
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "record": record.sequence,
        "hash": record.hash,
        "at": record.at,
    }
    envelope = signer_of(platform).sign(KIND, canonical(said))
    beside = signature_of(out)
    write(beside, json.dumps(envelope, indent=1).encode() + b"\n")
    return beside


def check(platform: Platform, out: Path) -> int:
    """Check a report against its signature, and give the number of its record in the chain.

    Raises:
        MissingPartError: The report, or its signature, is not there.
        RefusedError: The file is not what the platform has signed.
    """
    public = signer_of(platform).public
    try:
        content, envelope = out.read_bytes(), signature_of(out).read_bytes()
    except OSError as error:
        values = {"reason": error.strerror}
        raise MissingPartError(Problem("wave-report-unreadable", str(out), values)) from None
    try:
        said = json.loads(opened(parsed(envelope), KIND, {key_id(public): public}))
        digest, number = said["sha256"], int(said["record"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _refused(out, str(error)) from None
    if digest != hashlib.sha256(content).hexdigest():
        raise _refused(out, "SHA-256")
    return number


def _refused(out: Path, reason: str) -> RefusedError:
    return RefusedError(Problem("wave-report-other", str(out), {"reason": reason}))
