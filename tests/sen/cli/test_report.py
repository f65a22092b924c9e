"""`sen report` writes what was asked for, in the reader's language, with the right exit code."""

import builtins
import json

import pytest

from policies.finding import Verdict
from sen.assessment.store import Store, default_store
from tests.sen.assessment.finding_of import ago, finding, run

SYSTEM = "H26/operations-centre"


@pytest.fixture(autouse=True)
def _state_of_our_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SEN_LANG", "en")


@pytest.fixture
def kept(tmp_path) -> Store:
    store = Store(tmp_path / "kept")
    store.save(run("run-a", ended=ago(9), scope="a"), [finding(seen_at=ago(9))])
    store.save(run("run-b", ended=ago(1), scope="b"), [finding(Verdict.FAIL, seen_at=ago(1))])
    return store


def test_a_dossier_is_written_private_in_the_format_of_its_name(sen, kept, tmp_path):
    out = tmp_path / "dossier.html"

    said = sen("report", "dossier", "--system", SYSTEM, "--out", out, "--store", kept.folder)

    assert said.code == 0, said.err
    assert said.out.strip() == str(out)
    assert "fail: 1" in said.err
    assert out.stat().st_mode & 0o777 == 0o600
    assert "SECURITY LEVEL DOSSIER" in out.read_text("utf-8")


@pytest.mark.parametrize(("format_", "start"), [("pdf", b"%PDF-"), ("docx", b"PK\x03\x04")])
def test_a_format_that_is_named_goes_before_the_files_name(sen, kept, tmp_path, format_, start):
    out = tmp_path / "dossier.html"
    words = ("--system", SYSTEM, "--out", out, "--format", format_, "--lang", "vi")

    said = sen("report", "dossier", *words, "--store", kept.folder, "--on", "2026-11-22")

    assert said.code == 0, said.err
    assert out.read_bytes().startswith(start)


def test_facts_level_and_operator_are_taken(sen, tmp_path):
    out, facts = tmp_path / "dossier.html", tmp_path / "facts.yaml"
    facts.write_text("infrastructure: nationwide\n")
    words = ("--facts", facts, "--level", 4, "--operator", "Data Centre 1")

    said = sen("report", "dossier", "--system", SYSTEM, "--out", out, *words)

    assert said.code == 0, said.err
    page = out.read_text("utf-8")
    assert "Data Centre 1" in page
    assert "The system is proposed at level 4" in page
    assert "No results are kept for this system" in page


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("dossier", "--system", "nobody", "--out", "a.pdf"), 2, "no request speaks of"),
        (("dossier", "--system", "operations-centre", "--out", "a.pdf"), 2, "several agencies"),
        (("dossier", "--system", SYSTEM, "--out", "a.txt"), 2, "which format"),
        (("dossier", "--system", SYSTEM, "--out", "/nowhere/a.html"), 3, "cannot be written"),
        (("dossier", "--system", SYSTEM, "--out", "a.pdf", "--on", "today"), 2, "not a day"),
        (("dossier", "--system", SYSTEM, "--level", "6", "--out", "a.pdf"), 2, "--level"),
        (("dossier", "--system", SYSTEM, "--out", "a.pdf", "--platform", "none"), 3, "none"),
        (("diff", "run-x", "2026-11-22"), 2, "no run of this id"),
        (("yearly", "--agency", "G12", "--year", "2026"), 2, "no request of this agency"),
        (("yearly", "--agency", "nobody-at-all", "--year", "2026"), 2, "nobody-at-all"),
    ],
)
def test_what_cannot_be_done_ends_with_its_code_and_a_remedy(sen, words, code, part):
    said = sen("report", *words)

    assert said.code == code
    assert part in said.err


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "internal: maybe\n"])
def test_wrong_facts_are_refused(sen, tmp_path, text):
    facts = tmp_path / "facts.yaml"
    facts.write_text(text)

    said = sen("report", "dossier", "--system", SYSTEM, "--out", "a.pdf", "--facts", facts)

    assert said.code == 2
    assert "facts.yaml" in said.err


