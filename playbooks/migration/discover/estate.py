"""The estate: hosts, and what flows between them; the file that assessment reads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from playbooks.migration.discover.model import Host
from stacks.models.base import Model
from stacks.problem import Problem, ProblemError

MOST_BYTES = 1 << 30


class Flow(Model):
    """What talks to what.

    Attributes:
        source: Name of a host, or an address that belongs to none.
        target: As `source`.
        ways: How it is known: client, server, config, share, netflow, conntrack.
        count: Samples in which it was seen; 0 where it is only declared.
        confidence: From 0 to 1.
    """

    source: str
    target: str
    port: int
    protocol: str = "tcp"
    client: str = ""
    server: str = ""
    ways: tuple[str, ...] = ()
    first: dt.datetime | None = None
    last: dt.datetime | None = None
    count: int = 0
    confidence: float = 0.0


class Estate(Model):
    """All that was found, with the version of its shape."""

    schema_version: Literal[1] = 1
    made: dt.datetime
    hosts: tuple[Host, ...] = ()
    flows: tuple[Flow, ...] = ()


def without(estate: Estate, gone: Iterable[str]) -> Estate:
    """Give an estate without these hosts, and without what was seen of their flows.

    Raises:
        ProblemError: It has no host of such a name.
    """
    names, known = set(gone), {each.name for each in estate.hosts}
    if missing := sorted(names - known):
        raise ProblemError(*(Problem("estate-no-host", each) for each in missing))
    return estate.model_copy(
        update={
            "hosts": tuple(each for each in estate.hosts if each.name not in names),
            "flows": tuple(each for each in estate.flows if not {each.source, each.target} & names),
        }
    )


def write(estate: Estate, path: Path) -> None:
    """Write an estate whole, or not at all."""
    beside = path.with_suffix(".part")
    beside.write_text(estate.model_dump_json(indent=1) + "\n", "utf-8")
    beside.replace(path)


def load(path: Path) -> Estate:
    """Read an estate.

    Raises:
        ProblemError: It cannot be read, or is not of this shape.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ProblemError(Problem("estate-broken", str(path), {"reason": "> 1 GiB"}))
        data = json.loads(path.read_bytes())
        return Estate.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        values = {"reason": f"{where}: {first['msg']}"}
        raise ProblemError(Problem("estate-broken", str(path), values)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ProblemError(Problem("estate-broken", str(path), {"reason": str(error)})) from None
