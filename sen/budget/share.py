"""Which part of the state budget goes to digital government, per agency with all under it.

The state budget of agencies is given as data (CSV: agency,year,vnd): the platform does not know it.
What is asked for is 1 %, where 0.2 % was spent (`AIM_PERMYRIAD` is in parts of ten thousand).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sen.budget.forecast import Node
from stacks.models.agency import AgencyBook
from stacks.problem import Problem, ProblemError

AIM_PERMYRIAD = 100
WHOLE = 10_000
COLUMNS = ("agency", "year", "vnd")
SHOWN = ("agency", "name", "year", "state_vnd", "digital_vnd", "percent", "aim_percent", "gap_vnd")


@dataclass(frozen=True)
class Share:
    """One agency in one year.

    Attributes:
        state_vnd: Its whole budget, with all under it.
        digital_vnd: What its tenants cost in that year, with those under it.
    """

    agency: str
    year: int
    state_vnd: int
    digital_vnd: int
    aim: int = AIM_PERMYRIAD

    @property
    def permyriad(self) -> int:
        """Give parts of ten thousand, rounded down: nobody reaches an aim by rounding."""
        return self.digital_vnd * WHOLE // self.state_vnd

    @property
    def gap_vnd(self) -> int:
        """Give VND that are missing to the aim, rounded up; 0 where it is reached."""
        return max(0, -(-self.state_vnd * self.aim // WHOLE) - self.digital_vnd)


def shares(
    nodes: Iterable[Node], state: Mapping[str, int], year: int, aim: int = AIM_PERMYRIAD
) -> tuple[Share, ...]:
    """Give a share per agency whose state budget is known, one without tenants too."""
    spent = {each.agency: each.total for each in nodes}
    return tuple(
        Share(agency, year, vnd, spent.get(agency, 0), aim) for agency, vnd in sorted(state.items())
    )


def state_budgets(text: str, name: str, year: int, book: AgencyBook) -> dict[str, int]:
    """Read VND of a year by agency from CSV.

    Raises:
        ProblemError: A line is wrong, names an unknown agency, or one agency twice.
    """
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if tuple(lines.fieldnames or ()) != COLUMNS:
        raise ProblemError(Problem("budget-share-columns", name, {"columns": ",".join(COLUMNS)}))
    found: dict[str, int] = {}
    wrong = []
    for line in lines:
        where = f"{name}:{lines.line_num}"
        given, vnd = (line["year"] or "").strip(), (line["vnd"] or "").strip()
        if not (given.isascii() and given.isdecimal() and vnd.isascii() and vnd.isdecimal()):
            wrong.append(Problem("budget-share-line", where))
        elif int(given) == year:
            code = book.get((line["agency"] or "").strip()).code
            if code in found or not int(vnd):
                wrong.append(Problem("budget-share-line", where))
            found[code] = int(vnd)
    if wrong:
        raise ProblemError(*wrong)
    return found


def rows(found: Iterable[Share], book: AgencyBook) -> list[dict[str, object]]:
    """Give a row per share, per cent as text with two places."""
    return [
        dict(
            zip(
                SHOWN,
                (
                    each.agency,
                    book.get(each.agency).title,
                    each.year,
                    each.state_vnd,
                    each.digital_vnd,
                    _percent(each.permyriad),
                    _percent(each.aim),
                    each.gap_vnd,
                ),
                strict=True,
            )
        )
        for each in found
    ]


def _percent(permyriad: int) -> str:
    return f"{permyriad // 100}.{permyriad % 100:02}"
