"""Reads the waivers of a cluster and puts them beside those of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from policies.gates.cluster import Query
from policies.waiver import Register
from sen.checks.cluster import Connection, connection, told
from sen.errors import RefusedError
from sen.waivers.granted import Granted, read, together
from stacks.problem import Problem


def granted(register: Register, server: Connection) -> Granted:
    """Give what is waived by the file and by the cluster's objects.

    Raises:
        RefusedError: Whoever asks may not read the objects.
        MissingPartError: The API server does not answer.
    """
    try:
        with told(server.name):
            things = read(lambda path, query: _ask(server, path, query))
    except LookupError as error:
        status, words = error.args
        problem = Problem("waiver-objects-unreadable", server.name, {"why": words or status})
        raise RefusedError(problem) from error
    return together(register, things)


def readable(register: Register, server: Connection) -> Granted:
    """Give the same for somebody who may read no waivers: the file's alone, and that it is so."""
    try:
        return granted(register, server)
    except RefusedError as error:
        return Granted(register, wrong=error.problems)


def of_kubeconfig(register: Register, kubeconfig: Path, context: str | None) -> Granted:
    """Give what is waived in the cluster of a kubeconfig.

    Raises:
        RefusedError: Whoever asks may not read the objects.
        MissingPartError: The API server does not answer.
    """
    return granted(register, connection(kubeconfig, context))


def _ask(server: Connection, path: str, query: Query) -> tuple[int, dict[str, Any]]:
    answer = server.get(path, query)
    return answer.status, answer.read()
