"""Which regime binds a system on a day: the old standard and decree, or the new ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from policies.catalogue.instrument import RegimeName, Sources, Standing, book, instruments
from policies.text import Text
from stacks.problem import Problem, ProblemError

OLD, NEW = RegimeName.TCVN11930, RegimeName.TCVN14423


@dataclass(frozen=True)
class Regime:
    """What binds one system on one day.

    Attributes:
        name: The regime whose measures hold on the day.
        classified: When the system's level was approved; none: it has none yet.
        until: Last day of this regime for this system; none: no end is known.
        notes: What the transition demands of it.
    """

    name: RegimeName
    day: date
    classified: date | None = None
    until: date | None = None
    notes: tuple[Text, ...] = ()

    @property
    def sources(self) -> Sources:
        return book().regimes[self.name]

    def binds(self, control: str) -> bool:
        """Say whether a control's instrument binds the system: not of the other regime, in force.

        The old standard ended for new dossiers, but goes on for a system of the old regime.
        """
        instrument = control.partition("/")[0]
        other = book().regimes[NEW if self.name is OLD else OLD].instruments
        if instrument in self.sources.instruments:
            return True
        if instrument in other:
            return self.name is OLD and self._duty_of_all(control)
        known = instruments().get(instrument)
        return known is not None and known.standing(self.day) is Standing.IN_FORCE

    def _duty_of_all(self, control: str) -> bool:
        """Say whether it is a duty of the new decree that binds old systems at once."""
        transition = book().transition
        decree = book().regimes[NEW].decree
        mine = control.startswith(f"{decree}/") and control not in transition.measures
        return mine and self.day >= transition.starts


def regime_on(day: date, classified: date | None = None, under: str | None = None) -> Regime:
    """Say which regime binds a system on a day.

    Args:
        day: The day asked about.
        classified: When the system's level was approved, if it was.
        under: `tcvn11930` or `tcvn14423`; by default what the dates say.

    Raises:
        ProblemError: There is no such regime, or the dates do not fit it.
    """
    chosen = _named(under) or _by_date(classified or day)
    _check(chosen, day, classified)
    if chosen is NEW:
        return Regime(NEW, day, classified)
    transition = book().transition
    until = transition.classify_by if classified is None else transition.measures_by
    if day > until:
        return Regime(NEW, day, classified, notes=(note("over", until=until),))
    told = day >= transition.invested_before
    return Regime(OLD, day, classified, until, (_duty(classified),) if told else ())


def note(key: str, **more: date) -> Text:
    """Give a note of the transition with its days filled in."""
    transition = book().transition
    days = {"until": transition.measures_by, **transition.model_dump(exclude={"notes"}), **more}
    said = transition.notes[key]
    return Text(vi=said.vi.format(**days), en=said.en.format(**days))


def next_day(regime: Regime) -> date:
    """Give the day from which the new regime binds a system of the old one."""
    return (regime.until or book().transition.measures_by) + timedelta(days=1)


def _duty(classified: date | None) -> Text:
    before = classified is not None and classified < book().transition.invested_before
    return note("classified" if before else "in-investment")


def _named(under: str | None) -> RegimeName | None:
    if under is None:
        return None
    try:
        return RegimeName(under.lower())
    except ValueError:
        known = ", ".join(RegimeName)
        raise ProblemError(Problem("catalogue-unknown-regime", under, {"known": known})) from None


def _by_date(day: date) -> RegimeName:
    return OLD if day < book().transition.starts else NEW


def _check(chosen: RegimeName, day: date, classified: date | None) -> None:
    transition = book().transition
    if classified is not None and classified > day:
        raise ProblemError(Problem("catalogue-classified-later", str(classified), {"day": day}))
    if chosen is NEW and (classified or day) < transition.starts:
        raise ProblemError(
            Problem("catalogue-regime-not-yet", chosen, {"starts": transition.starts})
        )
    if chosen is OLD and classified is not None and classified > transition.classify_by:
        last = transition.classify_by
        raise ProblemError(Problem("catalogue-regime-over", chosen, {"last": last}))
