"""Findings of a run as OSCAL assessment results: plain data, the same uuids for the same findings.

What failed, or could not be told, is an observation each; what passed is one a rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from policies.catalogue import caveat
from policies.catalogue.oscal_document import VERSION, prop, token, uid, without_empty
from policies.finding import Finding, Verdict
from sen.assessment.run import Run
from sen.assessment.seen import Seen

Json = dict[str, Any]
GREEN = frozenset({Verdict.PASS, Verdict.WAIVED})
SILENT = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE})


def assessment_results(run: Run, findings: Iterable[Finding]) -> Json:
    """Give one run as an OSCAL document, under the key `assessment-results`."""
    seen = [Seen(run, each) for each in findings]
    return {"assessment-results": results(f"Run {run.id}", [run], seen)}


def results(title: str, runs: Sequence[Run], seen: Sequence[Seen]) -> Json:
    """Give what several runs saw as assessment results; a control is in one of them."""
    name = "+".join(sorted(run.id for run in runs))
    plan = uid(f"assessment-plan/{name}")
    told = observations(seen)
    started = min(run.started for run in runs)
    result = {
        "uuid": uid(f"result/{title}/{name}"),
        "title": title,
        "description": f"{len(seen)} findings of {len(runs)} runs",
        "start": started.isoformat(),
        "end": max(run.ended for run in runs).isoformat(),
        "props": [fact for run in runs for fact in _run_props(run)],
        "reviewed-controls": {"control-selections": [_selection(seen)]},
        "observations": list(told.values()),
        "findings": list(_findings(title, seen)),
    }
    return {
        "uuid": uid(f"assessment-results/{title}/{name}"),
        "metadata": metadata(title, max(run.ended for run in runs)),
        "import-ap": {"href": f"#{plan}"},
        "results": [without_empty(result)],
        "back-matter": {"resources": [{"uuid": plan, "title": "policies/rules", **SOURCE}]},
    }


SOURCE = {"description": "The rules that were asked stand in the project, with their samples."}


def metadata(title: str, revised: datetime) -> Json:
    """Give a document's metadata; its date is that of what it tells."""
    said = caveat()
    return {
        "title": title,
        "last-modified": revised.isoformat(),
        "version": revised.date().isoformat(),
        "oscal-version": VERSION,
        "props": [prop("clauses-verified", "no")],
        "remarks": f"{said.en}. {said.vi}.",
    }


def observations(seen: Iterable[Seen]) -> dict[str, Json]:
    """Give an observation for each that does not pass, and one a rule and run for those that do."""
    quiet: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    told: dict[str, Json] = {}
    for each in seen:
        if each.finding.verdict is Verdict.PASS:
            quiet[each.finding.rule, each.run.id].append(each)
        elif each.finding.verdict is not Verdict.NOT_APPLICABLE:
            told[observation_of(each)] = _observation(each)
    for same in quiet.values():
        told[observation_of(same[0])] = _passed(same)
    return told


def observation_of(seen: Seen) -> str:
    """Give the uuid of the observation that a finding is told in."""
    finding = seen.finding
    thing = "" if finding.verdict is Verdict.PASS else f"/{finding.object}/{finding.verdict.value}"
    return uid(f"observation/{seen.run.id}/{finding.rule}{thing}")


def _observation(seen: Seen) -> Json:
    finding = seen.finding
    facts = {
        "verdict": finding.verdict.value,
        "rule": finding.rule,
        "gate": finding.gate.value,
        "run": seen.run.id,
        "level": finding.level,
        "waiver": finding.waiver,
        "unknown": ", ".join(finding.unknown),
    }
    target = {
        "subject-uuid": uid(f"object/{finding.object}"),
        "type": "component",
        "title": finding.object,
    }
    return {
        "uuid": observation_of(seen),
        "title": finding.rule,
        "description": f"{finding.message.en} / {finding.message.vi}",
        "props": [prop(name, value) for name, value in facts.items() if value],
        "methods": ["TEST"],
        "types": ["finding"],
        "subjects": [target],
        "collected": finding.seen_at.isoformat(),
        "remarks": f"{finding.remedy.en} / {finding.remedy.vi}",
    }


def _passed(same: Sequence[Seen]) -> Json:
    finding, run = same[0].finding, same[0].run
    facts = {"verdict": "pass", "rule": finding.rule, "gate": finding.gate.value, "run": run.id}
    return {
        "uuid": observation_of(same[0]),
        "title": finding.rule,
        "description": f"{len(same)} objects pass",
        "props": [prop(name, value) for name, value in facts.items()],
        "methods": ["TEST"],
        "types": ["control-objective"],
        "collected": max(each.finding.seen_at for each in same).isoformat(),
    }


def _findings(title: str, seen: Iterable[Seen]) -> Iterator[Json]:
    """Give a finding a control: satisfied only when all that was seen is green."""
    for control, every in _by_control(seen).items():
        green = all(each.finding.verdict in GREEN for each in every)
        state = "satisfied" if green else "not-satisfied"
        related = dict.fromkeys(observation_of(each) for each in every)
        yield {
            "uuid": uid(f"finding/{title}/{control}/{min(related)}"),
            "title": control,
            "description": f"{len(every)} findings",
            "target": {
                "type": "statement-id",
                "target-id": f"{token(control)}_smt",
                "status": {"state": state},
            },
            "related-observations": [{"observation-uuid": each} for each in related],
        }


def _by_control(seen: Iterable[Seen]) -> Mapping[str, list[Seen]]:
    found: dict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        if each.finding.verdict is not Verdict.NOT_APPLICABLE:
            for control in each.finding.controls:
                found[control].append(each)
    return dict(sorted(found.items()))


def _selection(seen: Iterable[Seen]) -> Json:
    controls = list(_by_control(seen))
    if not controls:
        return {"description": "no control was looked at", "include-all": {}}
    return {"include-controls": [{"control-id": token(each)} for each in controls]}


def _run_props(run: Run) -> Iterator[Json]:
    yield prop("run", run.id, kind=run.gate.value)
    yield prop("objects", run.objects, kind=f"run-{run.id}")
    yield prop("rules", run.rules, kind=f"run-{run.id}")
