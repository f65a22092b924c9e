"""Up, down, reset: each safe to call twice, by two people, and after a crash."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from sen.errors import MissingPartError
from sen.local import buckets, cluster, ports, process, record
from sen.local.companions import kwok, versitygw
from sen.local.configuration import prepare
from sen.local.control_plane import (
    etcd,
    kube_apiserver,
    kube_controller_manager,
    kube_scheduler,
)
from sen.local.files import PRIVATE_FILE, private_folder
from sen.local.health import WELL, verdict
from sen.local.log import last_lines
from sen.local.parts import Part, PartOf
from sen.local.patience import wait_until
from sen.local.platform import Platform
from sen.local.record import Record
from sen.local.settling import settled
from sen.tools import Tool, find
from stacks.problem import Problem

# The order of starting; within a row nobody waits for another.
FOUNDATION: tuple[PartOf, ...] = (etcd, kube_apiserver, versitygw)
CONTROLLERS: tuple[PartOf, ...] = (kube_controller_manager, kube_scheduler, kwok)
PROGRAMS = (
    "etcd",
    "kube-apiserver",
    "versitygw",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
)
# Ending goes the other way: whoever writes ends before what it writes to.
ENDING = (
    ("kwok", "kube-scheduler", "kube-controller-manager"),
    ("kube-apiserver", "versitygw"),
    ("etcd",),
)
BEFORE_START: Mapping[str, Callable[[Platform], None]] = {"kwok": cluster.release_leases}
START_SECONDS = 90.0
END_SECONDS = 20.0
LOCK_SECONDS = 180.0

Report = Callable[[str], None]


def silent(_: str) -> None:
    """Report nothing."""


def up(
    platform: Platform,
    nodes: int | None = None,
    *,
    fsync: bool | None = None,
    new_ports: bool = False,
    report: Report = silent,
) -> None:
    """Bring the platform up, or what is missing of it; None keeps what was chosen before."""
    tools = programs()
    with _alone(platform):
        if new_ports:
            _end_all(platform)
        known = settled(platform, nodes=nodes, fsync=fsync, new_ports=new_ports)
        record.save(platform.record_file, known)
        for name in prepare(platform, datetime.now(UTC)):
            report(f"certificate made: {name}")
        _start(platform, FOUNDATION, tools, report)
        report("roles, nodes and buckets")
        cluster.furnish(platform, known.nodes)
        buckets.make_buckets(platform)
        _start(platform, CONTROLLERS, tools, report)
        if not wait_until(lambda: cluster.nodes_ready(platform), START_SECONDS):
            raise _failed(platform, "kwok", "its nodes are not ready")


def down(platform: Platform) -> None:
    """End exactly the processes that `up` started; data stay."""
    with _alone(platform):
        _end_all(platform)


def reset(platform: Platform) -> None:
    """End the platform and remove all of its state."""
    with _alone(platform):
        _end_all(platform)
        if platform.state.exists():
            shutil.rmtree(platform.state)


def parts_of(platform: Platform, known: Record) -> tuple[Part, ...]:
    return tuple(part(platform, known) for part in (*FOUNDATION, *CONTROLLERS))


@contextmanager
def _alone(platform: Platform) -> Iterator[None]:
    private_folder(platform.lock_file.parent)
    lock = FileLock(platform.lock_file, timeout=LOCK_SECONDS, mode=PRIVATE_FILE)
    try:
        lock.acquire()
    except Timeout as error:
        raise MissingPartError(
            Problem("local-busy", f"platform {platform.name}", {"seconds": int(LOCK_SECONDS)})
        ) from error
    try:
        yield
    finally:
        lock.release()


def programs() -> Mapping[str, Tool]:
    """Find every program before anything begins; all missing ones are named at once."""
    found: dict[str, Tool] = {}
    problems: list[Problem] = []
    for program in PROGRAMS:
        try:
            found[program] = find(program)
        except MissingPartError as error:
            problems.extend(error.problems)
    if problems:
        raise MissingPartError(*problems)
    return found


def _start(
    platform: Platform, row: Sequence[PartOf], tools: Mapping[str, Tool], report: Report
) -> None:
    parts = [part(platform, platform.load()) for part in row]
    for part in parts:
        if _start_one(platform, part, tools[part.program]):
            report(f"{part.program} started")
    for part in parts:
        _await(platform, part)
        report(f"{part.program} is well")


def _start_one(platform: Platform, part: Part, tool: Tool) -> bool:
    """Start a part unless it runs as it should; the record is written before anything else."""
    known = platform.load()
    digest = part.digest(tool.path, tool.version)
    mine = known.parts.get(part.program)
    if mine and process.running(mine):
        if mine.digest == digest:
            return False
        process.end([mine], END_SECONDS)
        all(ports.becomes_free(port) for port in part.ports)
    if part.program in BEFORE_START:
        BEFORE_START[part.program](platform)
    environment = {"PATH": os.defpath, "HOME": str(platform.state), **part.environment}
    command = [str(tool.path), *part.arguments]
    started = process.start(command, environment, platform.log(part.program), digest)
    record.save(platform.record_file, known.with_part(part.program, started))
    return True


def _await(platform: Platform, part: Part) -> None:
    started = platform.load().parts[part.program]

    def decided() -> bool:
        return process.running(started) is None or verdict(platform, part) == WELL

    in_time = wait_until(decided, START_SECONDS)
    if process.running(started) is None:
        raise _failed(platform, part.program, "ended at start")
    if not in_time:
        raise _failed(platform, part.program, verdict(platform, part))


def _failed(platform: Platform, program: str, reason: str) -> MissingPartError:
    lines = "\n".join(last_lines(platform.log(program), 10))
    values = {"reason": reason, "lines": lines, "platform": platform.name}
    return MissingPartError(Problem("local-part-failed", program, values))


def _end_all(platform: Platform) -> None:
    known = platform.load()
    for row in ENDING:
        process.end([known.parts[name] for name in row if name in known.parts], END_SECONDS)
        for name in row:
            known = known.without_part(name)
    if platform.record_file.exists():
        record.save(platform.record_file, known)
