"""Moves a folder in a process of its own, so that it can be killed."""

import json
import sys
from pathlib import Path

from playbooks.migration.files import FilesMove, FilesPlace
from playbooks.migration.steps import Journal, Run
from stacks.remote import Remote

KIB_A_SECOND = 1500


def main(given: str) -> None:
    job = json.loads(given)
    source, target = (
        FilesPlace(Remote(address, job["user"], config=Path(job["ssh_config"])), path)
        for address, path in job["ends"]
    )
    here = Path(job["folder"])
    moving = FilesMove("files", source, target, here, kib_a_second=KIB_A_SECOND)
    for name, steps in (("fill", moving.fill()), ("switch", moving.switch())):
        Run(name, steps, Journal(here / f"{name}.jsonl"), lambda *_: None).forward()


if __name__ == "__main__":
    main(sys.argv[1])
