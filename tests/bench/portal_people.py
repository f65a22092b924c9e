"""Who opens which pages in the portal's bench: people of the platform, provinces and communes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sen.portal.person import Person, admitted
from sen.portal.session import Jar, begin
from sen.portal.settings import Settings
from sen.tenancy.desk import desk_of
from stacks.models.agency import Agency, agencies
from stacks.models.country import TYPICAL
from stacks.models.objects import GROUP, VERSION
from tests.bench.portal_load import Caller

# How often each page is opened, relative to the others; "under" loads itself with the first page.
WEIGHTS: Mapping[str, int] = {
    "home": 20,
    "under": 20,
    "environments": 10,
    "search": 8,
    "environment": 15,
    "request": 15,
    "inbox": 12,
    "overview": 6,
    "audit": 6,
    "reports": 6,
}
_WORDS = ("van ban", "ha noi", "mot cua", "da nang", "dich vu cong")
_LOOKED_AT = 200  # environments that one person of the platform chooses from
_PLATFORM, _ABOVE = 0.1, 0.3  # parts of all people; the others are of communes
LIST = f"/apis/{GROUP}/{VERSION}/namespaces/{{}}/tenantrequests?resourceVersion=0"


@dataclass(frozen=True)
class Someone:
    """A person, whose desk is theirs, and what they open."""

    person: Person
    agency: Agency
    pages: Mapping[str, Sequence[str]]


def people(count: int, opened: Sequence[Agency]) -> list[Someone]:
    """Give people as they would come: one in ten of the platform, three of provinces and bodies."""
    dice = random.Random(7)  # noqa: S311 - no secret: the same people each time
    first = [each for each in opened if each.is_first_level]
    communes = [each for each in opened if not each.is_first_level] or first
    platform, above = max(1, round(count * _PLATFORM)), round(count * _ABOVE)
    found = [_of_platform(number, opened, dice) for number in range(platform)]
    found += [_of_agency(number, dice.choice(first)) for number in range(above)]
    found += [_of_agency(number, dice.choice(communes)) for number in range(above, count)]
    return found[:count]


def _of_platform(number: int, opened: Sequence[Agency], dice: random.Random) -> Someone:
    seen = dice.sample(opened, min(_LOOKED_AT, len(opened)))
    seen.insert(0, dice.choice([each for each in opened if each.is_first_level]))
    person = admitted(f"dung{number}@sen.example.gov.vn", ["sen-platform"])
    pages = {**_everywhere(seen[0]), **_of_desks(seen), "home": [f"/?agency={seen[0].code}"]}
    return Someone(person, seen[0], {**pages, "audit": [f"/audit?agency={seen[0].code}"]})


def _of_agency(number: int, agency: Agency) -> Someone:
    """Give somebody who asks, or each second time somebody who decides."""
    role = "heads" if number % 2 else "requesters"
    prefix = agency.code.lower().replace(".", "-")
    person = admitted(f"{role}{number}@{prefix}.example.gov.vn", [f"{prefix}-{role}"])
    pages = {**_everywhere(agency), **_of_desks([agency])}
    if role == "heads":  # whom the desk's roles do not show environments
        pages.pop("environment")
    return Someone(person, agency, pages)


def _everywhere(agency: Agency) -> dict[str, list[str]]:
    pages = {
        "home": ["/"],
        "environments": ["/tenants", "/tenants?page=2", "/tenants?phase=Ready"],
        "search": [f"/tenants?q={quote(each)}" for each in _WORDS]
        + [f"/?find={quote(each)}" for each in _WORDS],
        "inbox": ["/inbox"],
        "overview": ["/overview"],
        "audit": ["/audit"],
        "reports": ["/reports", "/reports?by=level", "/reports?by=system"],
    }
    if agencies().children(agency.code):
        pages["under"] = [f"/agencies/{agency.code}/under"]
    return pages


def _of_desks(seen: Sequence[Agency]) -> dict[str, list[str]]:
    return {
        "environment": [
            f"/tenants/{each.code}/{desk_of(each.code).replace('desk', _slug(each))}"
            for each in seen
        ],
        "request": [f"/requests/{each.code}/{_slug(each)}-production" for each in seen],
    }


def _slug(agency: Agency) -> str:
    return TYPICAL[agency.level_of_government].value


def browsers(crowd: Sequence[Someone], servers: Sequence[str], given: Settings) -> list[Caller]:
    """Give each a session, and one of the copies by turns, as a Service does.

    Each comes from an address of their own, which a proxy before the portal tells it.
    """
    jar, now = Jar(given), given.clock().timestamp()
    return [
        Caller(
            servers[number % len(servers)],
            {
                "Cookie": jar.keep(begin(each.person, now)).partition(";")[0],
                "Accept-Encoding": "gzip",
                "X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}",
            },
            each.pages,
        )
        for number, each in enumerate(crowd)
    ]


def bare(crowd: Sequence[Someone], server: str) -> Iterator[Caller]:
    """Let the same people list the requests on their own desk, at the API server itself."""
    for each in crowd:
        groups = "\r\nImpersonate-Group: ".join(each.person.groups)
        headers = {
            "Impersonate-User": each.person.user,
            "Impersonate-Group": groups,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        yield Caller(server, headers, {"list": [LIST.format(desk_of(each.agency.code))]})
