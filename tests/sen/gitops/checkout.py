"""A Git repository of requests, written by some people and merged by others."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.request_of import request_of

AN, BINH, CHI = "an@hanoi.gov.vn", "binh@hanoi.gov.vn", "chi@hanoi.gov.vn"
KNOWN = {
    "users": {AN: "an", BINH: "binh", "Chi@hanoi.gov.vn": "chi"},
    "roles": {"binh": ["head"], "chi": ["security-officer"]},
    "groups": {"binh": ["h26-heads", "h26-viewers"], "chi": ["h26-security-officers"]},
}


@dataclass(frozen=True)
class Checkout:
    root: Path

    @property
    def requests(self) -> Path:
        return self.root / "agencies"

    def git(self, *words: str, by: str = AN, committer: str | None = None) -> str:
        ran = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.root),
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_NAME": by,
                "GIT_AUTHOR_EMAIL": by,
                "GIT_COMMITTER_NAME": committer or by,
                "GIT_COMMITTER_EMAIL": committer or by,
            },
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout

    def write(self, name: str, content: object = None, *, by: str = AN, **changed) -> Path:
        """Commit a file on the branch that is checked out."""
        file = self.requests / name
        file.parent.mkdir(parents=True, exist_ok=True)
        given = content if content is not None else request_of(**changed)
        text = given if isinstance(given, str) else yaml.safe_dump(given, allow_unicode=True)
        file.write_text(text, "utf-8")
        self.git("add", "-A")
        self.git("commit", "-qm", f"Write {name}", by=by)
        return file

    def merge(self, *, by: str, name: str = "portal.yaml", author: str = AN, **changed) -> Path:
        """Write a file on a branch and merge it."""
        self.git("checkout", "-qb", "proposal")
        file = self.write(name, by=author, **changed)
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", "-m", "Merge", "proposal", by=by)
        self.git("branch", "-qD", "proposal")
        return file

    def remove(self, name: str) -> None:
        self.git("rm", "-q", f"agencies/{name}")
        self.git("commit", "-qm", f"Remove {name}")


def checkout(folder: Path) -> Checkout:
    """Make a repository whose first commit holds no request."""
    made = Checkout(folder)
    folder.mkdir()
    made.git("init", "-q", "-b", "main")
    (folder / "README").write_text("requests\n")
    made.git("add", "-A")
    made.git("commit", "-qm", "Begin")
    made.requests.mkdir()
    return made
