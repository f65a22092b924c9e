"""What ran by the clock on the old host: read there, made into timers here, started and stopped."""

from __future__ import annotations

import dataclasses
import shlex
from dataclasses import dataclass

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.web.aside import Aside
from playbooks.migration.web.bundle import spread
from playbooks.migration.web.cron import Job, jobs
from playbooks.migration.web.plan import Crontab, WebPlan
from playbooks.migration.web.settings import rewrite
from stacks.problem import Problem, ProblemError

UNITS = "/etc/systemd/system"


@dataclass(frozen=True)
class Timers:
    """The timers of one site.

    Attributes:
        aside: Where the crontabs of the old host lie once they are out of use.
    """

    target: FilesPlace
    aside: Aside
    plan: WebPlan

    @property
    def crontabs(self) -> list[str]:
        return [each.file for each in self.plan.cron]

    def read(self) -> dict[str, Job]:
        """Read the crontabs, and give each job under the name of its units.

        Raises:
            ProblemError: A line cannot be said by a timer, or a word is nowhere.
        """
        found = [job for each in self.plan.cron for job in self._jobs(each)]
        return {f"sen-{self.plan.site}-{n}": job for n, job in enumerate(found, 1)}

    def install(self) -> list[str]:
        """Write the units, and none beside them; they do not run yet.

        Raises:
            ProblemError: As `read`, or the new host does not take them.
        """
        found = self.read()
        units = {k: v for name, job in found.items() for k, v in job.units(name).items()}
        spread(self.target, UNITS, units)
        stale = [name for name in self._there() if name not in units]
        if stale:
            timers = shlex.join(name for name in stale if name.endswith(".timer"))
            gone = shlex.join(f"{UNITS}/{name}" for name in stale)
            self.target.run(f"systemctl disable --now -q {timers}; rm -f {gone}")
        self.target.run("systemctl daemon-reload")
        return sorted(found)

    def start(self) -> list[str]:
        """Let the timers run.

        Raises:
            ProblemError: The new host does not start one.
        """
        names = self._timers()
        if names:
            self.target.run(f"systemctl enable --now -q {shlex.join(names)}")
        return names

    def stop(self) -> list[str]:
        """End the timers, and jobs that run.

        Raises:
            ProblemError: The new host does not stop one.
        """
        names = self._timers()
        if names:
            running = shlex.join(name.replace(".timer", ".service") for name in names)
            self.target.run(
                f"systemctl disable --now -q {shlex.join(names)} && systemctl stop {running}"
            )
        return names

    def idle(self) -> list[str]:
        """Give the timers that do not run."""
        names = self._timers()
        if not names:
            return []
        said = self.target.run(f"systemctl is-active {shlex.join(names)} || true")
        states = said.decode().splitlines()
        return [n for n, state in zip(names, states, strict=True) if state != "active"]

    def _timers(self) -> list[str]:
        return [name for name in self._there() if name.endswith(".timer")]

    def _there(self) -> list[str]:
        pattern = shlex.quote(f"sen-{self.plan.site}-[0-9]*.*")
        said = self.target.run(f"cd {UNITS} && find . -maxdepth 1 -type f -name {pattern}")
        return sorted(line.removeprefix("./") for line in said.decode().splitlines())

    def _jobs(self, crontab: Crontab) -> list[Job]:
        text = self.aside.read(crontab.file).decode("utf-8", "surrogateescape")
        lines = text.splitlines()
        missing = [word for word in crontab.without if not any(word in line for line in lines)]
        if missing:
            named = (Problem("web-not-in-settings", crontab.file, {"word": w}) for w in missing)
            raise ProblemError(*named)
        # An empty line in its place: problems name lines by their number.
        kept = ["" if any(w in line for w in crontab.without) else line for line in lines]
        words = rewrite(crontab.file, "\n".join(kept), crontab.words).text
        found = jobs(words, system=crontab.user is None)
        return [dataclasses.replace(j, user=j.user or crontab.user or "") for j in found]