def test_a_machine_without_pango_is_told_what_to_install(sen, monkeypatch, tmp_path):
    real = builtins.__import__

    def missing(name, *rest):
        if name == "weasyprint":
            raise OSError("libpango-1.0-0")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)

    said = sen("report", "dossier", "--system", SYSTEM, "--out", tmp_path / "a.pdf")

    assert said.code == 3
    assert "make system" in said.err


def test_states_are_rows_with_what_decides(sen, kept):
    said = sen("report", "controls", "--system", SYSTEM, "--store", kept.folder, "-o", "json")

    rows = {row["control"]: row for row in json.loads(said.out)}
    assert said.code == 0
    assert len(rows) > 140
    row = rows["TCVN14423/SW-04"]
    assert (row["status"], row["run"], row["rule"]) == ("fail", "run-b", "image-by-digest")
    assert rows["TCVN14423/RM-01"]["why"] == "no-evidence"


def test_states_of_a_day_are_those_known_then(sen, kept):
    words = ("--system", SYSTEM, "--store", kept.folder, "-o", "json")

    before = json.loads(sen("report", "controls", *words, "--on", "2026-11-15").out)
    after = json.loads(sen("report", "controls", *words, "--on", "2026-11-22").out)

    assert {row["run"] for row in before} == {None, "run-a"}
    assert {row["run"] for row in after} == {None, "run-b"}


def test_the_old_regime_binds_what_was_classified_under_it(sen):
    said = sen("report", "controls", "--system", SYSTEM, "--classified", "2025-01-01", "-o", "json")

    assert {row["control"].partition("/")[0] for row in json.loads(said.out)} > {"TCVN11930"}


def test_a_gap_is_a_table_of_what_changes(sen):
    said = sen("report", "gap", "--system", "H29/assistant", "--from", 2, "--to", 4, "-o", "json")

    assert said.code == 0
    assert {"control", "value", "rule"} <= {row["what"] for row in json.loads(said.out)}


def test_differences_are_findings_and_none_is_none(sen, kept):
    differing = sen("report", "diff", "run-a", "run-b", "--store", kept.folder, "-o", "json")
    same = sen("report", "diff", "run-a", "run-a", "--store", kept.folder, "--system", SYSTEM)

    assert differing.code == 1
    assert [row["change"] for row in json.loads(differing.out)] == ["changed"]
    assert same.code == 0


def test_runs_are_listed(sen, kept):
    said = sen("report", "runs", "--store", kept.folder, "-o", "json")

    assert [row["id"] for row in json.loads(said.out)] == ["run-a", "run-b"]


def test_the_yearly_report_is_printed_or_written(sen, kept, tmp_path):
    out = tmp_path / "year.docx"
    words = ("--agency", "H26", "--year", "2026", "--store", kept.folder)

    printed = sen("report", "yearly", *words, "-o", "json")
    written = sen("report", "yearly", *words, "--out", out)

    assert [row["system"] for row in json.loads(printed.out)] == [
        "H26.00070/one-stop-shop",
        "H26/e-office",
        SYSTEM,
    ]
    assert written.code == 0
    assert out.read_bytes().startswith(b"PK")


def test_oscal_files_are_named(sen, tmp_path):
    said = sen("report", "oscal", "--system", SYSTEM, "--out", tmp_path / "oscal")

    assert said.code == 0
    assert "system-security-plan.json" in said.out


def test_a_damaged_result_is_named_with_its_line(sen):
    store = default_store()
    path = store.save(run("run-a", ended=ago(9)), [finding()])
    path.write_text(path.read_text("utf-8").replace('"finding"', '"funding"'), "utf-8")

    said = sen("report", "controls", "--system", SYSTEM)

    assert said.code == 2
    assert "run-a.jsonl:3" in said.err
