"""The layer that makes a cluster ready for tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stacks.components.baseline import Baseline, admission_objects
from stacks.components.registration import provider_for
from stacks.problem import Problem, ProblemError
from stacks.settings import PROJECT, BaselineSettings

if TYPE_CHECKING:
    from collections.abc import Mapping


def build_baseline(settings: BaselineSettings) -> Mapping[str, Any]:
    """Build the baseline; the admission policies come as a file, so that stacks need no rules.

    Returns:
        The platform's namespaces under `namespaces`.

    Raises:
        ProblemError: The file with the admission policies is missing or empty.
    """
    path = PROJECT / settings.admission
    objects = admission_objects(path.read_text("utf-8")) if path.is_file() else ()
    if not objects:
        raise ProblemError(Problem("stack-no-admission", str(settings.admission)))
    provider = provider_for(settings.cluster)
    return {"namespaces": Baseline(settings, objects, provider).ready}
