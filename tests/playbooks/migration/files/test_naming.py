"""Names in old Vietnamese encodings become Unicode and old again on the way back."""

from __future__ import annotations

import dataclasses
import json
import os

import pytest

from playbooks.migration.files.naming import Naming, naming
from playbooks.text.encode import encoder
from stacks.problem import ProblemError
from tests.broken import RAW, broken
from tests.playbooks.migration.files.conftest import Ends

WORDS = (
    "Hồ sơ đất đai",
    "Quyết định số 7",
    "Nguyễn Thị Hương",
    "giấy khai sinh",
    "Phường Bến Nghé",
)


def old(text: str) -> bytes:
    return encoder("tcvn3")(text)


def named(text: str) -> str:
    return os.fsdecode(old(text))


def test_names_become_unicode_and_old_again(ends: Ends):
    folder = ends.old / named(WORDS[0])
    folder.mkdir()
    for word in WORDS[1:]:
        (folder / named(word)).write_text(word, "utf-8")
    move = dataclasses.replace(ends.move, unicode_names=True)
    there = dataclasses.replace(ends, move=move)
    before = sorted(map(os.fsencode, ends.old.rglob("*")))
    there.run("fill")

    facts = there.run("switch")["names"]

    assert (facts["encoding"], facts["names"]) == ("tcvn3", 5)
    for word in WORDS[1:]:
        assert (ends.new / WORDS[0] / word).read_text("utf-8") == word
    assert move.verify().good
    assert {each["new"] for each in move.renamed()} >= {f"{WORDS[0]}/{WORDS[1]}"}
    (ends.new / WORDS[0] / WORDS[1]).write_text("sửa", "utf-8")

    there.run("back")

    assert sorted(map(os.fsencode, ends.old.rglob("*"))) == before
    assert (folder / named(WORDS[1])).read_text("utf-8") == "sửa"
    assert there.again("switch")["names"]["names"] == 5


def test_a_name_that_is_there_already_is_left_and_listed():
    paths = [old(word) for word in WORDS] + [WORDS[1].encode()]

    found = naming(paths)

    assert list(found.clashes) == [old(WORDS[1])]
    assert old(WORDS[1]) not in found.new
    assert Naming.parse(found.json()).new == found.new


def test_unicode_and_ascii_names_stay():
    assert naming([word.encode() for word in WORDS] + [b"readme.txt"]).new == {}


def test_a_memory_that_was_edited_is_not_believed(ends: Ends):
    ends.folder.mkdir()
    names = [each for each in broken({"encoding": "vni", "new": {"61": "62"}}) if each]
    naming_wrong = [json.dumps({"naming": json.dumps(each)}).encode() for each in [*names, 5, [1]]]
    file = ends.folder / "files-files.json"
    for wrong in RAW:
        file.write_bytes(wrong)
        with pytest.raises(ProblemError) as caught:
            ends.run("fill")
        assert caught.value.problems[0].key == "files-memory-broken"
    told = 0
    for wrong in naming_wrong:
        file.write_bytes(wrong)
        try:
            ends.move.renamed()
        except ProblemError as error:
            told += error.problems[0].key == "files-memory-broken"
    assert told > 20
