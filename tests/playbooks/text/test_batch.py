"""Columns as lines of JSON: bad lines are told, and the rest goes on."""

from __future__ import annotations

import json

import pytest

from playbooks.text.batch import answer, answers, written
from playbooks.text.detect import Detector


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ('{"id": NaN, "bytes_base64_list": []}', "NaN"),
        (b'{"id": 1, "bytes_base64_list": ["YQ=="]}\xff', "utf-8"),
        ('{"id": 1, "declared": 5, "bytes_base64_list": ["YQ=="]}', "declared"),
        ('{"id": 1, "bytes_base64_list": "YQ=="}', "bytes_base64_list"),
    ],
)
def test_the_batch_says_what_is_wrong_with_a_line(line, part):
    (got,) = answers([line])

    assert (got["line"], part in got["error"]) == (1, True)


def test_an_empty_column_and_one_without_values_are_ascii():
    lines = ['{"id": 1, "bytes_base64_list": []}', '{"id": 2, "bytes_base64_list": [null, null]}']

    assert [(got["encoding"], got["text_list"]) for got in answers(lines)] == [
        ("ascii", []),
        ("ascii", [None, None]),
    ]


def test_half_a_character_in_an_id_is_written_as_an_escape():
    (got,) = answers(['{"id": "\\ud800", "bytes_base64_list": []}'])

    assert json.loads(written(got))["id"] == "\ud800"
    assert written({"id": "Đ"}) == '{"id": "Đ"}\n'.encode()


def test_a_column_that_breaks_the_detector_does_not_stop_the_others():
    class Broken(Detector):
        def column(self, values, declared=None):
            raise IndexError("list index out of range")

    got = answer('{"id": 7, "bytes_base64_list": ["YQ=="]}', Broken(), 3)

    assert (got["id"], got["line"]) == (7, 3)
    assert "cannot be judged" in got["error"]
