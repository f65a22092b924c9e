"""Sums are those of the files, whichever program makes them and whatever the names are."""

from __future__ import annotations

import hashlib
import subprocess

import pytest

from playbooks.migration.files.sums import asked, told

FIND = "find . -type f -print0"
NAMES = [b"a", b"with space *x", b"new\nline\\", b"-dash", b"\xe1\xff", b"' \"$(x)"]
EMPTY = hashlib.sha256(b"").hexdigest()
PROGRAMS = {"openssl": "", "sha256sum": "openssl() { return 1; }; "}


@pytest.fixture
def folder(tmp_path):
    for name in NAMES:
        (tmp_path / name.decode("utf-8", "surrogateescape")).write_bytes(name * 3)
    return tmp_path


def run(folder, text):
    return subprocess.run(
        ["/bin/sh", "-c", text], cwd=folder, stdout=subprocess.PIPE, check=True
    ).stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_file_has_its_sum(folder, program):
    said = run(folder, PROGRAMS[program] + asked(FIND))

    assert dict(told(said)) == {
        b"./" + name: hashlib.sha256(name * 3).hexdigest() for name in NAMES
    }
    assert said.startswith(b"./") == (program == "openssl")


def test_an_empty_folder_has_none(tmp_path):
    assert dict(told(run(tmp_path, asked(FIND)))) == {}


def test_many_turns_of_names_are_read(tmp_path):
    for number in range(9):
        (tmp_path / f"{number}\n").write_bytes(b"")

    said = run(tmp_path, asked(FIND).replace("xargs -0", "xargs -0 -n 4"))

    assert dict(told(said)) == {f"./{number}\n".encode(): EMPTY for number in range(9)}


def test_a_file_that_went_away_has_no_sum_and_the_others_have():
    said = b"./a\0./b\0\0" + EMPTY.encode() + b" *./b\n"

    assert dict(told(said)) == {b"./b": EMPTY}


def test_sums_of_old_hosts_without_zero_ending_are_read():
    said = b"\\" + b"a" * 64 + b"  ./with\\nnewline\\\\\n" + b"b" * 64 + b"  ./x\n"

    assert dict(told(said)) == {b"./with\nnewline\\": "a" * 64, b"./x": "b" * 64}


def test_older_programs_write_a_name_of_two_lines_as_it_is():
    said = b"./x\ny\0\0" + EMPTY.encode() + b" *./x\ny\n"

    assert dict(told(said)) == {b"./x\ny": EMPTY}
