"""Checks the rules themselves: their CEL, their controls, and that their samples tell the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from policies.control import controls
from policies.finding import Gate, Verdict
from policies.gates.plan import dated
from policies.judge import Judge
from policies.rule import RULES, Rule, load
from policies.sample import Sample, samples_of
from stacks.problem import Problem, ProblemError

_ENVIRONMENT = cel.NewEnv(
    variables=dict.fromkeys(("object", "params", "others", "variables"), cel.Type.DYN),
    extensions=[ext_strings.ExtStrings()],
)
LEAST = 4


@dataclass(frozen=True)
class Checked:
    """One rule with what is wrong about it."""

    rule: str
    samples: int
    problems: tuple[Problem, ...]

    def row(self) -> dict[str, object]:
        state = "wrong" if self.problems else "ok"
        return {"rule": self.rule, "samples": self.samples, "state": state}


def check(names: Iterable[str] = (), folder: Path = RULES) -> list[Checked]:
    """Check rules about objects, all of them if none is named.

    Raises:
        ProblemError: There is no rule of a name, or none at all.
    """
    known = {
        path.parent.name: path
        for path in sorted(folder.glob("*/rule.yaml"))
        if not (path.parent / "host.py").exists()
    }
    wanted = tuple(names) or tuple(known)
    strange = [name for name in wanted if name not in known]
    if strange or not wanted:
        values = {"close": ", ".join(list(known)[:3]) or "-"}
        raise ProblemError(*(Problem("check-rule-unknown", each, values) for each in strange))
    return [_checked(name, known[name]) for name in wanted]


def _checked(name: str, path: Path) -> Checked:
    try:
        rule = load(path)
    except ProblemError as error:
        return Checked(name, 0, error.problems)
    wrong = [*_texts(rule), *_controls(rule)]
    if wrong:
        return Checked(name, 0, tuple(wrong))
    try:
        samples = samples_of(name)
        return Checked(name, len(samples), tuple(_samples(rule, samples)))
    except ProblemError as error:
        return Checked(name, 0, error.problems)


def _texts(rule: Rule) -> Iterator[Problem]:
    """Compile each text of the rule by itself: the caret then stands where the author looks."""
    texts: Mapping[str, str] = {
        **{f"variables.{name}": text for name, text in rule.variables.items()},
        "expression": rule.expression,
    }
    for name, text in texts.items():
        try:
            _ENVIRONMENT.compile(text)
        except RuntimeError as error:
            reason = {"reason": _caret(str(error))}
            yield Problem("policy-bad-rule", f"{rule.id}/rule.yaml: {name}", reason)


def _caret(said: str) -> str:
    """Keep where and what the parser stopped at; its closing words name a C++ source."""
    return "\n".join(line for line in said.splitlines() if line.strip())[:600]


def _controls(rule: Rule) -> Iterator[Problem]:
    for name in rule.controls:
        if name not in controls():
            yield Problem("check-rule-control", f"{rule.id}/rule.yaml", {"control": name})


def _samples(rule: Rule, samples: tuple[Sample, ...]) -> Iterator[Problem]:
    counted = Counter(each.passes for each in samples)
    if min(counted[True], counted[False]) < LEAST:
        values = {"good": counted[True], "bad": counted[False], "least": LEAST}
        yield Problem("check-rule-samples", rule.id, values)
    try:
        judge = Judge([rule])
    except ProblemError as error:
        yield from error.problems
        return
    for each in samples:
        subject = replace(each.subject, thing=dated(each.thing))
        (found,) = judge.findings(subject, Gate.FILES, [rule])
        wanted = Verdict.PASS if each.passes else Verdict.FAIL
        if found.verdict is not wanted:
            verdicts = {"wanted": wanted.value, "found": found.verdict.value}
            yield Problem("check-rule-sample", f"{rule.id}/{each.name}", verdicts)
