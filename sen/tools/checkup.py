"""Judge this machine part by part: what is there, what is missing, what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass

from sen.paths import cache_dir, state_dir
from sen.tools import machine
from sen.tools.catalogue import Catalogue
from sen.tools.inventory import Entry, State, inventory
from sen.tools.space import free_mib
from stacks.problem import Problem

MEMORY_GIB = 4
CACHE_MIB = 2048
STATE_MIB = 1024


@dataclass(frozen=True)
class Part:
    """One line of `sen doctor`."""

    name: str
    state: State
    found: str
    remedy: str = ""
    where: str = ""

    @property
    def fails(self) -> bool:
        return self.state in ("missing", "wrong version")

    def row(self) -> dict[str, object]:
        return {
            "part": self.name,
            "state": self.state,
            "found": self.found or None,
            "where": self.where or None,
            "remedy": self.remedy or None,
        }


def check_up(known: Catalogue) -> list[Part]:
    """Look at every part; nothing is changed."""
    tools = [tool_part(entry) for entry in inventory(known)]
    return [python_part(), *tools, *_programs(), *_resources(), *_optional()]


def python_part() -> Part:
    return Part("python", "ok", machine.python_version())


def tool_part(entry: Entry) -> Part:
    if entry.tool:
        found = f"{entry.tool.version} from {entry.tool.source}"
        return Part(entry.name, "ok", found, where=str(entry.tool.path))
    problem = entry.problem
    other = str(problem.values.get("found", "")) if problem else ""
    text = problem.text().removeprefix(f"{entry.name}: ") if problem else ""
    return Part(entry.name, entry.state, other, text)


def memory_part(gib: float) -> Part:
    found = f"{gib:.1f} GiB available"
    return _needed("memory", found, gib >= MEMORY_GIB, "doctor-memory", need=MEMORY_GIB)


def disk_part(name: str, mib: int, need: int, variable: str) -> Part:
    found = f"{mib / 1024:.1f} GiB free"
    return _needed(name, found, mib >= need, "doctor-disk", need=need, variable=variable)


def ports_part(count: int) -> Part:
    found = f"{count} free on 127.0.0.1"
    return _needed("ports", found, count >= machine.PORTS_WANTED, "doctor-ports")


def program_part(name: str, said: str | None) -> Part:
    return _needed(name, said or "", said is not None, "doctor-program", package=name)


def optional_part(name: str, said: str | None) -> Part:
    if said is not None:
        return Part(name, "ok", said)
    return Part(name, "optional missing", "", _remedy("doctor-optional", name))


def _programs() -> list[Part]:
    return [program_part(name, machine.first_line(name, "--version")) for name in ("git", "make")]


def _resources() -> list[Part]:
    cache, state = cache_dir(), state_dir()
    return [
        memory_part(machine.memory_gib()),
        disk_part("disk of the cache", free_mib(cache), CACHE_MIB, "XDG_CACHE_HOME"),
        disk_part("disk of the state", free_mib(state), STATE_MIB, "XDG_STATE_HOME"),
        ports_part(machine.free_ports()),
        Part("user", "ok", machine.user()),
    ]


def _optional() -> list[Part]:
    looks: dict[str, Callable[[], str | None]] = {
        "podman": lambda: machine.first_line("podman", "--version"),
        "runc": lambda: machine.first_line("runc", "--version"),
        "chromium": machine.chromium,
        "fonts": machine.vietnamese_font,
    }
    return [optional_part(name, look()) for name, look in looks.items()]


def _needed(name: str, found: str, good: bool, key: str, **values: object) -> Part:  # noqa: FBT001
    if good:
        return Part(name, "ok", found)
    return Part(name, "missing", found, _remedy(key, name, **values))


def _remedy(key: str, name: str, **values: object) -> str:
    return Problem(key, name, values).text().removeprefix(f"{name}: ")
