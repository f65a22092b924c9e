"""The live gate: all objects of a running cluster, read page by page and let go when judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from policies import words
from policies.finding import Finding, Gate, Target, Verdict
from policies.gates.choice import Choice, Held
from policies.gates.cluster import (
    AbsentError,
    Cluster,
    ForbiddenError,
    Served,
    Thing,
    around,
    needed,
    one,
    pages,
    served,
    served_for,
)
from policies.gates.look import Bench, Judged, Look
from policies.rule import Action, Rule
from policies.scope import scope
from policies.subject import Subject

NAMESPACES = Served("v1", "Namespace", "namespaces", namespaced=False)
# The name under which it is told what may not be read; no rule bears it.
READABLE = "cluster-readable"


@dataclass(frozen=True)
class Where:
    """Which part of a cluster is looked at; empty means all of it."""

    namespace: str = ""
    agency: str = ""

    def __str__(self) -> str:
        parts = (("namespace", self.namespace), ("agency", self.agency))
        return " ".join(f"{word} {name}" for word, name in parts if name) or "cluster"

    @property
    def everywhere(self) -> bool:
        return not (self.namespace or self.agency)

    def holds(self, namespace: Thing) -> bool:
        """Say whether a namespace belongs to it; an agency has those under it."""
        code, _ = scope().owner(namespace)
        name = Subject(namespace, scope().unknown_level).namespace
        if self.namespace and name != self.namespace:
            return False
        return not self.agency or code == self.agency or code.startswith(f"{self.agency}.")


@dataclass
class Audit:
    """One pass over a cluster.

    Attributes:
        versions: The version of each list, by kind: from there a watch goes on.
    """

    cluster: Cluster
    choice: Choice
    where: Where = field(default_factory=Where)
    versions: dict[Served, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    apart: list[Finding] = field(default_factory=list)

    def look(self) -> Look:
        """Judge everything that may be read.

        Raises:
            ClusterError: The API server failed.
        """
        self.begin()
        judged: list[Judged] = []
        others: Counter[str] = Counter()
        for kind in self.kinds:
            for thing in self.things(kind):
                found = self.judged(thing)
                if found is None:
                    others[kind.name] += 1
                else:
                    judged.append(found)
        return Look(
            gate=Gate.LIVE,
            rules=self.choice.rules,
            judged=tuple(judged),
            others=others,
            apart=tuple(self.apart),
            absent=tuple(self.absent),
        )

    def begin(self) -> None:
        """Learn what stands around: namespaces first, then what rules look at beside an object."""
        self.around = Held(self.choice, complete=True)
        self._kept: dict[Served, list[Thing]] = {NAMESPACES: list(self._namespaces())}
        for each in self._kept[NAMESPACES]:
            self.around.add(each)
        self._inside = {_name(each) for each in self._kept[NAMESPACES]}
        blind = {each for each in around(self.choice.rules) if not self._keep(each)}
        rules = tuple(rule for rule in self.choice.rules if not self._is_blind(rule, blind))
        self._bench = Bench(replace(self.choice, rules=rules), Gate.LIVE)
        every = (NAMESPACES, *served_for(rules))
        wanted = (each for each in every if each.namespaced or self.where.everywhere)
        self.kinds = tuple(dict.fromkeys((NAMESPACES, *wanted)))

    def judged(self, thing: Thing) -> Judged | None:
        return self._bench.judged(thing, self.around)

    def things(self, kind: Served) -> Iterator[Thing]:
        """Give the objects of a kind that are looked at, none where they may not be read."""
        if kind in self._kept:
            yield from self._kept[kind]
            return
        try:
            yield from self._listed(kind)
        except AbsentError:
            self.absent.append(kind.name)
        except ForbiddenError:
            self.apart.append(self._unread(READABLE, kind))

    def _namespaces(self) -> Iterator[Thing]:
        try:
            if self.where.namespace:
                found = one(self.cluster, NAMESPACES, self.where.namespace)
                yield from (each for each in (found,) if each and self.where.holds(each))
            else:
                things = self._pages(NAMESPACES, "")
                yield from (each for each in things if self.where.holds(each))
        except ForbiddenError:
            self.apart.append(self._unread(READABLE, NAMESPACES))

    def _keep(self, kind: Served) -> bool:
        """Hold all objects of a kind that others are judged by; False where they are not seen."""
        if kind in self._kept:
            return True
        try:
            self._kept[kind] = list(self._listed(kind))
        except AbsentError:
            self._kept[kind] = []
            self.absent.append(kind.name)
        except ForbiddenError:
            self.apart.append(self._unread(READABLE, kind))
            return False
        for each in self._kept[kind]:
            self.around.add(each)
        return True

    def _is_blind(self, rule: Rule, blind: set[Served]) -> bool:
        """Leave out a rule that would take what may not be read for what is not there; say so."""
        unseen = [each for each in map(served, needed(rule)) if each in blind]
        self.apart += (self._unread(rule.id, each) for each in unseen if each)
        return bool(unseen)

    def _listed(self, kind: Served) -> Iterator[Thing]:
        if not kind.namespaced or self.where.everywhere:
            yield from self._pages(kind, "")
        elif self.where.namespace:
            yield from self._pages(kind, self.where.namespace)
        else:
            yield from self._of_agency(kind)

    def _of_agency(self, kind: Served) -> Iterator[Thing]:
        """Ask once for all; who may not, asks namespace by namespace."""
        try:
            for each in self._pages(kind, ""):
                if (each.get("metadata") or {}).get("namespace") in self._inside:
                    yield each
        except ForbiddenError:
            for name in sorted(self._inside):
                yield from self._pages(kind, name)

    def _pages(self, kind: Served, namespace: str) -> Iterator[Thing]:
        for page in pages(self.cluster, kind, namespace):
            self.versions.setdefault(kind, page.version)
            yield from page.things

    def _unread(self, rule: str, kind: Served) -> Finding:
        """Say what could not be looked at: silence would read as a pass."""
        return Finding(
            rule=rule,
            controls=(),
            target=Target(kind.name, "*", self.where.namespace, self.where.agency),
            verdict=Verdict.NOT_ASSESSED,
            action=Action.WARN,
            message=words.message("check-forbidden", kind=kind.name.strip("/")),
            remedy=words.remedy("check-forbidden"),
            gate=Gate.LIVE,
            seen_at=self.choice.at,
            level=scope().unknown_level,
        )


def _name(namespace: Thing) -> str:
    return str((namespace.get("metadata") or {}).get("name", ""))


def check(cluster: Cluster, choice: Choice, where: Where | None = None) -> Look:
    """Judge the objects of a cluster, or of a part of it."""
    return Audit(cluster, choice, where or Where()).look()
