"""The steps that move a web application: from a virtual host to a site of nginx, and back."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.files.manifest import shown
from playbooks.migration.files.move import FilesMove
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.stopping import stop
from playbooks.migration.steps import Pulse, Step
from playbooks.migration.verify import Check, Difference, Verdict
from playbooks.migration.web import verify
from playbooks.migration.web.aside import Aside
from playbooks.migration.web.bundle import Piece, files, read, write
from playbooks.migration.web.change import Changed, changed, chosen
from playbooks.migration.web.install import Installation
from playbooks.migration.web.plan import Sessions, WebPlan
from playbooks.migration.web.sessions import carry, drain
from playbooks.migration.web.timers import Timers
from stacks.problem import Problem, ProblemError

Facts = Mapping[str, object]


@dataclass(frozen=True)
class WebMove:
    """One application on its way.

    Attributes:
        name: Of the part: letters, digits and `_`.
        source: The application's folder on the old host.
        folder: Where it remembers what it saw; beside the journals.
    """

    name: str
    source: FilesPlace
    target: FilesPlace
    folder: Path
    plan: WebPlan

    def fill(self) -> list[Step]:
        """Give the steps that set the site up while the old one is in use."""
        check, *passes = self._files.fill()
        return [
            Step("programs", self._programs),
            check,
            *passes,
            Step("rewrite", self._rewrite),
            Step("certificate", lambda _: self._new.certify(self.source)),
            Step("php", lambda _: self._new.run_php()),
            Step("site", lambda _: self._new.write_site()),
            Step("timers", lambda _: {"timers": self._timers.install()}),
            Step("read by php", self._linted),
        ]

    def switch(self) -> list[Step]:
        """Give the steps of the switch; from the first to the last nobody can write."""
        stop, last, *_ = self._files.switch()
        return [
            Step("old timers end", self._no_cron, undo=self._cron_again),
            Step("old site closes", self._close_old, undo=self._open_old),
            Step("sessions drain", lambda _: self._drained(self.source)),
            stop,
            last,
            Step("rewrite", self._rewrite),
            Step("sessions", lambda _: self._carried(self.source, self.target)),
            Step("timers", lambda _: {"timers": self._timers.install()}),
            Step("site opens", self._open_new, undo=self._close_new),
            Step("new timers run", self._run_timers, undo=self._end_timers),
        ]

    def trial(self) -> list[Step]:
        """Give the steps of a rehearsal: files come and are changed, and no site is set up."""
        check, *passes = self._files.fill()
        rest = [Step("rewrite", self._rewrite), Step("read by php", self._linted)]
        return [Step("programs", self._programs), check, *passes, *rest]

    def back(self) -> list[Step]:
        """Give the steps that lead back; files that were changed are as they were, then return."""
        stop, _, pass_back, start = self._files.back()
        return [
            Step("new timers end", _plain(self._end_timers)),
            Step("new site closes", _plain(self._new.close)),
            Step("new sessions drain", lambda _: self._drained(self.target)),
            stop,
            Step("as before", self._as_before),
            pass_back,
            Step("sessions back", lambda _: self._carried(self.target, self.source)),
            start,
            Step("old site opens", _plain(self._open_old)),
            Step("old timers run", _plain(self._cron_again)),
        ]

    def finish(self) -> list[Step]:
        """Give the steps that end the way back."""
        return self._files.finish()

    def verify(self) -> Verdict:
        """Compare all files, and ask nginx, PHP, the timers and the site itself."""
        idle = [Difference(each, "missing") for each in self._timers.idle()]
        checks = [
            *verify.files(self.source, self.target, self._changed()[1].files),
            verify.nginx(self.target),
            Check.of("timers", len(self._timers.read()), idle),
            verify.answers(self.target, self.plan),
        ]
        return Verdict([*checks, self._lint()] if self.plan.php else checks)

    @property
    def _files(self) -> FilesMove:
        return FilesMove(
            self.name,
            self.source,
            self.target,
            self.folder,
            services=self.plan.services,
            new_services=self.plan.new_services,
            stop_seconds=self.plan.stop_seconds,
            most_deleted=self.plan.most_deleted,
        )

    @property
    def _new(self) -> Installation:
        return Installation(self.target, self.plan)

    @property
    def _timers(self) -> Timers:
        return Timers(self.target, self._aside, self.plan)

    @property
    def _aside(self) -> Aside:
        return Aside(self.source, self.plan.site)

    def _programs(self, _pulse: Pulse) -> Facts:
        lacking = self._new.missing()
        if lacking:
            said = {"programs": ", ".join(lacking)}
            raise ProblemError(Problem("web-no-program", self.target.remote.address, said))
        found = self._timers.read()
        if self.plan.old_site:
            self._aside.read(self.plan.old_site.file)
        return {"jobs": len(found)}

    def _changed(self) -> tuple[dict[bytes, Piece], Changed]:
        """Read the files that change where nobody changed them: on the old host."""
        raw = read(self.source, chosen(files(self.source), self.plan)) if self._any() else {}
        return raw, changed({name: piece.data for name, piece in raw.items()}, self.plan)

    def _any(self) -> bool:
        return bool(self.plan.settings or self.plan.text)

    def _rewrite(self, _pulse: Pulse) -> Facts:
        raw, found = self._changed()
        write(self.target, {name: raw[name].holding(d) for name, d in found.files.items()})
        return found.facts()

    def _as_before(self, _pulse: Pulse) -> Facts:
        """Put the old text and settings back; what was edited on the new host is named."""
        raw, found = self._changed()
        there = set(files(self.target))
        now = read(self.target, [name for name in found.files if name in there])
        edited = [n for n, piece in now.items() if piece.data not in {found.files[n], raw[n].data}]
        write(self.target, {name: raw[name] for name in found.files})
        return {"files": len(found.files), "edited": [shown(n) for n in edited]}

    def _linted(self, _pulse: Pulse) -> Facts:
        if self.plan.php is None:
            return {}
        found = self._lint()
        if not found.good:
            files_said = ", ".join(each.where for each in found.differences[:5])
            said = {"count": found.count, "files": files_said}
            raise ProblemError(Problem("web-php-refused", str(self.target), said))
        return {"files": found.looked_at}

    def _lint(self) -> Check:
        return verify.lint(self.target, self.plan.php.unchecked if self.plan.php else ())

    def _drained(self, place: FilesPlace) -> Facts:
        if self.plan.php is None:
            return {}
        return {"cut_off": drain(place, self.plan.session_folder, self.plan.drain_seconds)}

    def _carried(self, old: FilesPlace, new: FilesPlace) -> Facts:
        if self.plan.php is None or self.plan.sessions is not Sessions.CARRIED:
            return {}
        user = self.plan.php.user if new is self.target else None
        return {"sessions": carry(old, new, self.plan.session_folder, user)}

    def _no_cron(self, _pulse: Pulse) -> Facts:
        self._aside.take(self._timers.crontabs)
        return {"crontabs": len(self._timers.crontabs)}

    def _cron_again(self) -> None:
        self._aside.again(self._timers.crontabs)

    def _close_old(self, _pulse: Pulse) -> Facts:
        if self.plan.old_site:
            self._aside.take([self.plan.old_site.file])
            self.source.run(f"systemctl reload {shlex.quote(self.plan.old_site.unit)}")
        return {}

    def _open_old(self) -> None:
        if self.plan.old_site:
            self._aside.again([self.plan.old_site.file])
            self.source.run(f"systemctl reload-or-restart {shlex.quote(self.plan.old_site.unit)}")

    def _open_new(self, _pulse: Pulse) -> Facts:
        if self.plan.new_services:
            self.target.run(f"systemctl start -- {shlex.join(self.plan.new_services)}")
        self._new.open()
        return {}

    def _close_new(self) -> None:
        self._new.close()
        stop(self.target, self.plan.new_services, self.plan.stop_seconds)

    def _run_timers(self, _pulse: Pulse) -> Facts:
        return {"timers": self._timers.start()}

    def _end_timers(self) -> None:
        self._timers.stop()


def _plain(act: Callable[[], object]) -> Callable[[Pulse], Facts]:
    def done(_pulse: Pulse) -> Facts:
        act()
        return {}

    return done
