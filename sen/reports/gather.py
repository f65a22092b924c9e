"""Fetch what a dossier is made from: requests, results, rules; the only part that reads files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from policies.host_rule import load_host_rules
from policies.rule import load_rules
from policies.waiver import load_register
from policies.waiver_check import host_rules
from sen.assessment.seen import standing
from sen.assessment.state import Eye, Knowledge, State, eye_of, states
from sen.assessment.store import Store
from sen.assessment.weight import Moment
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
    return Material(
        subject=asked.subject,
        moment=moment,
        states=states,
        proposal=propose(asked.facts or typical_facts(asked.subject)),
        facts_given=asked.facts is not None,
        runs=standing(run for run in store.runs() if run.ended <= asked.at),
        rules={control: tuple(each) for control, each in rules.items()},
        waivers=tuple(_waivers(asked.subject, moment)),
        inventory=asked.inventory,
        operator=asked.operator,
    )


def moment_of(asked: Asked) -> Moment:
    """Give the moment, with the last day of each waiver."""
    last = {each.id: each.last for each in load_register().waivers}
    return Moment(asked.at, asked.level, last, asked.classified)


def stood(subject: Subject, moment: Moment, store: Store) -> tuple[State, ...]:
    """Give how every control that binds a system stands."""
    runs = [run for run in store.runs() if run.ended <= moment.at]
    eyes = {control: frozenset(rules.values()) for control, rules in realising().items()}
    known = Knowledge(
        seen=store.latest(subject.id, moment.at),
        ruled=eyes,
        looked=frozenset(eye_of(run.gate) for run in runs),
    )
    return states(moment, known)


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
