"""A page with the pictures and the tables of a plan; it loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import Path

from playbooks.migration.waves.answer import Bridge
from playbooks.migration.waves.document import bridge, document
from playbooks.migration.waves.picture.gantt import gantt
from playbooks.migration.waves.picture.network import network
from playbooks.migration.waves.plan import Plan
from playbooks.migration.waves.word import say
from stacks.problem import language

_MOST_ROWS = 500


def write_pictures(plan: Plan, folder: Path) -> None:
    """Write gantt.svg, graph.svg and plan.html."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {"gantt.svg": gantt(plan), "graph.svg": network(plan)}
    for name, picture in drawn.items():
        (folder / name).write_text(picture, "utf-8")
    (folder / "plan.html").write_text(page(plan, drawn), "utf-8")


def page(plan: Plan, drawn: Mapping[str, str]) -> str:
    """Give the page; in the reader's language."""
    style = resources.files(__package__).joinpath("page.css").read_text("utf-8")
    told = document(plan)
    parts = [
        f"<h1>{escape(say('title'))}</h1>",
        f"<p>{escape(summary(plan))}</p>",
        *_picture(say("gantt"), drawn["gantt.svg"]),
        *_picture(say("graph"), drawn["graph.svg"]),
        f'<p class="key">{escape(say("legend"))}</p>',
        *_table(say("bridges"), [_told(each) for each in plan.answer.bridges]),
        *_table(say("stays"), told["unplaced"]),
        *_table(say("placements"), told["placements"]),
    ]
    head = f'<!doctype html><html lang="{language().value}"><head><meta charset="utf-8">'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    title = f"<title>{escape(say('title'))}</title><style>{style}</style></head><body><main>"
    return "\n".join([head + view + title, *parts, "</main></body></html>\n"])


def summary(plan: Plan) -> str:
    """Give one sentence: how many systems, waves and bridges, what it costs, what is proven."""
    answer = plan.answer
    if answer.optimal:
        proof = say("proven")
    elif answer.bound:
        gap = 100 * (answer.cost - answer.bound) // answer.cost + 1
        proof = say("bounded", bound=answer.bound, gap=min(gap, 100))
    else:
        proof = say("unbounded")
    placed = sum(len(each.systems) for each in answer.waves)
    return say(
        "summary",
        placed=placed,
        systems=len(plan.inst.systems),
        waves=len(answer.waves),
        bridges=len(answer.bridges),
        cost=answer.cost,
        proof=proof,
    )


def _told(each: Bridge) -> dict[str, object]:
    return {**bridge(each), "kind": say(each.edge.kind)}


def _picture(title: str, drawn: str) -> list[str]:
    name = escape(title)
    frame = f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">'
    return [f"<h2>{name}</h2>", frame, drawn, "</div>"]


def _table(title: str, rows: object) -> Iterable[str]:
    found: Sequence[Mapping[str, object]] = rows if isinstance(rows, list) else []
    yield f"<h2>{escape(title)} ({len(found)})</h2>"
    if not found:
        yield f"<p>{escape(say('none'))}</p>"
        return
    heads = "".join(f'<th scope="col">{escape(say(f"column-{each}"))}</th>' for each in found[0])
    name = escape(title)
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table>'
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for row in found[:_MOST_ROWS]:
        cells = "".join(f"<td>{escape(_cell(each))}</td>" for each in row.values())
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"
    if len(found) > _MOST_ROWS:
        yield f"<p>{escape(say('more-rows', more=len(found) - _MOST_ROWS))}</p>"


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
