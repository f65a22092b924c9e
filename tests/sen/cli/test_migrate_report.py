"""`sen migrate report`: printed, written, signed, checked; of all systems or of one."""

from __future__ import annotations

import json

import pytest

from sen.cli import migrate_report
from sen.evidence.place import chain_of
from sen.migration.wave import Wave
from tests.sen.migration.moved import RUNNER, Moved, order


@pytest.fixture
def wave(quiet_platform, monkeypatch):
    """A wave of two systems on a platform that does not run: one moved, one not begun."""
    found = Wave(quiet_platform, order("ho-tich", "dat-dai"), RUNNER)
    monkeypatch.setattr(migrate_report, "opened", lambda *_: found)
    moved = Moved(found.order, found.folder, chain_of(quiet_platform))
    moved.agreed()
    moved.cut_over()
    return found


@pytest.fixture
def report(sen, wave):
    def call(*words):
        return sen("migrate", "report", "wave.yaml", *words, "--name", wave.platform.name)

    return call


def test_without_a_file_it_is_printed_as_data(report, wave):
    said = report()

    told = json.loads(said.out)
    assert said.code == 0
    assert [each["standing"] for each in told["systems"]] == ["held", "planned"]
    assert told["order"] == wave.order.digest()
    assert told["trust"]["broken"] is None


def test_one_system_alone(report):
    told = json.loads(report("--system", "dat-dai").out)

    assert [each["system"] for each in told["systems"]] == ["dat-dai"]
    assert report("--system", "khac").code == 2


@pytest.mark.parametrize(("name", "start"), [("a.html", "<!DOCTYPE"), ("a.json", "{")])
def test_a_file_is_written_signed_recorded_and_checked(report, wave, tmp_path, name, start):
    out = tmp_path / name

    said = report("--out", out, "--lang", "vi")

    assert said.code == 0, said.err
    assert out.read_text("utf-8").startswith(start)
    last = chain_of(wave.platform).last()
    assert (last.act, last.by, last.about) == ("migration.report", RUNNER, "w1")
    checked = report("--check", out)
    assert checked.code == 0
    assert f"record {last.sequence}" in checked.out
    out.write_text(out.read_text("utf-8") + " ", "utf-8")
    assert report("--check", out).code == 1


def test_a_pdf_has_a_name_of_its_own_where_none_is_given(report, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert report("--format", "pdf").code == 0

    assert (tmp_path / "migration-w1.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "migration-w1.pdf.dsse.json").exists()


def test_bad_words_are_told(report, tmp_path):
    assert "html, pdf, json" in report("--out", tmp_path / "a.doc").err
    assert report("--out", tmp_path / "a.doc").code == 2
    assert report("--check", tmp_path / "khong-co.pdf").code == 3
