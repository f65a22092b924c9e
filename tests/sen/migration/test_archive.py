"""A wave that is over is kept in one signed file, which tells when anything in it was changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tarfile
from contextlib import nullcontext

import pytest

from playbooks.migration.order import WaveOrder
from sen.cli import migrate_move
from sen.errors import MissingPartError, RefusedError
from sen.evidence.place import chain_of
from sen.evidence.record import Act, Record
from sen.local.platform import Platform
from sen.migration import signing
from sen.migration.archive import ACT, MANIFEST, check, keep
from sen.migration.packing import packed, unpacked
from sen.migration.wave import Wave
from stacks.problem import ProblemError
from tests.sen.cli.conftest import config_folder, sen
from tests.sen.migration.moved import RUNNER, Moved, order

__all__ = ["config_folder", "sen"]

SECRET = "Mat-khau-01"  # noqa: S105 - what must not be found
SYSTEM = {
    "endpoint": {
        "ask": ["ask", "--password", SECRET],
        **{side: ["curl", f"https://an:{SECRET}@10.1.1.1/"] for side in ("old", "closed", "new")},
    },
}


@pytest.fixture
def platform(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Platform("giay")


@pytest.fixture
def moved(platform):
    """A wave of two systems that has gone the whole way, but for the end."""
    made = order("ho-tich", "dat-dai")
    systems = [each.model_dump(mode="json") | SYSTEM for each in made.systems]
    made = type(made).model_validate(made.model_dump(mode="json") | {"systems": systems})
    wave = Wave(platform, made, RUNNER)
    found = Moved(made, wave.folder, chain_of(platform))
    found.agreed()
    for name in ("ho-tich", "dat-dai"):
        found.rehearsed(name)
        found.cut_over(name)
    return found


@pytest.fixture
def wave(platform, moved):
    return Wave(platform, moved.order, RUNNER)


@pytest.fixture
def kept(wave, moved, tmp_path):
    for name in ("ho-tich", "dat-dai"):
        moved.journey(name).finish()
    return keep(wave, tmp_path)


def test_nothing_is_kept_before_every_system_is_finished(wave, moved, tmp_path):
    assert keep(wave, tmp_path) is None
    moved.journey("ho-tich").finish()
    assert keep(wave, tmp_path) is None
    moved.part.fails = "end back"
    with pytest.raises(ProblemError):
        moved.journey("dat-dai").finish()
    assert keep(wave, tmp_path) is None
    assert not list(tmp_path.glob("*.gz"))


def test_everything_of_the_wave_is_in_one_file(kept, wave, tmp_path):
    assert kept == tmp_path / "w1-archive.tar.gz"
    contents = unpacked(kept.read_bytes())

    told = json.loads(contents.pop(MANIFEST))
    assert {name: each["sha256"] for name, each in told["files"].items()} == {
        name: hashlib.sha256(each).hexdigest() for name, each in contents.items()
    }
    assert told["order"] == wave.order.digest()
    journals = {"fill", "cut-over", "finish"}
    assert {f"journals/{s}/{j}.jsonl" for s in ("ho-tich", "dat-dai") for j in journals} < set(
        contents
    )
    assert json.loads(contents["rehearsals.json"])["dat-dai"][0]["passed"]
    assert contents["report.en.html"] != contents["report.vi.html"]
    assert "Đợt" in contents["report.vi.html"].decode()
    assert {"report.en.html.dsse.json", "report.vi.html.dsse.json", "key.pub"} < set(contents)


def test_the_evidence_in_it_is_that_of_the_chain_and_tells_of_its_reports(kept, wave):
    lines = unpacked(kept.read_bytes())["evidence.jsonl"].splitlines(keepends=True)

    records = [Record.read(each) for each in lines]
    assert all(each.sound for each in records)
    assert {"migration.agree", "migration.rehearse", "migration.done"} < {e.act for e in records}
    assert [each.act for each in records][-2:] == ["migration.report"] * 2
    last = wave.ledger.chain.last()
    assert (last.act, last.by, last.about) == (ACT, RUNNER, "w1")


def test_no_secret_is_in_it(kept):
    with tarfile.open(kept) as box:
        files = [box.extractfile(each).read() for each in box]
    assert len(files) > 10
    assert not [each for each in files if SECRET.encode() in each]
    told = json.loads(unpacked(kept.read_bytes())["order.json"])
    assert told["systems"][0]["endpoint"]["ask"] == ["ask", "--password", "***"]


def test_kept_again_it_stays_until_something_was_done(kept, wave, tmp_path):
    content, length = kept.read_bytes(), len(list(wave.ledger.chain.lines()))
    wave.left()

    assert keep(wave, tmp_path) == kept
    assert kept.read_bytes() == content
    assert len(list(wave.ledger.chain.lines())) == length + 1, "only what is left is told again"

    wave.ledger.record(RUNNER, "migration.verify", "w1/ho-tich", {"checks": []})
    keep(wave, tmp_path)
    assert kept.read_bytes() != content
    kept.write_bytes(b"x")
    assert check(wave.platform, keep(wave, tmp_path))


def test_a_sound_one_is_known_and_a_changed_one_is_refused(kept, platform):
    number, count = check(platform, kept)
    assert chain_of(platform).last().sequence == number
    assert count == len(unpacked(kept.read_bytes())) - 1

    kept.write_bytes(kept.read_bytes() + b"\0")
    with pytest.raises(RefusedError, match="SHA-256"):
        check(platform, kept)
    signing.signature_of(kept).unlink()
    with pytest.raises(MissingPartError):
        check(platform, kept)


def resigned(platform, file, content, act=ACT):
    """Let somebody who holds the key sign something else."""
    file.write_bytes(content)
    data = {"file": file.name, "sha256": hashlib.sha256(content).hexdigest()}
    (record,) = chain_of(platform).append(Act(act, RUNNER, "w1", data))
    signing.sign(platform, file, record)


def test_a_signed_file_that_is_no_whole_archive_is_refused(kept, platform):
    contents = unpacked(kept.read_bytes())
    for wrong, said in (
        (packed({**contents, "order.json": b"{}"}), "order.json"),
        (packed({**contents, "more.txt": b"x"}), "more.txt"),
        (packed({key: each for key, each in contents.items() if key != "key.pub"}), "key.pub"),
    ):
        resigned(platform, kept, wrong)
        with pytest.raises(RefusedError, match=said):
            check(platform, kept)
    for wrong, said in ((packed({"a": b""}), MANIFEST), (b"<!DOCTYPE html>", "gzip")):
        resigned(platform, kept, wrong)
        with pytest.raises(ProblemError, match=said):
            check(platform, kept)


def test_a_file_of_which_the_chain_tells_nothing_is_refused(kept, platform):
    resigned(platform, kept, kept.read_bytes(), "migration.report")

    with pytest.raises(RefusedError, match="chain"):
        check(platform, kept)


@pytest.fixture
def finish(sen, wave, moved, tmp_path, monkeypatch):
    """`sen migrate finish` of that wave, whose hold is over."""
    monkeypatch.setattr(migrate_move, "opened", lambda *_: wave)
    monkeypatch.setattr(Platform, "existing", Platform)
    journeys = [(each, moved.journey(each.system)) for each in wave.order.systems]
    monkeypatch.setattr(Wave, "journeys", lambda *_: journeys)
    monkeypatch.setattr(Wave, "running", lambda *_: nullcontext())
    monkeypatch.setattr(Wave, "show_status", lambda _: None)
    monkeypatch.setattr(Wave, "left", lambda *_: {"old_ends": [], "bridges": []})
    monkeypatch.setattr(Wave, "deposit", lambda _, file: f"s3://kho/{file.name}")
    monkeypatch.setattr(WaveOrder, "hold", dt.timedelta(0))
    file = tmp_path / "order.yaml"
    return lambda *words: sen("migrate", "finish", file, *words, "--name", wave.platform.name)


def test_finish_keeps_the_wave_beside_its_order_and_checks_it(finish, tmp_path):
    said = finish()

    file = tmp_path / "w1-archive.tar.gz"
    assert said.code == 0, said.err
    assert str(file) in said.err
    assert finish("--check", file).code == 0
    assert "s3://kho/w1-archive.tar.gz" in finish("--locked").err
    (tmp_path / "kho").mkdir()
    assert finish("--archive", tmp_path / "kho").code == 0
    assert (tmp_path / "kho" / file.name).exists()
    assert finish("--archive", tmp_path / "khong-co").code == 3
    file.write_bytes(b"x")
    assert finish("--check", file).code == 1
    assert finish("--check", tmp_path / "khong-co.tar.gz").code == 3
