"""The request form: what was typed becomes a request, and problems go back to their fields."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from sen.portal.refusal import told
from stacks.models.blueprint import Blueprint, blueprints
from stacks.models.explain import explain
from stacks.models.facts import SystemFacts
from stacks.models.level import Proposal, propose
from stacks.models.objects.request import RequestSpec
from stacks.models.quota import Quota
from stacks.problem import Language, Problem, ProblemError

LISTS = ("groups.admins", "groups.deployers", "groups.viewers")
NUMBERS = (
    *(f"quota.{name}" for name in Quota.model_fields),
    "budget.monthly_ceiling_vnd",
    "facts.personal_data",
    "facts.sensitive_data",
)
FLAGS = tuple(
    f"facts.{name}"
    for name, each in SystemFacts.model_fields.items()
    if each.annotation is bool and name != "round_the_clock"
)
WORDS = ("system.name.vi", "system.name.en", "system.owner_unit", "reason")
PROPOSED = "proposed"
MOST_DIGITS = 15

Problems = dict[str, list[tuple[str, str]]]


@dataclass
class Typed:
    """A form as it was typed, and what it comes to.

    Attributes:
        fields: Field → text, to show the form again.
        problems: Field → (rule, remedy); "" holds what belongs to no field.
    """

    fields: Mapping[str, str]
    lang: Language
    problems: Problems = field(default_factory=dict)

    def refuse(self, name: str, problem: Problem) -> None:
        self.problems.setdefault(name, []).append(told(problem, self.lang))


def typed(form: FormData, lang: Language) -> Typed:
    """Take the form: composed (NFC), trimmed; look-alike letters are refused (UTS 39)."""
    fields = {
        name: unicodedata.normalize("NFC", value).strip()
        for name, value in form.items()
        if isinstance(value, str) and name != "csrf"
    }
    found = Typed(fields, lang)
    for name in WORDS:
        strange = strange_letters(fields.get(name, ""))
        if strange:
            found.refuse(name, Problem("portal-mixed-script", name, {"letters": strange}))
    return found


def strange_letters(text: str) -> str:
    """Give the letters that are not Latin, and marks that cannot be seen."""
    strange = (
        each if each.isalpha() else f"U+{ord(each):04X}"
        for each in text
        if unicodedata.category(each) in {"Cf", "Co", "Cn"}
        or (each.isalpha() and "LATIN" not in unicodedata.name(each, ""))
    )
    return ", ".join(dict.fromkeys(strange))


def facts(given: Typed) -> SystemFacts | None:
    """Give the facts that decide the level; None, with problems told, where they contradict."""
    named = {
        name.removeprefix("facts."): value(name, given.fields.get(name, ""))
        for name in given.fields
        if name.startswith("facts.") and name not in FLAGS
    }
    known = {name: value for name, value in named.items() if value != ""}
    flags = {name.removeprefix("facts."): name in given.fields for name in FLAGS}
    flags["round_the_clock"] = True
    try:
        return SystemFacts.model_validate({**known, **flags})
    except ValidationError as error:
        for each in error.errors():
            name = ".".join(("facts", *map(str, each["loc"])))
            given.refuse(name, explain(each, "", SystemFacts))
        return None


def proposal(known: SystemFacts | None) -> Proposal | None:
    """Propose a level; None where no criterion fits what was said."""
    if known is None:
        return None
    try:
        return propose(known)
    except ProblemError:
        return None


def level(given: Typed, proposed: Proposal | None) -> int:
    """Give the level asked for: the one chosen, else the proposed, else the blueprint's."""
    chosen = given.fields.get("system.level", PROPOSED)
    if chosen.isdecimal():
        return int(chosen)
    if proposed is not None:
        return proposed.level
    try:
        return blueprints()[Blueprint(given.fields.get("system.blueprint", ""))].level
    except ValueError:
        return 1


def spec(given: Typed, by: str, today: dt.date) -> RequestSpec | None:
    """Give the request; None where something breaks a rule, which is then told at its field."""
    known = facts(given)
    content = _content(given, by, known, level(given, proposal(known)))
    try:
        found = RequestSpec.model_validate(content, context={"today": today})
    except ValidationError as error:
        for each in error.errors():
            given.refuse(_field(each["loc"]), explain(each, "", RequestSpec))
        return None
    return None if given.problems else found


def _content(given: Typed, by: str, known: SystemFacts | None, asked: int) -> dict[str, Any]:
    content: dict[str, Any] = {"system": {}, "groups": {}, "budget": {}, "requested_by": by}
    for name, text in given.fields.items():
        if name in FORM_FIELDS and text:
            _put(content, name, value(name, text))
    content["system"]["level"] = asked
    content["system"]["personal_data"] = known is not None and known.holds_personal_data
    content["system"]["state_secret"] = known is not None and known.state_secrets != "none"
    return content


def _put(content: dict[str, Any], name: str, value: object) -> None:
    *way, last = name.split(".")
    for step in way:
        content = content.setdefault(step, {})
    content[last] = value


def value(name: str, text: str) -> object:
    if name in LISTS:
        return [each for each in text.replace(",", " ").split() if each]
    if name in NUMBERS:
        bare = text.replace(".", "").replace(" ", "").removesuffix("đ")
        return (
            int(bare) if bare.isascii() and bare.isdecimal() and len(bare) <= MOST_DIGITS else text
        )
    return text


def _field(loc: tuple[int | str, ...]) -> str:
    name = ".".join(str(part) for part in loc if not isinstance(part, int))
    return name if name in FORM_FIELDS or name == "system.level" else ""


FORM_FIELDS = frozenset(
    {
        "agency",
        "stage",
        "size",
        "starts",
        "ends",
        "reason",
        "budget.code",
        "budget.monthly_ceiling_vnd",
        "system.slug",
        "system.name.vi",
        "system.name.en",
        "system.blueprint",
        "system.owner_unit",
        "system.officer",
        *LISTS,
        *(f"quota.{name}" for name in Quota.model_fields),
    }
)
