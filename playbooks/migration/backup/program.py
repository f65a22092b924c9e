"""A backup that the owner's own programs look after: restic, Borg, a tape robot."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playbooks.migration.program import MOST_SAID, ProgramFailedError, printed
from stacks.problem import Problem, ProblemError


@dataclass(frozen=True)
class ProgramStore:
    """Two programs, run here without a shell.

    Attributes:
        name: As a person knows the backup.
        age: Prints when the newest backup was taken, in ISO 8601 with an offset.
        restore: Restores it to where it is thrown away; its exit code tells, and its last line.
        seconds: How long either may take.
    """

    name: str
    age: Sequence[str]
    restore: Sequence[str]
    seconds: int

    def taken(self) -> dt.datetime:
        """Say when the newest backup was taken.

        Raises:
            ProblemError: The program fails, or prints no time.
        """
        said = self._run(self.age, "backup-no-time").strip()
        with contextlib.suppress(ValueError):
            found = dt.datetime.fromisoformat(said)
            if found.tzinfo is not None:
                return found
        raise ProblemError(
            Problem("backup-no-time", self.name, {"program": self.age[0], "reason": said[:80]})
        )

    def restored(self) -> Mapping[str, object]:
        """Restore it.

        Raises:
            ProblemError: The program fails.
        """
        lines = self._run(self.restore, "backup-not-restored").strip().splitlines()
        return {"said": lines[-1][:MOST_SAID] if lines else ""}

    def _run(self, words: Sequence[str], key: str) -> str:
        try:
            return printed(words, self.seconds)
        except ProgramFailedError as error:
            said = {"program": words[0], "reason": str(error)}
            raise ProblemError(Problem(key, self.name, said)) from None
