"""`sen catalogue`: answers for people and programs, and refusals of what makes no sense."""

from __future__ import annotations

import json

import pytest
import yaml

PAPER = ("--title", "Giấy tờ", "--owner", "Sở Y tế")


@pytest.fixture
def rows(sen):
    def ask(*words):
        said = sen("catalogue", *words, "-o", "json")
        assert said.code == 0, said.err
        return json.loads(said.out)

    return ask


def test_show_says_clause_values_and_that_nobody_verified_them(sen):
    said = sen("catalogue", "show", "NW-07", "--level", 4, "--on", "2026-11-21")

    assert said.code == 0
    for part in ("6.12.2.2 a", "Hot standby: yes (required)", "TCVN11930/T-NET-DESIGN", "29.2.e"):
        assert part in said.out
    assert "unverified against the purchased standard" in said.out


def test_show_speaks_vietnamese(sen, monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")

    said = sen("catalogue", "show", "NW-07", "--level", 4, "--on", "2026-11-21")

    parts = "Dự phòng thiết bị mạng chính", "Dự phòng nóng: có (bắt buộc)", "chưa đối chiếu", "nếu"
    for part in parts:
        assert part in said.out
    assert "required" not in said.out


def test_show_gives_programs_the_whole_answer(rows):
    (found,) = rows("show", "lg-07", "--level", 3, "--on", "2026-11-21")

    assert (found["clause"], found["clause_verified"]) == ("5.8.2.1 a", False)
    assert (found["standing"], found["regime"]) == ("asked", "tcvn14423")
    assert found["values"][0] == {
        "name": "log-retention",
        "title": {"vi": "Lưu nhật ký ít nhất", "en": "Logs kept for at least"},
        "kind": "retention",
        "bound": "min",
        "value": 3,
        "unit": "month",
        "strength": "required",
        "equivalent_allowed": False,
        "trigger": None,
        "applies_if": [],
        "unconfirmed": False,
    }
    (strictest,) = found["strictest"]
    assert strictest["says"]["instrument"] == "TCVN14423"
    assert strictest["might"][0]["control"] == "D333/LG-1"
    assert {each["certainty"] for each in found["equivalents"]} == {"part"}
    assert "unverified" in found["caveat"]["en"]


def test_show_takes_what_is_true_of_the_system(rows):
    (found,) = rows("show", "LG-07", "--level", 3, "--applies", "online-service")

    assert (found["strictest"][0]["value"], found["strictest"][0]["says"]["instrument"]) == (
        12,
        "D333",
    )


def test_show_follows_the_transition(sen, rows):
    asked = ("show", "NW-07", "--level", 3, "--on", "2026-11-21", "--classified", "2024-05-01")
    (found,) = rows(*asked)

    assert (found["regime"], found["regime_until"]) == ("tcvn11930", "2027-06-30")
    assert found["standing"] == "coming"
    assert "2027-07-01" in found["notes"][-1]["en"]
    table = sen("catalogue", *asked).out
    assert "tcvn11930 (until 2027-06-30)" in table
    assert "keeps its level" in table
    (old,) = rows("show", "T-NET-LOG", "--level", 3, "--regime", "tcvn11930")
    assert (old["clause"], old["values"][0]["unconfirmed"]) == ("7.2.1.4", True)


@pytest.mark.parametrize(
    ("name", "level", "part"),
    [
        ("NW-13", 2, "server, dmz, wireless-if-any, internal, edge"),
        ("AC-04", 4, "Reviewed at least once in: 3 months"),
        ("AC-04", 4, "looked at again after"),
        ("AC-11", 1, "at once on staff change"),
        ("BK-06", 3, "or an equivalent solution"),
        ("CF-06", 1, "15 minutes (suggested)"),
        ("BK-10", 1, "periodic"),
        ("LG-07", 1, "12 months: D333/LG-1 if the system provides an online service"),
        ("NW-08", 2, "does not ask"),
    ],
)
def test_show_says_values_as_people_do(sen, name, level, part):
    assert part in sen("catalogue", "show", name, "--level", level).out


def test_show_marks_doubtful_values(sen):
    said = sen("catalogue", "show", "T-SRV-LOG", "--level", 4, "--regime", "tcvn11930")

    assert "unconfirmed" in said.out
    assert "6 months: TCVN11930/T-NET-LOG (unconfirmed)" in said.out


def test_list_keeps_to_family_level_and_automation(rows, sen):
    assert len(rows("list")) == 182 + 26 + 53
    assert len(rows("list", "--family", "ac")) == 15
    assert {each["control"] for each in rows("list", "--family", "T-NET", "--automation", "M")} == {
        "TCVN11930/T-NET-MALWARE"
    }
    at_4 = rows("list", "--family", "NW", "--level", 4)
    assert {each["clause"] for each in at_4 if each["control"].endswith("NW-07")} == {"6.12.2.2 a"}
    assert "TCVN14423/NW-08" not in {each["control"] for each in at_4}
    old = rows("list", "--level", 3, "--classified", "2024-01-01", "--family", "tcvn11930")
    assert len(old) == 44
    assert "unverified" in sen("catalogue", "list", "--family", "AC").err


def test_coverage_counts_levels_and_lists_one(rows):
    summary = rows("coverage", "--instrument", "tcvn14423")
    assert [each["level"] for each in summary] == ["1", "2", "3", "4", "5", "any"]
    assert (summary[-1]["P"], summary[-1]["M"], summary[-1]["E"]) == (104, 28, 50)

    one = {each["control"]: each for each in rows("coverage", "--level", 4)}

    assert one["TCVN14423/HR-04"]["shown"] == "people"
    assert "host" in one["TCVN14423/CF-03"]["gates"]
    assert one["TCVN14423/HR-04"]["rules"] == ""


def test_instruments_stand_as_of_a_day(rows):
    early, late = (
        {each["id"]: each for each in rows("instruments", "--on", day)}
        for day in ("2026-08-18", "2026-08-19")
    )

    assert (early["D331"]["standing"], late["D331"]["standing"]) == ("not-yet", "in-force")
    assert late["TCVN11930"]["superseded by"] == "TCVN14423"
    assert late["TCVN11930"]["doubt"]


def test_evidence_is_added_listed_and_checked(sen, rows, tmp_path):
    paper = tmp_path / "training.pdf"
    paper.write_bytes(b"who was there")
    where = ("--folder", tmp_path)
    about = ("--title", "Tập huấn 2026", "--owner", "Sở Nội vụ", "--date", "2026-11-01")
    (added,) = rows("evidence", "add", "one-stop", "hr-04", paper, *about, *where)
    assert (added["control"], added["file"]) == ("TCVN14423/HR-04", "training.pdf")
    assert added["valid_until"] == "2027-11-01"

    ask = ("catalogue", "evidence", "check", "one-stop", "--level", 1, *where, "-o", "yaml")
    found = sen(*ask, "--on", "2026-11-22")
    states = {each["control"]: each["state"] for each in yaml.safe_load(found.out)}
    assert found.code == 1
    assert "unverified" in found.err
    assert states["TCVN14423/HR-04"] == "present"
    assert states["TCVN14423/HR-03"] == "missing"
    listed = rows("evidence", "list", "one-stop", *where, "--on", "2028-01-01")
    assert [each["state"] for each in listed] == ["stale"]
    paper.write_bytes(b"changed")
    assert rows("evidence", "list", "one-stop", *where)[0]["state"] == "changed"


def test_a_system_with_all_papers_passes(sen, rows, tmp_path):
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"all of it")
    where = ("--folder", tmp_path)
    found = sen("catalogue", "evidence", "check", "portal", "--level", 1, *where, "-o", "json")
    for each in json.loads(found.out):
        rows("evidence", "add", "portal", each["control"], paper, *PAPER, "--level", 1, *where)

    assert sen("catalogue", "evidence", "check", "portal", "--level", 1, *where).code == 0


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("show", "NW-77", "--level", 4), "TCVN14423/NW-"),
        (("show", "NW-07", "--level", 6), "1 to 5"),
        (("show", "NW-07", "--level", 0), "1 to 5"),
        (("show", "NW-07", "--level", 4, "--on", "21/11/2026"), "YYYY-MM-DD"),
        (("show", "NW-07", "--level", 4, "--on", "2026-02-30"), "YYYY-MM-DD"),
        (("show", "NW-07", "--level", 4, "--regime", "iso"), "tcvn14423"),
        (("show", "NW-07", "--level", 4, "--classified", "2199-01-01"), "after the day"),
        (("show", "NW-07", "--level", 4, "--applies", "moon"), "online-service"),
        (("list", "--family", "ZZ"), "RM, HW"),
        (("list", "--level", 9), "1 to 5"),
        (("coverage", "--instrument", "ISO"), "TCVN14423"),
        (("coverage", "--level", 7), "1 to 5"),
        (("instruments", "--on", "today"), "YYYY-MM-DD"),
        (("evidence", "add", "x", "HR-04", "/", *PAPER, "--date", "9999-12-31"), "1900 to 2199"),
        (("evidence", "list", "../x"), "small letters"),
        (("evidence", "check", "x", "--level", 8), "1 to 5"),
        (
            ("evidence", "add", "x", "HR-04", "/", "--title", "Ab", "--owner", "Cd"),
            "cannot be read",
        ),
        (("evidence", "add", "x", "??", "/", "--title", "Ab", "--owner", "Cd"), "no such control"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_remedy(sen, words, part):
    said = sen("catalogue", *words)

    assert said.code == 2
    assert part in said.err


def test_a_document_without_an_owner_is_refused(sen, tmp_path):
    paper = tmp_path / "p.pdf"
    paper.write_bytes(b"x")

    said = sen(
        *("catalogue", "evidence", "add", "one-stop", "HR-04", paper),
        *("--title", "Ab", "--owner", " ", "--folder", tmp_path),
    )

    assert said.code == 2
    assert "owner" in said.err
    assert not (tmp_path / "one-stop.yaml").exists()
