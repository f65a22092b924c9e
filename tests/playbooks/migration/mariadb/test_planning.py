"""How columns are read is found out from what they hold, and from the others of their table."""

from __future__ import annotations

from playbooks.migration.mariadb.catalogue import tables
from playbooks.migration.mariadb.planning import look
from playbooks.text.encode import encoder
from tests.playbooks.migration.mariadb.conftest import NAMES, Ends


def test_a_short_column_is_read_as_its_table_is(ends: Ends):
    source, _ = ends
    coded = encoder("bkhcm1")
    rows = [(name, "tư") if at == 0 else (name, "") for at, name in enumerate(NAMES)]
    said = ", ".join(f"(X'{coded(a).hex()}', X'{coded(b).hex()}')" for a, b in rows)
    source.tell(
        "CREATE TABLE co_so (ten varchar(60), loai varchar(20)) DEFAULT CHARSET=latin1",
        f"INSERT INTO co_so VALUES {said}",  # noqa: S608
    )

    found = look(source, next(each for each in tables(source) if each.name == "co_so"))

    assert [found[each].encoding for each in ("ten", "loai")] == ["bkhcm1", "bkhcm1"]
    assert found["loai"].decode_one(coded("tư")) == "tư"
