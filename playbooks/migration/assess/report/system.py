"""The page of one system: what to do, why, what was seen, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from playbooks.migration.assess.assessment import Assessed
from playbooks.migration.assess.question import questions
from playbooks.migration.assess.report.details import details
from playbooks.migration.assess.report.table import facts, money, page, table
from playbooks.migration.assess.report.word import both, pair, plain
from playbooks.migration.discover.estate import Estate, Flow
from playbooks.migration.discover.model import Host
from stacks.problem import Language, Problem


def system_page(each: Assessed, estate: Estate) -> str:
    """Give the page."""
    hosts = [host for host in estate.hosts if host.name in each.group.hosts]
    names = set(each.group.hosts)
    flows = [flow for flow in estate.flows if {flow.source, flow.target} & names]
    name = each.group.name or each.id
    return page(
        name,
        [
            f'<p><a href="../index.html">{both("back")}</a></p>',
            f"<h1>{escape(name)}</h1>",
            facts(_verdict(each)),
            f"<h2>{both('reasons')}</h2>",
            _reasons(each),
            f"<h2>{both('weights')}</h2>",
            _weights(each),
            f"<h2>{both('questions')}</h2>",
            _questions(each),
            f"<h2>{both('facts')}</h2>",
            facts(_seen(each)),
            f"<h2>{both('hosts')}</h2>",
            _hosts(hosts),
            *_not_seen(hosts),
            *details(hosts),
            f"<h2>{both('flows')}</h2>",
            _flows(flows),
        ],
    )


def _verdict(each: Assessed) -> list[tuple[str, str]]:
    cost, target = each.cost, each.target
    word = "estimated" if cost.today_estimated else "given"
    day = f" {cost.estimate_from:%d/%m/%Y}" if cost.estimate_from else ""
    level = str(each.level) if each.level else both("level-unknown")
    if each.level_reason:
        level += f": {pair(each.level_reason['vi'], each.level_reason['en'])}"
    quota = target.quota
    size = f"{target.size.value} ({quota.cpu} CPU, {quota.memory_gib} + {quota.storage_gib} GiB)"
    return [
        ("strategy", both(each.strategy.value)),
        ("margin", str(each.margin)),
        ("risk", f"{both(each.risk_class)} ({each.risk}/100)"),
        ("effort", str(each.effort_days)),
        ("level", level),
        ("data-class", both(each.data_class)),
        ("size", f"{size}; {both('measured' if target.measured else 'not-measured')}"),
        ("platform", f"{money(cost.platform_vnd)} ({cost.prices_from:%d/%m/%Y})"),
        ("today", f"{money(cost.today_vnd)}; {both(word)}{day}"),
        ("owner", escape(each.group.owner) or both("unknown")),
        ("agency", escape(each.group.agency) or both("unknown")),
    ]


def _reasons(each: Assessed) -> str:
    rows = [
        [
            pair(reason.vi, reason.en),
            ", ".join(f"{both(key)} {value:+d}" for key, value in reason.adds.items()),
        ]
        for reason in each.reasons
    ]
    return table(plain("reasons"), ("reason", "adds"), rows, set())


def _weights(each: Assessed) -> str:
    ordered = sorted(each.weights.items(), key=lambda pair_: -pair_[1])
    rows = [[both(strategy.value), str(weight)] for strategy, weight in ordered]
    return table(plain("weights"), ("strategy", "weight"), rows, {1})


def _questions(each: Assessed) -> str:
    rows = [
        [f"{pair(question.vi, question.en)} <code>{escape(question.id)}</code>"]
        for question in questions()
        if question.id in each.open_questions
    ]
    if not rows:
        return f"<p>{both('no-questions')}</p>"
    return table(plain("questions"), ("question",), rows, set())


def _seen(each: Assessed) -> list[tuple[str, str]]:
    seen, grown = each.facts, each.facts.growth_gib_month
    services = f"{seen.sites}; {', '.join(seen.engines) or '0'}; {seen.own_jobs}"
    return [
        ("os", escape(", ".join(seen.os)) or both("unknown")),
        ("services", escape(services)),
        ("callers", str(seen.callers)),
        ("data", f"{seen.data_gib:g}"),
        ("growth", both("growth-unknown") if grown is None else f"{grown:g}"),
        ("licences", escape(", ".join(seen.licences)) or "0"),
    ]


def _hosts(hosts: Iterable[Host]) -> str:
    rows = [
        [
            escape(host.name),
            both(host.state.value),
            escape(host.system.title) or both("unknown"),
            f"{host.system.support_end:%d/%m/%Y}" if host.system.support_end else both("unknown"),
        ]
        for host in hosts
    ]
    return table(plain("hosts"), ("hosts", "state", "os", "support-end"), rows, set())


def _not_seen(hosts: Sequence[Host]) -> list[str]:
    """Say what was not seen of the hosts and why, in the words of the catalogue."""
    told = [
        Problem(reason.key, host.name, dict(reason.values))
        for host in hosts
        for reason in host.reasons
    ]
    if not told:
        return []
    items = "".join(
        f"<li>{pair(each.text(Language.VI), each.text(Language.EN))}</li>" for each in told
    )
    return [f"<h2>{both('not-seen')}</h2>", f"<ul>{items}</ul>"]


def _flows(flows: Sequence[Flow]) -> str:
    if not flows:
        return f"<p>{both('no-flows')}</p>"
    rows = [
        [
            escape(each.source),
            escape(each.target),
            f"{escape(each.protocol)}/{each.port}",
            escape(" → ".join(one for one in (each.client, each.server) if one)),
            str(each.count),
            f"{each.confidence:.0%}",
        ]
        for each in flows
    ]
    heads = ("from", "to", "port", "process", "seen", "confidence")
    return table(plain("flows"), heads, rows, {4, 5})
