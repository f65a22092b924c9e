"""The rules of a request that look at more than one field, or at the agencies' book.

Each breach carries the key of its message; `stacks/models/explain.py` turns it into words.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pydantic import ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from stacks.models.agency import agencies
from stacks.models.network import world_open
from stacks.models.price import monthly_price
from stacks.models.quota import SIZES, Size, over
from stacks.models.term import latest_end, max_days
from stacks.problem import ProblemError

if TYPE_CHECKING:
    from stacks.models.tenant import TenantRequest

MIN_LEVEL_PERSONAL_DATA = 2
MIN_LEVEL_STATE_SECRET = 3
MIN_LEVEL_CLOSED_TO_THE_WORLD = 3

Breach = InitErrorDetails
Rule = Callable[["TenantRequest"], Iterator[Breach]]


def breach(key: str, field: tuple[str | int, ...], value: object, **values: object) -> Breach:
    return Breach(type=PydanticCustomError(key, key, values), loc=field, input=value)


def known_agency(code: str) -> str:
    """Accept the code of an agency of today; a name, an alias or an ended body is refused."""
    try:
        agency = agencies().resolve(code)
    except ProblemError as error:
        (problem,) = error.problems
        values = {"named": problem.thing, **problem.values}
        raise PydanticCustomError(problem.key, problem.key, values) from error
    if agency.code != code:
        values = {"name": agency.title, "code": agency.code}
        raise PydanticCustomError("agency-alias", "agency-alias", values)
    return code


def agency_of_a_request(code: str, info: ValidationInfo) -> str:
    """Accept likewise; of what stands (`standing` in the context) an ended agency stays known."""
    if not (info.context or {}).get("standing"):
        return known_agency(code)
    agencies().get(code)
    return code


def not_of_the_platform(group: str) -> str:
    """Refuse groups of Kubernetes itself: `system:masters` would be the whole platform."""
    if group.startswith("system:"):
        raise PydanticCustomError("request-system-group", "request-system-group", {"group": group})
    return group


def breaches(request: "TenantRequest", today: dt.date | None) -> list[Breach]:
    """Give every broken rule; with no day for today, an end in the past is not judged."""
    broken = [breach for rule in RULES for breach in rule(request)]
    if today is not None and request.ends < today:
        broken.append(
            breach("request-end-past", ("ends",), request.ends, ends=request.ends, today=today)
        )
    return broken


def _level(request: "TenantRequest") -> Iterator[Breach]:
    system, field = request.system, ("system", "level")
    if system.personal_data and system.level < MIN_LEVEL_PERSONAL_DATA:
        yield breach("request-personal-data-level", field, system.level, level=system.level)
    if system.state_secret and system.level < MIN_LEVEL_STATE_SECRET:
        yield breach("request-state-secret-level", field, system.level, level=system.level)


def _world(request: "TenantRequest") -> Iterator[Breach]:
    if request.system.level < MIN_LEVEL_CLOSED_TO_THE_WORLD:
        return
    for way in ("ingress", "egress"):
        for net in world_open(getattr(request.network, way)):
            values = {"network": str(net), "level": request.system.level}
            yield breach("request-world-open", ("network", way), str(net), **values)


def _term(request: "TenantRequest") -> Iterator[Breach]:
    starts, ends, field = request.starts, request.ends, ("ends",)
    if ends < starts:
        yield breach("request-end-before-start", field, ends, starts=starts, ends=ends)
    latest, days = latest_end(starts, request.stage), max_days(request.stage)
    if ends > latest:
        yield breach("request-end-beyond", field, ends, ends=ends, latest=latest, days=days)


def _quota(request: "TenantRequest") -> Iterator[Breach]:
    if request.size is None and request.quota is None:
        yield breach("request-no-size", ("size",), None)
    if request.quota is None:
        return
    size = request.size or Size.XL
    for field, (asked, most) in over(request.quota, SIZES[size]).items():
        values = {"asked": asked, "most": most, "size": size.value}
        yield breach("request-quota-over", ("quota", field), asked, **values)


def _price(request: "TenantRequest") -> Iterator[Breach]:
    if request.size is None and request.quota is None:
        return
    price, ceiling = monthly_price(request), request.budget.monthly_ceiling_vnd
    if price > ceiling:
        field = ("budget", "monthly_ceiling_vnd")
        yield breach("request-over-budget", field, ceiling, price=price, ceiling=ceiling)


RULES: tuple[Rule, ...] = (_level, _world, _term, _quota, _price)
