"""A host as rules see it: facts that were read before, what the inventory declares, and the day."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from policies.gates.hosts.declared import Declared
from policies.gates.hosts.fact import Readings
from policies.rule import Parameter

Parameters = Mapping[str, Parameter]
LIKE_RED_HAT = frozenset({"rhel", "fedora", "centos", "rocky", "almalinux", "ol"})

_WHY = {
    "container": "in a container this shows the machine below, not the host",
    "slow": "reading it took too long",
}


class UnreadableError(Exception):
    """What the rule needs to see could not be read; the message says why."""


class NotHereError(Exception):
    """The host has nothing that the rule is about; the message says what is missing."""


@dataclass(frozen=True)
class Host:
    """One host.

    Attributes:
        readings: The facts, by name; `facts.yaml` says what each is.
        declared: What the inventory says about the host.
        today: The day for which is asked.
    """

    readings: Readings
    declared: Declared = field(default_factory=Declared)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def read(self, name: str) -> str:
        """Give a fact's text.

        Raises:
            UnreadableError: It could not be read.
        """
        reading = self.readings.facts.get(name)
        if reading is None:
            raise UnreadableError(f"{name}: not read")
        if reading.missing == "root":
            said = self.readings.no_root or "not root"
            raise UnreadableError(f"{name}: only root can read it ({said})")
        if reading.missing:
            raise UnreadableError(f"{name}: {_WHY.get(reading.missing, reading.missing)}")
        return reading.text

    def lines(self, name: str) -> list[str]:
        return [line for line in self.read(name).splitlines() if line.strip()]

    @cached_property
    def packages(self) -> frozenset[str]:
        """Give the names of the packages.

        Raises:
            UnreadableError: There is no list of packages.
        """
        found = self.lines("packages")
        if not found or any(" " in name for name in found):
            raise UnreadableError("packages: none was listed")
        return frozenset(found)

    @property
    def in_container(self) -> bool:
        return self.readings.container != "none"

    @cached_property
    def release(self) -> dict[str, str]:
        """Give what /etc/os-release says."""
        pairs = (line.partition("=") for line in self.lines("os") if "=" in line)
        return {key: "".join(_words(value)[:1]) for key, _, value in pairs}

    @property
    def like_debian(self) -> bool:
        return "debian" in self._kin

    @property
    def like_red_hat(self) -> bool:
        return bool(LIKE_RED_HAT & self._kin)

    @property
    def _kin(self) -> frozenset[str]:
        said = f"{self.release.get('ID', '')} {self.release.get('ID_LIKE', '')}"
        return frozenset(said.split())


def _words(value: str) -> list[str]:
    try:
        return shlex.split(value)
    except ValueError:
        return [value]


def number(parameters: Parameters, name: str) -> int:
    """Give a parameter that must be a number."""
    value = parameters[name]
    if not isinstance(value, int):
        raise TypeError(f"{name} is no number")
    return value


def names(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Give a parameter that must be a list of words."""
    value = parameters[name]
    if not isinstance(value, tuple):
        raise TypeError(f"{name} is no list")
    return value
