"""What a platform is to be, before anything is started: its size, its durability, its ports."""

from sen.errors import MissingPartError
from sen.local import ports, record
from sen.local.platform import Platform
from sen.local.process import running
from sen.local.record import Record
from stacks.problem import Problem, ProblemError


def settled(
    platform: Platform, *, nodes: int | None, fsync: bool | None, new_ports: bool
) -> Record:
    """Merge what is asked with what is remembered; refuse ports that others hold."""
    known = platform.load()
    changes: dict[str, object] = {}
    if nodes is not None:
        if not 1 <= nodes <= record.MOST_NODES:
            raise ProblemError(Problem("local-nodes", str(nodes), {"most": record.MOST_NODES}))
        changes["nodes"] = nodes
    if fsync is not None:
        changes["fsync"] = fsync
    if new_ports or not known.ports:
        changes["ports"] = ports.choose(taken=_others(platform))
        return known.model_copy(update=changes)
    refuse_taken(platform, known)
    return known.model_copy(update=changes)


def refuse_taken(platform: Platform, known: Record) -> None:
    """Name every remembered port that somebody else listens on, and who."""
    problems = [
        Problem(
            "local-port-taken",
            f"127.0.0.1:{port}",
            {"part": listener, "holder": ports.holder(port), "platform": platform.name},
        )
        for listener, port in known.ports.items()
        if not _ours(known, listener) and not ports.becomes_free(port)
    ]
    if problems:
        raise MissingPartError(*problems)


def _ours(known: Record, listener: str) -> bool:
    part = known.parts.get(listener.removesuffix("-peer"))
    return part is not None and running(part) is not None


def _others(platform: Platform) -> set[int]:
    """Collect the ports that this user's other platforms remember while they are down."""
    records = platform.state.parent.glob("*/record.json")
    return {port for file in records for port in record.load(file).ports.values()}
