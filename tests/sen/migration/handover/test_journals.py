"""The journals of a lost machine are taken by another, whole; older ones and others are refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.steps import Journal
from sen.cli import migrate_journals
from sen.evidence.place import chain_of
from sen.evidence.record import stamp
from sen.local.platform import Platform
from sen.migration.handover import placing
from sen.migration.handover.bundle import MANIFEST, sealed
from sen.migration.handover.judging import behind
from sen.migration.handover.moving import TAKEN, pack, take
from sen.migration.packing import packed, unpacked
from sen.migration.running import ElsewhereError, Turn
from sen.migration.wave import Wave
from stacks.problem import ProblemError
from tests.broken import RAW, broken
from tests.sen.cli.conftest import config_folder, sen
from tests.sen.migration.moved import LATER, PEOPLE, RUNNER, Moved, Name, order
from tests.sen.migration.test_running import Board

__all__ = ["config_folder", "sen"]
SYSTEMS, BROKEN = ("ho-tich", "dat-dai"), "move-journal-broken"


class Killed(BaseException):
    """As kill -9."""


@dataclass
class Machine:
    """One machine: its journals and its chain; people are led by the same name as on others."""

    wave: Wave
    moved: Moved

    @property
    def folder(self) -> Path:
        return self.wave.folder / "w1"

    def files(self) -> dict[str, bytes]:
        found = (each for each in self.folder.rglob("*") if each.suffix in {".json", ".jsonl"})
        return {each.relative_to(self.folder).as_posix(): each.read_bytes() for each in found}

    def fill(self) -> None:
        for each in SYSTEMS:
            self.moved.journey(each).fill()
            memory = self.folder / each / "tệp" / "files-tệp.json"
            memory.parent.mkdir(exist_ok=True)
            memory.write_text('{"mount": "/srv"}', "utf-8")


@pytest.fixture
def board(monkeypatch):
    made = Board()
    made.get = made.things.get
    monkeypatch.setattr(Wave, "waves", made)
    return made


@pytest.fixture
def machine(monkeypatch, tmp_path, board):
    ends: dict[str, Name] = {}

    def made(name: str) -> Machine:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / name))
        platform = Platform("local")
        wave = Wave(platform, order(*SYSTEMS), RUNNER)
        moved = Moved(wave.order, wave.folder, chain_of(platform), ends=ends)
        return Machine(wave, moved)

    def journeys(wave, *_):
        found = Moved(wave.order, wave.folder, wave.ledger.chain, ends=ends)
        return [(each, found.journey(each.system)) for each in wave.order.systems]

    monkeypatch.setattr(Wave, "journeys", journeys)
    return made


@pytest.fixture
def one(machine):
    """The machine that moved both systems, of which one is switched."""
    found = machine("one")
    found.fill()
    found.moved.cut_over("ho-tich")
    return found


@pytest.fixture
def file(tmp_path):
    return tmp_path / "w1-journals.tar.gz"


def key(caught) -> list[str]:
    return [each.key for each in caught.value.problems]


def test_another_machine_takes_them_and_leads_people_back(one, machine, file):
    before = one.files()
    digest = pack(one.wave, file, handing=False)
    two = machine("two")

    assert take(two.wave, file) == len(before) == 5
    assert two.files() == before
    assert (file.stat().st_mode & 0o777, len(digest)) == (0o600, 64)
    two.moved.journey("ho-tich").roll_back()
    assert two.moved.ends["ho-tich"].side() is Side.OLD
    record = next(each for each in two.moved.chain.records() if each.act == TAKEN)
    assert (record.by, record.about, record.data["files"]) == (RUNNER, "w1", 5)


def test_a_lost_machines_disk_will_do_and_what_it_left_half_written_does_not_count(one, machine):
    whole = one.files()
    with (one.folder / "ho-tich" / "cut-over.jsonl").open("ab") as out:
        out.write(b'{"step": "op')
    (one.folder / "ho-tich" / "leads.jsonl").symlink_to("/etc/passwd")
    two = machine("two")

    take(two.wave, one.wave.folder)

    assert two.files() == whole
    assert two.moved.journey("ho-tich").opened() is not None


def test_taken_again_nothing_changes_and_newer_ones_replace_older(one, machine, file, tmp_path):
    early = tmp_path / "early.tar.gz"
    pack(one.wave, early, handing=False)
    one.moved.cut_over("dat-dai")
    one.moved.journey("ho-tich").roll_back()
    pack(one.wave, file, handing=False)
    two = machine("two")
    for each in two.moved.ends.values():
        each.point(Side.OLD)
    take(two.wave, early)

    assert take(two.wave, early) == 0
    assert take(two.wave, file) > 0
    assert two.files() == one.files()
    assert "ho-tich/cut-over.1.jsonl" in two.files()
    assert "ho-tich/cut-over.jsonl" not in two.files()
    length = len(list(two.moved.chain.lines()))
    assert take(two.wave, file) == 0
    assert len(list(two.moved.chain.lines())) == length


def test_older_ones_and_others_are_refused_and_nothing_changes(one, machine, file):
    pack(one.wave, file, handing=False)
    two = machine("two")
    take(two.wave, file)
    two.moved.cut_over("dat-dai")
    kept = two.files()

    with pytest.raises(ProblemError) as caught:
        take(two.wave, file)
    assert key(caught) == ["wave-journals-newer"]
    one.moved.ends["dat-dai"].point(Side.OLD)
    one.moved.cut_over("dat-dai")
    with pytest.raises(ProblemError) as caught:
        take(two.wave, one.wave.folder)
    assert key(caught) == ["wave-journals-parted"]
    assert two.files() == kept


def test_an_old_copy_is_refused_by_endpoint_object_and_chain(machine, file, board):
    one = machine("one")
    one.fill()
    pack(one.wave, file, handing=False)
    one.moved.cut_over("dat-dai")

    def refused(two):
        with pytest.raises(ProblemError) as caught:
            take(two.wave, file)
        assert key(caught) == ["wave-journals-behind"]
        assert not two.files()
        return str(caught.value)

    assert "endpoint: new" in refused(machine("two"))
    one.moved.ends["dat-dai"].point(Side.CLOSED)
    board.things["w1"]["status"] = {"conditions": [{"type": "CutOver", "status": "True"}]}
    assert "MigrationWave: CutOver" in refused(machine("two"))
    board.things["w1"]["status"] = {}
    two = machine("two")
    shared = chain_of(two.wave.platform).path
    shared.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(one.moved.chain.path, shared)
    assert "evidence: migration.done open" in refused(two)
    shared.unlink()
    assert take(two.wave, file) > 0, "nothing says any more that they are old"


def test_one_record_more_in_the_chain_is_what_a_kill_leaves(one, machine, file):
    data = {"step": "rows"}
    one.moved.record("migration.begun", "w1/dat-dai: cut over", data)
    pack(one.wave, file, handing=False)

    assert take(one.wave, file) == 0
    one.moved.record("migration.begun", "w1/dat-dai: cut over", data)
    with pytest.raises(ProblemError, match=r"evidence: migration\.begun rows"):
        take(one.wave, file)


def test_what_was_written_within_the_same_millisecond_is_not_later(one):
    """The chain keeps microseconds, a journal milliseconds, written after it."""
    entries = Journal(one.folder / "ho-tich" / "cut-over.jsonl").entries()
    last = dt.datetime.fromisoformat(entries[-1].at)
    records = [
        dataclasses.replace(each, at=stamp(last + dt.timedelta(microseconds=999)))
        for each in one.moved.chain.records()
        if each.about == "w1/ho-tich: cut over"
    ]
    found = behind("w1/ho-tich", one.folder / "ho-tich", records, None, Name())

    assert (len(records) > 1, list(found)) == (True, [])
    later = [
        dataclasses.replace(each, at=stamp(last + dt.timedelta(seconds=1))) for each in records
    ]
    assert list(behind("w1/ho-tich", one.folder / "ho-tich", later, None, Name()))


def test_while_another_machine_or_command_runs_the_wave_nothing_is_taken(one, machine, file, board):
    pack(one.wave, file, handing=False)
    two = machine("two")
    Turn(board, one.wave.order, one.wave.folder, PEOPLE[0], "cutover").take()

    with pytest.raises(ElsewhereError):
        take(two.wave, file)
    assert not two.files()
    with one.moved.journey("dat-dai")._journals.held(), pytest.raises(ProblemError) as caught:
        pack(one.wave, file, handing=True)
    assert key(caught) == ["move-held"]


def test_after_handing_over_nobody_goes_on_here_until_they_are_taken_back(one, machine, file):
    pack(one.wave, file, handing=True)

    for lang in ("en", "vi"):
        with pytest.raises(ProblemError) as caught, one.wave.running("cutover"):
            pytest.fail("it must not run")
        assert key(caught) == ["wave-journals-handed"]
        assert "journals take" in caught.value.problems[0].text(lang)
    two = machine("two")
    take(two.wave, file)
    with two.wave.running("cutover"):
        two.moved.cut_over("dat-dai")
    pack(two.wave, file, handing=True)
    take(one.wave, file)
    with one.wave.running("rollback"):
        assert one.files() == two.files()


def killed_at(moment: int, monkeypatch, act) -> bool:
    """Let the process die before its write of that number; say whether it came so far."""
    real, left = placing.write_private, iter(range(moment))

    def dying(path, content):
        if next(left, None) is None:
            raise Killed
        real(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(placing, "write_private", dying)
        try:
            act()
        except Killed:
            return True
    return False


def test_killed_at_any_moment_it_is_all_or_nothing_and_goes_on(
    one, machine, file, tmp_path, monkeypatch
):
    """A command that comes after a kill ends what counts already; else all is as it was."""
    early = tmp_path / "early.tar.gz"
    before = {name: each for name, each in one.files().items() if "fill" in name}
    early.write_bytes(sealed(before, "w1", one.wave.order.digest(), LATER))
    one.moved.journey("ho-tich").roll_back()
    pack(one.wave, file, handing=False)
    seen = []
    for moment in itertools.count():
        two = machine(f"two-{moment}")
        take(two.wave, early)
        if not killed_at(moment, monkeypatch, lambda two=two: take(two.wave, file)):
            break
        with two.wave.running("fill"):
            seen.append(two.files())
        assert seen[-1] in (before, one.files())
        take(two.wave, file)
        assert two.files() == one.files()
    assert moment == 2 * len(one.files())
    assert before in seen
    assert one.files() in seen


def test_a_killed_placing_counts_before_it_is_ended(one, machine, file, monkeypatch):
    """Between counting and the last file, no journals of the wave are believed as they lie."""
    pack(one.wave, file, handing=False)
    two = machine("two")
    monkeypatch.setattr(placing, "settle", lambda _: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        take(two.wave, file)
    monkeypatch.undo()

    assert not two.files()
    assert placing.is_half_taken(two.folder)
    assert Journal(two.folder / "ho-tich" / "fill.jsonl").entries() == []


def test_what_is_no_whole_bundle_is_told(one, machine, file):
    pack(one.wave, file, handing=False)
    contents = unpacked(file.read_bytes())
    manifest = json.loads(contents[MANIFEST])
    sums = dict(list(manifest["files"].items())[:1])
    two = machine("two")
    ways = [json.dumps(each).encode() for each in broken({**manifest, "files": sums})]
    outward = {"../../x.jsonl": b"", **contents}
    manifest["files"]["../../x.jsonl"] = sealed({}, "", "", LATER).hex()
    other = sealed({"khac/fill.jsonl": b""}, "w1", "", LATER)
    bad = sealed({"ho-tich/fill.jsonl": b"{}\n"}, "w1", "", LATER)
    line = b'{"step": "x", "event": "done", "at": "2026-11-22T00:00:00Z", "data": {}}\n'
    fill = {"ho-tich/fill.jsonl": line}
    up = sealed({**fill, "ho-tich/../../x.jsonl": line}, "w1", "", LATER)
    files = [packed({**contents, MANIFEST: each}) for each in (*ways, *RAW)]
    whole = [packed(outward), other, bad, up, sealed({}, "w1", "", LATER), *RAW]
    cut = [file.read_bytes()[:at] for at in (1, 20, 200)]

    for each in (*files, *whole, *cut):
        file.write_bytes(each)
        with pytest.raises(ProblemError) as caught:
            take(two.wave, file)
        assert not two.files()
        assert key(caught)[0] in {"wave-journals-other", "wave-journals-none", BROKEN}
    assert not (two.wave.folder / "x.jsonl").exists()
    with pytest.raises(ProblemError) as caught:
        take(two.wave, two.wave.folder)
    assert key(caught) == ["wave-journals-none"]


def test_the_command_packs_takes_and_says_what_it_did(sen, one, machine, file, monkeypatch):
    monkeypatch.setattr(Wave, "show_status", lambda _: None)
    now = [one.wave]
    monkeypatch.setattr(migrate_journals, "opened", lambda *_: now[0])

    said = sen("migrate", "journals", "pack", "w1.yaml", file, "--hand-over")
    assert (said.code, "SHA-256" in said.out) == (0, True), said.err
    now[0] = machine("two").wave
    said = sen("migrate", "journals", "take", "w1.yaml", file)
    assert (said.code, said.out) == (0, "w1: 5 files taken\n"), said.err
    assert "nothing new" in sen("migrate", "journals", "take", "w1.yaml", file).out
    file.write_bytes(b"x")
    assert sen("migrate", "journals", "take", "w1.yaml", file).code == 2
    assert sen("migrate", "journals", "take", "w1.yaml", file / "no").code == 2
