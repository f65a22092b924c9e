"""pgloader, and the SQL that makes Unicode of what it loaded as Latin letters."""

from __future__ import annotations

import subprocess
import tempfile
import unicodedata
from pathlib import Path

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.password import password_in
from playbooks.migration.postgres.place import PostgresPlace, identifier, literal
from playbooks.text.table import UNMAPPED, table

TABLE = "nguoi_dan"
TCVN3, VNI = ("ho_ten", "dia_chi"), ("ghi_chu",)
_ASCII = 0x7F


def load(source: MariadbPlace, target: PostgresPlace) -> None:
    """Let it make tables, rows and indexes, in a schema with the name of the source's database."""
    secret = password_in(source.password_file)
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder) / "job.load"
        job.touch(mode=0o600)
        job.write_text(
            f"LOAD DATABASE FROM mysql://root:{secret}@127.0.0.1:{source.port}/{source.database}"
            f" INTO {_url(target)}\n"
            "WITH include drop, create tables, create indexes, reset sequences\n"
            "CAST type date drop not null drop default using zero-dates-to-null;\n",
            "ascii",
        )
        subprocess.run(
            ["pgloader", "--root-dir", folder, str(job)], check=True, capture_output=True
        )


def to_unicode(target: PostgresPlace, schema: str) -> None:
    """Turn what was loaded into Unicode, all columns while the table is written once."""
    words = {**dict.fromkeys(TCVN3, _tcvn3()), **dict.fromkeys(VNI, _vni())}
    changes = ", ".join(
        f"alter {column} type text using {each.format(column)}" for column, each in words.items()
    )
    target.tell(f"alter table {identifier(schema)}.{TABLE} {changes}")


def _tcvn3() -> str:
    chart = table("tcvn3").single
    high = [byte for byte in range(0xA1, 0xFF) if chart[byte] != UNMAPPED]
    return _translated("{}", {chr(byte): chart[byte] for byte in high})


def _vni() -> str:
    """Give an expression for VNI: a mark follows its letter, and some stand for two."""
    chart, marks = table("vni-win"), {}
    for code, text in chart.pairs.items():
        base = unicodedata.normalize("NFD", chart.single[code[0]])
        marks[chr(code[1])] = unicodedata.normalize("NFD", text).removeprefix(base)
    letters = {
        chr(byte): char
        for byte, char in enumerate(chart.single)
        if byte > _ASCII and char != UNMAPPED and chr(byte) not in marks
    }
    words = "{}"
    for mark, text in marks.items():
        if len(text) > 1:
            words = f"replace({words}, {literal(mark)}, {literal(text)})"
    simple = {mark: text for mark, text in marks.items() if len(text) == 1}
    return f"normalize({_translated(words, {**letters, **simple})}, NFC)"


def same_text(ours: PostgresPlace, theirs: PostgresPlace, schema: str) -> None:
    """Compare the text of both copies.

    Raises:
        RuntimeError: It is not the same.
    """
    columns = ", ".join((*TCVN3, *VNI))
    asked = f"select md5(string_agg(concat_ws('|', {columns}), '' order by id)) from {{}}.{TABLE}"  # noqa: S608
    if ours.value(asked.format("public")) != theirs.value(asked.format(identifier(schema))):
        raise RuntimeError("the two copies do not hold the same text")


def _translated(words: str, letters: dict[str, str]) -> str:
    old, new = "".join(letters), "".join(letters.values())
    return f"translate({words}, {literal(old)}, {literal(new)})"


def _url(target: PostgresPlace) -> str:
    secret = password_in(target.password_file)
    return f"postgresql://{target.user}:{secret}@127.0.0.1:{target.port}/{target.database}"
