"""Moves a database in a process of its own, so that it can be killed."""

import json
import sys
from pathlib import Path

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica.move import MariadbMove
from playbooks.migration.steps import Journal, Run


def main(given: str) -> None:
    job = json.loads(given)
    old, new = (
        MariadbPlace(**{**job[end], "password_file": Path(job[end]["password_file"])})
        for end in ("old", "new")
    )
    moving = MariadbMove(job["name"], old, new, databases=tuple(job["databases"]))
    for name, steps in (("fill", moving.fill()), ("switch", moving.switch())):
        journal = Journal(Path(job["folder"]) / f"{name}.jsonl")
        Run(name, steps, journal, lambda *_: None).forward()


if __name__ == "__main__":
    main(sys.argv[1])
