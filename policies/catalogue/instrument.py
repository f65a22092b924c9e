"""Laws, decrees, circulars and standards: from when until when each holds, and what came after."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache

from policies.text import Closed, Text
from policies.yaml_file import HERE, read

FOLDER = HERE / "catalogue"


class InstrumentKind(StrEnum):
    LAW = "law"
    DECREE = "decree"
    CIRCULAR = "circular"
    STANDARD = "standard"


class Standing(StrEnum):
    """What an instrument is on a day.

    Attributes:
        UNKNOWN: No source shows from when it holds.
    """

    IN_FORCE = "in-force"
    NOT_YET = "not-yet"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Instrument(Closed):
    """One instrument; the title is ours.

    Attributes:
        effective_to: Last day; none while nothing ended it expressly.
        superseded_by: Id of what took its place, even where it was not expressly repealed.
        doubt: What no official copy has confirmed.
    """

    id: str
    number: str
    title: Text
    kind: InstrumentKind
    issued: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    superseded_by: str | None = None
    source: str
    doubt: Text | None = None

    def standing(self, day: date) -> Standing:
        if self.effective_to is not None and day > self.effective_to:
            return Standing.ENDED
        if self.effective_from is not None:
            return Standing.IN_FORCE if day >= self.effective_from else Standing.NOT_YET
        return Standing.IN_FORCE if self.effective_to is not None else Standing.UNKNOWN


class RegimeName(StrEnum):
    """Under which standard and decree a system has its level."""

    TCVN11930 = "tcvn11930"
    TCVN14423 = "tcvn14423"


class Sources(Closed):
    """What belongs to a regime: its standard, its decree, and all its own instruments."""

    standard: str
    decree: str
    instruments: frozenset[str]


class Transition(Closed):
    """From the old regime to the new one; the days are the last on which something may be done.

    Attributes:
        measures: Controls of the new decree that old systems need only after `measures_by`.
    """

    starts: date
    invested_before: date
    classify_by: date
    measures_by: date
    measures: frozenset[str]
    notes: dict[str, Text]


class Book(Closed):
    """What `instruments.yaml` holds; `revised` is the day the data were last changed."""

    revised: date
    instruments: dict[str, Instrument]
    regimes: dict[RegimeName, Sources]
    transition: Transition
    caveat: Text


@cache
def book() -> Book:
    """Read `instruments.yaml`; an instrument's key is its id."""
    document = read(FOLDER / "instruments.yaml")
    named = {name: {"id": name, **each} for name, each in document["instruments"].items()}
    return Book.model_validate({**document, "instruments": named})


def instruments() -> dict[str, Instrument]:
    """Give every instrument by its id: `TCVN14423`, `D331`, `L116`."""
    return book().instruments


def caveat() -> Text:
    """Give what every output about clauses must say."""
    return book().caveat
