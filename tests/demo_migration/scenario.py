"""Case (a), phase by phase: from two neglected hosts to a tenant, back, and over for good."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.order import read_order
from playbooks.migration.order.leading import endpoint
from sen import harden
from sen.evidence.place import chain_of
from sen.local.platform import Platform
from tests.demo_migration import names, proof
from tests.demo_migration.clerk import Office, Sent, office
from tests.demo_migration.command import NotDoneError, Phases, rows, sen
from tests.demo_migration.hosts import OLD, Room
from tests.demo_migration.order import add_window, write_order
from tests.demo_migration.pictures import Camera
from tests.demo_migration.proof import Proof

PEOPLE = {"binh@hanoi.example.gov.vn": "12/QD-STTTT", "chi@hanoi.example.gov.vn": "31/CV-UBND"}
CLERKS = 2
REPORTS = ("report.html", "report.pdf")


@dataclass
class Case:
    """One run.

    Attributes:
        out: Folder of the results.
        tenant: Namespace that takes the portal.
        citizens: Citizens that that the old database was given.
        wave: Its name; a platform knows each wave once.
        roles: That bring the new hosts to their level; all where none is named.
        writes: Requests that each clerk sends between two phases.
        camera: Takes pictures for the tutorial where it has a folder.
        proofs: What stood on which side after each switch.
        downtime: Seconds without an answer, by switch.
        ledger: What the portal had said to have received at the end.
        unexpected: What people saw that was neither the portal nor the page of patience.
    """

    room: Room
    platform: Platform
    out: Path
    tenant: str
    citizens: int
    wave: str = "w1"
    roles: tuple[str, ...] = ()
    writes: int = 10
    camera: Camera = field(default_factory=Camera)
    phases: Phases = field(default_factory=Phases)
    proofs: list[Proof] = field(default_factory=list)
    downtime: dict[str, float] = field(default_factory=dict)
    ledger: list[Sent] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    @property
    def here(self) -> tuple[str, str]:
        return ("--name", self.platform.name)

    @property
    def order(self) -> Path:
        return self.out / "order.yaml"

    @property
    def front(self) -> str:
        return f"http://{self.room.address('modern-web')}/"

    def go(self) -> None:
        """Go the whole way.

        Raises:
            NotDoneError: A phase failed, a row was lost, or a letter is another.
        """
        self.understand()
        self.prepare()
        with office(self.front, CLERKS) as people:
            people.wait_for(1)
            self.move(people)
            self.settle(people)
        self.ledger, self.unexpected = people.ledger(), people.prober.unexpected
        self.report()

    def understand(self) -> None:
        """Discover, assess, plan, and write the order."""
        estate, assessed = self.out / "estate", self.out / "assessment"
        inventory = self.room.inventory("old", OLD, sen_agency="H26", sen_system="portal")
        with self.phases.phase("discover") as phase:
            asked = ("--ssh-config", self.room.ssh_config, "--out", estate)
            found = rows("migrate", "discover", inventory, *asked, *self.here)
            phase.said = ", ".join(f"{row['host']}: {row['state']}" for row in found)
        with self.phases.phase("assess") as phase:
            file = estate / "estate.json"
            (system,) = rows("migrate", "assess", file, "--out", assessed, *self.here)
            phase.said = f"{system['system']}: {system['strategy']}, risk {system['risk']}"
            self.camera.take("assessment", assessed / "index.html")
        with self.phases.phase("plan") as phase:
            graph, now = assessed / "graph.json", dt.datetime.now(dt.UTC)
            add_window(graph, self.wave, now)
            words = ("migrate", "plan", "--graph", graph, "--picture", self.out / "plan")
            (wave,) = rows(*words)["waves"]
            (system,) = wave["systems"]
            asked, takes = (wave["window"], self.roles), (system, self.tenant)
            write_order(self.room, self.order, asked, takes, now)
            phase.said = f"{system} in window {wave['window']}; order written"
            self.camera.take("waves", self.out / "plan" / "plan.html")

    def prepare(self) -> None:
        """Let two people agree, and rehearse."""
        with self.phases.phase("agree") as phase:
            for person, document in PEOPLE.items():
                mine = self.room.folder / f"{person}.kubeconfig"
                self.platform.client_kubeconfig(person, (), mine)
                words = ("--document", document, "--kubeconfig", mine)
                said = sen("migrate", "agree", self.order, *words, *self.here)
            phase.said = said.strip()
        (system,) = read_order(self.order).systems
        endpoint(system.endpoint, system.system, self.tenant).point(Side.OLD)
        with self.phases.phase("rehearse") as phase:
            (row,) = rows("migrate", "rehearse", self.order, *self.here)
            phase.said = f"downtime to expect: {row['expect_s']} s"
            self.camera.take("old-portal", self.front)

    def move(self, people: Office) -> None:
        """Fill, switch, let people write on the new side, and lead all of it back."""
        with self.phases.phase("fill") as phase:
            sen("migrate", "fill", self.order, *self.here)
            people.wait_for(self.writes)
            broken = ", ".join(f"{host} {a} to {b}" for host, (a, b) in self.levels().items())
            phase.said = f"{len(people.ledger())} requests meanwhile; rules broken: {broken}"
        self.switch(people, "cutover", proof.on_new)
        with self.phases.phase("smoke") as phase:
            phase.said = self._smoke()
            self.camera.take("new-portal", self.front)
        with self.phases.phase("new writes") as phase:
            people.wait_for(self.writes)
            phase.said = f"{sum(each.charset == 'utf-8' for each in people.ledger())} in Unicode"
        self.switch(people, "rollback", proof.on_old)
        people.wait_for(self.writes)

    def settle(self, people: Office) -> None:
        """Switch again, end the way back, and look once more."""
        self.switch(people, "cutover", proof.on_new, name="cutover again")
        people.wait_for(self.writes)
        with self.phases.phase("finish") as phase:
            sen("migrate", "finish", self.order, *self.here)
            phase.said = "no way back from here"
        with self.phases.phase("last look") as phase:
            phase.said = self._proved(people, proof.on_new)

    def report(self) -> None:
        """Write the reports for people, and keep journals and evidence beside them."""
        kept = self.platform.state / "migration" / self.wave
        shutil.copytree(kept, self.out / "journals", ignore=shutil.ignore_patterns("*.lock"))
        with self.phases.phase("report") as phase:
            for file in REPORTS:
                sen("migrate", "report", self.order, "--out", self.out / file, *self.here)
            sen("evidence", "export", "--out", self.out / "evidence", *self.here)
            phase.said = ", ".join(REPORTS)
            self.camera.take("report", self.out / REPORTS[0])

    def switch(
        self,
        people: Office,
        command: str,
        look: Callable[..., Proof],
        name: str | None = None,
    ) -> None:
        """Run a command that switches, and compare the side that people are led to now."""
        name = name or command
        with self.phases.phase(name) as phase:
            started = time.monotonic()
            sen("migrate", command, self.order, *self.here)
            people.wait_for(2)
            self.downtime[name] = people.prober.downtime(started, time.monotonic())
            phase.said = f"down {self.downtime[name]:.1f} s; {self._proved(people, look)}"

    def levels(self) -> dict[str, tuple[int, int]]:
        """Give how many rules of its level each new host broke, before and after."""
        records = chain_of(self.platform).records()
        mine = {each.about: each.data for each in records if each.act == harden.ACT}
        return {
            host: (int(str(data["before"])), int(str(data["after"]))) for host, data in mine.items()
        }

    def _proved(self, people: Office, look: Callable[..., Proof]) -> str:
        found = look(self.room, people.ledger(), self.citizens)
        self.proofs.append(found)
        if not found.good:
            raise NotDoneError(f"{found.words()}: {found.lost[:5]}, {found.garbled[:5]}")
        return found.words()

    def _smoke(self) -> str:
        """Look at the page as people do."""
        page = httpx.get(self.front, trust_env=False)
        known = [names.name(n) for n in range(10)]
        missing = [each for each in known if each not in page.content.decode("utf-8")]
        if page.status_code != httpx.codes.OK or missing:
            raise NotDoneError(f"the page lacks {missing}: {page.status_code}")
        return f"{page.headers['content-type']}: {known[0]}, {known[1]}, ..."
