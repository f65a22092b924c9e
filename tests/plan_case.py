"""Print the plan of a case of tests/plans as it is, to be trimmed into its `expected.yaml`.

`python -m tests.plan_case small-commune`; nothing rewrites an expectation by itself.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import yaml

from stacks.components.registration import provider_for
from stacks.components.tenant import Tenant
from stacks.layers.baseline import build_baseline
from stacks.models.load import load_request
from stacks.settings import Cluster, parse_settings
from tests.cloud import Cloud, Plan

PLANS = Path(__file__).parent / "plans"
TENANTS = sorted(file.parent for file in PLANS.glob("*/request.yaml"))
LAYERS = sorted(file.parent for file in PLANS.glob("*/settings.yaml"))
TODAY = date(2026, 12, 1)
STACK = "case-north-staging"


def plan_of(case: Path) -> Plan:
    """Give what a case's request, or a baseline's settings, lead to."""
    return Cloud().plan(program_of(case), stack=STACK)


def program_of(case: Path):
    if case in LAYERS:
        given = yaml.safe_load((case / "settings.yaml").read_text("utf-8"))
        settings = parse_settings(given, case.name)
        return lambda: build_baseline(settings)
    request = load_request(case / "request.yaml", TODAY)
    north = Cluster(name="north", context="north-admin", requests_per_second=50)
    return lambda: Tenant(request, provider_for(north), protect=False)


def whole(value: object) -> object:
    """Give 443 for 443.0: the wire knows one kind of number only."""
    if isinstance(value, dict):
        return {key: whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def main(name: str) -> None:
    case = PLANS / name
    if case not in TENANTS + LAYERS:
        sys.exit(f"{name}: no such case; use {', '.join(each.name for each in TENANTS + LAYERS)}")
    inputs = {key: whole(each.inputs) for key, each in sorted(plan_of(case).items())}
    yaml.safe_dump(inputs, sys.stdout, allow_unicode=True, width=100)


if __name__ == "__main__":
    main(*sys.argv[1:])
