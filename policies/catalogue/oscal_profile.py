"""A level of a regime as an OSCAL profile: its controls, their clauses, and their values."""

from __future__ import annotations

from policies.catalogue.demand import Setting, settings
from policies.catalogue.instrument import RegimeName, book
from policies.catalogue.oscal_document import (
    Json,
    guideline,
    metadata,
    parameter_token,
    prop,
    resource,
    token,
    uid,
    words,
)
from policies.catalogue.regime import Regime
from policies.catalogue.selection import binding
from policies.control import Control
from policies.text import Text


def name_of(regime: RegimeName, level: int) -> str:
    """Give the profile's name: `tcvn14423-l3`."""
    return f"{regime}-l{level}"


def profile(regime: RegimeName, level: int) -> Json:
    """Give the profile of a level, as the regime stands on the day the data were revised."""
    bound = binding(level, Regime(regime, book().revised))
    by_instrument = {
        instrument: [each for each in bound if each.instrument == instrument]
        for instrument in dict.fromkeys(each.instrument for each in bound)
    }
    values = [each for control in bound for each in settings(control.id, level)]
    return {
        "uuid": uid(f"profiles/{name_of(regime, level)}"),
        "metadata": metadata(_title(regime, level), [prop("regime", regime), prop("level", level)]),
        "imports": [_import(*each) for each in by_instrument.items()],
        "merge": {"as-is": True},
        "modify": {
            "set-parameters": [_set(each) for each in values],
            "alters": [_alter(each, level) for each in bound],
        },
        "back-matter": {"resources": [resource(each) for each in by_instrument]},
    }


def _title(regime: RegimeName, level: int) -> Text:
    number = book().instruments[book().regimes[regime].standard].number
    return Text(vi=f"{number}, hệ thống cấp độ {level}", en=f"{number}, systems of level {level}")


def _import(instrument: str, bound: list[Control]) -> Json:
    ids = [token(each.id) for each in bound]
    href = f"#{resource(instrument)['uuid']}"
    return {"href": href, "include-controls": [{"with-ids": ids}]}


def _set(setting: Setting) -> Json:
    return {
        "param-id": parameter_token(setting.parameter.id),
        "props": [prop("strength", setting.parameter.strength)],
        "guidelines": [{"prose": guideline(setting)}],
        "values": [words(setting.value)],
    }


def _alter(control: Control, level: int) -> Json:
    clause = prop("clause-at-level", control.clauses[level])
    return {"control-id": token(control.id), "adds": [{"position": "ending", "props": [clause]}]}
