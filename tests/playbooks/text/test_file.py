"""Files: lines, tables, dBase, HTML, RTF; the batch of other programs; the way back."""

from __future__ import annotations

import base64
import csv
import json
import re
import struct
import tracemalloc

import pytest

from playbooks.text.batch import answers
from playbooks.text.dbf import NotDbfError, layout
from playbooks.text.encode import encoder
from playbooks.text.file import checked, converted, detected
from playbooks.text.stream import chunks

LINES = ["Nguyễn Văn Được", "xã Phước Thạnh, huyện Củ Chi", "Thông báo về việc nghỉ Tết", "abc 12"]
SEEN = ("tcvn3", "vni-win", "viscii", "cp1258", "utf-8")


def written(tmp_path, name, data):
    file = tmp_path / name
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("name", SEEN)
def test_lines_become_utf8(tmp_path, name):
    old = written(tmp_path, "old.txt", b"".join(encoder(name)(x) + b"\n" for x in LINES))
    new = tmp_path / "new.txt"

    (tally,) = converted(old, new, None, None, keep_raw=True)

    assert new.read_text("utf-8").splitlines() == LINES
    assert (tally.encoding, tally.values) == (name, 4)
    assert tally.changed == (0 if name == "utf-8" else 3)
    assert detected(old)[0].encoding == name
    assert checked(old, None)[1].different == 0


def test_a_file_that_is_its_own_target_is_kept(tmp_path):
    data = encoder("vni-win")("\n".join(LINES))
    old = written(tmp_path, "a.txt", data)

    converted(old, old, "vni-win", None, keep_raw=True)

    assert old.read_text("utf-8").splitlines() == LINES
    assert (tmp_path / "a.txt.raw").read_bytes() == data


def test_lines_of_two_eras_are_read_each_by_its_own(tmp_path):
    data = b"".join(
        encoder(("tcvn3", "utf-8")[at % 2])(x) + b"\n" for at, x in enumerate(LINES * 3)
    )
    new = tmp_path / "new.txt"

    (tally,) = converted(written(tmp_path, "m.txt", data), new, None, None, keep_raw=True)

    assert tally.encoding == "mixed"
    assert new.read_text("utf-8").splitlines() == LINES * 3


def test_a_stream_takes_constant_memory(tmp_path):
    block = b"".join(encoder("vni-win")(x) + b"\n" for x in LINES) * 8000
    old, new = tmp_path / "big.txt", tmp_path / "new.txt"
    with old.open("wb") as file:
        for _ in range(64):
            file.write(block)
    tracemalloc.start()

    converted(old, new, "vni-win", None, keep_raw=True)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert old.stat().st_size > 40 << 20
    assert peak < 24 << 20


def test_a_line_without_end_is_cut_outside_pairs(tmp_path):
    data = encoder("vni-win")("ệư" * 900_000)

    with written(tmp_path, "long", data).open("rb") as file:
        parts = list(chunks(file))

    assert len(parts) > 1
    assert b"".join(parts) == data
    assert all(part[0] in b"eE" or part[0] in encoder("vni-win")("ư") for part in parts)


def test_each_column_has_its_own_encoding(tmp_path):
    rows = [(encoder("tcvn3")(x), encoder("vni-win")(x), b"a@b.vn") for x in LINES]
    head = encoder("tcvn3")("tên") + b"\tdiachi\temail\n"
    body = b"".join(b"\t".join(row) + b"\n" for row in rows)
    new = tmp_path / "new.tsv"

    tallies = converted(written(tmp_path, "t.tsv", head + body), new, None, None, keep_raw=True)

    with new.open(encoding="utf-8", newline="") as file:
        got = list(csv.reader(file, delimiter="\t"))
    assert got[0] == ["tên", "diachi", "email", "tên_raw", "diachi_raw"]
    assert [row[:3] for row in got[1:]] == [[x, x, "a@b.vn"] for x in LINES]
    assert base64.b64decode(got[1][4]) == rows[0][1]
    assert [tally.encoding for tally in tallies] == ["tcvn3", "vni-win", "ascii"]
    assert [t.encoding for t in detected(tmp_path / "t.tsv")] == ["tcvn3", "vni-win", "ascii"]


def dbase(values, width):
    field = b"TEN".ljust(11, b"\0") + b"C" + bytes(4) + bytes((width, 0)) + bytes(14)
    head = bytes((3, 120, 1, 1)) + struct.pack("<IHH", len(values), 65, 1 + width) + bytes(20)
    return head + field + b"\r" + b"".join(b" " + v.ljust(width) for v in values) + b"\x1a"


