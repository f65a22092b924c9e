"""The page about a request: every field, the sizes with their prices, the rules over fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from sen.reference.markdown import code, listed, table
from sen.reference.markdown import page as page_of
from stacks.models.base import EXAMPLES
from stacks.models.explain import SAMPLE
from stacks.models.price import price, price_lists
from stacks.models.quota import SIZES, Quota
from stacks.models.tenant import TenantRequest
from stacks.models.term import MAX_TERM_DAYS, MAX_TRAINING_DAYS
from stacks.problem import Language, messages

Schema = Mapping[str, Any]
ROOT = "TenantRequest"
DESCRIBED = {"TenantRequest", "System", "Bilingual", "Opening", "Groups", "Budget", "Quota"}
# The rules of stacks/models/rule.py that look at more than one field; a test compares.
RULES = (
    "request-personal-data-level",
    "request-state-secret-level",
    "request-world-open",
    "request-end-before-start",
    "request-end-beyond",
    "request-end-past",
    "request-no-size",
    "request-quota-over",
    "request-over-budget",
    "request-system-group",
    "agency-alias",
)
LEVELS = range(1, 6)
BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def page(language: Language) -> str:
    """Give the page in one language."""
    say = words(language)
    return page_of(
        say["title"],
        say["introduction"],
        f"```yaml\n{yaml.safe_dump(dict(SAMPLE), allow_unicode=True, sort_keys=False)}```",
        *(_section(model, places, language) for model, places in models().items()),
        f"## {say['sizes']}",
        say["sizes-note"].format(list=price_lists()[-1].valid_from),
        _sizes(say),
        f"## {say['rules']}",
        say["rules-note"].format(days=MAX_TERM_DAYS, training=MAX_TRAINING_DAYS),
        _rules(say, language),
    )


@cache
def schema() -> Schema:
    return TenantRequest.model_json_schema()


def models() -> Mapping[str, list[str]]:
    """Give every model of a request, with the places where it stands."""
    found: dict[str, list[str]] = {}
    for name, place in _models(ROOT, ""):
        if name in DESCRIBED:
            found.setdefault(name, []).append(place)
    return found


def words(language: Language) -> Mapping[str, str]:
    """Give the page's own words."""
    said: Mapping[str, str] = _text()["page"][language.value]
    return said


def meanings(model: str) -> Mapping[str, Mapping[str, str]]:
    """Give what each field of a model means, in both languages."""
    said: Mapping[str, Mapping[str, str]] = _text()["fields"][model]
    return said


@cache
def _text() -> Mapping[str, Any]:
    file = resources.files("sen.reference") / "request.yaml"
    text: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return text


def _models(name: str, place: str) -> Iterator[tuple[str, str]]:
    yield name, place
    for field, about in _of(name)["properties"].items():
        bare, many = _bare(about), ""
        if bare.get("type") == "array":
            bare, many = _bare(bare["items"]), "[]"
        target = str(bare.get("$ref", "")).rpartition("/")[2]
        if target and "properties" in _of(target):
            yield from _models(target, f"{place}.{field}{many}".removeprefix("."))


def _of(name: str) -> Schema:
    found: Schema = schema() if name == ROOT else schema()["$defs"][name]
    return found


def _bare(about: Schema) -> Schema:
    """Give what a field is when it is there: pydantic says `x or null` of what may be left out."""
    given = [each for each in about.get("anyOf", ()) if each.get("type") != "null"]
    return given[0] if given else about


def _section(model: str, places: list[str], language: Language) -> str:
    say, about = words(language), _of(model)
    title = f"## {listed(places)}" if places[0] else f"## {say['top']}"
    required = set(about.get("required", ()))
    rows = [
        (
            code(field),
            say["yes"] if field in required else "",
            meanings(model)[field][language.value],
            _form(field_about, say),
        )
        for field, field_about in about["properties"].items()
    ]
    header = (say["field"], say["must"], say["meaning"], say["form"])
    return f"{title}\n\n{table(header, rows)}"


def _form(about: Schema, say: Mapping[str, str]) -> str:
    bare = _bare(about)
    if "$ref" in bare:
        target = _of(str(bare["$ref"]).rpartition("/")[2])
        return listed(target["enum"]) if "enum" in target else say["below"]
    kind = bare.get("type")
    if kind == "array":
        return f"{say['list']}: {_form(bare['items'], say)}"
    if kind == "string":
        return _text_form(bare, say)
    bounds = (f"{sign} {bare[key]}" for key, sign in BOUNDS.items() if key in bare)
    return ", ".join((say[str(kind)], *bounds))


def _text_form(about: Schema, say: Mapping[str, str]) -> str:
    if about.get("format") == "date":
        return say["day"]
    example = EXAMPLES.get(about.get("pattern", "")) or next(iter(about.get("examples", ())), "")
    most = f", ≤ {about['maxLength']} {say['letters']}" if "maxLength" in about else ""
    return f"{say['string']}, {say['like']} {code(example)}{most}" if example else say["string"]


def _sizes(say: Mapping[str, str]) -> str:
    prices = price_lists()[-1]
    header = (
        say["size"],
        *map(code, Quota.model_fields),
        *(f"{say['level']} {each}" for each in LEVELS),
    )
    rows = (
        (*quota.model_dump().values(), *(price(quota, at, prices) for at in LEVELS))
        for quota in SIZES.values()
    )
    shown = ([f"{each:,}".replace(",", say["thousands"]) for each in row] for row in rows)
    return table(header, [(size, *row) for size, row in zip(SIZES, shown, strict=True)])


def _rules(say: Mapping[str, str], language: Language) -> str:
    said = (messages()[key][language.value] for key in RULES)
    rows = ((_open(each["rule"]), _open(each["remedy"])) for each in said)
    return table((say["refused"], say["remedy"]), rows)


def _open(text: str) -> str:
    return re.sub(r"\{\w+\}", "…", text)
