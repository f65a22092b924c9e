"""Files go into one tar and come out of it; the same files are the same bytes."""

from __future__ import annotations

import gzip

import pytest

from sen.migration.packing import packed, unpacked

FILES = {"b/sổ.json": b"{}", "a.txt": b"x" * 4000}
BROKEN = {
    "nothing": b"",
    "a letter": b"x",
    "a broken gzip": b"\x1f\x8b\x08" + b"\0" * 40,
    "no tar inside": gzip.compress(b"x" * 600),
    "cut off": packed(FILES)[:-20],
}


def test_the_same_files_are_the_same_bytes_in_any_order():
    assert unpacked(packed(FILES)) == FILES
    assert packed(FILES) == packed(dict(reversed(FILES.items())))


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_no_tar_is_told(data):
    with pytest.raises(ValueError, match=r"\w"):
        unpacked(data)
