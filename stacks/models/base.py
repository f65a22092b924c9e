"""What every model shares: it cannot change, knows no other keys, and its words are typed."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

SLUG = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
DNS_LABEL = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
GROUP = r"^[a-z0-9][a-z0-9._:-]{2,62}$"
MAIL = r"^[A-Za-z0-9][A-Za-z0-9._+-]*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"
BUDGET = r"^[A-Z0-9]([A-Z0-9.-]{1,30})[A-Z0-9]$"
WORDS = r"^[^\x00-\x1f\x7f]*\p{L}{2}[^\x00-\x1f\x7f]*$"

# What a person may write instead of a value that does not fit the pattern.
EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        SLUG: "public-service-portal",
        DNS_LABEL: "g22-public-service-portal-production",
        GROUP: "h26-one-stop-admins",
        MAIL: "van.nguyen@hanoi.gov.vn",
        BUDGET: "H26-2026-014",
        WORDS: "Sở Y tế",
    }
)


class Model(BaseModel):
    """Base of every model: immutable, and a misspelled key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _not_empty(entries: tuple[object, ...]) -> tuple[object, ...]:
    """Ask for an entry; pydantic's `min_length` would count broken entries as missing."""
    if not entries:
        raise PydanticCustomError("request-empty-list", "at least one entry")
    return entries


NOT_EMPTY = AfterValidator(_not_empty)
MIN_ONE_ITEM: JsonDict = {"minItems": 1}


def _not_a_number(value: object) -> object:
    """Refuse 0 or 1.5 as a date; pydantic would read them as seconds since 1970."""
    if isinstance(value, dt.date | str):
        return value
    raise PydanticCustomError("date_type", "Input should be a valid date")


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=200, pattern=WORDS),
    AfterValidator(_composed),
]
Slug = Annotated[str, StringConstraints(pattern=SLUG, min_length=2, max_length=40)]
DnsLabel = Annotated[str, StringConstraints(pattern=DNS_LABEL)]
GroupName = Annotated[str, StringConstraints(pattern=GROUP)]
Mail = Annotated[str, StringConstraints(pattern=MAIL, max_length=120)]
BudgetCode = Annotated[str, StringConstraints(pattern=BUDGET)]
Whole = Annotated[int, Field(strict=True)]
Yes = Annotated[bool, Field(strict=True)]
Day = Annotated[dt.date, BeforeValidator(_not_a_number, json_schema_input_type=dt.date)]
Level = Annotated[int, Field(strict=True, ge=1, le=5)]


class Bilingual(Model):
    """The same words in Vietnamese and English."""

    vi: Text
    en: Text
