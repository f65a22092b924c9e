"""Case (b): a database host, an application host beside it, and a third that depends on both."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from playbooks.migration.postgres.place import PostgresPlace
from sen.paths import PROJECT
from tests.e2e.migration import case_b_mover
from tests.hosts import machines
from tests.hosts.machines import Machine

NAME = "db.so-tu-phap"
CLOSED = "127.0.0.9"
UPLOADS = "/srv/uploads"
SECONDS = 240
# Writes one row after the other through the name, and notes what the database confirmed, and when.
CLERK = r"""#!/bin/sh
export PGPASSWORD=clerk PGCONNECT_TIMEOUT=2
number=0
while :; do
  number=$((number + 1))
  mkdir -p /var/lib/ledger $2
  [ -z "$2" ] || echo "Hồ sơ số $number" > "$2/$(hostname)-$number"
  words="insert into ledger values ('$(hostname)', $number) on conflict do nothing"
  until psql -qX -h db.so-tu-phap -U clerk -d "$1" -c "$words" 2>/dev/null; do sleep 0.1; done
  echo "$number $(date +%s.%N)" >> "/var/lib/ledger/$1"
done
"""
UNIT = """[Service]
TimeoutStopSec=3
ExecStart=/root/clerk.sh {words}
[Install]
WantedBy=multi-user.target
"""
SHAPE = """
create table citizen (id bigserial primary key, name text not null, office bigint);
create table office (id bigint primary key, head bigint references citizen);
alter table citizen add foreign key (office) references office deferrable initially deferred;
create table visit (at timestamptz, note text);
create table ledger (who text, number int, primary key (who, number));
begin;
insert into citizen select i, 'Nguyễn Thị ' || i, i % 50 from generate_series(1, {rows}) i;
insert into office select i, i + 1 from generate_series(0, 49) i;
commit;
select setval('citizen_id_seq', {rows});
insert into visit select now(), repeat('đường ', 8) from generate_series(1, {rows} / 10);
grant select, insert, update, delete on all tables in schema public to clerk;
"""


@dataclass(frozen=True)
class Town:
    """The hosts of the case.

    Attributes:
        portal: The third host: it reaches the database by the name.
    """

    old_db: Machine
    new_db: Machine
    old_app: Machine
    portal: Machine
    folder: Path

    def place(self, machine: Machine, database: str) -> PostgresPlace:
        return PostgresPlace(machine.address, 5432, database, "postgres", self.folder / "secret")

    def system(self, database: str, rows: int) -> tuple[PostgresPlace, PostgresPlace]:
        """Make a database with rows on the old host and an empty one on the new."""
        old, new = (self.place(each, database) for each in (self.old_db, self.new_db))
        for each in (old, new):
            each.with_database("postgres").tell(f"create database {database}")
        old.tell(SHAPE.format(rows=rows))
        return old, new

    def work(
        self, machine: Machine, database: str, folder: str = "", start: str = "enable -q --now"
    ) -> None:
        """Let a host write without end, as a unit of systemd."""
        unit = UNIT.format(words=f"{database} {folder}")
        machines.inside(machine.name, f"cat > /etc/systemd/system/{database}.service", given=unit)
        machines.inside(machine.name, f"systemctl daemon-reload && systemctl {start} {database}")

    def rest(self, machine: Machine, database: str) -> None:
        machines.inside(machine.name, f"systemctl disable -q --now {database}")

    def noted(self, machine: Machine, database: str) -> list[tuple[int, float]]:
        """Give what the database confirmed to a host: number and second."""
        said = machines.inside(machine.name, f"cat /var/lib/ledger/{database} 2>/dev/null || true")
        pairs = [line.split() for line in said.splitlines()]
        return [(int(number), float(at)) for number, at in pairs]

    def lost(self, machine: Machine, place: PostgresPlace) -> set[int]:
        """Give the numbers that were confirmed to a host and that the database does not have."""
        noted = {number for number, _ in self.noted(machine, place.database)}
        rows = place.ask("select number from ledger where who = $1", hostname(machine))
        return noted - {row[0] for row in rows}

    def uploaded(self, machine: Machine, database: str) -> set[str]:
        """Give the files that a host wrote, as far as it noted their rows."""
        return {f"{hostname(machine)}-{number}" for number, _ in self.noted(machine, database)}

    def more(self, machine: Machine, database: str, count: int = 20) -> None:
        """Wait until a host has written so many more rows."""
        before = len(self.noted(machine, database))
        until(lambda: len(self.noted(machine, database)) >= before + count)

    def job(self, database: str, *, files: bool = False) -> str:
        """Say what moves, for the mover."""
        return json.dumps(
            {
                "database": database,
                "folder": str(self.folder),
                "dbs": [self.old_db.address, self.new_db.address],
                "apps": [self.old_app.address, self.new_db.address] if files else [],
                "portal": self.portal.address,
            }
        )

    def move(self, job: str, *acts: str) -> None:
        for act in acts:
            done = self.begin(job, act)
            _, said = done.communicate(timeout=600)
            if done.returncode:
                raise RuntimeError(said[-3000:])

    def persist(self, job: str, act: str) -> None:
        """Give a command again until it ends well, as its remedies say.

        A way back that was killed after its last step is over: that is what the command then says.
        """
        for left in range(4, -1, -1):
            try:
                return self.move(job, act)
            except RuntimeError as error:
                if "move-not-switched" in str(error) and act == "roll_back":
                    return None
                if not left:
                    raise
        return None

    def killed_after(self, job: str, act: str, seconds: float) -> bool:
        """Begin an act and kill it, wherever it is then; say whether it had ended well before."""
        process = self.begin(job, act)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=seconds)
        process.kill()
        process.communicate()
        return process.returncode == 0

    def reached(self, database: str, what: str, step: str) -> bool:
        journal = self.folder / "moves" / "w1" / database / f"{what}.jsonl"
        return journal.exists() and f'"step": "{database}: {step}"' in journal.read_text()

    def begin(self, job: str, act: str) -> subprocess.Popen[str]:
        """Begin an act in a process of its own, which may be killed."""
        words = [sys.executable, "-m", case_b_mover.__name__, job, act]
        return subprocess.Popen(
            words, cwd=PROJECT, stderr=subprocess.PIPE, text=True, start_new_session=True
        )


def hostname(machine: Machine) -> str:
    """Give what a host calls itself: its name without the network's."""
    return machine.name.split("-", 3)[-1]


def until(done: object, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)


def longest_pause(noted: Sequence[tuple[int, float]]) -> float:
    """Give the most seconds between two confirmed writes."""
    return max(after - before for (_, before), (_, after) in pairwise(noted))
