"""Tables and lists of facts as HTML; every cell is escaped where it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import resources

from playbooks.migration.assess.report.word import both, plain

NUMBER = "number"
MOST_ROWS = 200


def table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: set[int]
) -> str:
    """Give a table that scrolls by itself; cells are HTML already."""
    kind = [f' class="{NUMBER}"' if at in numbers else "" for at in range(len(heads))]
    head = "".join(f'<th scope="col"{kind[at]}>{both(each)}</th>' for at, each in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{kind[at]}>{cell}</td>" for at, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def counted(
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: set[int],
    why: str = "",
) -> Iterator[str]:
    """Give a heading, why it matters (HTML) and a table; a long one ends with where the rest is."""
    yield f"<h2>{both(title)} ({len(rows)})</h2>{why}"
    yield table(plain(title), heads, rows[:MOST_ROWS], numbers)
    if len(rows) > MOST_ROWS:
        yield f"<p>… {both('more-in-estate')}</p>"


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Give facts as a list of cards; values are HTML already."""
    cards = "".join(f"<div><dt>{both(key)}</dt><dd>{value}</dd></div>" for key, value in pairs)
    return f'<dl class="facts">{cards}</dl>'


def page(title: str, parts: Iterable[str]) -> str:
    """Give a whole page in Vietnamese with English beside it."""
    style = resources.files(__package__).joinpath("page.css").read_text("utf-8")
    head = (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body><main>"
    )
    return "\n".join([head, *parts, "</main></body></html>\n"])


def money(vnd: int) -> str:
    """Give dong as Viet Nam writes them: 1.250.000."""
    return f"{vnd:,}".replace(",", ".")
