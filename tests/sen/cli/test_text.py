"""`sen text`: files there and back, and errors that say what to do."""

from __future__ import annotations

import json

import pytest

from playbooks.text.encode import encoder

LINES = "Nguyễn Văn Được\nxã Phước Thạnh\nThông báo nghỉ Tết\n"


@pytest.fixture
def old(tmp_path):
    file = tmp_path / "old.txt"
    file.write_bytes(encoder("vni-win")(LINES))
    return file


def test_a_file_is_detected_converted_and_checked(sen, old, tmp_path):
    new = tmp_path / "new.txt"

    found = json.loads(sen("text", "detect", str(old), "-o", "json").out)
    done = sen("text", "convert", str(old), str(new), "-o", "json")
    back = json.loads(sen("text", "check", str(old), "-o", "json").out)

    assert found[0]["encoding"] == "vni-win"
    assert (done.code, new.read_text("utf-8")) == (0, LINES)
    assert (back[0]["identical"], back[0]["different"]) == (4, 0)


def test_what_does_not_come_back_ends_with_one(sen, tmp_path):
    file = tmp_path / "old.txt"
    file.write_bytes(b"a\x81b\n")

    assert sen("text", "check", "--from", "tcvn3", str(file)).code == 1


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("detect", "none.csv"), "cannot be opened"),
        (("convert", "none.txt", "b"), "cannot be opened"),
        (("detect", "pyproject.toml", "--format", "dbf"), "no dBase file"),
        (("convert", "--from", "klingon", "pyproject.toml", "b"), "tcvn3"),
    ],
)
def test_bad_input_is_told(sen, words, part):
    said = sen("text", *words)

    assert said.code == 2
    assert part in said.err
