"""Whatever stands in files that were made elsewhere: people read what is wrong, no traceback."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
from collections.abc import Callable, Iterable

import pytest

from playbooks.migration.steps import Journal
from sen.errors import MissingPartError, RefusedError
from sen.evidence.place import signer_of
from sen.evidence.record import Act
from sen.migration import signing, text
from sen.migration.archive import MANIFEST, check, keep
from sen.migration.packing import packed, unpacked
from sen.migration.report import report
from stacks.problem import Language, ProblemError
from tests.broken import RAW, broken
from tests.sen.migration.moved import RUNNER, Moved
from tests.sen.migration.test_archive import finish, kept, moved, platform, resigned, wave
from tests.sen.migration.test_gathering import TEXT_SEEN

__all__ = ["config_folder", "finish", "kept", "moved", "platform", "sen", "wave"]
from tests.sen.cli.conftest import config_folder, sen

HARDENED = {"address": "10.9.8.11", "level": 3, "before": 9, "after": 1, "remaining": ["x"]}


def told(act: Callable[[], object], wrong: Iterable[object], write: Callable[[object], object]):
    """Write each wrong thing and act upon it; give how many there were, and how many were told."""
    count, refused = 0, 0
    for each in wrong:
        write(each)
        count += 1
        try:
            act()
        except ProblemError:
            refused += 1
    return count, refused


def test_an_archive_whose_manifest_lacks_anything_is_told_and_never_written_over(
    kept, wave, platform, tmp_path
):
    contents = unpacked(kept.read_bytes())
    manifest = json.loads(contents[MANIFEST])
    manifest["files"] = {name: manifest["files"][name] for name in sorted(manifest["files"])[:2]}
    ways = [*map(json.dumps, broken(manifest)), *RAW]

    def write(wrong):
        data = wrong if isinstance(wrong, bytes) else wrong.encode()
        resigned(platform, kept, packed({**contents, MANIFEST: data}))

    count, refused = told(lambda: check(platform, kept), ways, write)

    assert refused == count > 100
    del manifest["state"]
    write(json.dumps({**manifest, "files": json.loads(contents[MANIFEST])["files"]}))
    before = kept.read_bytes()
    with pytest.raises(ProblemError, match="state") as caught:
        keep(wave, tmp_path)
    assert not isinstance(caught.value, RefusedError | MissingPartError), "bad input: exit code 2"
    assert kept.read_bytes() == before


def test_finish_ends_with_two_where_the_archive_there_says_no_state(finish, kept, platform):
    contents = unpacked(kept.read_bytes())
    manifest = json.loads(contents[MANIFEST])
    del manifest["state"]
    resigned(platform, kept, packed({**contents, MANIFEST: json.dumps(manifest).encode()}))

    for words in ((), ("--check", kept)):
        said = finish(*words)
        assert (said.code, "state" in said.err) == (2, True)
        assert "--archive" in said.err


def test_a_broken_signature_is_told(kept, platform):
    beside = signing.signature_of(kept)
    envelope = json.loads(beside.read_bytes())
    said = json.loads(base64.b64decode(envelope["payload"]))
    signer = signer_of(platform)
    inner = [json.dumps(each).encode() for each in broken(said)]
    signed = [signer.sign(signing.KIND, each) for each in (*inner, *RAW)]

    count, _ = told(lambda: check(platform, kept), broken(envelope), write_to(beside))
    assert count > 50
    count, refused = told(lambda: check(platform, kept), signed, write_to(beside))
    assert count > 50
    assert refused > 20, "what is said beside sum and number is read by nobody"


def write_to(file):
    return lambda wrong: file.write_text(json.dumps(wrong))


@pytest.fixture
def whole(tmp_path):
    """A wave that is held, with all that records tell of one, a verdict on hosts and old text."""
    made = Moved.at(tmp_path)
    made.agreed()
    made.rehearsed()
    made.cut_over()
    made.ledger.withdraw("an@hanoi.gov.vn", "Chưa sao lưu xong")
    made.record(text.ACT, "w1/ho-tich", TEXT_SEEN)
    made.chain.append(Act("migration.harden", RUNNER, "10.9.8.11", HARDENED))
    return made


def used(made: Moved) -> None:
    """Do all that reads the chain and the journals."""
    report(made.account(), Language.VI)
    made.ledger.missing(RUNNER)
    made.ledger.rehearsals("ho-tich")
    made.journey().opened()


@pytest.mark.parametrize("journal", ["fill", "cut-over"])
def test_a_broken_line_of_a_journal_is_told(whole, journal):
    file = whole.folder / "w1" / "ho-tich" / f"{journal}.jsonl"
    lines = file.read_bytes().splitlines()
    ways = [json.dumps(each).encode() for each in broken(json.loads(lines[1]))]

    count, refused = told(
        lambda: used(whole),
        [*ways, *RAW],
        lambda wrong: file.write_bytes(b"\n".join([lines[0], wrong, *lines[2:], b""])),
    )

    assert count > 50
    assert refused > 30
    for cut in (b"", lines[0], lines[0][:9], b"\n"):
        file.write_bytes(cut)
        with contextlib.suppress(ProblemError):
            used(whole)
    file.write_bytes(b'{"step": "x", "event": "done", "at": "2026-11-23", "data": {}}\n')
    with pytest.raises(ProblemError, match="line 1"):
        Journal(file).entries()


def test_a_broken_record_of_the_chain_is_told(whole):
    lines = whole.chain.path.read_bytes().splitlines()
    last_of = {json.loads(each)["act"]: number for number, each in enumerate(lines)}
    last_of["verified"] = next(n for n, each in enumerate(lines) if b'"checks"' in each)
    assert {"migration.agree", "migration.rehearse", "migration.harden", text.ACT} < set(last_of)

    def write(wrong):
        number, line = wrong
        whole.chain.path.write_bytes(b"\n".join([*lines[:number], line, *lines[number + 1 :], b""]))

    for number in last_of.values():
        ways = [json.dumps(each).encode() for each in broken(json.loads(lines[number]))]
        count, refused = told(
            lambda: used(whole), zip(itertools.repeat(number), [*ways, *RAW]), write
        )
        assert count > 50
        assert refused > 20
