"""The reference names for each condition the module that writes it."""

from __future__ import annotations

import re

from sen.paths import PROJECT

TABLE = PROJECT / "docs" / "reference" / "conditions.md"
ROW = re.compile(r"^\| `(\w+)` \| \w+ \| `([\w/.]+)` \|", re.MULTILINE)


def test_each_condition_is_written_where_the_reference_says():
    rows = ROW.findall(TABLE.read_text("utf-8"))

    wrong = [
        (name, path)
        for name, path in rows
        if f'"{name}"' not in (PROJECT / path).read_text("utf-8")
    ]
    assert (len(rows), wrong) == (8, [])
