"""`sen migrate discover`: what runs on old servers, and what talks to what."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from playbooks.migration.discover import ask
from playbooks.migration.discover.compile import compiled
from playbooks.migration.discover.estate import Estate, load, without, write
from playbooks.migration.discover.imports import collected, inventory, netflow, nmap
from playbooks.migration.discover.model import Host, State
from playbooks.migration.discover.survey import Record, Survey, Target, keep, place
from policies.gates.hosts.inventory import Entry
from policies.gates.hosts.inventory import load as entries_in
from sen.cli.output import Output, OutputOption, show
from sen.evidence.place import chain_of
from sen.evidence.record import Act
from sen.local.platform import Platform
from stacks.models.document import COUNTRY_LIMIT_BYTES, read
from stacks.problem import Problem, ProblemError
from stacks.remote import Remote

One = TypeVar("One")
FOLDER = re.compile(r"/[^\s]*")
PATTERN = re.compile(r"[^\s]+")

InventoryArgument = Annotated[
    Path | None, typer.Argument(help="Ansible inventory of the hosts; may be left out.")
]
OutOption = Annotated[Path, typer.Option(help="Folder for estate.json and a file per host.")]
ConfigOption = Annotated[
    Path | None, typer.Option("--ssh-config", help="Settings of ssh, with the known keys.")
]
SamplesOption = Annotated[int, typer.Option(min=1, max=1000, help="Times connections are read.")]
EveryOption = Annotated[int, typer.Option(min=1, max=3600, help="Seconds between two readings.")]
AllowOption = Annotated[
    list[str] | None, typer.Option(help="Read configuration only in this folder; repeatable.")
]
DenyOption = Annotated[
    list[str] | None, typer.Option(help="Never open what fits this pattern; repeatable.")
]
ParallelOption = Annotated[int, typer.Option(min=1, max=64, help="Hosts at once.")]
FreshOption = Annotated[
    float, typer.Option(min=0, help="Hours for which a host that was seen is not asked again.")
]
MachinesOption = Annotated[list[Path] | None, typer.Option(help="CSV of machines, RVTools' too.")]
NmapOption = Annotated[list[Path] | None, typer.Option("--nmap", help="XML of nmap -oX.")]
ConnectionsOption = Annotated[
    list[Path] | None, typer.Option(help="CSV of NetFlow, conntrack; or `conntrack -L`.")
]
CollectedOption = Annotated[
    Path | None,
    typer.Option("--collected", help="Folder of answers that playbooks/discover.yml fetched."),
]
GoneOption = Annotated[
    list[str] | None,
    typer.Option("--gone", help="Take this host out of the estate: it is no more; repeatable."),
]
NameOption = Annotated[str, typer.Option("--name", help="Platform whose evidence records it.")]


def discover(  # noqa: PLR0913 - one option each
    hosts: InventoryArgument = None,
    *,
    out: OutOption = Path("estate"),
    ssh_config: ConfigOption = None,
    samples: SamplesOption = 3,
    every: EveryOption = 1,
    allow: AllowOption = None,
    deny: DenyOption = None,
    parallel: ParallelOption = 8,
    fresh_for: FreshOption = 1.0,
    machines: MachinesOption = None,
    nmap_files: NmapOption = None,
    connections: ConnectionsOption = None,
    collected_in: CollectedOption = None,
    gone: GoneOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Discover what runs on hosts and what talks to what; read-only, without an agent.

    Example: sen migrate discover inventory.yaml --samples 10 --every 6 --out estate
    """
    if not (hosts or machines or nmap_files or connections or collected_in or gone):
        raise ProblemError(Problem("discover-nothing", "INVENTORY"))
    entries = [each for each in entries_in(hosts) if each.name not in (gone or ())] if hosts else []
    targets = [target(each, ssh_config) for each in entries]
    asking = ask.Asking(samples, every, _allowed(allow), (*ask.DENY, *_patterns(deny)))
    known = _known(machines, nmap_files, connections)
    earlier = load(out / "estate.json") if gone or (out / "estate.json").exists() else None
    if earlier and gone:
        earlier = _taken_out(earlier, gone, out / "hosts")
    record = recorder(name)
    survey = Survey(
        out / "hosts", asking, _now, record, dt.timedelta(hours=fresh_for), parallel=parallel
    )
    seen = [_told(host, asked=asked) for host, asked in survey.run(targets)]
    seen += _collected(collected_in, out / "hosts")
    estate = compiled(seen, earlier, known, _now())
    write(estate, out / "estate.json")
    _finish(estate, out / "estate.json", record)
    _show(estate, output)
    if any(each.state is State.UNREACHABLE for each in seen):
        raise typer.Exit(1)


