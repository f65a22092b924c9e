"""Pages, pictures and the command: both languages, nothing loaded from outside, all escaped."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from playbooks.migration.assess.report.chart import bars
from playbooks.migration.assess.report.table import MOST_ROWS
from playbooks.migration.assess.report.word import words
from playbooks.migration.discover.estate import Estate, Flow, write
from playbooks.migration.discover.model import (
    Certificate,
    Database,
    Host,
    Job,
    Place,
    Reason,
    Site,
    State,
)
from tests.playbooks.migration.assess.test_assessment import NOW, PUBLIC, machine
from tests.sen.cli.conftest import config_folder, sen

__all__ = ["config_folder", "sen"]

EVIL = "<b>&amp;'\""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    silent = Host(
        name="silent",
        agency=EVIL,
        state=State.UNREACHABLE,
        reasons=(Reason(key="host-unreachable", values={"detail": EVIL}),),
    )
    flow = Flow(source="app", target=EVIL, port=80, client=EVIL, count=2, confidence=0.8)
    path = tmp_path / "estate.json"
    write(Estate(made=NOW, hosts=(machine("app"), silent), flows=(flow,)), path)
    return path


def ran(sen, file, *more):
    out = file.parent / "out"
    words_ = ("migrate", "assess", file, "--out", out, "--on", "2026-11-22", *more)
    return sen(*words_), out


def test_all_files_are_written_and_load_nothing_from_anywhere(sen, file):
    said, out = ran(sen, file)

    assert said.code == 0, said.err
    pages = [out / "index.html", *sorted((out / "systems").iterdir())]
    assert len(pages) == 3
    for each in pages:
        text = each.read_text("utf-8")
        assert '<html lang="vi">' in text
        assert 'lang="en"' in text
        assert "http" not in text
        assert EVIL not in text
        assert "<script" not in text
    assert {each.suffix for each in out.iterdir()} == {".html", ".svg", ".md", ".json", ".yaml", ""}


def test_a_page_tells_what_was_found_inside_and_the_portfolio_who_is_in_no_list(sen, tmp_path):
    host = Host(
        name="app",
        agency="H26",
        databases=(
            Database(engine="mariadb", name="hoso", charset="latin1", charsets={"utf8": 1}),
        ),
        sites=(Site(server="apache", names=("hoso.example.vn",), root="/var/www"),),
        jobs=(
            Job(place="/etc/cron.d/copy", when="0 3 * * *", user="root", command="tar", own=True),
        ),
        places=(
            *(
                Place(kind="secret", path="/etc/app.ini", line=line, key="db_password")
                for line in range(MOST_ROWS + 1)
            ),
            Place(kind="ip", path="/etc/app.ini", line=9, key="relay", value="10.1.0.77"),
        ),
        certificates=(Certificate(path="/etc/app.crt", ends=NOW),),
    )
    flows = (
        Flow(source="10.1.0.200", target="app", port=80, count=9),
        *(Flow(source="app", target="10.1.0.201", port=port, count=1) for port in range(1, 8)),
    )
    write(Estate(made=NOW, hosts=(host,), flows=flows), tmp_path / "estate.json")

    _, out = ran(sen, tmp_path / "estate.json")

    page = next((out / "systems").iterdir()).read_text("utf-8")
    index = (out / "index.html").read_text("utf-8")
    for cell in ("latin1, utf8", "hoso.example.vn", "/etc/cron.d/copy", "10.1.0.77", "22/11/2026"):
        assert f"<td>{cell}</td>" in page
    assert page.count("db_password") == MOST_ROWS
    assert "phần còn lại nằm trong estate.json" in page
    assert "ngừng sử dụng <span" in page.partition("Lý do")[2].partition("</table>")[0]
    called = index.partition("Máy có kết nối")[2]
    assert called.index("10.1.0.200") < called.index("10.1.0.201")
    assert "app (tcp/5) +2" in called


def test_a_terminal_gets_what_it_has_room_for_and_where_the_rest_is(sen, file):
    said, out = ran(sen, file)

    assert "effort_days" in said.out
    assert "today_vnd" not in said.out
    assert f"{out / 'index.html'}" in said.err


def test_links_lead_to_pages(sen, file):
    _, out = ran(sen, file)

    index = (out / "index.html").read_text("utf-8")
    for page in (out / "systems").iterdir():
        assert f'href="systems/{page.name}"' in index
    assert "không kết nối được tới máy chủ" in "".join(
        each.read_text("utf-8") for each in (out / "systems").iterdir()
    )


def test_answers_in_the_questionnaire_are_taken_at_the_next_run(sen, file):
    _, out = ran(sen, file)
    path = out / "questionnaire.yaml"
    text = path.read_text("utf-8")
    for name, answer in PUBLIC.items():
        text = text.replace(f"  {name}:\n", f"  {name}: {answer}\n", 1)
    path.write_text(text.replace("  still_needed:\n", "  still_needed: yes\n", 1), "utf-8")

    said, _ = ran(sen, file, "-o", "json")

    row = json.loads(said.out)[0]
    assert (row["system"], row["strategy"]) == ("h26-app", "rehost")
    assert row["level"] is not None
    assert 'fact.personal_data: "200000"' in path.read_text("utf-8")


def test_pages_of_systems_that_are_gone_go_too(sen, file):
    _, out = ran(sen, file)
    (out / "systems" / "old.html").write_text("x")

    ran(sen, file)

    assert not (out / "systems" / "old.html").exists()


def test_a_broken_graph_of_an_earlier_run_is_made_anew(sen, file):
    _, out = ran(sen, file)
    (out / "graph.json").write_text("[1]", "utf-8")

    assert ran(sen, file)[0].code == 0
    assert json.loads((out / "graph.json").read_text("utf-8"))["windows"] == []


def test_what_was_said_of_each_system_is_in_the_evidence(sen, file):
    ran(sen, file)

    kept = "".join(each.read_text("utf-8") for each in (file.parent / "state").rglob("chain.jsonl"))
    assert kept.count('"act":"migration.assess"') == 2


def test_bars_are_as_long_as_their_counts():
    drawn = bars("t", [(EVIL, {"a": 1, "b": 3})], {"a": "one", "b": "three", "c": "none"})

    root = ET.fromstring(drawn)  # noqa: S314 - drawn here
    space = "{http://www.w3.org/2000/svg}"
    widths = [float(each.get("width", "0")) for each in root.iter(f"{space}rect")]
    assert widths[2] == pytest.approx(3 * widths[1], rel=0.01)
    assert [each.text for each in root.iter(f"{space}text")][-2:] == ["one", "three"]


def test_every_word_is_there_in_both_languages():
    assert all(set(each) == {"vi", "en"} and all(each.values()) for each in words().values())
