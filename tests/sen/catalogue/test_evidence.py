"""People's evidence: registered with its hash and its last day, missing, stale or changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import yaml

from policies.catalogue import regime_on
from sen.catalogue import EvidenceState, evidence_state
from sen.catalogue.evidence import (
    Document,
    Register,
    add,
    default_folder,
    digest,
    file_of,
    later,
    load,
    seen_from,
    until,
)
from stacks.problem import ProblemError

DAY = date(2026, 11, 22)
TRAINING = "TCVN14423/HR-04"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "training.pdf").write_bytes(b"who was there")
    return tmp_path


def document(folder, name="training.pdf", **changed):
    whole = {
        "control": TRAINING,
        "title": "Tập huấn 2026",
        "owner": "Sở Nội vụ",
        "date": DAY,
        "valid_until": date(2027, 11, 22),
        "file": name,
        "sha256": digest(folder / name),
    }
    return Document.model_validate({**whole, **changed})


def state(folder, day=DAY, control=TRAINING):
    return evidence_state("one-stop", 3, day, folder=folder)[control]


def keys(refused):
    return [each.key for each in refused.value.problems]


def test_what_nobody_registered_is_missing(folder):
    states = evidence_state("one-stop", 3, DAY, folder=folder)

    assert set(states.values()) == {EvidenceState.MISSING}
    assert {TRAINING, "TCVN14423/LG-08", "D331/RG-1"} <= states.keys()
    assert "TCVN14423/PT-02" not in states, "level 3 does not ask for it"
    assert "TCVN14423/LG-07" not in states, "the platform shows it"


def test_a_registered_document_is_present_until_its_last_day(folder):
    add("one-stop", document(folder), folder)

    assert state(folder) is EvidenceState.PRESENT
    assert state(folder, date(2027, 11, 22)) is EvidenceState.PRESENT
    assert state(folder, date(2027, 11, 23)) is EvidenceState.STALE
    assert state(folder, DAY - timedelta(days=1)) is EvidenceState.MISSING
    assert state(folder, control="TCVN14423/HR-03") is EvidenceState.MISSING


def test_a_file_that_changed_or_went_is_seen(folder):
    add("one-stop", document(folder), folder)

    (folder / "training.pdf").write_bytes(b"who was said to be there")
    assert state(folder) is EvidenceState.CHANGED
    (folder / "training.pdf").unlink()
    assert state(folder) is EvidenceState.MISSING


def test_the_best_of_several_documents_counts(folder):
    (folder / "old.pdf").write_bytes(b"last year")
    old = document(folder, "old.pdf", date=date(2025, 1, 1), valid_until=date(2026, 1, 1))
    add("one-stop", old, folder)
    assert state(folder) is EvidenceState.STALE

    add("one-stop", document(folder), folder)

    assert state(folder) is EvidenceState.PRESENT
    (folder / "old.pdf").write_bytes(b"rewritten")
    assert state(folder) is EvidenceState.PRESENT


def test_registering_the_same_file_again_replaces_it(folder):
    add("one-stop", document(folder), folder)
    (folder / "training.pdf").write_bytes(b"second edition")
    add("one-stop", document(folder, owner="Sở Y tế"), folder)

    (kept,) = load("one-stop", folder).documents
    assert kept.owner == "Sở Y tế"
    assert state(folder) is EvidenceState.PRESENT


def test_two_who_register_at_once_lose_nothing(folder):
    names = [f"paper-{number}.pdf" for number in range(8)]
    for name in names:
        (folder / name).write_text(name)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: add("one-stop", document(folder, name), folder), names))

    assert sorted(each.file for each in load("one-stop", folder).documents) == names


def test_systems_have_registers_of_their_own(folder):
    add("one-stop", document(folder), folder)

    assert load("portal", folder) == Register(system="portal")
    assert file_of("one-stop", folder).stat().st_mode & 0o077 == 0
    assert "Tập huấn" in file_of("one-stop", folder).read_text("utf-8")


def test_an_old_system_is_asked_for_the_old_standards_groups(folder):
    regime = regime_on(DAY, date(2024, 1, 1))

    states = evidence_state("one-stop", 3, DAY, folder=folder, regime=regime)

    assert "TCVN11930/M-ORG-UNIT" in states
    assert "TCVN11930/T-NET-LOG" not in states
    assert TRAINING not in states


@pytest.mark.parametrize(
    ("control", "level", "last"),
    [
        (TRAINING, 3, date(2027, 11, 22)),
        ("TCVN14423/LG-08", 3, date(2027, 5, 22)),
        ("TCVN14423/LG-08", None, date(2026, 12, 22)),
        ("TCVN14423/HR-01", 3, date(2027, 11, 22)),
    ],
)
def test_the_last_day_follows_the_controls_interval(control, level, last):
    assert until(DAY, control, level) == last


def test_a_month_later_is_the_last_day_where_there_is_no_such_day():
    assert later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert later(date(2026, 12, 1), 12) == date(2027, 12, 1)


def test_a_file_is_kept_by_its_short_name_inside_the_folder_only(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "contract.pdf"

    assert seen_from(folder / "training.pdf", folder) == "training.pdf"
    assert seen_from(elsewhere, folder) == str(elsewhere.resolve())


@pytest.mark.parametrize("name", ["../one-stop", "One Stop", "", "a/b", "x" * 64])
def test_a_name_that_leads_elsewhere_is_refused(folder, name):
    with pytest.raises(ProblemError) as refused:
        load(name, folder)

    assert keys(refused) == ["catalogue-bad-system"]


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "system: [\n",
        "system: portal\n",
        "system: one-stop\nmore: 1\n",
        "system: one-stop\ndocuments: [{control: HR-04}]\n",
        "\x00",
    ],
)
def test_a_malformed_register_is_refused(folder, text):
    file_of("one-stop", folder).write_text(text)

    with pytest.raises(ProblemError) as refused:
        load("one-stop", folder)

    assert keys(refused) == ["catalogue-bad-register"]


def test_a_register_names_known_controls_by_their_whole_id(folder):
    add("one-stop", document(folder), folder)
    path = file_of("one-stop", folder)
    whole = yaml.safe_load(path.read_text("utf-8"))
    whole["documents"][0]["control"] = "hr-04"
    path.write_text(yaml.safe_dump(whole))

    with pytest.raises(ProblemError) as refused:
        load("one-stop", folder)

    assert "whole id" in str(refused.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": " "},
        {"owner": "x"},
        {"valid_until": DAY - timedelta(days=1)},
        {"sha256": "abc"},
    ],
)
def test_a_document_says_what_whose_and_until_when(folder, changed):
    with pytest.raises(ValueError, match=r"title|owner|valid_until|sha256"):
        document(folder, **changed)


def test_a_document_that_cannot_be_read_is_refused(folder):
    for path in (folder, folder / "none.pdf"):
        with pytest.raises(ProblemError) as refused:
            digest(path)
        assert keys(refused) == ["catalogue-unreadable-document"]


def test_a_folder_that_is_none_is_refused(folder):
    paper = folder / "training.pdf"

    with pytest.raises(ProblemError) as refused:
        add("one-stop", document(folder), paper)

    assert keys(refused) == ["catalogue-bad-register"]


def test_by_default_registers_lie_in_the_platforms_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert default_folder().is_relative_to(tmp_path)
    assert load("one-stop").documents == ()
