"""Whether each tenant keeps the rules, as the live gate sees its namespace: condition `Compliant`.

Called by `sen.operator.rounds`; nothing is written here. What cannot be looked at is Unknown,
never True.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from policies.finding import Finding, Verdict
from policies.gates.choice import Choice
from policies.gates.live import Audit
from policies.rule import Action, load_rules
from policies.waiver import load_register, waived
from sen.budget.reading import read
from sen.checks.cluster import Connection, told
from sen.checks.profile import chosen
from sen.operator.plan import Said
from sen.runs.recover import Reach
from sen.waivers.reading import readable

TYPE = "Compliant"
MOST_RULES = 20

Object = Mapping[str, Any]


def judge(platform: Reach, now: dt.datetime | None = None) -> list[tuple[Object, Said]]:
    """Look at the cluster once, waivers honoured, and say of each Tenant how it keeps the rules.

    Raises:
        MissingPartError: The API server does not answer.
        RefusedError: The platform may not read its own cluster.
    """
    tenants = read(platform.kubeconfig, platform.context).tenants
    if not tenants:
        return []
    server = Connection(platform.kubeconfig, platform.context)
    choice: Choice = chosen(load_rules())
    day = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).date()
    register = readable(load_register(), server).register
    with told(server.name):
        look = Audit(server, choice).look()
    look = look.changed(lambda found: waived(found, register, day))
    homes = {each.target.namespace for each in look.judged}
    return verdicts(tenants, look.told, homes)


def verdicts(
    tenants: Iterable[Object], findings: Iterable[Finding], seen: Iterable[str]
) -> list[tuple[Object, Said]]:
    """Say of each tenant what its findings mean; one whose namespace nobody saw is Unknown."""
    looked_at = set(seen)
    broken: dict[str, dict[Verdict, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in findings:
        if each.action is Action.DENY:
            broken[each.target.namespace][each.verdict].add(each.rule)
    return [(each, _said(_home(each), broken, looked_at)) for each in tenants]


def _said(home: str, broken: Mapping[str, Mapping[Verdict, set[str]]], seen: set[str]) -> Said:
    if home not in seen:
        return Said("Unknown", "NotSeen", home)
    found = broken.get(home, {})
    failed = found.get(Verdict.FAIL, set())
    if failed:
        return Said("False", "RulesBroken", _named(failed))
    unsure = found.get(Verdict.UNDETERMINED, set())
    if unsure:
        return Said("Unknown", "Undetermined", _named(unsure))
    exempt = found.get(Verdict.WAIVED, set())
    return Said("True", "RulesKept", f"waived: {_named(exempt)}" if exempt else "")


def _named(rules: set[str]) -> str:
    """Name rules, the first of many."""
    more = len(rules) - MOST_RULES
    shown = ", ".join(sorted(rules)[:MOST_RULES])
    return f"{shown}, + {more}" if more > 0 else shown


def _home(tenant: Object) -> str:
    return str(tenant["spec"]["namespace"])
