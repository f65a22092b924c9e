"""Fetch what a dossier is made from: requests, results, rules; the only part that reads files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from policies.host_rule import load_host_rules
from policies.rule import load_rules
from policies.waiver import load_register
from policies.waiver_check import host_rules
from sen.assessment.run import Run
from sen.assessment.state import Attested, Eye, Knowledge, State, eye_of, states, worst
from sen.assessment.store import Store
from sen.assessment.weight import Moment, Status
from sen.catalogue.evidence import EvidenceState, file_of, load
from sen.reports.material import Material, Possession, Waived
from sen.reports.system import Subject, typical_facts
from stacks.models.facts import SystemFacts
from stacks.models.level import propose

CLOUD = "cloud.sen.gov.vn/"


@dataclass(frozen=True)
class Asked:
    """What a person asks a report about."""

    subject: Subject
    level: int
    at: datetime
    facts: SystemFacts | None = None
    operator: str = ""
    classified: date | None = None
    inventory: tuple[Possession, ...] | None = field(default=None)


def material(asked: Asked, store: Store) -> Material:
    """Gather a dossier's material."""
    moment, rules = moment_of(asked), realising()
    states = stood(asked.subject, moment, store)
    facts = asked.facts or typical_facts(asked.subject)
    return Material(
        subject=asked.subject,
        moment=moment,
        states=states,
        proposal=propose(facts),
        facts=facts,
        facts_given=asked.facts is not None,
        runs=_runs(states),
        rules={control: tuple(each) for control, each in rules.items()},
        waivers=tuple(_waivers(asked.subject, moment)),
        inventory=asked.inventory,
        operator=asked.operator,
    )


def _runs(every: Sequence[State]) -> tuple[Run, ...]:
    """Give the runs that saw something of the system, oldest first."""
    found = {seen.run.id: seen.run for each in every for _, seen in each.seen}
    return tuple(sorted(found.values(), key=lambda run: (run.ended, run.id)))


def moment_of(asked: Asked) -> Moment:
    """Give the moment, with the last day of each waiver."""
    last = {each.id: each.last for each in load_register().waivers}
    return Moment(asked.at, asked.level, last, asked.classified)


def stood(subject: Subject, moment: Moment, store: Store) -> tuple[State, ...]:
    """Give how every control that binds a system stands."""
    eyes = {control: frozenset(rules.values()) for control, rules in realising().items()}
    seen = store.latest(subject.id, moment.at)
    known = Knowledge(
        seen=seen,
        ruled=eyes,
        looked=frozenset(eye_of(each.run.gate) for every in seen.values() for each in every),
        attested=attested(subject, moment),
    )
    return states(moment, known)


STATUS = {EvidenceState.PRESENT: Status.PASS, EvidenceState.STALE: Status.STALE}


def attested(subject: Subject, moment: Moment) -> Mapping[str, Attested]:
    """Give people's evidence from the system's register, the best document of each control."""
    name = f"{subject.id.agency}-{subject.id.slug}".lower().replace(".", "-")
    place = file_of(name).parent
    found: dict[str, Attested] = {}
    for each in load(name).documents:
        status = STATUS.get(each.state(place, moment.day), Status.NOT_ASSESSED)
        one = Attested(each.control, status, each.title, each.owner, each.date, each.valid_until)
        better = found.get(each.control)
        if better is None or worst((status, better.status)) is not status:
            found[each.control] = one
    return found


@cache
def realising() -> Mapping[str, Mapping[str, Eye]]:
    """Give the rules that look at each control, by control and id, with what each needs to see."""
    found: dict[str, dict[str, Eye]] = defaultdict(dict)
    for rule in load_rules():
        cloud = all(kind.startswith(CLOUD) for kind in rule.kinds)
        for control in rule.controls:
            found[control][rule.id] = Eye.CLOUD if cloud else Eye.CLUSTER
    for each in load_host_rules() if host_rules() else ():
        for control in each.controls:
            found[control][each.id] = Eye.HOST
    return found


def _waivers(subject: Subject, moment: Moment) -> Iterator[Waived]:
    """Give the waivers in force about objects of the system, or outside any namespace."""
    homes = {each.namespace for each in subject.requests} | {""}
    for each in load_register().active(moment.day):
        if each.object.namespace in homes and each.holds(moment.day, moment.level):
            yield Waived(
                id=each.id,
                rule=each.rule,
                object=str(each.object),
                reason=each.reason,
                owner=each.owner,
                approver=each.approver,
                ends=each.last,
            )
