"""Judges units of input in one process or several: the verdicts and their order are the same."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import reduce
from multiprocessing.connection import Connection
from typing import Any

from policies.finding import Gate, Place
from policies.gates.choice import Choice, Held
from policies.gates.look import Bench, Judged, Look
from policies.gates.manifest import Document
from policies.gates.objects import Thing
from policies.gates.unit import Unit
from policies.kind import group_and_name, split
from policies.rule import Rule
from policies.surroundings import NAMESPACE
from stacks.problem import Problem, ProblemError

# Letters of YAML from which a second process is worth its start.
WORTH_IT = 1_000_000


@dataclass
class Part:
    """What one worker found."""

    judged: list[Judged] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


def judged(units: Sequence[Unit], choice: Choice, gate: Gate, *, jobs: int = 0) -> Look:
    """Judge all objects of the units, each among the others."""
    size = sum(each.size for each in units)
    count = min(jobs or (cores() if size >= WORTH_IT else 1), max(len(units), 1))
    if count == 1:
        parts = _alone(units, choice, gate)
    else:
        parts = _together(shares(units, count), choice, gate)
    whole = reduce(_joined, parts, Part())
    return Look(
        gate=gate,
        rules=choice.rules,
        judged=tuple(whole.judged),
        others=whole.others,
        problems=tuple(whole.problems),
    )


def cores() -> int:
    """Give the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shares(units: Sequence[Unit], count: int) -> list[Sequence[Unit]]:
    """Cut the units into runs of about the same size, in order."""
    whole = sum(each.size for each in units)
    found: list[list[Unit]] = [[] for _ in range(count)]
    before = 0
    for each in units:
        middle = before + each.size // 2
        found[min(count - 1, middle * count // max(whole, 1))].append(each)
        before += each.size
    return [each for each in found if each]


class Worker:
    """Reads its units, then judges them when it knows what stands around."""

    def __init__(self, choice: Choice, gate: Gate) -> None:
        self._choice, self._gate = choice, gate
        self._wanted = looked_around(choice.rules)
        self._read: list[tuple[Document, Thing]] = []
        self._part = Part()

    def read(self, units: Sequence[Unit]) -> list[Thing]:
        """Read everything, and give what others may have to see."""
        for unit in units:
            try:
                things = unit.objects()
            except ProblemError as error:
                self._part.problems += error.problems
            else:
                made = (self._choice.made(each) for each in things)
                self._read += ((unit.document, each) for each in made)
        return [each for _, each in self._read if _kind(each) in self._wanted]

    def judge(self, neighbours: Sequence[Thing]) -> Part:
        bench, around = self._bench(), Held(self._choice)
        for each in neighbours:
            around.add(each)
        for document, thing in self._read:
            place = Place(document.file, document.number)
            found = bench.judged(thing, around, place)
            if found is None:
                self._part.others[_kind(thing)] += 1
            else:
                self._part.judged.append(found)
        return self._part

    def _bench(self) -> Bench:
        """Make ready the rules about what is there: to compile the others takes longer."""
        there = {_kind(each) for _, each in self._read}
        rules = tuple(rule for rule in self._choice.rules if about(rule) & there)
        return Bench(replace(self._choice, rules=rules), self._gate)


def about(rule: Rule) -> frozenset[str]:
    """Give the kinds that a rule judges, whatever their version."""
    return frozenset(map(_versionless, rule.kinds))


def looked_around(rules: Sequence[Rule]) -> frozenset[str]:
    """Give the kinds that must be known before any object is judged."""
    named = (name for rule in rules for name in (*rule.among, *filter(None, (rule.context,))))
    return frozenset(map(_versionless, named)) | {NAMESPACE}


def _versionless(name: str) -> str:
    group, version, kind = split(name)
    return group_and_name(f"{group}/{version}", kind)


def _kind(thing: Thing) -> str:
    return group_and_name(str(thing.get("apiVersion")), str(thing.get("kind")))


def _alone(units: Sequence[Unit], choice: Choice, gate: Gate) -> list[Part]:
    worker = Worker(choice, gate)
    with _no_collection():
        return [worker.judge(worker.read(units))]


def _together(parts: Sequence[Sequence[Unit]], choice: Choice, gate: Gate) -> list[Part]:
    """Let every process read its part, tell all of them the neighbours, take what they found."""
    # A fork has the rules read already; elsewhere than on Linux it is not safe.
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    crew = []
    for part in parts:
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, choice, gate, part))
        process.start()
        theirs.close()
        crew.append((process, ours))
    try:
        neighbours = [each for _, pipe in crew for each in pipe.recv()]
        for _, pipe in crew:
            pipe.send(neighbours)
        return [pipe.recv() for _, pipe in crew]
    finally:
        for process, pipe in crew:
            pipe.close()
            process.join()


def _work(pipe: Connection, choice: Choice, gate: Gate, units: Sequence[Unit]) -> None:
    with _no_collection():
        worker = Worker(choice, gate)
        pipe.send(worker.read(units))
        pipe.send(worker.judge(pipe.recv()))


def _joined(left: Part, right: Part) -> Part:
    left.judged += right.judged
    left.others += right.others
    left.problems += right.problems
    return left


@contextmanager
def _no_collection() -> Iterator[None]:
    """Make no pauses to look for circles: plain data has none, and there is a lot of it."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
