"""The book of agencies: one entry a code, found by code, alias, or name however it is spelled."""

import datetime as dt
import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stacks.models.body import Agency, AgencyKind, Government
from stacks.models.spelling import fold, same_marks, split_prefix
from stacks.problem import Problem, ProblemError

# Document-exchange packets write the levels the other way round: 000.00.00.H26.
_PACKET_ORDER = re.compile(r"^(?:0+\.)+([GHK]\d{2})$")
_CLOSEST = 5


@dataclass(frozen=True)
class Match:
    """An agency that answers a search.

    Attributes:
        formerly: What was searched for, when that body ended and `agency` took over.
        since: First day on which `agency` stood for it.

    """

    agency: Agency
    formerly: Agency | None = None
    since: dt.date | None = None


class AgencyBook:
    """Every agency by code and by name; nothing here changes after it is made."""

    def __init__(self, every: Iterable[Agency]) -> None:
        self._codes = {agency.code: agency for agency in every}
        self._names: dict[str, list[Agency]] = defaultdict(list)
        self._children: dict[str, list[Agency]] = defaultdict(list)
        for agency in self._codes.values():
            for name in _names(agency):
                self._names[name].append(agency)
            if agency.parent:
                self._children[agency.parent].append(agency)

    def get(self, code: str, on: dt.date | None = None) -> Agency:
        """Give the agency with exactly this code; with a day, only if the code holds then."""
        agency = self._codes.get(code.upper())
        if agency is None:
            raise ProblemError(self.unknown(code))
        if on is not None and not agency.holds_on(on):
            raise ProblemError(self.ended(agency))
        return agency

    def all(self, kind: AgencyKind | None = None, *, ended: bool = False) -> tuple[Agency, ...]:
        """Give the agencies of today, or of all times, in the order of their codes."""
        chosen = (
            agency
            for agency in self._codes.values()
            if (kind is None or agency.kind is kind) and (ended or agency.successor is None)
        )
        return tuple(sorted(chosen, key=lambda agency: agency.code))

    def children(self, code: str) -> tuple[Agency, ...]:
        """Give the agencies right below one."""
        return tuple(self._children.get(self.get(code).code, ()))

    def first_level(self, agency: Agency) -> Agency:
        """Give the ministry or province above an agency, itself if it is one."""
        return agency if agency.parent is None else self.first_level(self._codes[agency.parent])

    def resolve(self, text: str) -> Agency:
        """Give the one agency that is meant; refuse when there is none, several, or it ended."""
        match = self.answer(text)
        if match.formerly is not None:
            raise ProblemError(self.ended(match.formerly))
        return match.agency

    def answer(self, text: str) -> Match:
        """Give the one agency that is meant, or the successor of one that ended."""
        found = self.named(text)
        live = [agency for agency in found if agency.successor is None]
        gone = [agency for agency in found if agency.successor is not None]
        # A ministry or province goes before communes of its name, one that ended too.
        for choice in ([agency for agency in live if agency.is_first_level], gone[:1], live):
            if len(choice) == 1:
                return self._match(choice[0])
        raise ProblemError(self._several(text, live) if live else self.unknown(text))

    def find(self, text: str, limit: int = 20) -> list[Match]:
        """Give what fits a search, best first; a body that ended is answered by its successor."""
        words = fold(text)
        fitting = self.named(text) if words else []
        if words:
            fitting += self._spelled_like(words)
        unique = dict.fromkeys(agency.code for agency in fitting)
        return [self._match(self._codes[code]) for code in unique][:limit]

    def named(self, text: str) -> list[Agency]:
        """Give the agencies, ended ones too, that bear exactly this code, alias or name."""
        code = _PACKET_ORDER.sub(r"\1", text.strip().upper())
        if code in self._codes:
            return [self._codes[code]]
        whole = self._by_name(text)
        if whole or "," not in text:
            return whole
        name, _, province = text.rpartition(",")
        above = {agency.code for agency in self._by_name(province)}
        return [agency for agency in self._by_name(name) if agency.parent in above]

    def unknown(self, text: str) -> Problem:
        """Say that nobody is called so, and who comes closest."""
        near = [self._label(match.agency) for match in self.find(text, _CLOSEST)]
        key = "agency-unknown" if near else "agency-unknown-nothing-close"
        return Problem(key, text, {"closest": "; ".join(near)})

    def ended(self, agency: Agency) -> Problem:
        """Say that a body ended, when, and who took over."""
        if agency.successor is None or agency.valid_to is None:
            return Problem("agency-not-yet", self._label(agency), {"since": agency.valid_from})
        successor = self._codes[agency.successor]
        values = {
            "until": agency.valid_to,
            "successor": successor.title,
            "successor_code": successor.code,
        }
        return Problem("agency-ended", self._label(agency), values)

    def _by_name(self, text: str) -> list[Agency]:
        words = fold(text)
        found = self._names.get(words)
        if found is None:
            kinds, bare = split_prefix(words)
            found = [a for a in self._names.get(bare, ()) if not kinds or a.kind in kinds]
        exact = [a for a in found if same_marks(a.name, text) or same_marks(a.title, text)]
        return list(exact or found)

    def _spelled_like(self, words: str) -> list[Agency]:
        close = difflib.get_close_matches(words, self._names, n=_CLOSEST, cutoff=0.75)
        within = sorted((name for name in self._names if words in name), key=_rank)
        return [agency for name in (*within, *close) for agency in self._names[name]]

    def _match(self, agency: Agency) -> Match:
        if agency.successor is None or agency.valid_to is None:
            return Match(agency)
        since = agency.valid_to + dt.timedelta(days=1)
        return Match(self._codes[agency.successor], formerly=agency, since=since)

    def _several(self, text: str, found: Sequence[Agency]) -> Problem:
        labels = "; ".join(self._label(agency) for agency in found)
        return Problem("agency-several", text, {"count": len(found), "choices": labels})

    def _label(self, agency: Agency) -> str:
        where = f", {self._codes[agency.parent].name}" if agency.parent else ""
        return f"{agency.title}{where} ({agency.code})"


def _rank(name: str) -> tuple[int, str]:
    return len(name), name


def _names(agency: Agency) -> set[str]:
    """Give every folded name an agency answers to."""
    plain = (agency.code, agency.name, agency.title, agency.name_en or "", *agency.aliases)
    names = {fold(name) for name in plain if name}
    if agency.level_of_government is Government.COMMUNE and agency.gso_code:
        names.add(agency.gso_code)
    if agency.kind is AgencyKind.MINISTRY:
        names.add(fold(agency.name).removeprefix("bo "))
    return names
