"""The portal's words: English stands in the code, Vietnamese in `locale/vi.po`."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from importlib import resources
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

from stacks.problem import Language

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PACKAGE = "sen.portal"


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a text that is shown later."""
    return text


@functools.cache
def catalogue(lang: Language) -> Mapping[str, str]:
    """Read a language's texts; English needs none."""
    if lang is Language.EN:
        return {}
    with (resources.files(PACKAGE) / "locale" / f"{lang}.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id and each.string}


def say(lang: Language, text: str, **values: object) -> str:
    """Give a text in a language, its `{places}` filled."""
    found = catalogue(lang).get(text, text)
    return found.format_map(values) if values else found


def dong(amount: int) -> str:
    """Write money as Viet Nam does: `1.234.567 đ`."""
    return f"{number(amount)} đ"


def number(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def day(given: dt.date | dt.datetime | str | None) -> str:
    """Write a day as dd/mm/yyyy; a moment is one of Viet Nam's time zone."""
    if not given:
        return ""
    if isinstance(given, str):
        given = dt.datetime.fromisoformat(given) if "T" in given else dt.date.fromisoformat(given)
    if isinstance(given, dt.datetime):
        given = given.astimezone(ZONE)
    return given.strftime("%d/%m/%Y")


def moment(given: dt.datetime | str | None) -> str:
    """Write a moment as dd/mm/yyyy HH:MM, Viet Nam's time."""
    if not given:
        return ""
    if isinstance(given, str):
        given = dt.datetime.fromisoformat(given)
    return given.astimezone(ZONE).strftime("%d/%m/%Y %H:%M")
