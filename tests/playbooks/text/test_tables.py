"""Every table there and back, and beside iconv where it knows the encoding."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.text.decode import decoder
from playbooks.text.encode import encoder
from playbooks.text.syllable import syllables
from playbooks.text.table import BYTE_TABLES, UNMAPPED, rows, table

ICONV = {"tcvn5712-1": "TCVN5712-1", "viscii": "VISCII", "cp1258": "CP1258"}
SMALL = sorted(syllables())
LOSSY = ("tcvn3", "tcvn3-h", "tcvn5712-3")


def words(name: str) -> st.SearchStrategy[str]:
    """Give lines that the table can write: small letters where it has no capitals of its own."""
    small = st.lists(st.sampled_from(SMALL), min_size=1, max_size=8).map(" ".join)
    if name == "tcvn3-h":
        return small.map(str.upper)
    return small if name in LOSSY else st.one_of(small, small.map(str.upper), small.map(str.title))


@pytest.mark.parametrize("name", BYTE_TABLES)
@given(data=st.data())
def test_what_a_table_wrote_it_reads(name, data):
    line = data.draw(words(name))

    assert decoder(name)(encoder(name)(line)) == unicodedata.normalize("NFC", line)


@pytest.mark.parametrize("name", [*BYTE_TABLES, "viqr", "ncr"])
def test_every_row_of_a_table_is_read_as_it_says(name):
    seen = 0
    for row in rows(name):
        combining = any(map(unicodedata.combining, row.text))
        if name == "viqr" or combining or row.text in "~{}|^`\n":
            continue
        assert decoder(name)(row.code) == unicodedata.normalize("NFC", row.text), row
        seen += 1

    assert name == "viqr" or seen > 80


@pytest.mark.parametrize("name", BYTE_TABLES)
def test_no_mark_of_a_pair_is_a_letter_alone(name):
    chart = table(name)

    alone = {byte for byte in chart.marks if chart.single[byte].isalpha()}

    assert alone == set()


def test_the_tables_have_every_letter():
    full = [name for name in BYTE_TABLES if not name.startswith("tcvn") or name == "tcvn5712-1"]
    letters = {letter for word in SMALL for letter in word if not letter.isascii()}

    for name in full:
        for letter in letters | {letter.upper() for letter in letters}:
            assert encoder(name)(letter)
    assert len(letters) == 67


@pytest.mark.parametrize("name", ICONV)
def test_iconv_reads_the_same(name):
    if not shutil.which("iconv"):
        pytest.skip("no iconv on this machine")
    line = " ".join(SMALL) + "\n" + " ".join(SMALL).upper()
    data = encoder(name)(line)

    ran = subprocess.run(
        ["iconv", "-f", ICONV[name], "-t", "UTF-8"], input=data, capture_output=True, check=True
    )

    assert unicodedata.normalize("NFC", ran.stdout.decode("utf-8")) == decoder(name)(data) == line


@pytest.mark.parametrize("name", [*BYTE_TABLES])
def test_a_byte_that_no_table_knows_stays_visible(name):
    holes = [byte for byte, char in enumerate(table(name).single) if char == UNMAPPED]

    for byte in set(holes) - set(table(name).marks):
        assert len(decoder(name)(b"a" + bytes((byte,)))) == 2


def test_a_mark_without_its_letter_is_not_lost():
    assert len(decoder("vni-win")("Noël".encode("cp1252"))) == 4


def test_a_block_ends_outside_a_pair():
    data = encoder("vni-win")("ệ" * 400_000)

    assert decoder("vni-win")(data) == "ệ" * 400_000
