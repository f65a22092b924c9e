"""`sen migrate plan`: which system moves in which window, and which bridges that needs."""

import datetime as dt
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
import yaml

from playbooks.migration.waves.calendar.freeze import Freeze, freezes
from playbooks.migration.waves.document import document, json_lines
from playbooks.migration.waves.effort import Effort, seconds_for
from playbooks.migration.waves.graph import Id, Portfolio
from playbooks.migration.waves.picture.page import summary, write_pictures
from playbooks.migration.waves.plan import Plan, plan_of
from playbooks.migration.waves.previous import moved, windows_in
from playbooks.migration.waves.reading import graph_in, portfolio_of, unknown
from playbooks.migration.waves.staying import staying, without
from playbooks.migration.waves.word import say
from sen.cli.output import Output, OutputOption, show
from sen.local.platform import Platform
from stacks.models.document import COUNTRY_LIMIT_BYTES, read
from stacks.problem import Problem

_INSTANT = dt.timedelta(microseconds=1)
MOST_KEYS = 10

GraphOption = Annotated[
    Path, typer.Option(help="JSON: systems, edges, windows, freezes; - reads standard input.")
]
SecondsOption = Annotated[
    float | None,
    typer.Option(min=0.1, max=3600, help="Effort; else 15 up to 200 systems, less above."),
]
PreviousOption = Annotated[
    Path | None,
    typer.Option(help="An earlier answer as JSON: a system that moves costs as a weak edge."),
]
FreezeOption = Annotated[
    list[Freeze] | None, typer.Option(help="Freeze the calendar's days too; may be repeated.")
]
StaysOption = Annotated[
    list[str] | None, typer.Option(help="Strategy whose systems do not move: retain; repeatable.")
]
PictureOption = Annotated[
    Path | None, typer.Option(help="Folder for gantt.svg, graph.svg and plan.html.")
]


ApplyOption = Annotated[
    str | None,
    typer.Option(help="Write the waves to the platform, as objects of a plan of this name."),
]
NameOption = Annotated[str, typer.Option("--name", help="Which platform on this machine.")]


def plan(  # noqa: PLR0913 - one option each
    *,
    graph: GraphOption,
    seconds: SecondsOption = None,
    previous: PreviousOption = None,
    freeze: FreezeOption = None,
    stays: StaysOption = None,
    picture: PictureOption = None,
    apply: ApplyOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Plan the waves: few cut dependencies, every limit kept.

    Example: sen migrate plan --graph systems.json --freeze tet --picture plan
    """
    if apply:
        from sen.migration import planned  # noqa: PLC0415 - the cluster's client takes a second

        planned.check_name(apply)
    data = graph_in(_content(graph), str(graph))
    if keys := unknown(data):
        more = {"keys": ", ".join(keys[:MOST_KEYS])}
        sys.stderr.write(f"{Problem('wave-keys-unknown', str(graph), more).text()}\n")
    whole = _frozen(portfolio_of(data, str(graph)), freeze or [])
    earlier = windows_in(_content(previous), str(previous)) if previous else {}
    portfolio = without(whole, stays or [])
    effort = Effort(seconds or seconds_for(len(portfolio.systems)), previous=earlier)
    found = plan_of(portfolio, effort)
    rest = staying(whole, stays or [])
    found = replace(found, answer=replace(found.answer, unplaced=found.answer.unplaced + rest))
    if picture:
        write_pictures(found, picture)
    _print(found, output, earlier)
    if apply:
        _applied(found, apply, Platform.existing(name))


def _applied(found: Plan, name: str, platform: Platform) -> None:
    """Write the objects, and say on the side what became of each."""
    from sen.migration import planned  # noqa: PLC0415 - the cluster's client takes a second
    from sen.migration.objects import Waves  # noqa: PLC0415

    for each in planned.apply(found, name, Waves(platform.kubeconfig, platform.context)):
        sys.stderr.write(f"{each.name}: {each.does} ({each.window}, {each.systems})\n")


def _content(path: Path) -> str:
    return sys.stdin.read() if str(path) == "-" else read(path, COUNTRY_LIMIT_BYTES).content


def _frozen(portfolio: Portfolio, rules: list[Freeze]) -> Portfolio:
    years = {
        year
        for window in portfolio.windows
        for year in range(window.span.start.year, window.span.end.year + 1)
    }
    return replace(portfolio, freezes=portfolio.freezes + freezes(rules, years))


def _print(found: Plan, output: Output, earlier: Mapping[Id, Id]) -> None:
    told = document(found)
    if earlier:
        now = {each: wave.window for wave in found.answer.waves for each in wave.systems}
        told = {**told, "moved": moved(earlier, now)}
    if output is Output.JSON:
        sys.stdout.writelines(json_lines(told))
    elif output is Output.YAML:
        yaml.dump(dict(told), sys.stdout, yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    else:
        for line in _tables(found, told):
            sys.stdout.write(f"{line}\n")
        if earlier:
            sys.stdout.write(f"{say('moved', moved=told['moved'], known=len(earlier))}\n")


def _tables(found: Plan, told: Mapping[str, object]) -> Iterator[str]:
    """Show the tables one after the other, the summary last: a terminal shows its end."""
    show(_wave_rows(found), Output.TABLE)
    for title, key in (("placements", "placements"), ("bridges", "bridges"), ("stays", "unplaced")):
        rows = told[key]
        if isinstance(rows, list) and rows:
            show(rows, Output.TABLE, title=say(title))
    yield summary(found)


def _wave_rows(found: Plan) -> list[dict[str, object]]:
    systems = {each.id: each for each in found.portfolio.systems}
    windows = {each.id: each for each in found.portfolio.windows}
    return [
        {
            "window": str(each.window),
            "start": f"{windows[each.window].span.start:%Y-%m-%d %H:%M}",
            "end": f"{windows[each.window].span.end - _INSTANT:%Y-%m-%d %H:%M}",
            "systems": len(each.systems),
            "gib": f"{float(sum(systems[one].gib for one in each.systems)):g}",
            "which": ", ".join(map(str, each.systems)),
        }
        for each in found.answer.waves
    ]