def test_fields_of_dbase_grow(tmp_path):
    values = [encoder("tcvn3")(x) for x in LINES]
    old, new = written(tmp_path, "o.dbf", dbase(values, 28)), tmp_path / "n.dbf"

    (tally,) = converted(old, new, None, None, keep_raw=True)

    with new.open("rb") as file:
        shape = layout(file)
        record = new.read_bytes()[shape.start + shape.width + 1 : shape.start + 2 * shape.width]
    assert shape.fields[0].width > 28
    assert record.decode("utf-8").rstrip() == LINES[1]
    assert (tally.encoding, tally.changed, tally.doubtful) == ("tcvn3", 3, 0)


def test_what_no_field_of_dbase_can_hold_is_reported(tmp_path):
    value = encoder("tcvn3")("được " * 50)[:250]
    old, new = written(tmp_path, "o.dbf", dbase([value], 250)), tmp_path / "n.dbf"

    (tally,) = converted(old, new, None, None, keep_raw=True)

    assert tally.doubtful == 1


@pytest.mark.parametrize("data", [b"", b"x" * 40, dbase([b"a"], 3).replace(b"C", b"C\x01", 1)])
def test_what_is_no_dbase_is_refused(tmp_path, data):
    with pytest.raises(NotDbfError):
        detected(written(tmp_path, "o.dbf", data))


def test_runs_of_html_are_read_by_their_fonts(tmp_path):
    tcvn3, vni = encoder("tcvn3"), encoder("vni-win")
    page = (
        b"<meta charset=iso-8859-1><p>Hello<br><font face='.VnTime'>" + tcvn3("Hà Nội")
        + b"<b>" + tcvn3("đẹp") + b"</b></font> x <span style='font-family: VNI-Times'>"
        + vni("Đồng Nai") + b"</span><script>var a='e&#7879;'</script>"
    )  # fmt: skip
    new = tmp_path / "n.html"

    tallies = converted(written(tmp_path, "o.html", page), new, None, None, keep_raw=True)

    said = re.sub(r"<script.*script>|<[^>]*>", "", new.read_text("utf-8"))
    assert said == "HelloHà Nộiđẹp x Đồng Nai"
    assert "charset=utf-8" in new.read_text("utf-8")
    assert ".VnTime" not in new.read_text("utf-8")
    assert "e&#7879;" in new.read_text("utf-8")
    assert {tally.encoding for tally in tallies} == {"ascii", "tcvn3", "vni-win"}


def test_runs_of_rtf_are_read_by_their_fonts(tmp_path):
    def escaped(name, text):
        return "".join(chr(b) if b < 128 else f"\\'{b:02x}" for b in encoder(name)(text)).encode()

    page = (
        b"{\\rtf1{\\fonttbl{\\f0\\fnil Arial;}{\\f1\\fnil\\fcharset0 .VnTime;}{\\f2 VNI-Times;}}"
        b"\\f0 caf\\'e9 {\\f1 " + escaped("tcvn3", "Nội") + b"}{\\f2 " + escaped("vni-win", "Đẹp")
        + b"} \\'e9\\par}"
    )  # fmt: skip
    new = tmp_path / "n.rtf"

    converted(written(tmp_path, "o.rtf", page), new, None, None, keep_raw=True)

    body = new.read_bytes().partition(b"}}")[2].decode("ascii")
    assert re.sub(r"\\u(\d+)\?", lambda hit: chr(int(hit[1])), body) == (
        "\\f0 caf\\'e9 {\\f1 Nội}{\\f2 Đẹp} \\'e9\\par}"
    )


def test_the_batch_answers_line_by_line_and_outlives_bad_ones():
    value = base64.b64encode(encoder("vni-win")("Đồng Nai")).decode()
    good = {"id": 7, "declared": None, "bytes_base64_list": [value, None]}
    bad = ["no json", "[]", '{"id": 1, "bytes_base64_list": ["?"]}', '{"bytes_base64_list": [5]}',
           '{"id": 2, "declared": 5, "bytes_base64_list": []}']  # fmt: skip

    got = list(answers([json.dumps(good), "", *bad, json.dumps(good)]))

    assert got[0] == got[-1]
    assert got[0]["text_list"] == ["Đồng Nai", None]
    assert (got[0]["id"], got[0]["encoding"], got[0]["doubtful"]) == (7, "vni-win", [])
    assert 0.9 < got[0]["confidence"] <= 1
    assert [answer.get("id") for answer in got if "error" in answer] == [None, None, 1, None, 2]


def test_what_does_not_come_back_is_shown(tmp_path):
    old = written(tmp_path, "o.txt", b"HA\xb5\ncaf\x81\n")

    name, back = checked(old, "tcvn3")

    assert (name, back.equal, back.different) == ("tcvn3", 1, 1)
    assert back.samples[0][0] == "63 61 66 81"
