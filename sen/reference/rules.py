"""The page about the rules: what each demands at each level, why, and what to do."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

import yaml

from policies.control import CATALOGUE, STANDARD, controls
from policies.finding import Verdict
from policies.gates.hosts.sample import HostSample
from policies.gates.hosts.sample import samples_of as host_samples_of
from policies.host_rule import HostRule, load_host_rules
from policies.rule import ByLevel, Rule, load_rules
from policies.sample import Sample, samples_of
from policies.scope import LEVELS, scope
from policies.text import Text
from sen.reference.markdown import listed, table
from sen.reference.markdown import page as page_of
from stacks.problem import Language

ROOT = "../../policies"


AnyRule = Rule | HostRule


def page(language: Language) -> str:
    """Give the page about objects in one language."""
    introduction = words(language)["introduction"].format(
        count=len(load_rules()),
        strictest=scope().unknown_level,
        excluded=listed(scope().excluded_namespaces),
    )
    sections = (_section(each, language, _told(samples_of(each.id))) for each in load_rules())
    return _page(language, "title", introduction, load_rules(), sections)


def host_page(language: Language) -> str:
    """Give the page about hosts in one language."""
    rules = load_host_rules()
    introduction = words(language)["host-introduction"].format(count=len(rules))
    sections = (_section(each, language, _told_of_host(host_samples_of(each))) for each in rules)
    return _page(language, "host-title", introduction, rules, sections)


def _page(
    language: Language,
    title: str,
    introduction: str,
    rules: Sequence[AnyRule],
    sections: Iterable[str],
) -> str:
    say = words(language)
    header = (
        say["rule"],
        say["demands"],
        say["severity"],
        *(f"{say['level']} {each}" for each in LEVELS),
    )
    overview = table(header, [_line(rule, language) for rule in rules])
    return page_of(say[title], introduction, overview, say["clauses"], *sections)


@cache
def words(language: Language) -> Mapping[str, str]:
    """Give the page's own words."""
    file = resources.files("sen.reference") / "rules.yaml"
    said: Mapping[str, str] = yaml.safe_load(file.read_text("utf-8"))[language.value]
    return said


def _told(samples: Sequence[Sample]) -> tuple[int, int]:
    passes = sum(each.passes for each in samples)
    return passes, len(samples) - passes


def _told_of_host(samples: Sequence[HostSample]) -> tuple[int, int]:
    """Count good and bad answers; those that cannot be judged are neither."""
    verdicts = [each.verdict for each in samples]
    return verdicts.count(Verdict.PASS), verdicts.count(Verdict.FAIL)


def _line(rule: AnyRule, language: Language) -> tuple[str, ...]:
    actions = (rule.action(level).value for level in LEVELS)
    link = f"[{rule.id}](#{rule.id})"
    return (link, _in(rule.title, language), rule.severity.value, *actions)


def _section(rule: AnyRule, language: Language, samples: tuple[int, int]) -> str:
    say, (passes, fails) = words(language), samples
    file = f"{ROOT}/rules/{rule.id}/rule.yaml"
    files = say["files"].format(rule=file, passes=passes, fails=fails)
    looks = rule.kinds if isinstance(rule, Rule) else (rule.family,)
    given = {name: _value(value) for name, value in rule.parameters.items()}
    parameters = "; ".join(f"`{name}`: {value}" for name, value in given.items())
    lines = [
        f"- {say['looks']}: {listed(looks)}",
        f"- {say['message']}: {_in(rule.message, language)}",
        f"- {say['remedy']}: {_in(rule.remedy, language)}",
        *([f"- {say['parameters']}: {parameters}"] if parameters else []),
        f"- {files}",
    ]
    title = f"## {rule.id}\n\n{_in(rule.title, language)}."
    return "\n\n".join((title, "\n".join(lines), _controls(rule, language)))


def _controls(rule: AnyRule, language: Language) -> str:
    say, known = words(language), controls()
    rows = [
        (
            name,
            known[name].title_vi if language is Language.VI else known[name].title_en,
            clauses().get(name, ""),
        )
        for name in rule.controls
    ]
    return table((say["control"], say["control-title"], say["clause"]), rows)


@cache
def clauses() -> Mapping[str, str]:
    """Give the clauses of each control: one a level in the standard, one in a decree."""
    standard = {
        f"{STANDARD}/{row['id']}": "; ".join(row[f"clause_l{level}"] for level in LEVELS)
        for row in _rows("tcvn-14423-2026.csv")
    }
    decrees = {row["id"].replace("-", "/", 1): row["clause"] for row in _rows("decrees-2026.csv")}
    return {**standard, **decrees}


def _rows(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _value(value: object) -> str:
    if isinstance(value, ByLevel):
        return "; ".join(f"{levels}: {_value(each)}" for levels, each in value.by_level.items())
    return listed(value) if isinstance(value, tuple) else f"`{value}`"


def _in(text: Text, language: Language) -> str:
    said = text.vi if language is Language.VI else text.en
    return " ".join(said.split()).replace("<", "&lt;")
