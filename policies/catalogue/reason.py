"""What shows a control that no rule judges: a test of this project, or why there is neither."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.catalogue.instrument import FOLDER
from policies.text import Closed, Text
from policies.yaml_file import read

Probe = Annotated[str, Field(pattern=r"^tests/[a-z0-9_/]+\.py::test_[a-z0-9_]+$")]


class Reason(Closed):
    """What is said about one control.

    Attributes:
        probes: Tests that show it, as pytest names them: `tests/e2e/test_x.py::test_y`.
        why: Why neither rule nor probe shows it, or the half of it that they do not show.
    """

    probes: tuple[Probe, ...] = ()
    why: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.probes and self.why is None:
            raise ValueError("name a probe, or say why there is none")
        return self


@cache
def reasons() -> dict[str, Reason]:
    """Read `reasons.yaml`, by control."""
    known: dict[str, object] = read(FOLDER / "reasons.yaml")
    return {control: Reason.model_validate(each) for control, each in known.items()}
