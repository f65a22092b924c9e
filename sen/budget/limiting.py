"""Sets what an agency may have: refuses what contradicts the hierarchy, records, then applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes.dynamic.exceptions import ConflictError, ResourceNotFoundError
from pydantic import ValidationError

from sen.budget.account import limit_of
from sen.budget.reading import Object
from sen.errors import MissingPartError, RefusedError
from sen.evidence import Act
from sen.runs.cluster import connected
from stacks.models.body import Agency
from stacks.models.ledger import MONEY, SHARED, Ledger
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.agency import AgencySpec
from stacks.models.quota import Quota
from stacks.models.showback import way
from stacks.problem import Problem, ProblemError

OWNER = "sen-budget"
# The kind asks for all six figures of a quota; the hierarchy shares out three of them.
NOT_SHARED = 1_000_000
# What of an agency's object is written here; groups and delegations are others' business.
_WRITTEN = ("code", "name", "parent", "quota", "budgets")


@dataclass(frozen=True)
class Change:
    """New limits of one agency, by what they limit: `cpu`, `vnd-2026`."""

    agency: str
    amounts: Mapping[str, int]


def refusals(change: Change, ledger: Ledger) -> tuple[Problem, ...]:
    """Say what a change contradicts: what is granted, limits above, limits below."""
    return (*_below_granted(change, ledger), *_against_others(change, ledger))


def body_of(change: Change, agency: Agency, there: Object | None) -> dict[str, Any]:
    """Give the object to write; what is there keeps all limits that the change does not name.

    Raises:
        ProblemError: A first quota does not name all three figures, or what is there is broken.
    """
    given = there["spec"] if there else _made(agency)
    spec = {name: given[name] for name in _WRITTEN if given.get(name) is not None}
    quota = {what: change.amounts[what] for what in SHARED if what in change.amounts}
    if quota:
        spec["quota"] = _quota(change.agency, spec.get("quota"), quota)
    years = {each["year"]: each["vnd"] for each in spec.get("budgets", ())}
    for what, amount in change.amounts.items():
        if what.startswith(f"{MONEY}-"):
            years[int(what.removeprefix(f"{MONEY}-"))] = amount
    if years:
        spec["budgets"] = [{"year": year, "vnd": vnd} for year, vnd in sorted(years.items())]
    try:
        AgencySpec.model_validate(spec)
    except ValidationError as error:
        raise ProblemError(Problem("budget-unreadable", f"Agency/{agency.code}")) from error
    meta = {"name": agency.code.lower()}
    if there:
        # With its version, a change that somebody made meanwhile is never overwritten.
        meta = {key: there["metadata"][key] for key in ("name", "resourceVersion")}
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": "Agency", "metadata": meta, "spec": spec}


def changes_nothing(body: Mapping[str, Any], there: Object) -> bool:
    """Say whether what would be written is there already."""
    return all(there["spec"].get(name) == value for name, value in body["spec"].items())


def said(change: Change, there: Object | None) -> dict[str, Any]:
    """Give what the record of a change says: the new limits, and those before."""
    before = limit_of(there).amounts if there else {}
    return {
        "limits": dict(change.amounts),
        "before": {what: before.get(what) for what in change.amounts},
    }


def set_limits(
    body: Mapping[str, Any],
    act: Act,
    record: Callable[[Act], object],
    write: Callable[[Mapping[str, Any]], None],
) -> None:
    """Record, then write: what cannot be recorded is not done."""
    record(act)
    write(body)


def write(kubeconfig: Path, context: str | None, body: Mapping[str, Any]) -> None:
    """Put an agency's object into the cluster.

    Raises:
        RefusedError: Somebody changed or made it meanwhile.
        MissingPartError: The kinds are not installed, or the cluster does not answer.
    """
    name = body["metadata"]["name"]
    with connected(kubeconfig, context) as dynamic:
        try:
            kind = dynamic.resources.get(api_version=body["apiVersion"], kind=body["kind"])
            if "resourceVersion" not in body["metadata"]:
                dynamic.create(kind, body=dict(body), field_manager=OWNER)
                return
            dynamic.server_side_apply(
                kind, body=dict(body), name=name, field_manager=OWNER, force_conflicts=True
            )
        except ConflictError as error:
            raise RefusedError(Problem("budget-changed-meanwhile", name)) from error
        except ResourceNotFoundError as error:
            raise MissingPartError(Problem("budget-kinds-missing", "sen.gov.vn")) from error


def _below_granted(change: Change, ledger: Ledger) -> Iterator[Problem]:
    for what, limit in change.amounts.items():
        granted = sum(
            each.amounts.get(what, 0)
            for each in ledger.grants
            if change.agency in way(ledger.parents, each.agency)
        )
        if limit < granted:
            values = {"what": what, "limit": f"{limit:,}", "granted": f"{granted:,}"}
            yield Problem("budget-below-granted", change.agency, values)


def _against_others(change: Change, ledger: Ledger) -> Iterator[Problem]:
    above = set(way(ledger.parents, change.agency)) - {change.agency}
    for other in ledger.limits:
        below = other.agency != change.agency and change.agency in way(ledger.parents, other.agency)
        for what in change.amounts.keys() & other.amounts.keys():
            limit, theirs = change.amounts[what], other.amounts[what]
            values = {
                "what": what,
                "limit": f"{limit:,}",
                "other": other.agency,
                "theirs": f"{theirs:,}",
            }
            if other.agency in above and limit > theirs:
                yield Problem("budget-above-parent", change.agency, values)
            if below and limit < theirs:
                yield Problem("budget-below-child", change.agency, values)


def _made(agency: Agency) -> dict[str, Any]:
    name = {"vi": agency.title, "en": agency.name_en or agency.title}
    return {"code": agency.code, "name": name, "parent": agency.parent}


def _quota(agency: str, there: Mapping[str, int] | None, new: Mapping[str, int]) -> dict[str, int]:
    if there is None and new.keys() < set(SHARED):
        raise ProblemError(Problem("budget-quota-whole", agency))
    return {**(there or dict.fromkeys(Quota.model_fields, NOT_SHARED)), **new}
