"""Reads the waivers of a cluster and puts them beside those of the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from policies.gates.cluster import Query
from policies.waiver import Register
from sen.checks.cluster import Connection, connection, told
from sen.errors import RefusedError
from sen.waivers.granted import PATH, TENANTS, Granted, Object, holders, read, together
from stacks.problem import Problem


def granted(register: Register, server: Connection) -> Granted:
    """Give what is waived by the file and by the cluster's objects.

    Raises:
        RefusedError: Whoever asks may not read the objects.
        MissingPartError: The API server does not answer.
    """
    return together(register, _objects(server, PATH, "waiver-objects-unreadable"))


def readable(register: Register, server: Connection) -> Granted:
    """Give the same for somebody who may read no waivers: the file's alone, and that it is so."""
    try:
        return granted(register, server)
    except RefusedError as error:
        return Granted(register, wrong=error.problems)


def held(found: Granted, server: Connection) -> Granted:
    """Add which tenant is whose now; to somebody who may not read them, that it is not known.

    Raises:
        MissingPartError: The API server does not answer.
    """
    try:
        tenants = _objects(server, TENANTS, "waiver-tenants-unreadable")
    except RefusedError as error:
        return replace(found, wrong=(*found.wrong, *error.problems))
    return replace(found, holders=holders(tenants))


def of_kubeconfig(register: Register, kubeconfig: Path, context: str | None) -> Granted:
    """Give what is waived in the cluster of a kubeconfig.

    Raises:
        RefusedError: Whoever asks may not read the objects.
        MissingPartError: The API server does not answer.
    """
    return granted(register, connection(kubeconfig, context))


def held_of_kubeconfig(register: Register, kubeconfig: Path, context: str | None) -> Granted:
    """Give the same with which tenant is whose now.

    Raises:
        RefusedError: Whoever asks may not read the objects.
        MissingPartError: The API server does not answer.
    """
    server = connection(kubeconfig, context)
    return held(granted(register, server), server)


def _objects(server: Connection, path: str, unreadable: str) -> list[Object]:
    try:
        with told(server.name):
            return read(lambda path, query: _ask(server, path, query), path)
    except LookupError as error:
        status, words = error.args
        problem = Problem(unreadable, server.name, {"why": words or status})
        raise RefusedError(problem) from error


def _ask(server: Connection, path: str, query: Query) -> tuple[int, dict[str, Any]]:
    answer = server.get(path, query)
    return answer.status, answer.read()
