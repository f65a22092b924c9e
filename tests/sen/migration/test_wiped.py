"""What was wiped at the end has a page in the report, with what proves it, in both languages."""

from __future__ import annotations

import hashlib
import re

import pytest

from playbooks.migration.wipe import disk, folder
from playbooks.migration.wipe.sample import Sample, Stock
from sen.migration.report import report
from sen.reports.html import html
from stacks.problem import Language
from tests.sen.migration.moved import RUNNER, Moved

ZERO = hashlib.sha256(bytes(65_536)).hexdigest()
FOLDER = Stock(
    *("folder", "/srv/hồ-sơ", "ext2/ext3 661d", 123_456_789, 42),
    samples=tuple(Sample(f"2019/{n}", 65_536, f"{n:x}" * 64, ZERO) for n in range(1, 15)),
    method=folder.METHOD,
)
DISK = Stock("disk", "/dev/sdb", "WD-WX12A", 4_000_787_030_016, 0, method=disk.DISCARDED)


@pytest.fixture
def moved(tmp_path):
    moved = Moved.at(tmp_path)
    facts = {"step": "old: prove", "host": "old-kho", "address": "10.1.2.13", "backup": "restic 4f"}
    stock = {"step": "old: take stock", "stock": [], "backup": "restic 4f"}
    moved.record("migration.done", "w1/ho-tich: finish", stock)
    wiped = {"wiped": [each.facts() for each in (FOLDER, DISK)]}
    moved.record("migration.done", "w1/ho-tich: finish", {**facts, **wiped})
    moved.record("migration.done", "w1/other: finish", {**facts, **wiped})
    return moved


def text_of(moved, language):
    page = html(report(moved.account(), language)).partition("</style>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", page.replace("<wbr>", "")).split())


def test_the_record_is_read_back_whole(moved):
    found = moved.one().wiped

    assert [each.what for each in found] == [FOLDER, DISK]
    assert {(each.host, each.by, each.sequence) for each in found} == {
        ("old-kho (10.1.2.13)", RUNNER, 2)
    }


def test_the_report_tells_device_serial_bytes_method_samples_who_and_when(moved):
    text = text_of(moved, Language.EN)

    assert "Wiped on the old hosts: ho-tich" in text
    assert "restored before: restic 4f" in text
    assert "/dev/sdb WD-WX12A 4,000,787,030,016 Clear: discard" in text
    assert "all read back, then removed" in text
    assert f"{RUNNER}, no. 2" in text
    assert "Samples of /srv/hồ-sơ: 12 of 14" in text
    assert f"2019/3 65,536 {'3' * 16} {ZERO[:16]}" in text


def test_it_is_told_in_vietnamese_too_and_not_where_nothing_was_wiped(moved, tmp_path):
    assert "Xóa dữ liệu ở máy cũ: ho-tich" in text_of(moved, Language.VI)
    assert "đọc lại theo mẫu" in text_of(moved, Language.VI)
    assert "Wiped" not in text_of(Moved.at(tmp_path / "other"), Language.EN)
