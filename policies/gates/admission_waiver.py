"""Waivers at admission: a record on a Namespace that is always there, and the CEL that reads it.

The record is an annotation of `kube-system`, which every policy takes as its parameter. That
namespace cannot be deleted, so the parameter is never missing: without the annotation nothing is
waived, and nothing is locked (docs/adr/0006).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from policies.expression import literal
from policies.owner import MADE, MAKERS
from policies.waiver_record import Waiver
from stacks.problem import Problem, ProblemError

RECORD = "kube-system"
ANNOTATION = "sen.gov.vn/waivers"
DAY_ANNOTATION = "sen.gov.vn/waivers-day"
PARAM_KIND = {"apiVersion": "v1", "kind": "Namespace"}
# Kubernetes takes 256 KiB of annotations an object; others write there too.
MOST_BYTES = 200 * 1024
NOWHERE = "-"
NEVER = "9999-12-31"

# Names of the policies' variables that are used elsewhere.
WAIVED = "waived"
TODAY = "today"


def record(
    waivers: Iterable[Waiver], name: str = RECORD, day: date | None = None
) -> dict[str, Any]:
    """Give the Namespace with the record of these waivers: what server-side apply writes.

    Args:
        waivers: Those that are to hold.
        name: The Namespace.
        day: The day on which the record was written; no object is judged as of an earlier one.

    Raises:
        ProblemError: There are more than an object's annotations can hold.
    """
    text = "\n".join(sorted(line(each) for each in waivers))
    if len(text.encode()) > MOST_BYTES:
        values = {"bytes": len(text.encode()), "most": MOST_BYTES}
        raise ProblemError(Problem("waiver-too-many", "policies/waivers.yaml", values))
    annotations = {ANNOTATION: text}
    if day is not None:
        annotations[DAY_ANNOTATION] = day.isoformat()
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "annotations": annotations},
    }


def line(waiver: Waiver) -> str:
    """Write a waiver as the policies read it; no part may hold a space."""
    about = waiver.object
    return " ".join(
        (
            about.namespace or NOWHERE,
            about.kind,
            about.name,
            waiver.rule,
            waiver.start.isoformat(),
            waiver.last.isoformat(),
            str(waiver.level),
        )
    )


def today_variables(*, recorded: bool) -> dict[str, str]:
    """Give the day of a request: CEL knows no clock, but the API server has just dated the object.

    A new object bears the time at which it is made; one that is changed, in its managed fields, the
    time of the change. An object without either counts as of the last day there is.
    """
    found = {
        "changes": (
            "request.operation == 'CREATE' ? [object.metadata.creationTimestamp]"
            " : has(object.metadata.managedFields)"
            " ? object.metadata.managedFields.filter(each, has(each.time)).map(each, each.time)"
            " : []"
        ),
        "days": "variables.changes.map(each, string(dyn(each)).substring(0, 10))",
    }
    known = "variables.days"
    if recorded:
        found["record_day"] = _annotation(DAY_ANNOTATION)
        known = "(variables.days + [variables.record_day])"
    return {
        **found,
        TODAY: f"variables.days.size() == 0 ? {literal(NEVER)} : {known}.max()",
    }


def waiver_variables(kinds: Iterable[str]) -> dict[str, str]:
    """Give the ids of the rules that are waived for the object; read only when one is broken."""
    whose = "variables.itself"
    found = {
        "record": _annotation(ANNOTATION),
        "home": (
            "has(object.metadata.namespace) && object.metadata.namespace != ''"
            f" ? object.metadata.namespace : {literal(NOWHERE)}"
        ),
        "itself": "[" + _whole("object.apiVersion", "object.kind", "object.metadata.name") + "]",
    }
    if any(made in set(MADE) for made in map(_short, kinds)):
        found |= _owners()
        whose = "(variables.itself + variables.owners)"
    found["found"] = (
        "variables.record.split('\\n')"
        f".filter(each, {whose}.exists(one, each.startsWith(one))).map(each, each.split(' '))"
    )
    found[WAIVED] = (
        "variables.found.filter(each, each[4] <= variables.today && variables.today <= each[5]"
        " && variables.level <= int(each[6])).map(each, each[3])"
    )
    return found


def _owners() -> dict[str, str]:
    """Write `policies.owner.owners_of` in CEL; a test holds them together."""
    made = " || ".join(
        f"({_group('object.apiVersion')} == {literal(kind.rpartition('/')[0])}"
        f" && object.kind == {literal(kind.rpartition('/')[2])})"
        for kind in sorted(MADE)
    )
    makers = [
        f"each.kind == {literal(kind.rpartition('/')[2])}"
        f" && {_group('each.apiVersion')} == {literal(kind.rpartition('/')[0])}"
        f" ? variables.home + ' {maker} ' + each.name.substring(0, each.name.lastIndexOf('-'))"
        " + ' ' : "
        for kind, maker in MAKERS.items()
    ]
    return {
        "made": made,
        "controllers": (
            "variables.made && has(object.metadata.ownerReferences)"
            " ? object.metadata.ownerReferences.filter(each, has(each.controller)"
            " && each.controller) : []"
        ),
        "near": "variables.controllers.map(each, "
        + _whole("each.apiVersion", "each.kind", "each.name")
        + ")",
        "far": (
            "variables.controllers.filter(each, each.name.matches('^.+-[a-z0-9]+$'))"
            f".map(each, {''.join(makers)}'').filter(each, each != '')"
        ),
        "owners": "variables.near + variables.far",
    }


def _whole(version: str, kind: str, name: str) -> str:
    return f"variables.home + ' ' + {_group(version)} + '/' + {kind} + ' ' + {name} + ' '"


def _group(version: str) -> str:
    return f"({version}.contains('/') ? {version}.split('/')[0] : '')"


def _annotation(name: str) -> str:
    return (
        f"params != null && has(params.metadata.annotations)"
        f" && {literal(name)} in params.metadata.annotations"
        f" ? params.metadata.annotations[{literal(name)}] : ''"
    )


def _short(kind: str) -> str:
    group, _, name = kind.rpartition("/")
    return f"{group.rpartition('/')[0]}/{name}"
