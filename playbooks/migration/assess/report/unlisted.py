"""Machines that others talk to, or that talk to them, and that no inventory names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from html import escape

from playbooks.migration.assess.report.table import counted
from playbooks.migration.assess.report.word import both
from playbooks.migration.discover.estate import Estate, Flow

_NAMED = 5


def unlisted(estate: Estate) -> Iterator[str]:
    """Give a heading and a table, the most seen first; nothing where all are known."""
    known = {each.name for each in estate.hosts}
    flows: dict[str, list[Flow]] = defaultdict(list)
    for each in estate.flows:
        for end in {each.source, each.target} - known:
            flows[end].append(each)
    if not flows:
        return
    ordered = sorted(flows, key=lambda name: (-sum(each.count for each in flows[name]), name))
    rows = [_row(name, flows[name]) for name in ordered]
    heads, why = ("machine", "called-by", "calls-to", "seen"), f"<p>{both('unlisted-why')}</p>"
    yield from counted("unlisted", heads, rows, {3}, why)


def _row(name: str, flows: list[Flow]) -> list[str]:
    callers = [f"{each.source} ({_port(each)})" for each in flows if each.target == name]
    called = [f"{each.target} ({_port(each)})" for each in flows if each.source == name]
    seen = str(sum(each.count for each in flows))
    return [escape(name), escape(_few(callers)), escape(_few(called)), seen]


def _port(flow: Flow) -> str:
    return f"{flow.protocol}/{flow.port}"


def _few(words: list[str]) -> str:
    kept = list(dict.fromkeys(words))
    more = f" +{len(kept) - _NAMED}" if len(kept) > _NAMED else ""
    return ", ".join(kept[:_NAMED]) + more