def target(entry: Entry, config: Path | None) -> Target:
    """Give how a host of the inventory is reached, and what the inventory says of it."""
    key = Path(entry.key_file) if entry.key_file else None
    remote = Remote(entry.address, entry.user or None, entry.port, key, config)
    said = {"agency": entry.declared.agency or "", "system_name": entry.declared.system or ""}
    return Target(entry.name, remote, {**said, "level": entry.declared.level})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _allowed(given: list[str] | None) -> tuple[str, ...]:
    return tuple(_fitting(each, FOLDER) for each in given) if given else ask.ALLOW


def _patterns(given: list[str] | None) -> list[str]:
    return [_fitting(each, PATTERN) for each in given or ()]


def _fitting(text: str, shape: re.Pattern[str]) -> str:
    if not shape.fullmatch(text):
        raise ProblemError(Problem("discover-bad-path", repr(text), {"given": repr(text)}))
    return text


def _known(
    machines: list[Path] | None, scans: list[Path] | None, connections: list[Path] | None
) -> Estate:
    hosts = [*_each(machines, inventory.hosts), *_each(scans, nmap.hosts)]
    flows = _each(connections, netflow.flows)
    return Estate(made=_now(), hosts=tuple(hosts), flows=tuple(flows))


def _each(paths: list[Path] | None, reader: Callable[[str, str], Iterable[One]]) -> list[One]:
    texts = [read(path, COUNTRY_LIMIT_BYTES) for path in paths or ()]
    return [one for text in texts for one in reader(text.content, text.name)]


def _taken_out(estate: Estate, gone: list[str], folder: Path) -> Estate:
    rest = without(estate, gone)
    for each in gone:
        place(folder, each).unlink(missing_ok=True)
    return rest


def _collected(folder: Path | None, into: Path) -> list[Host]:
    found = list(collected.hosts(folder)) if folder else []
    for each in found:
        keep(into, each)
    return found


def _told(host: Host, *, asked: bool) -> Host:
    """Say on the second channel how it goes: forty hosts take minutes."""
    how = host.state.value if asked else f"{host.state.value}, seen before"
    sys.stderr.write(f"{host.name}: {how}\n")
    return host


def recorder(name: str) -> Record:
    """Give what writes into the evidence of a platform, as the person who is here."""
    chain, who = chain_of(Platform(name)), getpass.getuser()

    def record(act: str, about: str, data: Mapping[str, object]) -> None:
        chain.append(Act(act, who, about, data))

    return record


def _finish(estate: Estate, path: Path, record: Record) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    figures = {"hosts": len(estate.hosts), "flows": len(estate.flows), "sha256": digest}
    record("migration.discover", str(path), figures)


def _show(estate: Estate, output: Output) -> None:
    rows = [_row(each) for each in estate.hosts]
    if output is Output.TABLE:  # the reasons are told below, with what to do
        rows = [{key: row[key] for key in row if key != "reasons"} for row in rows]
    show(rows, output)
    if output is Output.TABLE:
        for host in estate.hosts:
            for each in host.reasons:
                values = dict(each.values)
                sys.stdout.write(f"{Problem(each.key, host.name, values).text()}\n")
        sys.stdout.write(f"hosts: {len(estate.hosts)}; flows: {len(estate.flows)}\n")


def _row(host: Host) -> dict[str, object]:
    end = host.system.support_end
    return {
        "host": host.name,
        "state": host.state.value,
        "system": host.system.title or host.system.id,
        "support_end": end.isoformat() if end else "",
        "listens": len({(each.protocol, each.port) for each in host.listeners}),
        "databases": len(host.databases),
        "sites": len(host.sites),
        "reasons": ", ".join(each.key for each in host.reasons),
    }
