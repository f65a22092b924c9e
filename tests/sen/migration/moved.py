"""A wave that was moved without servers: real journals and a real chain, parts made of paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from playbooks.migration.cutover import Journey
from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.order import WaveOrder
from playbooks.migration.steps import Gate, Step
from playbooks.migration.verify import Check, Difference, Verdict
from sen.evidence.chain import Chain
from sen.migration.gathering import gathered
from sen.migration.ledger import Ledger
from stacks.problem import Problem, ProblemError

LATER = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
PEOPLE = ("an@hanoi.gov.vn", "binh@hanoi.gov.vn")
RUNNER = "van-hanh@hanoi.gov.vn"
PROGRAM = ["true"]
ENDPOINT = dict.fromkeys(("ask", "old", "closed", "new"), PROGRAM)
END = {"host": "10.9.8.11", "database": "hotich", "user": "mover"}
DATA = {
    "register: rows": {"bytes": 1 << 30},
    "register: drain": {"log": "0/1A2B3C4"},
}


def system(name: str, **more: object) -> dict[str, object]:
    part = {"name": "register", "source": {**END, "host": "10.1.2.11"}, "target": END}
    tenant = f"h26-{name}-production"
    return {"system": name, "tenant": tenant, "postgres": [part], "endpoint": ENDPOINT, **more}


def order(*names: str, **more: object) -> WaveOrder:
    given = {
        "wave": "w1",
        "start": "2026-11-22T20:00:00+07:00",
        "end": "2026-11-23T04:00:00+07:00",
        "systems": [system(each) for each in names or ("ho-tich",)],
        **more,
    }
    return WaveOrder.model_validate(given)


@dataclass
class Name:
    """An endpoint that remembers."""

    now: Side = Side.OLD

    def side(self) -> Side:
        return self.now

    def point(self, side: Side) -> None:
        self.now = side


@dataclass
class Paper:
    """A part with the steps of a PostgreSQL database, without one."""

    name: str = "register"
    differs: int = 0
    fails: str = ""

    def steps(self, *names: str, undo: bool = False, final: bool = False) -> list[Step]:
        back = (lambda: None) if undo else None
        return [Step(each, self._do(each), undo=back, final=final) for each in names]

    def fill(self) -> list[Step]:
        return self.steps("check", "tables", "rows", "indexes", "catch up")

    def switch(self) -> list[Step]:
        return self.steps("freeze", "drain", "turn round", undo=True)

    def back(self) -> list[Step]:
        return self.steps("freeze target", "drain back", "turn again")

    def finish(self) -> list[Step]:
        return self.steps("end back", final=True)

    def verify(self) -> Verdict:
        found = [Difference(f"public.khai_sinh ({n})", "missing") for n in range(self.differs)]
        return Verdict(
            [
                Check.of("rows of public.khai_sinh", 120_000, found, "ab" * 32),
                Check.of("foreign keys", 7, []),
                Check.of("sequences ahead", 3, []),
            ]
        )

    def _do(self, name: str):
        def done(_pulse):
            if self.fails == name:
                raise ProblemError(Problem("database-unreachable", "10.9.8.11", {"reason": "mạng"}))
            return DATA.get(f"{self.name}: {name}", {})

        return done


@dataclass
class Moved:
    """A wave with what was written of it."""

    order: WaveOrder
    folder: Path
    chain: Chain
    part: Paper = field(default_factory=Paper)
    ends: dict[str, Name] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()

    @classmethod
    def at(cls, tmp_path: Path, wave: WaveOrder | None = None) -> Moved:
        return cls(wave or order(), tmp_path / "migration", Chain(tmp_path / "chain.jsonl"))

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.chain, self.order)

    def record(self, name, about, data):
        self.ledger.record(RUNNER, name, about, data)

    def agreed(self) -> None:
        for number, person in enumerate(PEOPLE, 11):
            self.ledger.agree(person, f"{number}/QĐ-STP")

    def rehearsed(self, name: str = "ho-tich", seconds: float | None = 14.0) -> None:
        """Go the way once under the names of a rehearsal, then write down its downtime."""
        part = Paper(f"{self.part.name}_try")
        place = self.folder.parent / f"trial-{len(list(self.chain.lines()))}"
        trial = Journey(
            f"w1/{name}-rehearsal of {self.part.name}", [part], Name(), place, self.record
        )
        trial.fill()
        trial.cut_over()
        self.ledger.rehearsed(RUNNER, name, seconds)

    def journey(self, name: str = "ho-tich", **more) -> Journey:
        end = self.ends.setdefault(name, Name())
        given = {"gates": self.gates, **more}
        return Journey(f"w1/{name}", [self.part], end, self.folder, self.record, **given)

    def cut_over(self, name: str = "ho-tich", **more) -> None:
        """Switch; what was not filled yet is."""
        if not (self.folder / "w1" / name / "fill.jsonl").exists():
            self.journey(name).fill()
        self.journey(name, **more).cut_over()

    def account(self, at: dt.datetime = LATER):
        return gathered(self.order, self.chain, self.folder, at)

    def one(self):
        return self.account().systems[0]
