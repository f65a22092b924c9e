"""The CEL of one policy: its rules as variables, the list of the broken ones, and what is said."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from policies.expression import REFERENCE, literal, own, rename, shared
from policies.gates.admission_group import Group, may_act
from policies.gates.admission_inline import put_in
from policies.gates.admission_waiver import TODAY, WAIVED, today_variables, waiver_variables
from policies.rule import Action, Rule
from policies.scope import LEVELS, Scope, scope

# The API server drops a message of more than 5 KiB, and cuts warnings down after 4,096 characters.
LONGEST = 2400
RULES_A_PART = 8
REFUSES_WITH = "variables.refused.size() == 0"


def variables(group: Group) -> dict[str, str]:
    """Give a policy's variables in the order of use, and none that nothing uses."""
    names = _Names(group)
    found = {
        "level": _level(scope()),
        "type": "object.apiVersion + '/' + object.kind",
        "home_made": _home_made(),
        **today_variables(recorded=group.context is None),
        **names.shared,
    }
    for rule in group.rules:
        found |= _rule_variables(group, rule, names)
    found |= _verdicts(group)
    if group.context is None:
        found |= waiver_variables(group.kinds)
        found["refused"] = (
            "variables.broken.size() == 0 ? variables.broken"
            f" : variables.broken.filter(each, !(each in variables.{WAIVED}))"
        )
    else:
        found["refused"] = "variables.broken"
    texts = {rule.id: f"[{rule.id}] {rule.message}" for rule in group.rules}
    found["texts"] = literal_map(texts)
    found["said"] = "variables.refused.map(each, variables.texts[each]).join('; ')"
    found["ids"] = "'[' + variables.refused.join('] [') + ']: '"
    return put_in(_used(found, READ), READ)


def _verdicts(group: Group) -> dict[str, str]:
    """List the broken rules, a variable for some rules each.

    A variable of its own costs more than most rules do; one for all would have to keep, with a
    great object, to the API server's bound on the work of one variable.
    """
    parts = ceil(len(group.rules) / RULES_A_PART)
    asked = [f"variables.{identifier(each)} ? '' : '{each.id}'" for each in group.rules]
    lists = {f"verdicts_{n}": f"[{', '.join(asked[n::parts])}]" for n in range(parts)}
    together = " + ".join(f"variables.{name}" for name in lists)
    return {**lists, "broken": f"({together}).filter(each, each != '')"}


def message() -> str:
    """Say every broken rule; when they are many, all ids and then as much text as has room."""
    room = f"(variables.ids.size() < {LONGEST} ? {LONGEST} - variables.ids.size() : 0)"
    return (
        f"variables.said.size() <= {LONGEST} ? variables.said"
        f" : variables.ids + variables.said.substring(0, {room}) + '…'"
    )


READ = f"{REFUSES_WITH} {message()}"


def identifier(rule: Rule) -> str:
    return rule.id.replace("-", "_")


def literal_map(given: Mapping[str, str]) -> str:
    entries = (f"{literal(key)}: {literal(value)}" for key, value in given.items())
    return "{" + ", ".join(entries) + "}"


class _Names:
    """Names for the variables of families; one that two of them use differently gets a number."""

    def __init__(self, group: Group) -> None:
        self.shared: dict[str, str] = {}
        self._known: dict[tuple[str, str], str] = {}
        self.by_rule = {rule.id: self._of(shared(rule)) for rule in group.rules}

    def _of(self, given: Mapping[str, str]) -> dict[str, str]:
        mine: dict[str, str] = {}
        for name, text in given.items():
            written = rename(text, lambda each: f"variables.{mine.get(each, each)}")
            mine[name] = self._name(name, written)
        return mine

    def _name(self, name: str, text: str) -> str:
        if (name, text) not in self._known:
            free = (each for each in (name, *(f"{name}_{n}" for n in range(2, 99))))
            chosen = next(each for each in free if each not in self.shared)
            self.shared[chosen] = text
            self._known[name, text] = chosen
        return self._known[name, text]


def _rule_variables(group: Group, rule: Rule, names: _Names) -> dict[str, str]:
    """Give a rule's variables under its name, and the rule itself, true where it does not ask."""
    mine, theirs = own(rule), names.by_rule[rule.id]
    prefix = identifier(rule)

    def name(each: str) -> str:
        return (
            f"variables.{prefix}__{each}" if each in mine else f"variables.{theirs.get(each, each)}"
        )

    renamed = {f"{prefix}__{each}": rename(text, name) for each, text in mine.items()}
    spared = "".join(f"{each} || " for each in _not_asked(group, rule))
    expression = rename(rule.expression, name)
    return {**renamed, prefix: f"{spared}({expression})" if spared else expression}


def _not_asked(group: Group, rule: Rule) -> list[str]:
    """Give what must be false for the rule to be asked here: another kind, level or action."""
    found = []
    if len(judged := group.kinds_of(rule)) < len(group.kinds):
        found.append(f"!(variables.type in {literal(judged)})")
    levels = may_act(rule, group.action)
    if len(levels) < len(LEVELS):
        found.append(f"!(variables.level in {list(levels)})")
    if rule.transition:
        old = (
            f"variables.home_made < {literal(rule.transition.since.isoformat())}"
            f" && variables.{TODAY} < {literal(rule.transition.deny_from.isoformat())}"
        )
        if group.action is Action.DENY:
            found.append(f"({old})")
        else:
            own_levels = [level for level in LEVELS if rule.action(level) is Action.WARN]
            found.append(f"!(variables.level in {own_levels} || ({old}))")
    return found


def _used(found: Mapping[str, str], text: str) -> dict[str, str]:
    """Leave out what nothing refers to."""
    wanted: set[str] = set()
    waiting = REFERENCE.findall(text)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += REFERENCE.findall(found[name])
    return {name: each for name, each in found.items() if name in wanted}


def _level(where: Scope) -> str:
    """Read the level off the namespace's label; a Namespace is its own."""
    label, known = literal(where.level_label), literal(tuple(str(level) for level in LEVELS))
    labelled = (
        f"has(SPACE.metadata.labels) && {label} in SPACE.metadata.labels"
        f" && SPACE.metadata.labels[{label}] in {known}"
        f" ? int(SPACE.metadata.labels[{label}]) : {where.unknown_level}"
    )
    itself, home = (labelled.replace("SPACE", each) for each in ("object", "namespaceObject"))
    return (
        f"object.kind == 'Namespace' ? ({itself})"
        f" : namespaceObject == null ? {where.unknown_level} : ({home})"
    )


def _home_made() -> str:
    """Give the day on which the namespace was made; one of unknown age is new.

    The API server declares the time of a namespace as a timestamp and hands out a string: `dyn`.
    """
    day = "string(dyn(SPACE.metadata.creationTimestamp)).substring(0, 10)"
    itself, home = (day.replace("SPACE", each) for each in ("object", "namespaceObject"))
    return (
        f"object.kind == 'Namespace' ? {itself} : namespaceObject == null ? '9999-12-31' : {home}"
    )
