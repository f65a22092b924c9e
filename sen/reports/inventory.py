"""What a system has on a running platform, kind by kind."""

from __future__ import annotations

from collections import defaultdict

from sen.errors import MissingPartError
from sen.local.platform import Platform
from sen.reports.material import Possession
from sen.reports.system import Subject
from sen.tenancy import listing


def inventory(subject: Subject, platform: str) -> tuple[Possession, ...]:
    """Read the objects of a system's environments.

    Raises:
        MissingPartError: There is no such platform, or it does not answer.
        ProblemError: An environment is not on it.
    """
    found = Platform(platform)
    if not found.exists:
        raise MissingPartError(found.never_up())
    kinds: dict[str, list[str]] = defaultdict(list)
    for request in subject.requests:
        tenant = listing.tenant(found.kubeconfig, found.context, request.name)
        objects = tenant["objects"]
        for each in objects if isinstance(objects, list) else ():
            kind, _, name = str(each).partition("/")
            kinds[kind].append(name)
    return tuple(Possession(kind, tuple(sorted(kinds[kind]))) for kind in sorted(kinds))
