"""An agency as the record knows it: a ministry, a province, a commune, with its dates."""

import datetime as dt
from enum import StrEnum

from stacks.models.base import Model


class AgencyKind(StrEnum):
    MINISTRY = "ministry"
    MINISTERIAL_AGENCY = "ministerial-agency"
    CITY = "city"
    PROVINCE = "province"
    COMMUNE = "commune"
    WARD = "ward"
    SPECIAL_ZONE = "special-zone"


class Government(StrEnum):
    """The three levels of government since districts ended on 2025-07-01."""

    CENTRAL = "central"
    PROVINCE = "province"
    COMMUNE = "commune"


class CodeStatus(StrEnum):
    """How far an electronic identifier can be trusted."""

    CONFIRMED = "confirmed"  # seen in a source
    UNCONFIRMED = "unconfirmed"  # Decision 20/2020 as remembered, not checked against its annex
    DERIVED = "derived"  # ours, by rule, until the agency's own code is known


TITLES = {
    AgencyKind.CITY: "Thành phố",
    AgencyKind.PROVINCE: "Tỉnh",
    AgencyKind.COMMUNE: "Xã",
    AgencyKind.WARD: "Phường",
    AgencyKind.SPECIAL_ZONE: "Đặc khu",
}


class Agency(Model):
    """One node of the hierarchy.

    Attributes:
        code: Electronic identifier (mã định danh điện tử); communes add `.<gso code>`.
        aliases: What else it is called: former names, abbreviations, its people's council's code.
        valid_to: Last day on which the code was in use; None while it is.
        successor: Code of the agency that took over, when this one ended.

    """

    code: str
    name: str
    name_en: str | None = None
    kind: AgencyKind
    level_of_government: Government
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    code_status: CodeStatus
    gso_code: str | None = None
    successor: str | None = None

    @property
    def title(self) -> str:
        """Give the full name: "Tỉnh Phú Thọ", "Phường Hoàn Kiếm", "Bộ Y tế"."""
        return f"{TITLES[self.kind]} {self.name}" if self.kind in TITLES else self.name

    @property
    def is_first_level(self) -> bool:
        return self.parent is None

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether the code was in use on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)
