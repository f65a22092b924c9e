"""How each control of a level stands: the worst of what was seen, and what is lacking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from policies.catalogue import equivalents, shelf_life
from policies.catalogue.selection import binding
from policies.control import OLD_STANDARD, Automation, Control
from policies.finding import Gate
from sen.assessment.seen import Seen
from sen.assessment.weight import Lack, Moment, Status, later, weigh

# How long what was seen stays seen where the standard sets no interval: its own longest.
LONGEST_MONTHS = 12
Shelf = Callable[[str, int], int | None]
WORST_FIRST = {status: place for place, status in enumerate(Status)}


class Eye(StrEnum):
    """What a gate can see; a rule needs one of them."""

    CLUSTER = "cluster"
    HOST = "host"
    CLOUD = "cloud"


def eye_of(gate: Gate) -> Eye:
    """Give what a gate sees: plans, files, admission and live all see a cluster's objects."""
    return {Gate.HOST: Eye.HOST, Gate.CLOUD: Eye.CLOUD}.get(gate, Eye.CLUSTER)


@dataclass(frozen=True)
class Attested:
    """A document or attestation of people that shows a control, and how it stands.

    Attributes:
        status: Pass while it counts, stale when its last day is over; not assessed where the file
            is gone, or is not the one that was registered.
    """

    control: str
    status: Status
    reference: str
    owner: str = ""
    given: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Knowledge:
    """What the states are made from, beside the moment.

    Attributes:
        seen: What was seen of each control, as `Store.latest` gives it.
        attested: People's evidence by control.
        ruled: At which kinds of gate rules look at a control, by control.
        looked: Kinds of gate that have looked at the system at all.
    """

    seen: Mapping[str, Sequence[Seen]] = field(default_factory=dict)
    attested: Mapping[str, Attested] = field(default_factory=dict)
    ruled: Mapping[str, frozenset[Eye]] = field(default_factory=dict)
    looked: frozenset[Eye] = frozenset()
    shelf: Shelf = shelf_life


@dataclass(frozen=True)
class State:
    """One control of one system at one moment.

    Attributes:
        months: How long what was seen of it stays seen.
        seen: What speaks for it, with its worth: worst first, then newest first.
        lacks: Why it is not assessed, or not wholly.
    """

    control: Control
    level: int
    status: Status
    months: int
    seen: tuple[tuple[Status, Seen], ...] = ()
    attested: Attested | None = None
    lacks: tuple[Lack, ...] = ()

    @property
    def last(self) -> Seen | None:
        """Give what was seen last."""
        every = (each for _, each in self.seen)
        return max(every, key=lambda each: each.finding.seen_at, default=None)

    @property
    def deciding(self) -> Seen | None:
        """Give the finding that decides: the newest of the worst; what is lacking has none."""
        return self.seen[0][1] if self.seen else None

    @property
    def stale_from(self) -> datetime | None:
        """Give when the oldest of what speaks for it goes, or went, stale."""
        times = [later(each.finding.seen_at, self.months) for _, each in self.seen]
        return min(times, default=None)

    @property
    def gates(self) -> tuple[str, ...]:
        return tuple(sorted({each.finding.gate.value for _, each in self.seen}))

    @property
    def objects(self) -> int:
        return len({each.finding.target for _, each in self.seen})


def states(moment: Moment, known: Knowledge) -> tuple[State, ...]:
    """Give every control that binds the system, seen or not, in the catalogue's order."""
    return tuple(state(each, moment, known) for each in binding(moment.level, moment.regime))


def state(control: Control, moment: Moment, known: Knowledge) -> State:
    """Give one control's state: the worst of the rules' half and of people's half."""
    months = known.shelf(control.id, moment.level) or LONGEST_MONTHS
    names = _names(control)
    every = [each for name in names for each in known.seen.get(name, ())]
    seen, lacks = _seen(every, months, moment)
    eyes = frozenset(eye for name in names for eye in known.ruled.get(name, ()))
    ruled = bool(eyes or every)
    if not seen and not lacks:
        lacks = (Lack.NEVER_SEEN if ruled else Lack.NO_RULE,)
    attested = known.attested.get(control.id)
    halves = [status for status, _ in seen] or [Status.NOT_ASSESSED]
    if seen and not eyes <= known.looked:
        halves.append(Status.NOT_ASSESSED)
        lacks += tuple(_BLIND[eye] for eye in Eye if eye in eyes - known.looked)
    if control.automation is Automation.EVIDENCE and not ruled:
        halves, lacks = [], ()
    if needs_people(control):
        halves.append(attested.status if attested else Status.NOT_ASSESSED)
        lacks += _PAPER_LACKS[attested.status if attested else Status.NOT_ASSESSED]
    return State(control, moment.level, worst(halves), months, seen, attested, lacks)


_PAPER_LACKS: Mapping[Status, tuple[Lack, ...]] = {
    Status.PASS: (),
    Status.STALE: (Lack.EVIDENCE_ENDED,),
    Status.NOT_ASSESSED: (Lack.NO_EVIDENCE,),
}
_BLIND = {
    Eye.CLUSTER: Lack.NO_CLUSTER_RUN,
    Eye.HOST: Lack.NO_HOST_RUN,
    Eye.CLOUD: Lack.NO_CLOUD_RUN,
}


def needs_people(control: Control) -> bool:
    """Say whether people must show a control, wholly or in part, by a document."""
    return control.automation is not Automation.PLATFORM


def _names(control: Control) -> tuple[str, ...]:
    """Give under which ids rules speak of a control: the old standard's under their heirs'."""
    if control.instrument == OLD_STANDARD:
        return equivalents(control.id)
    return (control.id,)


def worst(statuses: Iterable[Status]) -> Status:
    """Give the worst; of none, not assessed."""
    return min(statuses, key=WORST_FIRST.__getitem__, default=Status.NOT_ASSESSED)


def _seen(
    every: Sequence[Seen], months: int, moment: Moment
) -> tuple[tuple[tuple[Status, Seen], ...], tuple[Lack, ...]]:
    """Weigh what was seen until then; what says nothing leaves its reason behind."""
    weighed = [
        (*weigh(each.finding, months, moment), each)
        for each in every
        if each.finding.seen_at <= moment.at
    ]
    counted = [(status, each) for status, _, each in weighed if status is not None]
    counted.sort(key=lambda pair: (WORST_FIRST[pair[0]], -pair[1].finding.seen_at.timestamp()))
    silent = all(status is Status.NOT_ASSESSED for status, _ in counted)
    lacks = dict.fromkeys(
        lack for status, lack, _ in weighed if lack and (status is not None or silent)
    )
    return tuple(counted), tuple(lacks)
