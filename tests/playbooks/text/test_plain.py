"""ASCII: what of it is VIQR, beside rows of other eras too, and what only looks like it."""

from __future__ import annotations

import pytest

from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from tests.playbooks.text.test_detect import NAMES, PLACES

TEXTS = [*NAMES, *PLACES]


def judged(values):
    verdict = Detector().column(values)
    return verdict.encoding, convert(values, verdict).texts


@pytest.mark.parametrize(
    "texts",
    [
        [
            "Nguy?n V?n ???c",
            "Tr?n Th? B?ch H??ng",
            "Hu?nh Minh Thi?n, X? H?a Ph?",
            "UBND huy?n Y?n B?i",
        ],
        ["xymcJUSvp2uzYe1ClQCN/cu+", "qZ8rTnVbA1kMwPd0LsXe/to+"],
        ["$o^=~$e; $u+='dung'; // todo?", "if ($a['dat'] == 'phap') { echo \"khoa?\"; }"],
    ],
)
def test_what_a_charset_lost_and_code_are_no_viqr(texts):
    assert judged([text.encode() for text in texts]) == ("ascii", texts)


@pytest.mark.parametrize("beside", ["utf-8", "tcvn3", "vni-win"])
@pytest.mark.parametrize("old", ["viqr", "ncr"])
def test_rows_of_ascii_among_others_are_an_era_of_their_own(beside, old):
    later = [text.encode() if beside == "utf-8" else encoder(beside)(text) for text in PLACES * 2]
    earlier = [
        text.encode("ascii", "xmlcharrefreplace") if old == "ncr" else encoder(old)(text)
        for text in NAMES
    ]

    assert judged([*earlier, *later]) == ("mixed", [*NAMES, *PLACES * 2])


def test_a_row_that_nothing_reads_leaves_viqr_as_it_is():
    values = [encoder("viqr")(text) for text in TEXTS]

    found, texts = judged([*values, b"y\xff<"])

    assert (found, texts[:-1]) == ("viqr", TEXTS)


def test_questions_without_marks_stay_beside_unicode():
    values = [
        "Đã nộp hồ sơ",
        "Sao khong nop?",
        "Ai lam?",
        "the nao? lam gi?",
        "cho ho ro?",
        "bao gio co?",
    ]

    assert judged([value.encode() for value in values]) == ("utf-8", values)


@pytest.mark.parametrize(
    ("viqr", "text"),
    [
        ("xe ddu't tie^`n va`o tu'i\\...", "xe đút tiền vào túi..."),
        ("kie^?u 'blob', 'tree\\', 'commit'", "kiểu 'blob', 'tree', 'commit'"),
        ("DDH Ngoa.i ngu+~, DDHQGHN", "ĐH Ngoại ngữ, ĐHQGHN"),
        ("quo^'c lo^. 1A\\.", "quốc lộ 1A."),
        ("tar *na`y\\* ma(.c ddi.nh", "tar *này* mặc định"),
        ("ma^.t ga^'u 100.000 dd\".", 'mật gấu 100.000 đ".'),
    ],
)
def test_what_is_escaped_or_abbreviated_is_read(viqr, text):
    assert judged([viqr.encode(), *map(encoder("viqr"), NAMES)])[1][0] == text
