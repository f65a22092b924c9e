"""The questionnaire: what cannot be seen, and what the answers say of level and data."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from playbooks.migration.assess.rule import Condition
from playbooks.migration.assess.view import View
from stacks.models.base import Model
from stacks.models.document import COUNTRY_LIMIT_BYTES, read
from stacks.models.facts import SystemFacts
from stacks.models.level import Proposal, propose
from stacks.problem import Problem, ProblemError

FACT = "fact."
Answers = Mapping[str, Mapping[str, str]]
# A system whose answers leave these open has no level yet.
LEVEL_NEEDS = ("fact.internal", "fact.public_service", "fact.private_information")


class Question(Model):
    id: str
    kind: Literal["choice", "number", "text"]
    choices: tuple[str, ...] = ()
    vi: str
    en: str
    when: Mapping[str, Condition] = Field(default_factory=dict)

    def asked(self, facts: View) -> bool:
        return all(condition.holds(facts.get(name)) for name, condition in self.when.items())

    def fits(self, answer: str) -> bool:
        if self.kind == "choice":
            return answer in self.choices
        return bool(answer) if self.kind == "text" else answer.isdigit()


@functools.cache
def questions() -> tuple[Question, ...]:
    """Read `questions.yaml`."""
    text = resources.files(__package__).joinpath("questions.yaml").read_text("utf-8")
    return tuple(Question.model_validate(each) for each in yaml.load(text, yaml.CSafeLoader))


def load(path: Path, systems: Iterable[str]) -> dict[str, dict[str, str]]:
    """Read answers: system → question → answer; one that is empty is none.

    Raises:
        ProblemError: It is no such file, names an unknown system or question, or does not fit.
    """
    documents = read(path, COUNTRY_LIMIT_BYTES).documents()
    said = documents[0] if documents else None
    if said is None:
        return {}
    if not isinstance(said, dict) or not all(isinstance(each, dict) for each in said.values()):
        raise ProblemError(Problem("answers-broken", str(path)))
    known, names = {each.id: each for each in questions()}, set(systems)
    found: dict[str, dict[str, str]] = {}
    for system, answers in said.items():
        where = f"{path}: {system}"
        if system not in names:
            raise ProblemError(Problem("answers-unknown-system", where))
        found[system] = dict(_answers(answers, known, where))
    return found


def _answers(
    said: Mapping[str, Any], known: Mapping[str, Question], where: str
) -> Iterable[tuple[str, str]]:
    for name, value in said.items():
        question = known.get(name)
        if question is None:
            raise ProblemError(Problem("answers-unknown-question", where, {"question": name}))
        if value is None or value == "":
            continue
        text = (
            {True: "yes", False: "no"}.get(value, str(value))
            if isinstance(value, bool)
            else str(value)
        )
        if not question.fits(text):
            values = {"question": name, "given": text, "expected": _expected(question)}
            raise ProblemError(Problem("answers-not-fitting", where, values))
        yield name, text


def _expected(question: Question) -> str:
    return " | ".join(question.choices) or question.kind


def facts_of(answers: Mapping[str, str]) -> SystemFacts | None:
    """Give the facts for the level; None while the answers that it needs are open.

    Raises:
        ProblemError: The answers contradict each other.
    """
    if any(each not in answers for each in LEVEL_NEEDS):
        return None
    given: dict[str, Any] = {}
    kinds = {each.id: each.kind for each in questions()}
    for name, text in answers.items():
        if name.startswith(FACT):
            choice = {"yes": True, "no": False}.get(text, text)
            given[name.removeprefix(FACT)] = int(text) if kinds[name] == "number" else choice
    try:
        return SystemFacts.model_validate(given)
    except ValidationError:
        raise ProblemError(Problem("answers-contradict", "fact.internal")) from None


def level_of(facts: SystemFacts | None) -> Proposal | None:
    """Propose a level; None where facts are missing or meet no criterion."""
    if facts is None:
        return None
    try:
        return propose(facts)
    except ProblemError:
        return None


def data_class(facts: SystemFacts | None) -> str:
    """Classify the data: secret, sensitive, personal, internal, public; unknown without answers."""
    if facts is None:
        return "unknown"
    if facts.state_secrets != "none":
        return "secret"
    if facts.sensitive_data:
        return "sensitive"
    if facts.personal_data:
        return "personal"
    return "internal" if facts.private_information else "public"
