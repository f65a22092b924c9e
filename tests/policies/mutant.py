"""Rules with one part taken away: what no sample notices, no sample protects."""

from __future__ import annotations

import re

from policies.expression import REFERENCE
from policies.finding import Gate, Verdict
from policies.gates.plan import dated
from policies.judge import Judge
from policies.kind import kinds
from policies.rule import Rule
from policies.sample import Sample
from policies.subject import Subject
from stacks.problem import ProblemError


def verdicts(rule: Rule, samples: tuple[Sample, ...]) -> list[Verdict]:
    try:
        mine = Judge([rule])
    except ProblemError:
        return []
    return [
        mine.findings(Subject(dated(each.thing), each.level, each.context, each.others), Gate.PLAN)[
            0
        ].verdict
        for each in samples
    ]


def weakened(rule: Rule) -> list[tuple[str, Rule]]:
    """Drop one side of every `&&` and `||`, at any depth, and settle every variable."""
    mutants = []
    family = {k: v for k, v in kinds().variables(rule.matches).items() if v in used(rule)}
    for name, text in {"": rule.expression, **family, **rule.variables}.items():
        dropped = [(f"{name}: {each}", name, each) for each in without_one_side(text)]
        settled = [
            (f"{name}={word}", name, word)
            for word in ("true", "false")
            if name and name not in family
        ]
        mutants += dropped + settled
    return [(label, changed(rule, name, text)) for label, name, text in mutants]


def used(rule: Rule) -> list[str]:
    """Give the texts of the family's variables that the rule reads, one in another."""
    variables, texts = kinds().variables(rule.matches), []
    waiting = [rule.expression, *rule.variables.values()]
    while waiting:
        for name in REFERENCE.findall(waiting.pop()):
            if name in variables and variables[name] not in texts:
                texts.append(variables[name])
                waiting.append(variables[name])
    return texts


def changed(rule: Rule, name: str, text: str) -> Rule:
    if not name:
        return rule.model_copy(update={"expression": text})
    return rule.model_copy(update={"variables": {**rule.variables, name: text}})


def without_one_side(text: str) -> list[str]:
    places = [found.start() for found in re.finditer(r"&&|\|\|", text)]
    right = [text[:at] + text[end_of_operand(text, at + 2) :] for at in places]
    mirror = text[::-1].translate(str.maketrans("()[]", ")(]["))
    left = [
        text[: len(text) - end_of_operand(mirror, len(text) - at)] + text[at + 2 :] for at in places
    ]
    return right + left


def end_of_operand(text: str, start: int) -> int:
    """Find where the operand that starts here ends: at the next operator, comma or bracket."""
    depth = 0
    for at in range(start, len(text)):
        ends = depth == 0 and (text[at] in ",?:" or text[at : at + 2] in {"&&", "||"})
        if ends or (depth == 0 and text[at] in ")]"):
            return at
        depth += (text[at] in "([") - (text[at] in ")]")
    return len(text)
