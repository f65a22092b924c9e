"""What keeps an agreement to share data from holding today."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from kubernetes.dynamic.exceptions import NotFoundError, ResourceNotFoundError

from playbooks.migration.cutover.word import say
from sen.runs.cluster import connected
from stacks.models.objects import GROUP, VERSION

KIND = "SharingAgreement"


def wrong(kubeconfig: Path, context: str | None, name: str, today: dt.date) -> str | None:
    """Say what is wrong with an agreement; None where it holds.

    Args:
        kubeconfig: How the platform is reached.
        context: Of the kubeconfig.
        name: Namespace and name, with a slash between.
        today: Day of the question.

    Raises:
        MissingPartError: The API server does not answer.
    """
    namespace, _, short = name.partition("/")
    with connected(kubeconfig, context) as dynamic:
        try:
            kind = dynamic.resources.get(api_version=f"{GROUP}/{VERSION}", kind=KIND)
            spec = dynamic.get(kind, name=short, namespace=namespace).to_dict()["spec"]
        except (NotFoundError, ResourceNotFoundError):
            return say("no-agreement", name=name)
    if today.isoformat() < spec["starts"]:
        return say("agreement-early", name=name, day=spec["starts"])
    if today.isoformat() > spec["ends"]:
        return say("agreement-over", name=name, day=spec["ends"])
    return None
