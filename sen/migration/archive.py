"""One file of a wave that is over: order, journals, rehearsals, evidence, signed reports, sums.

It goes to an archive of records, and is read there without Sen: gzipped tar of JSON and HTML.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from sen.errors import MissingPartError, RefusedError
from sen.evidence.place import chain_of, signer_of
from sen.evidence.record import Act, Record
from sen.evidence.signing import written
from sen.local.platform import Platform
from sen.migration import left, signing, text
from sen.migration.account import Result, Standing, SystemAccount, WaveAccount
from sen.migration.gathering import records_of
from sen.migration.masking import masked
from sen.migration.packing import packed, unpacked
from sen.migration.report import report
from sen.reports.render import Format, rendered, write
from stacks.problem import Language, Problem, ProblemError

if TYPE_CHECKING:
    from sen.migration.wave import Wave

ACT, REPORTED = "migration.archive", "migration.report"
MANIFEST = "manifest.json"
# What each further `finish` writes into the chain, and what is written for the archive itself.
_NO_CHANGE = frozenset({ACT, REPORTED, left.ACT, text.ACT})
Contents = Mapping[str, bytes]


@dataclass(frozen=True)
class Sum:
    """Of one file in an archive."""

    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        state: Digest of all that was done in the wave until then.
    """

    state: str
    files: dict[str, Sum]


_MANIFEST = TypeAdapter(Manifest)


def keep(wave: Wave, place: Path) -> Path | None:
    """Write and sign the archive of a wave; leave it where the one that is there says the same.

    Gives None as long as a system of the wave is not finished.

    Raises:
        MissingPartError: The folder is not there or cannot be written.
        ProblemError: What is there was signed here, but its form is not known.
    """
    account = wave.account()
    if not all(_is_over(each) for each in account.systems):
        return None
    file = place / f"{wave.order.wave}-archive.tar.gz"
    state = _state(wave)
    if _says(wave.platform, file) == state:
        return file
    contents = {**_reports(wave, account), **_papers(wave, account)}
    named = {"wave": wave.order.wave, "order": account.order, "state": state}
    write(file, packed({**contents, MANIFEST: _manifest(named, contents)}))
    _signed(wave, file, ACT)
    return file


def check(platform: Platform, file: Path) -> tuple[int, int]:
    """Check an archive; give the number of its record in the chain, and how many files it has.

    Raises:
        MissingPartError: It, or the signature beside it, is not there.
        RefusedError: It is not what the platform has signed.
        ProblemError: It was signed here, but its form is not known.
    """
    number, manifest = _opened(platform, file)
    return number, len(manifest.files)


def _is_over(system: SystemAccount) -> bool:
    if system.standing is not Standing.FINISHED:
        return False
    return system.phases[-1].doings[-1].result is Result.DONE


def _papers(wave: Wave, account: WaveAccount) -> dict[str, bytes]:
    """Give all but the reports; after them, for the evidence tells of them too."""
    trials = {
        each.system: [dataclasses.asdict(one) for one in each.trials] for each in account.systems
    }
    lines = b"".join(each.line() for each in records_of(wave.order, wave.ledger.chain))
    return {
        "order.json": _json(masked(wave.order.model_dump(mode="json"))),
        "rehearsals.json": _json(trials),
        "evidence.jsonl": lines,
        "key.pub": written(signer_of(wave.platform).public),
        **dict(_journals(wave)),
    }


def _journals(wave: Wave) -> Iterator[tuple[str, bytes]]:
    root = wave.folder / wave.order.wave
    for file in sorted(root.rglob("*.jsonl")):
        yield f"journals/{file.relative_to(root).as_posix()}", file.read_bytes()


def _reports(wave: Wave, account: WaveAccount) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as where:
        for lang in Language:
            file = Path(where) / f"report.{lang}.html"
            write(file, rendered(report(account, lang), Format.HTML))
            for each in (file, _signed(wave, file, REPORTED)):
                found[each.name] = each.read_bytes()
    return found


def _signed(wave: Wave, file: Path, act: str) -> Path:
    """Write a file down in the chain, and sign it together with its place there."""
    data = {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    (record,) = wave.ledger.chain.append(Act(act, wave.person, wave.order.wave, data))
    return signing.sign(wave.platform, file, record)


def _state(wave: Wave) -> str:
    """Give a digest that changes when anything was done in the wave since."""
    found = hashlib.sha256(wave.order.digest().encode())
    for each in records_of(wave.order, wave.ledger.chain):
        if each.act not in _NO_CHANGE:
            found.update(each.hash.encode())
    for name, content in _journals(wave):
        found.update(name.encode() + hashlib.sha256(content).digest())
    return found.hexdigest()


def _says(platform: Platform, file: Path) -> str | None:
    """Give the state that a sound archive tells of; None where there is none.

    Raises:
        ProblemError: It was signed here, but this version of Sen does not know its form: it is
            not written over.
    """
    try:
        return _opened(platform, file)[1].state
    except (RefusedError, MissingPartError):
        return None


def _opened(platform: Platform, file: Path) -> tuple[int, Manifest]:
    """Check an archive; give the number of its record in the chain, and its manifest."""
    number = signing.check(platform, file)
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if not any(_tells(each, number, digest) for each in chain_of(platform).records()):
        raise _refused(file, f"chain: {number}")
    return number, _whole(file, content)


def _manifest(named: Mapping[str, str], contents: Contents) -> bytes:
    files = {
        name: {"bytes": len(each), "sha256": hashlib.sha256(each).hexdigest()}
        for name, each in contents.items()
    }
    return _json({**named, "files": files})


def _whole(file: Path, content: bytes) -> Manifest:
    """Give the manifest of an archive that has each file as it says, and no other.

    Raises:
        ProblemError: It is no archive, or says nothing of itself that can be read.
        RefusedError: A file is another, lacks, or is too many.
    """
    try:
        contents = unpacked(content)
        manifest = _MANIFEST.validate_python(json.loads(contents.pop(MANIFEST)))
    except (ValueError, KeyError, RecursionError) as error:
        values = {"reason": _short(error)}
        raise ProblemError(Problem("wave-archive-unlike", str(file), values)) from None
    found = {name: hashlib.sha256(each).hexdigest() for name, each in contents.items()}
    wanted = {name: each.sha256 for name, each in manifest.files.items()}
    if wrong := sorted(dict(found.items() ^ wanted.items())):
        raise _refused(file, ", ".join(wrong[:5]))
    return manifest


def _tells(record: Record, number: int, digest: str) -> bool:
    return (record.sequence, record.act, record.data.get("sha256")) == (number, ACT, digest)


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _short(error: Exception) -> str:
    """Say what was wrong; of a manifest, the first field that is."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


def _refused(file: Path, reason: str) -> RefusedError:
    return RefusedError(Problem("wave-report-other", str(file), {"reason": reason}))
