"""The handbook's page for journals that are gone, walked on real servers, by the words it has."""

from __future__ import annotations

import contextlib
import itertools
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from playbooks.migration.cutover import Journey
from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.postgres import patience
from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from stacks.problem import ProblemError
from tests.playbooks.migration.postgres.conftest import ends, servers
from tests.playbooks.migration.postgres.test_move import content
from tests.sen.migration.moved import Name

__all__ = ["ends", "servers"]
PAGES = Path(__file__).parents[4] / "docs" / "how-to" / "migration-handbook"
# Between two of these nothing changes that a person would find; all were walked once.
SWITCH, BACK = ("freeze", "turn round"), ("freeze target", "turn again")


class Killed(BaseException):
    """As kill -9."""


def blocks(page: str) -> list[str]:
    parts = (PAGES / page).read_text("utf-8").split("```sql\n")[1:]
    return [each.partition("```")[0] for each in parts]


END, TAKE, WRITE = blocks("lost-machine.md")


def psql(place: PostgresPlace, text: str, *words: str) -> None:
    """Give a block to psql as a person does."""
    where = ["-h", place.host, "-p", str(place.port), "-U", place.user]
    secret = {"PGPASSWORD": place.password_file.read_text().strip(), "PATH": "/usr/bin:/bin"}
    subprocess.run(
        ["psql", "-X", "-v", "ON_ERROR_STOP=1", *where, *words],
        input=text.encode(),
        env=secret,
        check=True,
        capture_output=True,
    )


@dataclass
class Move:
    """A move whose process dies after a step, and whose journals are lost with it."""

    old: PostgresPlace
    new: PostgresPlace
    root: Path
    name: Name = field(default_factory=Name)
    dies_after: str = ""
    numbers: itertools.count = field(default_factory=itertools.count)
    journey: Journey = field(init=False)

    def __post_init__(self) -> None:
        self.lost()

    def lost(self) -> None:
        """Let another machine begin, which has no journals."""
        part = PostgresMove(self.old.database, self.old, self.new)
        folder = self.root / str(next(self.numbers))
        self.journey = Journey("w1/so", [part], self.name, folder, self.record)
        self.dies_after = ""

    def record(self, act: str, _about: str, data) -> None:
        step = str(data.get("step", "")).rpartition(": ")[2]
        if self.dies_after and (act, step) == ("migration.done", self.dies_after):
            raise Killed

    def dies(self, step: str, act) -> None:
        self.dies_after = step
        with pytest.raises(Killed):
            act()
        self.lost()

    def tidied(self) -> None:
        """Steps 1 and 2 of the page."""
        for block in (END, TAKE):
            for place in (self.old, self.new):
                psql(place, block, "-d", place.database)
        for place in (self.old, self.new):
            assert not place.value("select count(*) from pg_publication")
            assert not place.value(LEFT, place.database)
        # The new side has it from the schema of the old one, where it was set by then.
        assert not self.old.value("select count(*) from pg_class where relreplident = 'f'")

    def begun_anew(self) -> None:
        """Step 5."""
        admin = self.new.with_database("postgres")
        admin.tell(f"drop database {self.new.database}", f"create database {self.new.database}")
        self.lost()
        self.journey.fill()


LEFT = """
  select (select count(*) from pg_replication_slots where database = $1)
    + (select count(*) from pg_subscription s join pg_database d on d.oid = s.subdbid
       where d.datname = $1)
"""


def let_write(place: PostgresPlace) -> None:
    psql(place, WRITE, "-d", "postgres", "-v", f"name={place.database}")


def write(place: PostgresPlace, name: str) -> None:
    """Write as a clerk does: a session that may only read must not be able to."""
    said = "insert into citizen (name) values (:'name')"
    psql(place, said, "-d", place.database, "-v", f"name={name}")


def read_only(place: PostgresPlace) -> bool:
    with pytest.raises(subprocess.CalledProcessError):
        write(place, "không ai")
    return True


def there(place: PostgresPlace, *names: str) -> bool:
    found = {row[0] for row in place.ask("select name from citizen")}
    return set(names) <= found


@pytest.fixture
def move(ends, tmp_path):
    return Move(*ends, tmp_path)


def goes_the_whole_way(move: Move) -> None:
    """What was begun anew is switched, written to, and led back."""
    write(move.old, "trước")
    move.journey.cut_over()
    assert content(move.new) == content(move.old)
    assert read_only(move.old)
    write(move.new, "sau")
    move.journey.roll_back()
    assert there(move.old, "trước", "sau")


def test_both_pages_have_the_same_words_for_the_servers():
    assert blocks("lost-machine.vi.md") == [END, TAKE, WRITE]
    assert all("sen" in each or "name" in each for each in (END, TAKE, WRITE))


@pytest.mark.parametrize("step", ["copy", "catch up"])
def test_gone_before_or_after_the_copy_it_begins_anew(move, step):
    move.dies(step, move.journey.fill)
    write(move.old, "giữa chừng")

    move.tidied()
    move.begun_anew()

    assert there(move.new, "giữa chừng")
    goes_the_whole_way(move)


@pytest.mark.parametrize("step", SWITCH)
def test_gone_in_the_switch_the_old_side_has_all(move, step):
    move.journey.fill()
    write(move.old, "cuối cùng")
    move.dies(step, move.journey.cut_over)
    assert move.name.side() is Side.CLOSED

    move.tidied()
    let_write(move.old)
    move.name.point(Side.OLD)
    write(move.old, "lại được")
    move.begun_anew()

    assert there(move.new, "cuối cùng", "lại được")
    goes_the_whole_way(move)


def test_gone_in_the_hold_people_stay_on_the_new_side(move):
    move.journey.fill()
    move.journey.cut_over()
    write(move.new, "một")
    move.lost()
    with pytest.raises(ProblemError):
        move.journey.roll_back()

    move.tidied()
    let_write(move.new)

    write(move.new, "hai")
    assert there(move.new, "một", "hai")
    assert read_only(move.old)
    move.lost()
    for act in (move.journey.roll_back, move.journey.cut_over, move.journey.fill):
        with pytest.raises(ProblemError):
            act()
    assert move.name.side() is Side.NEW


@pytest.mark.parametrize("step", BACK)
def test_gone_on_the_way_back_the_new_side_has_all(move, step):
    move.journey.fill()
    move.journey.cut_over()
    write(move.new, "một")
    move.dies(step, move.journey.roll_back)
    assert move.name.side() is Side.CLOSED

    move.tidied()
    let_write(move.new)
    move.name.point(Side.NEW)

    write(move.new, "hai")
    assert there(move.new, "một", "hai")


def test_gone_after_the_way_back_it_begins_anew(move):
    move.journey.fill()
    move.journey.cut_over()
    write(move.new, "một")
    move.journey.roll_back()
    move.lost()

    move.tidied()
    move.begun_anew()

    assert there(move.new, "một")
    goes_the_whole_way(move)


def test_a_target_that_is_not_empty_takes_up_nothing_that_was_written_since(move, monkeypatch):
    """Why the page says so: filled over after the flow was turned, a switch must not pass."""
    monkeypatch.setattr(patience, "SECONDS", 5.0)
    move.journey.fill()
    move.dies("turn round", move.journey.cut_over)
    move.tidied()
    let_write(move.old)
    move.name.point(Side.OLD)
    write(move.old, "sau")
    for act in (move.journey.fill, move.journey.cut_over):
        with contextlib.suppress(ProblemError):
            act()

    assert move.name.side() is Side.OLD
    assert not there(move.new, "sau")
