"""Runs the demo: `python -m tests.demo_migration --out migration-demo`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sen.demo import build
from sen.demo.systems import AGENCIES
from sen.local import up
from sen.local.platform import Platform
from sen.tenancy import listing
from stacks.problem import ProblemError
from tests.demo_migration.command import NotDoneError, Phases
from tests.demo_migration.hosts import room
from tests.demo_migration.pictures import Camera
from tests.demo_migration.portal import furnish
from tests.demo_migration.scenario import Case

TENANT = "h26-00070-one-stop-shop-production"
CITIZENS, PAPERS = 100_000, 400


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo-migration", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("migration-demo"))
    parser.add_argument("--name", default="local", help="which platform on this machine")
    parser.add_argument("--citizens", type=int, default=CITIZENS)
    parser.add_argument("--pictures", type=Path, help="folder for the tutorial's pictures")
    parser.add_argument("--papers", type=int, default=PAPERS)
    asked = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    try:
        run(asked, stamp)
    except (NotDoneError, ProblemError, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def run(asked: argparse.Namespace, stamp: str) -> None:
    """Have a tenant and hosts, go the whole way, and show what came of it."""
    out = asked.out.resolve() / stamp
    out.mkdir(parents=True)
    platform, phases = Platform(asked.name), Phases()
    with phases.phase("tenant") as phase:
        up(platform)
        tenant(platform)
        phase.said = f"{TENANT} on platform {platform.name}"
    with ExitStack() as stack:
        secret = stack.enter_context(tempfile.TemporaryDirectory(prefix="sen-demo-"))
        with phases.phase("hosts") as phase:
            found = stack.enter_context(room(Path(secret)))
            furnish(found, asked.citizens, asked.papers)
            phase.said = f"{asked.citizens} citizens in TCVN3, {asked.papers} papers"
        who, camera = (found, platform, out, TENANT), Camera(asked.pictures)
        case = Case(*who, asked.citizens, f"w{stamp}", camera=camera, phases=phases)
        try:
            case.go()
        finally:
            show(case)


def tenant(platform: Platform) -> None:
    """Build the tenant that takes the portal, with those of its agency, where it is not there."""
    there = {row["namespace"] for row in listing.tenants(platform.kubeconfig, platform.context)}
    if TENANT not in there:
        build.build_baseline(platform, told=lambda _: None)
        build.build_tenants(platform, [("H26", [AGENCIES / "h26"])], told=lambda _: None)


def show(case: Case) -> None:
    """Print what came of it, and keep it beside the reports."""
    last = case.proofs[-1] if case.proofs else None
    found = {
        "seconds": {each.name: round(each.seconds, 1) for each in case.phases.done},
        "downtime_seconds": {name: round(each, 1) for name, each in case.downtime.items()},
        "requests_lost": sum(len(each.lost) for each in case.proofs),
        "requests": last.requests if last else 0,
        "citizens_garbled": sum(len(each.garbled) for each in case.proofs),
        "citizens": last.citizens if last else 0,
        "rules_broken_before_and_after": case.levels(),
        "answers_that_were_errors": case.unexpected,
    }
    (case.out / "summary.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    table = Table("phase", "seconds", "what came of it")
    for each in case.phases.done:
        table.add_row(each.name, f"{each.seconds:.1f}", each.said)
    Console().print(table)
    sys.stdout.write(f"Results: {case.out}\n")


if __name__ == "__main__":
    sys.exit(main())
