"""What a system would have to change to go from one level to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from policies.catalogue import Control, regime_on, settings
from policies.catalogue.oscal_document import words
from policies.catalogue.selection import binding
from policies.finding import Finding, Gate, Verdict
from policies.host_rule import HostRule, load_host_rules
from policies.judge import Judge
from policies.rule import Action, ByLevel, Rule, load_rules, span
from policies.surroundings import Surroundings
from policies.waiver_check import host_rules
from sen.assessment.seen import Seen
from sen.reports.system import Subject
from stacks.components.tenant import objects_for

Row = dict[str, object]
STRICTER = {Action.OFF: 0, Action.WARN: 1, Action.DENY: 2}


def gap(
    subject: Subject, lower: int, upper: int, seen: Mapping[str, Sequence[Seen]], day: date
) -> list[Row]:
    """Give controls and values that come or change, rules that do, and objects that would fail."""
    regime = regime_on(day)
    before = {each.id: each for each in binding(lower, regime)}
    after = {each.id: each for each in binding(upper, regime)}
    return [
        *_controls(before, after, lower, upper),
        *_values(before.keys() & after.keys(), lower, upper),
        *_rules(lower, upper),
        *_objects(subject, upper, seen),
    ]


def _row(what: str, name: str, change: str, before: object, after: object) -> Row:
    return {"what": what, "name": name, "change": change, "before": before, "after": after}


def _controls(
    before: Mapping[str, Control], after: Mapping[str, Control], lower: int, upper: int
) -> Iterator[Row]:
    for name, control in after.items():
        if name not in before:
            yield _row("control", name, "new", None, control.clauses[upper])
    for name, control in before.items():
        if name not in after:
            yield _row("control", name, "no longer", control.clauses[lower], None)


def _values(controls: Iterable[str], lower: int, upper: int) -> Iterator[Row]:
    """Give the values of controls that both levels ask for."""
    for control in sorted(controls):
        old = {each.parameter.id: each for each in settings(control, lower)}
        for new in settings(control, upper):
            was = old.get(new.parameter.id)
            if was is None or was.value != new.value:
                stricter = was is None or new.strictness > was.strictness
                change = "tighter" if stricter else "looser"
                said = words(was.value) if was else None
                yield _row("value", new.parameter.id, change, said, words(new.value))


def _rules(lower: int, upper: int) -> Iterator[Row]:
    every: list[Rule | HostRule] = [*load_rules(), *(load_host_rules() if host_rules() else ())]
    for rule in every:
        old, new = rule.action(lower), rule.action(upper)
        if old is not new:
            change = "tighter" if STRICTER[new] > STRICTER[old] else "looser"
            yield _row("rule", rule.id, change, old.value, new.value)
        for name, (was, now) in _parameters(rule, lower, upper):
            yield _row("rule", f"{rule.id}.{name}", "value", was, now)


def _parameters(
    rule: Rule | HostRule, lower: int, upper: int
) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, value in rule.parameters.items():
        if isinstance(value, ByLevel):
            was, now = (str(_at(value, level)) for level in (lower, upper))
            if was != now:
                yield name, (was, now)


def _at(value: ByLevel, level: int) -> object:
    return next(each for levels, each in value.by_level.items() if level in span(levels))


def _objects(subject: Subject, upper: int, seen: Mapping[str, Sequence[Seen]]) -> Iterator[Row]:
    """Give what fails: as it was seen, and as the requests would be built at the other level."""
    failing = {
        (each.finding.rule, each.finding.object): each.finding.gate.value
        for every in seen.values()
        for each in every
        if each.finding.verdict is Verdict.FAIL
    }
    for (rule, thing), gate in sorted(failing.items()):
        yield _row("object", f"{thing} [{rule}]", "fails", f"seen at {gate}", None)
    for finding in rejudged(subject, upper):
        if finding.verdict is Verdict.FAIL and (finding.rule, finding.object) not in failing:
            judged = f"level {upper}"
            yield _row("object", f"{finding.object} [{finding.rule}]", "would fail", None, judged)


def rejudged(subject: Subject, level: int) -> Iterator[Finding]:
    """Judge what the system's requests build, held to a level."""
    judge = Judge(load_rules())
    things = [
        dict(thing)
        for request in subject.requests
        for thing in objects_for(
            request.model_copy(
                update={"system": request.system.model_copy(update={"level": level})}
            )
        )
    ]
    around = Surroundings(things, complete=True)
    for thing in things:
        one = around.subject(thing)
        for rule in judge.rules_for(one):
            yield from judge.findings(around.for_rule(rule, one), Gate.PLAN, [rule])
