"""The register of people's evidence: documents and attestations that show a control is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
from calendar import monthrange
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import yaml
from filelock import FileLock
from pydantic import Field, ValidationError, model_validator

from policies.catalogue import Automation, Control, Regime, binding, control, regime_on, shelf_life
from policies.control import OLD_STANDARD
from policies.rule import reasons
from policies.text import Closed
from policies.yaml_file import read
from sen.catalogue.coverage import coverage
from sen.local.files import private_folder, write_private
from sen.paths import state_dir
from stacks.problem import Problem, ProblemError

MONTHS_BY_DEFAULT = 12
CHUNK = 1 << 20
Words = Annotated[str, Field(min_length=2, max_length=200, pattern=r"^\S[^\x00-\x1f\x7f]*\S$")]
System = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")]


class EvidenceState(StrEnum):
    """How people's evidence for a control stands on a day.

    Attributes:
        STALE: Its last day is over.
        CHANGED: The file is not the one that was registered.
        MISSING: There is no document, or its file is gone.
    """

    PRESENT = "present"
    STALE = "stale"
    CHANGED = "changed"
    MISSING = "missing"


BEST = (EvidenceState.PRESENT, EvidenceState.CHANGED, EvidenceState.STALE, EvidenceState.MISSING)


class Document(Closed):
    """One document or attestation.

    Attributes:
        file: Where it lies, seen from the register's folder, or in full.
        valid_until: Last day on which it counts.
        sha256: What the file was when it was registered.
    """

    control: str
    title: Words
    owner: Words
    date: dt.date
    valid_until: dt.date
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until < self.date:
            raise ValueError("valid_until is before date")
        return self

    def state(self, folder: Path, day: dt.date) -> EvidenceState:
        """Say how it stands; what is dated later than the day does not count yet."""
        path = folder / self.file
        if self.date > day or not path.is_file():
            return EvidenceState.MISSING
        if digest(path) != self.sha256:
            return EvidenceState.CHANGED
        return EvidenceState.STALE if day > self.valid_until else EvidenceState.PRESENT


class Register(Closed):
    system: System
    documents: tuple[Document, ...] = ()

    @model_validator(mode="after")
    def _names_controls(self) -> Self:
        for each in self.documents:
            if control(each.control).id != each.control:
                raise ValueError(f"{each.control}: write the whole id of the control")
        return self


def default_folder() -> Path:
    return state_dir() / "catalogue" / "evidence"


def load(system: str, folder: Path | None = None) -> Register:
    """Read a system's register; one that was never written is empty.

    Raises:
        ProblemError: The name is no system's, or the file is malformed.
    """
    path = file_of(system, folder)
    try:
        if not path.exists():
            return Register(system=system)
        found = Register.model_validate(read(path))
    except ValidationError as error:
        raise ProblemError(_bad(path, reasons(error))) from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise ProblemError(_bad(path, f"{error}".splitlines()[0])) from None
    if found.system != system:
        raise ProblemError(_bad(path, f"system {found.system} != {system}"))
    return found


def add(system: str, document: Document, folder: Path | None = None) -> Register:
    """Write a document into a system's register, in place of an older one of the same file.

    Raises:
        ProblemError: The register is malformed, or cannot be written.
    """
    path = file_of(system, folder)
    try:
        private_folder(path.parent)
        with FileLock(path.with_suffix(".lock")):
            register = load(system, folder)
            same = (document.control, document.file)
            others = (each for each in register.documents if (each.control, each.file) != same)
            new = register.model_copy(update={"documents": (*others, document)})
            text = yaml.safe_dump(new.model_dump(mode="json"), allow_unicode=True, sort_keys=False)
            write_private(path, text)
    except OSError as error:
        raise ProblemError(_bad(path, error.strerror or type(error).__name__)) from None
    return new


def until(day: dt.date, control_id: str, level: int | None) -> dt.date:
    """Give the last day of evidence of a day: by the control's interval, else a year.

    Without a level the shortest interval of all levels counts.
    """
    levels = (level,) if level else tuple(control(control_id).clauses)
    known = [months for each in levels if (months := shelf_life(control_id, each))]
    return later(day, min(known, default=MONTHS_BY_DEFAULT))


def later(day: dt.date, months: int) -> dt.date:
    """Give the same day so many months later, or the month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def evidence_state(
    system: str,
    level: int,
    day: dt.date,
    *,
    folder: Path | None = None,
    regime: Regime | None = None,
) -> Mapping[str, EvidenceState]:
    """Say for each control that people must show how its evidence stands on a day.

    Args:
        system: Name of the system.
        level: Its level.
        day: The day asked about.
        folder: Where the registers lie; by default in the platform's state.
        regime: What binds the system; by default what binds a system classified on that day.

    Raises:
        ProblemError: The register is malformed.
    """
    register = load(system, folder)
    place = file_of(system, folder).parent
    shown = {each.control.id for each in coverage(level) if not each.needs_people}
    return {
        each.id: _best(register, each.id, place, day)
        for each in binding(level, regime or regime_on(day))
        if each.id not in shown and not _of_old_platform(each)
    }


def file_of(system: str, folder: Path | None = None) -> Path:
    """Give the register's file.

    Raises:
        ProblemError: The name could lead elsewhere.
    """
    try:
        Register(system=system)
    except ValidationError:
        raise ProblemError(Problem("catalogue-bad-system", system)) from None
    return (folder or default_folder()) / f"{system}.yaml"


def digest(path: Path) -> str:
    """Give a file's SHA-256.

    Raises:
        ProblemError: It cannot be read.
    """
    sha = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(CHUNK):
                sha.update(part)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProblemError(
            Problem("catalogue-unreadable-document", str(path), {"reason": reason})
        ) from None
    return sha.hexdigest()


def _of_old_platform(control: Control) -> bool:
    """Say whether it is a technical group of the old standard: its heirs' rules show it."""
    return control.instrument == OLD_STANDARD and control.automation is Automation.PLATFORM


def _best(register: Register, control_id: str, folder: Path, day: dt.date) -> EvidenceState:
    states = [each.state(folder, day) for each in register.documents if each.control == control_id]
    return min(states, key=BEST.index, default=EvidenceState.MISSING)


def _bad(path: Path, reason: str) -> Problem:
    return Problem("catalogue-bad-register", str(path), {"reason": reason})


def seen_from(file: Path, folder: Path) -> str:
    """Give a file's place as the register keeps it: short inside its folder, else in full."""
    whole, place = file.resolve(), folder.resolve()
    return str(whole.relative_to(place) if whole.is_relative_to(place) else whole)
