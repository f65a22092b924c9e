"""Read the agencies from the data files beside the models."""

import csv
import datetime as dt
from collections.abc import Iterator
from importlib import resources

from stacks.models.base import Model
from stacks.models.body import Agency, AgencyKind, CodeStatus, Government

_DATA = resources.files("stacks.models") / "data"


class OldProvince(Model):
    """A province as it was until 2025-06-30, and the province its people live in now."""

    code: str
    gso_code: str
    name: str
    successor: str
    valid_to: dt.date


def rows(file: str) -> Iterator[dict[str, str]]:
    """Read a data file; a cell left empty is an empty text."""
    yield from csv.DictReader((_DATA / file).read_text("utf-8").splitlines())


def _day(cell: str) -> dt.date | None:
    return dt.date.fromisoformat(cell) if cell else None


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name for name in cell.split(";") if name)


def central() -> Iterator[Agency]:
    """Give ministries and ministerial-level agencies, those that ended among them."""
    for row in rows("central.csv"):
        yield Agency(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            kind=AgencyKind(row["kind"]),
            level_of_government=Government.CENTRAL,
            aliases=_names(row["aliases"]),
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            code_status=CodeStatus(row["code_status"]),
            successor=row["successor"] or None,
        )


def provinces() -> Iterator[Agency]:
    """Give the provinces and cities of today; the people's council's code is an alias."""
    for row in rows("provinces.csv"):
        yield Agency(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"] or None,
            kind=AgencyKind(row["kind"]),
            level_of_government=Government.PROVINCE,
            aliases=(row["council_code"], *_names(row["aliases"])),
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            code_status=CodeStatus(row["code_status"]),
            gso_code=row["gso_code"],
        )


def communes() -> Iterator[Agency]:
    """Give communes, wards and special zones; their codes are ours: province code and gso code."""
    for row in rows("communes.csv"):
        yield Agency(
            code=f"{row['province']}.{row['gso_code']}",
            name=row["name"],
            kind=AgencyKind(row["kind"]),
            level_of_government=Government.COMMUNE,
            parent=row["province"],
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            code_status=CodeStatus.DERIVED,
            gso_code=row["gso_code"],
        )


def old_provinces() -> tuple[OldProvince, ...]:
    """Give the 63 provinces of before 2025-07-01."""
    return tuple(OldProvince.model_validate(row) for row in rows("old-provinces.csv"))


def closed_provinces() -> Iterator[Agency]:
    """Give the old provinces whose code ended: a province that kept its name kept its code."""
    for old in old_provinces():
        if old.code != old.successor:
            yield Agency(
                code=old.code,
                name=old.name,
                kind=AgencyKind.PROVINCE,
                level_of_government=Government.PROVINCE,
                aliases=(f"K{old.code[1:]}",),
                valid_to=old.valid_to,
                code_status=CodeStatus.UNCONFIRMED,
                gso_code=old.gso_code,
                successor=old.successor,
            )
