"""The options that all checks share, put behind the ones that each has of its own."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from policies.rule import Severity
from sen.checks.profile import Profile
from sen.findings.formats import Format
from stacks.problem import Language


@dataclass(frozen=True)
class Options:
    """What a person says on the command line about every check."""

    profile: Annotated[
        Profile | None, typer.Option(help="Hold everything to a standard at a level.")
    ] = None
    level: Annotated[
        int | None,
        typer.Option(min=1, max=5, help="Level where no namespace or host says one; else 5."),
    ] = None
    rule: Annotated[
        list[str] | None, typer.Option(help="Only this rule; may be given several times.")
    ] = None
    fail_on: Annotated[
        Severity | None,
        typer.Option(help="Exit 1 from this severity on; without it, on what a rule refuses."),
    ] = None
    output: Annotated[Format, typer.Option("--output", "-o", help="How to write the report.")] = (
        Format.TABLE
    )
    out: Annotated[
        Path | None, typer.Option(help="Write the report to this file, not to the terminal.")
    ] = None
    lang: Annotated[
        Language | None, typer.Option(help="Language of the report; else SEN_LANG, the locale.")
    ] = None
    passes: Annotated[
        bool, typer.Option("--passes", help="JSON and YAML also list what passed.")
    ] = False
    today: Annotated[str | None, typer.Option(help="Judge as on this day, year-month-day.")] = None
    record: Annotated[
        bool, typer.Option("--record/--no-record", help="Keep the run for later reports.")
    ] = False

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.rule or ())

    def scope(self, looked_at: str) -> str:
        """Say what was looked at and by what: a run over some rules replaces none over all."""
        part = [*filter(None, (self.profile,)), *sorted(self.rules)]
        return f"{looked_at} ({', '.join(part)})" if part else looked_at


Command = Callable[..., None]


def checked(*, record: bool = False) -> Callable[[Command], Command]:
    """Give a command the shared options; it gets them together as its argument `options`.

    `record` says whether its runs are kept unless one says otherwise.
    """

    def wrap(command: Command) -> Command:
        own = inspect.signature(command, eval_str=True)
        shared = inspect.signature(Options, eval_str=True).parameters.values()
        kept = [each for each in own.parameters.values() if each.name != "options"]
        added = [_option(each, record=record) for each in shared]

        @functools.wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401 - whatever Typer read
            options = Options(**{each.name: given.pop(each.name) for each in added})
            command(**given, options=options)

        every = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*kept, *added)]
        run.__signature__ = own.replace(parameters=every)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in every} | {"return": None}
        del run.__wrapped__
        return run

    return wrap


def _option(parameter: inspect.Parameter, *, record: bool) -> inspect.Parameter:
    return parameter.replace(default=record) if parameter.name == "record" else parameter
