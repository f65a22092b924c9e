"""What the policies cost a pod: dry-run creates on one connection, with and without them.

`python -m tests.bench.admission [--platform NAME] [--requests N]` prints a table. The rounds take
turns, so that a busy minute of the machine falls on all of them alike.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from policies import load_rules
from policies.gates.admission import policy_objects
from policies.rule import Rule
from policies.sample import base
from sen.local.platform import Platform
from tests.policies.api_server import ApiServer, for_our_objects_only, marked, wait_until_none

HOME = "bench-admission"
PREFIX = "bench"
ROUNDS = 8
QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "limits"},
    "spec": {"hard": {"requests.cpu": "99", "requests.memory": "99Gi", "pods": "99"}},
}

Ask = Callable[[], float]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--platform", default="local")
    options.add_argument("--requests", type=int, default=1600)
    given = options.parse_args()
    platform = Platform(given.platform)
    server = ApiServer(str(platform.kubeconfig), platform.context)
    try:
        with policies(server, load_rules()) as count:
            rows = measured(server, given.requests // ROUNDS)
        sys.stdout.write(f"{len(load_rules())} rules, {count} policies\n\n{table(rows)}")
    finally:
        server.clean()


@contextmanager
def policies(server: ApiServer, rules: Sequence[Rule]) -> Iterator[int]:
    """Install all policies for objects that bear our mark, and wait until they are at work."""
    furnish(server)
    found = policy_objects(rules, PREFIX)
    for each in found:
        server.make(for_our_objects_only(each))
    wait_until_none(lambda: [] if server.ask(marked(bad()), HOME).refused else ["not at work"])
    wait_until_none(lambda: [server.ask(marked(good()), HOME).message or "x"][1:])
    yield len(found) // 2


def furnish(server: ApiServer) -> None:
    labels = {"sen.gov.vn/level": "5"}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": HOME, "labels": labels}}
    server.make(space)
    for name in ("default", "web"):
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
        server.make(account, HOME)
    server.make(QUOTA, HOME)
    hard = QUOTA["spec"]["hard"]  # type: ignore[index]
    status = {**QUOTA, "status": {"hard": hard, "used": dict.fromkeys(hard, "0")}}
    server.call("PUT", f"/api/v1/namespaces/{HOME}/resourcequotas/limits/status", status)


def good() -> dict[str, Any]:
    return json.loads(json.dumps(base("pod")))  # type: ignore[no-any-return]


def bad() -> dict[str, Any]:
    found = good()
    found["spec"]["containers"][0]["image"] = "nginx:latest"
    return found


def measured(server: ApiServer, requests: int) -> Mapping[str, list[float]]:
    """Ask in turns: a pod that no policy is bound to, one that passes, one that is refused."""
    ways: dict[str, dict[str, Any]] = {
        "no policy": good(),
        "all policies, admitted": marked(good()),
        "all policies, refused": marked(bad()),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, pod in ways.items():
            found[name] += (timed(server, pod, name) for _ in range(requests))
    return found


def timed(server: ApiServer, pod: Mapping[str, Any], name: str) -> float:
    started = time.perf_counter()
    answer = server.ask(pod, HOME)
    took = (time.perf_counter() - started) * 1000
    if answer.refused is not name.endswith("refused") or answer.invalid:
        raise RuntimeError(f"{name}: {answer.status} {answer.message}")
    return took


def table(rows: Mapping[str, list[float]]) -> str:
    lines = ["| pod | p50, ms | p95, ms | requests |", "|---|--:|--:|--:|"]
    for name, times in rows.items():
        p50, p95 = (percentile(times, share) for share in (0.5, 0.95))
        lines.append(f"| {name} | {p50:.1f} | {p95:.1f} | {len(times)} |")
    return "\n".join(lines) + "\n"


def percentile(times: Sequence[float], share: float) -> float:
    return sorted(times)[round(share * (len(times) - 1))]


if __name__ == "__main__":
    main()
