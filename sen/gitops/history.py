"""What Git says of a file: who wrote it last, and who merged it.

Names in Git are words: whoever pushes may write any. The Git host must hold them to be true.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sen.errors import MissingPartError
from stacks.problem import Problem, ProblemError

# A repository may name programs to run and commits to be taken for others; here it may not.
_GIT = ("git", "--no-replace-objects", "--literal-pathspecs", "-c", "core.fsmonitor=false")


@dataclass(frozen=True)
class Origin:
    """Where a file's content comes from.

    Attributes:
        author: Mail of the author of its last commit.
        merger: Mail of the committer of the merge that brought it; None when nobody merged it.
        wrote: Mails of all who wrote at the file in what was merged.
    """

    author: str
    merger: str | None = None
    wrote: frozenset[str] = frozenset()


class Repository:
    """A checkout, whose committed state counts."""

    def __init__(self, path: Path) -> None:
        folder = path if path.is_dir() else path.parent
        if not folder.is_dir():
            raise ProblemError(Problem("gitops-no-repository", str(path)))
        self._folder = folder.resolve()
        try:
            self.root = Path(self._git("rev-parse", "--show-toplevel").rstrip("\n"))
        except subprocess.CalledProcessError as error:
            raise ProblemError(Problem("gitops-no-repository", str(path))) from error

    def must_be_whole(self, path: Path) -> None:
        """Refuse what is not as it was merged, and a history that was cut.

        Raises:
            ProblemError: Files were changed, or earlier commits are missing.
        """
        if self._git("rev-parse", "--is-shallow-repository").strip() == "true":
            raise ProblemError(Problem("gitops-shallow", str(self.root)))
        status = ("status", "--porcelain", "-z", "--untracked-files=all", "--")
        changed = self._git(*status, str(path.resolve()))
        if changed:
            names = ", ".join(each[3:] for each in changed.split("\0") if each)
            raise ProblemError(Problem("gitops-dirty", str(path), {"files": names}))

    def name(self, file: Path) -> str:
        """Give a file's name as Git has it; a link keeps its own."""
        return (file.parent.resolve() / file.name).relative_to(self.root).as_posix()

    def origin(self, name: str) -> Origin | None:
        """Say where a file comes from; None when it was never committed."""
        author = self._log("%ae", "-1", "--", name).strip()
        if not author:
            return None
        commit, parents, committer = self._log(
            "%H%n%P%n%ce", "-1", "--first-parent", "--", name
        ).splitlines()[:3]
        before = parents.split()
        if len(before) < 2:  # noqa: PLR2004 - a merge has two
            return Origin(author.lower())
        wrote = self._log("%ae", f"{before[0]}..{commit}", "--", name).lower().split("\n")
        return Origin(author.lower(), committer.lower(), frozenset(filter(None, wrote)))

    def _log(self, form: str, *words: str) -> str:
        return self._git("-C", str(self.root), "log", f"--format={form}", *words)

    def _git(self, *words: str) -> str:
        env = {key: each for key, each in os.environ.items() if not key.startswith("GIT_")}
        try:
            ran = subprocess.run(  # noqa: S603 - words are our own, names come after `--`
                (*_GIT, *words),
                cwd=self._folder,
                env={**env, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8"},
                capture_output=True,
                check=True,
            )
        except FileNotFoundError as error:
            raise MissingPartError(Problem("gitops-no-git", "git")) from error
        return ran.stdout.decode("utf-8", "replace")
