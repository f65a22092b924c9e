"""The portfolio: one page with all systems, its pictures, and the same as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from html import escape
from urllib.parse import quote

from playbooks.migration.assess.assessment import RISKS, Assessed, Assessment
from playbooks.migration.assess.report.chart import bars
from playbooks.migration.assess.report.table import facts, money, page, table
from playbooks.migration.assess.report.unlisted import unlisted
from playbooks.migration.assess.report.word import both, plain, words
from playbooks.migration.assess.rule import Strategy
from playbooks.migration.discover.estate import Estate

HEADS = ("system", "agency", "strategy", "risk", "effort", "level", "size", "platform", "today")
NUMBERS = {4, 7, 8}
DANGER = ("#2f855a", "#d97706", "#b3261e")


def file_of(system: Assessed) -> str:
    return f"systems/{quote(system.id, safe='')}.html"


def link_of(system: Assessed) -> str:
    """Give the link to a system's page: a percent in a file's name is one more escape."""
    return quote(file_of(system))


def portfolio(assessment: Assessment, estate: Estate) -> str:
    """Give the page."""
    systems = assessment.systems
    moving = [each.cost for each in systems if each.moves]
    pictures = "".join(
        f"<figure><figcaption>{both(f'chart-{name}')}</figcaption>"
        f'<img src="{name}.svg" alt="{escape(plain(f"chart-{name}"))}"></figure>'
        for name in ("strategy", "risk", "support")
    )
    title = words()["portfolio"]["vi"]
    return page(
        title,
        [
            f"<h1>{both('portfolio')}</h1>",
            f"<p>{both('as-of')}: {assessment.day:%d/%m/%Y}</p>",
            facts(
                [
                    ("systems", str(len(systems))),
                    ("hosts", str(sum(len(each.group.hosts) for each in systems))),
                    ("effort", str(sum(each.effort_days for each in systems))),
                    ("platform", money(sum(each.platform_vnd for each in moving))),
                    ("today-moving", money(sum(each.today_vnd for each in moving))),
                    ("today", money(sum(each.cost.today_vnd for each in systems))),
                ]
            ),
            f'<div class="charts">{pictures}</div>',
            f"<h2>{both('systems')}</h2>",
            table(plain("systems"), HEADS, [_row(each) for each in systems], NUMBERS),
            f"<p>* {both('estimated')} {_table_day(systems)}</p>",
            *unlisted(estate),
        ],
    )


def _table_day(systems: Iterable[Assessed]) -> str:
    days = {each.cost.estimate_from for each in systems if each.cost.estimate_from}
    return ", ".join(f"{day:%d/%m/%Y}" for day in sorted(days)) or "–"


def _row(each: Assessed) -> list[str]:
    link = f'<a href="{link_of(each)}">{escape(each.group.name or each.id)}</a>'
    level = str(each.level) if each.level else both("unknown")
    star = " *" if each.cost.today_estimated else ""
    return [
        link,
        escape(each.group.agency) or both("unknown"),
        both(each.strategy.value),
        both(each.risk_class),
        str(each.effort_days),
        level,
        each.target.size.value,
        money(each.cost.platform_vnd) if each.moves else "–",
        money(each.cost.today_vnd) + star,
    ]


def pictures(assessment: Assessment, estate: Estate) -> dict[str, str]:
    """Draw the three charts: file's name → SVG."""
    strategies = {each.value: plain(each.value) for each in Strategy}
    risks = {word: plain(word) for _, word in reversed(RISKS)}
    return {
        "strategy.svg": bars(
            plain("chart-strategy"),
            _by_agency(assessment, lambda each: each.strategy.value),
            strategies,
        ),
        "risk.svg": bars(
            plain("chart-risk"), _by_agency(assessment, lambda each: each.risk_class), risks, DANGER
        ),
        "support.svg": bars(plain("chart-support"), _by_year(estate), {"hosts": plain("hosts")}),
    }


def _by_agency(
    assessment: Assessment, what: Callable[[Assessed], str]
) -> list[tuple[str, Mapping[str, int]]]:
    found: dict[str, Counter[str]] = {}
    for each in assessment.systems:
        agency = each.group.agency or words()["unknown"]["vi"]
        found.setdefault(agency, Counter())[what(each)] += 1
    return [(agency, found[agency]) for agency in sorted(found)]


def _by_year(estate: Estate) -> list[tuple[str, Mapping[str, int]]]:
    ends = [each.system.support_end for each in estate.hosts]
    years = Counter(str(each.year) if each else words()["unknown"]["vi"] for each in ends)
    return [(year, {"hosts": years[year]}) for year in sorted(years)]


def markdown(assessment: Assessment) -> str:
    """Give the portfolio as Markdown."""
    lines = [f"# {plain('portfolio')}", "", f"{plain('as-of')}: {assessment.day}", ""]
    lines += ["| " + " | ".join(plain(each) for each in HEADS) + " |", "|---" * len(HEADS) + "|"]
    for each in assessment.systems:
        star = " *" if each.cost.today_estimated else ""
        cells = [
            each.id,
            each.group.agency,
            plain(each.strategy.value),
            plain(each.risk_class),
            str(each.effort_days),
            str(each.level or "?"),
            each.target.size.value,
            money(each.cost.platform_vnd),
            money(each.cost.today_vnd) + star,
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    for each in assessment.systems:
        lines += ["", f"## {each.id}", "", f"{plain('strategy')}: {plain(each.strategy.value)}", ""]
        lines += [f"- {reason.vi} / {reason.en}" for reason in each.reasons]
    return "\n".join(lines) + "\n"
