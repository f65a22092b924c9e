"""Rows are a table for people, JSON or YAML for programs."""

from __future__ import annotations

import json

import pytest
import yaml

from sen.cli.output import Output, show

ROWS = [
    {"name": "Hà Nội", "price": 13369000, "level": None, "ready": True, "objects": ["a", "b"]},
    {"name": "Huế", "price": 965, "level": 3, "ready": False, "objects": []},
]


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


READERS = [(Output.JSON, json.loads), (Output.YAML, yaml.safe_load)]


@pytest.mark.parametrize(("output", "read"), READERS)
@pytest.mark.parametrize("rows", [ROWS, []], ids=["rows", "none"])
def test_programs_read_back_what_was_shown(capsys, output, read, rows):
    show(rows, output)

    out = capsys.readouterr().out
    assert read(out) == rows
    assert out.endswith("\n")


@pytest.mark.parametrize("output", list(Output))
def test_vietnamese_is_shown_as_it_is_written(capsys, output):
    show(ROWS, output)

    assert "Hà Nội" in capsys.readouterr().out


@pytest.mark.parametrize("output", [Output.JSON, Output.YAML])
def test_columns_keep_their_order(capsys, output):
    show(ROWS, output)

    out = capsys.readouterr().out
    assert out.index("name") < out.index("price") < out.index("level")


def test_people_see_thousands_and_no_none(capsys):
    show(ROWS, Output.TABLE, title="Tenants")

    out = capsys.readouterr().out
    assert "Tenants" in out
    assert "13,369,000" in out
    assert "None" not in out
    assert "True" in out
    assert "1," not in out.replace("13,369,000", ""), "a truth is no number"


def test_numbers_stand_at_the_right(capsys):
    show(ROWS, Output.TABLE)

    line = next(line for line in capsys.readouterr().out.splitlines() if "Huế" in line)
    assert line.split("│")[2] == "        965 "


def test_a_table_of_nothing_says_so(capsys):
    show([], Output.TABLE)

    assert capsys.readouterr().out == "nothing to show\n"


def test_words_in_brackets_are_no_markup(capsys):
    show([{"name": "[red]x[/red]"}], Output.TABLE)

    assert "[red]x[/red]" in capsys.readouterr().out
