"""How each part is: pid, uptime, memory, health, port, log."""

from dataclasses import dataclass

from sen.local.health import WELL, verdict
from sen.local.lifecycle import PROGRAMS, parts_of
from sen.local.parts import Part
from sen.local.platform import Platform
from sen.local.process import memory_mib, running, uptime_seconds
from sen.local.record import Record

DOWN = "down"
SIMULATED_NODES = "nodes are simulated (kwok): no container runs here"


@dataclass(frozen=True)
class PartStatus:
    """One part as it is now; what is not known of a part that is down is None."""

    part: str
    health: str
    log: str
    pid: int | None = None
    uptime_seconds: int | None = None
    memory_mib: float | None = None
    port: int | None = None

    @property
    def healthy(self) -> bool:
        return self.health == WELL


def status(platform: Platform) -> list[PartStatus]:
    """Look at each part; looking changes nothing and waits for nobody."""
    if not platform.exists:
        return [PartStatus(name, DOWN, str(platform.log(name))) for name in PROGRAMS]
    known = platform.load()
    return [_status(platform, known, part) for part in parts_of(platform, known)]


def _status(platform: Platform, known: Record, part: Part) -> PartStatus:
    log, port = str(platform.log(part.program)), part.ports[0]
    started = known.parts.get(part.program)
    process = running(started) if started else None
    if process is None:
        return PartStatus(part.program, DOWN, log, port=port)
    return PartStatus(
        part=part.program,
        health=verdict(platform, part),
        log=log,
        pid=process.pid,
        uptime_seconds=uptime_seconds(process),
        memory_mib=memory_mib(process),
        port=port,
    )
