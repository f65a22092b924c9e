"""An instrument as an OSCAL catalogue: families, controls, clauses, parameters, mapping."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache

from policies.catalogue.crosswalk import equivalents, measures, plan_parts, succession
from policies.catalogue.instrument import FOLDER, instruments
from policies.catalogue.oscal_document import (
    Json,
    beside,
    dates,
    metadata,
    parameter_token,
    prop,
    short,
    successor,
    title_of,
    token,
    uid,
    without_empty,
    words,
)
from policies.catalogue.parameter import Parameter, of_control, parameters
from policies.control import OLD_STANDARD, STANDARD, Control, controls, old_controls


def catalogued() -> tuple[str, ...]:
    """Give the instruments that ask for controls, in the order of `instruments.yaml`."""
    with_controls = {each.instrument for each in (controls() | old_controls()).values()}
    return tuple(each for each in instruments() if each in with_controls)


def catalog(instrument: str) -> Json:
    """Give the catalogue of one instrument."""
    known = instruments()[instrument]
    every = {**controls(), **old_controls()}.values()
    mine = [each for each in every if each.instrument == instrument]
    links = successor(known, catalogued())
    body: Json = {
        "uuid": uid(f"catalogs/{instrument}"),
        "metadata": metadata(title_of(instrument), dates(known), links),
    }
    families = _families(instrument)
    if not families:
        return {**body, "controls": [_control(each) for each in mine]}
    return {**body, "groups": [_group(instrument, name, mine) for name in families]}


@cache
def _families(instrument: str) -> dict[str, tuple[str, str]]:
    """Give titles (en, vi) of families; the decrees have none."""
    if instrument == STANDARD:
        with (FOLDER / "tcvn-14423-2026-families.csv").open(encoding="utf-8", newline="") as file:
            return {
                row["family"]: (row["title_en"], row["title_vi"]) for row in csv.DictReader(file)
            }
    if instrument == OLD_STANDARD:
        known = old_controls()
        heads = dict.fromkeys(each.family for each in known.values())
        named = {head: known[f"{OLD_STANDARD}/{head}"] for head in heads}
        return {head: (each.title_en, each.title_vi) for head, each in named.items()}
    return {}


def _group(instrument: str, family: str, every: Iterable[Control]) -> Json:
    en, vi = _families(instrument)[family]
    return {
        "id": token(f"{instrument}/family.{family}"),
        "class": "family",
        "title": en,
        "props": [prop("title", vi, kind="vi")],
        "controls": [_control(each) for each in every if each.family == family],
    }


def _control(control: Control) -> Json:
    return without_empty(
        {
            "id": token(control.id),
            "class": control.instrument,
            "title": _plain(control.title_en),
            "params": [_parameter(each) for each in of_control(control.id)],
            "props": list(_props(control)),
            "links": list(_links(control)),
            "parts": [
                {
                    "id": f"{token(control.id)}_smt",
                    "name": "statement",
                    "prose": _statement(control),
                }
            ],
        }
    )


def _props(control: Control) -> Iterable[Json]:
    yield {"name": "label", "value": short(control)}
    yield prop("title", _plain(control.title_vi), kind="vi")
    yield prop("automation", control.automation)
    if control.family:
        yield prop("family", control.family)
    for level, clause in sorted(control.clauses.items()):
        yield prop("clause", clause, kind=f"level-{level}")
    yield from (prop("decree-331-article", each) for each in measures(control.id))
    yield from (prop("decree-331-plan-part", f"29.2.{each}") for each in plan_parts(control.id))


def _links(control: Control) -> Iterable[Json]:
    for other in equivalents(control.id):
        old = control.id if control.instrument == OLD_STANDARD else other
        known = succession(old)
        href = f"{beside(other.partition('/')[0])}#{token(other)}"
        text = f"{other} ({known.certainty}): {known.reason.en}" if known else other
        yield {"href": href, "rel": "related", "text": text}


def _parameter(one: Parameter) -> Json:
    every = parameters()
    props = [prop("kind", one.kind), prop("bound", one.bound), prop("strength", one.strength)]
    props += [prop("unit", one.unit)] if one.unit else []
    props += [prop("topic", one.topic)] if one.topic else []
    props += [prop("applies-if", each) for each in sorted(one.applies)]
    for level, value in sorted(one.levels.items()):
        props.append(prop("value", words(value), kind=f"level-{level}"))
        if one.may_be_equivalent(level):
            props.append(prop("equivalent-allowed", "yes", kind=f"level-{level}"))
        if one.doubtful(level):
            props.append(prop("unconfirmed", "yes", kind=f"level-{level}"))
    usage = every.triggers[one.trigger].en if one.trigger else None
    return without_empty(
        {
            "id": parameter_token(one.id),
            "class": str(one.kind),
            "props": [*props, prop("title", one.title.vi, kind="vi")],
            "label": one.title.en,
            "usage": usage,
        }
    )


def _statement(control: Control) -> str:
    """Say a control in our own words; the standard's sentences are its publisher's."""
    said = _plain(control.title_en)
    return f"{said}. Values: {_plain(control.parameter)}" if control.parameter else f"{said}."


def _plain(text: str) -> str:
    return " ".join(text.replace("*", "").split())
