"""What every OSCAL document of ours shares: fixed uuids, dates of the data, properties, files.

OSCAL is written as plain data here; only `oscal_files` loads the classes that validate it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from policies.catalogue.demand import Setting
from policies.catalogue.instrument import Instrument, book, caveat, instruments
from policies.catalogue.parameter import Value
from policies.control import OLD_STANDARD, STANDARD, Control
from policies.text import Text

NAMESPACE = "https://sen.gov.vn/ns/oscal"
VERSION = "1.2.1"
Json = dict[str, Any]


def uid(name: str) -> str:
    """Give the same uuid for the same name, for ever."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{NAMESPACE}/{name}"))


def token(control_id: str) -> str:
    """Give a control's id as OSCAL allows it: `tcvn14423.nw-07`; it is unique over catalogues."""
    return control_id.replace("/", ".").lower()


def parameter_token(setting_id: str) -> str:
    return token(setting_id).replace("#", ".")


def prop(name: str, value: object, *, kind: str | None = None) -> Json:
    shown = {"name": name, "ns": NAMESPACE, "value": str(value)}
    return shown if kind is None else {**shown, "class": kind}


def metadata(title: Text, props: Iterable[Json] = (), links: Iterable[Json] = ()) -> Json:
    """Give metadata; the date is the data's own, so that the same data write the same bytes."""
    revised = book().revised.isoformat()
    said = caveat()
    whole: Json = {
        "title": f"{title.en} / {title.vi}",
        "last-modified": f"{revised}T00:00:00+00:00",
        "version": revised,
        "oscal-version": VERSION,
        "props": [prop("clauses-verified", "no"), *props],
        "links": list(links),
        "remarks": f"{said.en}. {said.vi}.",
    }
    return without_empty(whole)


def dates(instrument: Instrument) -> Iterable[Json]:
    """Give the properties that say from when until when an instrument holds."""
    given = {
        "number": instrument.number,
        "kind": instrument.kind,
        "issued": instrument.issued,
        "effective-from": instrument.effective_from,
        "effective-to": instrument.effective_to,
        "superseded-by": instrument.superseded_by,
        "doubt": instrument.doubt and instrument.doubt.en,
    }
    return (prop(name, value) for name, value in given.items() if value)


def successor(instrument: Instrument, catalogues: Iterable[str]) -> Iterable[Json]:
    """Link to the catalogue of what took an instrument's place, where there is one."""
    after = instrument.superseded_by
    if after in set(catalogues):
        yield {"href": beside(str(after)), "rel": "successor-version"}


def beside(instrument: str) -> str:
    """Give where another catalogue lies, seen from a catalogue."""
    return f"../{instrument.lower()}/catalog.json"


def resource(instrument: str) -> Json:
    """Name a catalogue that a profile imports: for trestle first, then for every other tool."""
    file = f"catalogs/{instrument.lower()}/catalog.json"
    return {
        "uuid": uid(f"resources/{instrument}"),
        "title": instruments()[instrument].number,
        "rlinks": [{"href": f"trestle://{file}"}, {"href": f"../../{file}"}],
    }


def title_of(instrument: str) -> Text:
    known = instruments()[instrument]
    return Text(vi=f"{known.number}: {known.title.vi}", en=f"{known.number}: {known.title.en}")


def words(value: Value) -> str:
    """Write a value as one word or a list of them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def guideline(setting: Setting) -> str:
    """Say how a value is to be taken."""
    one = setting.parameter
    said = [f"{one.strength}", f"bound: {one.bound}"]
    said += [f"unit: {one.unit}"] if one.unit else []
    said += ["an equivalent solution is allowed"] if one.may_be_equivalent(setting.level) else []
    said += [f"also {one.trigger}"] if one.trigger else []
    said += [f"if {', '.join(sorted(one.applies))}"] if one.applies else []
    said += ["unconfirmed"] if setting.doubtful else []
    return "; ".join(said)


def short(control: Control) -> str:
    """Give the label that people use: `NW-07`; a decree's control keeps its instrument."""
    mine = control.instrument in {STANDARD, OLD_STANDARD}
    return control.id.partition("/")[2] if mine else control.id.replace("/", "-")


def without_empty(given: Mapping[str, Any]) -> Json:
    """Leave out empty lists; OSCAL forbids them."""
    return {key: value for key, value in given.items() if value not in ([], None)}
