"""Moves the system of case (b) in a process of its own, so that it can be killed."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from playbooks.migration.cutover import Journey
from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.endpoint import HostsEndpoint
from playbooks.migration.endpoint.onhost import HostFile
from playbooks.migration.files import FilesMove, FilesPlace
from playbooks.migration.order.ends import FolderEnd
from playbooks.migration.order.place import place
from playbooks.migration.part import Part
from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from stacks.problem import ProblemError


def journey(job: Mapping[str, object]) -> Journey:
    folder, database = Path(str(job["folder"])), str(job["database"])
    old, new = (
        PostgresPlace(address, 5432, database, "postgres", folder / "secret")
        for address in job["dbs"]
    )

    def on(address: str, path: str) -> FilesPlace:
        end = FolderEnd(host=address, path=path, user="officer", ssh_config=folder / "ssh_config")
        return place(end)

    parts: list[Part] = [PostgresMove(database, old, new)]
    if job["apps"]:
        ends = [on(address, "/srv/uploads") for address in job["apps"]]
        unit = (f"{database}.service",)
        parts.append(FilesMove("uploads", *ends, folder / database, services=unit))
    sides = {Side.OLD: old.host, Side.NEW: new.host, Side.CLOSED: "127.0.0.9"}
    end = HostsEndpoint(HostFile(on(job["portal"], "/etc/hosts")), "db.so-tu-phap", sides)
    return Journey(f"w1/{database}", parts, end, folder / "moves", lambda *_: None)


def main(job: str, act: str) -> None:
    getattr(journey(json.loads(job)), act)()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ProblemError as error:
        sys.exit(f"{[each.key for each in error.problems]} {error}")
