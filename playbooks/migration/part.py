"""What every part of a system's move is: a database, files, a web server, an endpoint."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from playbooks.migration.steps import Step
from playbooks.migration.verify import Verdict


class Part(Protocol):
    """Something that moves, in four series of steps.

    Steps may be done again at any time. Between `fill` and `switch` days may pass; from the first
    step of `switch` to its last nobody can write; `back` gives back what was written since.
    """

    @property
    def name(self) -> str:
        """Name of the part within its system: letters, digits, `_`."""
        ...

    def fill(self) -> list[Step]:
        """Bring everything over while the old system is in use."""
        ...

    def switch(self) -> list[Step]:
        """Stop writing, bring the rest, make the new end the one, keep the old one following."""
        ...

    def back(self) -> list[Step]:
        """Return to the old end with all that was written on the new one."""
        ...

    def finish(self) -> list[Step]:
        """End the way back."""
        ...

    def verify(self) -> Verdict:
        """Compare both ends; asked between the stop of writing and the opening of the new end."""
        ...


@runtime_checkable
class Releasing(Protocol):
    """A part that keeps something beside what it brought, until a person gives it up."""

    def release(self) -> list[Step]:
        """Drop it; asked after `finish`, when the old end may be gone."""
        ...


def steps_of(parts: Iterable[Part], series: str) -> list[Step]:
    """Give the steps of a series of all parts; each is named after its part."""
    return [
        dataclasses.replace(step, name=f"{part.name}: {step.name}")
        for part in parts
        for step in getattr(part, series)()
    ]


class Bystander:
    """A part that does nothing while people are led over: it prepares, or tidies up."""

    def rehearsal(self) -> list[Step]:
        """Give what may be tried beforehand and changes nothing."""
        return []

    def switch(self) -> list[Step]:
        return []

    def back(self) -> list[Step]:
        return []

    def finish(self) -> list[Step]:
        return []

    def verify(self) -> Verdict:
        """Compare nothing: there is no other end."""
        return Verdict([])
