"""Takes the API server's audit log into the chain: each request on what is governed, once.

Each record holds the digest of its line, and the place reached is remembered after the records:
who is killed in between reads lines again and knows them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from sen.errors import MissingPartError
from sen.evidence import audit_event as event_of
from sen.evidence.audit_log import Part, Place, parts
from sen.evidence.chain import LOCK_SECONDS, Chain
from sen.evidence.record import Act
from sen.local.files import PRIVATE_FILE, private_folder, write_private
from sen.local.platform import Platform
from stacks.models.label import PREFIX
from stacks.problem import Problem


@dataclass(frozen=True)
class Memory:
    """What is known from before.

    Attributes:
        sequence: Number of the chain's last record when the place was remembered.
        namespaces: Those that were an agency's at some time.
    """

    place: Place = field(default_factory=Place)
    sequence: int = 0
    namespaces: frozenset[str] = frozenset()

    @classmethod
    def load(cls, path: Path) -> Memory:
        """Read the memory; one that is lost or broken only costs reading the log again."""
        try:
            found = json.loads(path.read_bytes())
            place = Place(**found["place"])
            return cls(place, found["sequence"], frozenset(found["namespaces"]))
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def save(self, path: Path) -> None:
        found = {**asdict(self), "namespaces": sorted(self.namespaces)}
        write_private(path, json.dumps(found))


@dataclass(frozen=True)
class Taken:
    """What a call did: lines it read, records it made, those of them that are from outside."""

    lines: int = 0
    records: int = 0
    outside: int = 0


def take(
    chain: Chain,
    log: Path,
    *,
    since: datetime | None = None,
    governed: AbstractSet[str] = frozenset(),
) -> Taken:
    """Add what is new in the log; with `since`, only later requests, and nothing is remembered.

    Raises:
        MissingPartError: There is no log, or another call holds it.
    """
    memory = chain.path.parent / "audit.json"
    lock = FileLock(f"{memory}.lock", timeout=LOCK_SECONDS, mode=PRIVATE_FILE)
    private_folder(memory.parent)
    try:
        with lock:
            return _take(chain, log, memory, since, governed)
    except Timeout as error:
        raise MissingPartError(Problem("evidence-busy", str(memory))) from error


def _take(
    chain: Chain, log: Path, path: Path, since: datetime | None, governed: AbstractSet[str]
) -> Taken:
    memory, end = Memory.load(path), _end(chain)
    if end < memory.sequence:  # another chain stands there now
        memory = Memory()
    memory = replace(memory, namespaces=memory.namespaces | governed)
    known, taken = _known(chain, memory.sequence), Taken()
    for part in parts(log, memory.place):
        acts, namespaces = _acts(part, log.name, memory.namespaces)
        new = [each for each in acts if each.data["line"] not in known and _later(each, since)]
        known.update(each.data["line"] for each in new)
        if new:
            chain.append(*sorted(new, key=lambda each: each.data["requested"]))
        memory = Memory(part.place, _end(chain), namespaces)
        if since is None:
            memory.save(path)
        taken = Taken(
            taken.lines + len(part.lines),
            taken.records + len(new),
            taken.outside + sum(each.data["outside"] for each in new),
        )
    return taken


def _acts(part: Part, log: str, namespaces: frozenset[str]) -> tuple[list[Act], frozenset[str]]:
    """Give the acts of some lines, each line once, and the namespaces known after them."""
    known = set(namespaces)
    acts = dict(_gap(part, log))
    for line in part.lines:
        event = event_of.read(line)
        if event is None:
            acts[line] = event_of.unreadable(line, log)
            continue
        opened = event_of.opened(event, line)
        if opened:
            known.add(opened)
        if event_of.counts(event, known):
            acts[line] = event_of.act_of(event, line)
    return list(acts.values()), frozenset(known)


def _gap(part: Part, log: str) -> Iterator[tuple[bytes, Act]]:
    if part.gap:
        # Named after where it goes on, so that a second reading knows it.
        data = {"line": f"gap:{part.place.head}", "requested": "", "outside": True}
        yield b"", Act("api.gap", "kube-apiserver", log, data)


def _later(act: Act, since: datetime | None) -> bool:
    if since is None or not act.data["requested"]:
        return True
    try:
        return datetime.fromisoformat(act.data["requested"]) >= since.astimezone(UTC)
    except ValueError:
        return True


def _known(chain: Chain, after: int) -> set[str]:
    """Give the digests of lines whose records came after a place was remembered."""
    return {str(line) for line in _digests(chain.lines(), after)}


def _digests(lines: Iterable[bytes], after: int) -> Iterator[object]:
    for number, line in enumerate(lines, 1):
        if number > after and b'"act":"api.' in line:
            yield json.loads(line)["data"].get("line")


def _end(chain: Chain) -> int:
    last = chain.last()
    return last.sequence if last else 0


def governed(platform: Platform) -> frozenset[str]:
    """Give the namespaces that are agencies' now; none from a platform that does not answer.

    The log itself tells of those too, as long as it goes back to when they were made.
    """
    from sen.runs.cluster import connected, listed  # noqa: PLC0415 - a second to import

    try:
        with connected(platform.kubeconfig, platform.context) as dynamic:
            found = listed(dynamic, "v1", "Namespace", f"{PREFIX}/agency")
            return frozenset(str(each.metadata.name) for each in found)
    except MissingPartError:
        return frozenset()
