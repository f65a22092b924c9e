"""The portal on both sides: its tables and pages, its citizens, its uploaded papers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playbooks.text.encode import encoder
from tests.demo_migration import names
from tests.demo_migration.hosts import Room

PAGES = Path(__file__).resolve().parent / "pages"
UPLOADS = "/srv/uploads"
FOLDER = "/var/backups/nightly"
BACKUP = f"{FOLDER}/portal.sql.gz"
APP_PORT = 8080
ROWS_AT_ONCE = 1000
# Where the new side's tables will be, before there are any.
RIGHTS = """
create role portal login password '{password}';
create database portal template template0 encoding 'UTF8';
alter role postgres password '{admin}';
\\connect portal
grant usage on schema public to portal;
alter default privileges in schema public grant select, insert, update, delete on tables to portal;
alter default privileges in schema public grant usage on sequences to portal;
"""


def furnish(room: Room, rows: int, papers: int) -> None:
    """Give both sides what they have before a move: the old one all, the new one a release."""
    furnish_old(room, rows, papers)
    furnish_new(room)


def furnish_old(room: Room, rows: int, papers: int) -> None:
    """Let the portal have citizens, requests, visits, and papers that were uploaded."""
    mover = room.secret("mover").read_text("ascii")
    tables = (PAGES / "old" / "tables.sql").read_text("utf-8")
    words = [tables, f"set password for mover@'%' = password('{mover}');", *_rows(rows)]
    room.inside("legacy-db", "mariadb portal", "\n".join(words))
    room.inside("legacy-db", f"mkdir -p {FOLDER}; mariadb-dump portal | gzip > {BACKUP}")
    for page in ("index.php", "submit.php"):
        room.put("legacy-web", f"/var/www/portal/{page}", (PAGES / "old" / page).read_text())
    _upload(room, papers)


def furnish_new(room: Room) -> None:
    """Let the tenant have an empty database; the move brings the rest."""
    password = room.secret("portal").read_text("ascii")
    words = RIGHTS.format(password=password, admin=room.secret("postgres").read_text("ascii"))
    room.inside("modern-db", "runuser -u postgres -- psql -q -v ON_ERROR_STOP=1", words)


def release(room: Room) -> dict[str, Path]:
    """Give the pages of the portal's release for PostgreSQL; one of them holds a password."""
    folder = room.folder / "release"
    folder.mkdir(mode=0o700, exist_ok=True)
    password = room.secret("portal").read_text("ascii")
    for page in (PAGES / "new").iterdir():
        (folder / page.name).write_text(page.read_text().replace("@password@", password))
    return {each.name: each for each in sorted(folder.iterdir())}


def _rows(rows: int) -> Iterator[str]:
    citizens = (f"({_hex(names.name(n))},{_hex(names.street(n))},{_born(n)})" for n in range(rows))
    yield from _inserts("citizen (name, address, born)", citizens)
    dossiers = (
        f"('old-{n}',{_hex(names.name(n))},{_hex(names.matter(n))},'xong','2019-03-04 05:06:07')"
        for n in range(rows // 10)
    )
    yield from _inserts("dossier (receipt, name, matter, state, sent)", dossiers)
    visits = (f"({_born(n)},{_hex(names.street(n))})" for n in range(rows // 50))
    yield from _inserts("visit (day, note)", visits)


def _inserts(table: str, values: Iterator[str]) -> Iterator[str]:
    held: list[str] = []
    for value in values:
        held.append(value)
        if len(held) == ROWS_AT_ONCE:
            yield f"insert into {table} values {','.join(held)};"  # noqa: S608 - ours
            held = []
    if held:
        yield f"insert into {table} values {','.join(held)};"  # noqa: S608 - ours


def _hex(text: str) -> str:
    return f"x'{encoder('tcvn3')(text).hex()}'"


def _born(number: int) -> str:
    return "'0000-00-00'" if number % 9 == 0 else f"'{1940 + number % 70}-02-{1 + number % 28:02}'"


def _upload(room: Room, papers: int) -> None:
    """Make papers of 1 to 64 KiB."""
    text = "".join(
        f"head -c {1024 + n * 6151 % 64512} /dev/urandom > {UPLOADS}/don-{n:05}.pdf\n"
        for n in range(papers)
    )
    room.inside("legacy-web", f"cd {UPLOADS}\n{text}chown -R www-data: {UPLOADS}")
