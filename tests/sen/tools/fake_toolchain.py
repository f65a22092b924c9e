"""A toolchain of one small tool, and a `go` that does what the test asks for."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from sen.tools import catalogue
from sen.tools.catalogue import Catalogue, Family
from sen.tools.place import family_dir

PATIENCE_SECONDS = 60

HELLO = {
    "name": "hello",
    "version": "1.2.3",
    "cold_mib": 1,
    "size_mib": 1,
    "builds": [
        {
            "module": "hello",
            "variables": {"main.version": "v1.2.3"},
            "packages": {"hello": "."},
        }
    ],
    "tools": [
        {
            "name": "hello",
            "ask": ["--version"],
            "answer": r"^hello v(?P<version>\S+)$",
            "needed_for": "tests",
        }
    ],
}

KUBECTL = {
    "name": "kubectl",
    "from": "python",
    "ask": ["version"],
    "answer": r"^v(?P<version>\S+)",
    "accepts": r"1\.36\..*",
    "wanted": "1.36",
    "needed_for": "tests",
}
UV = {
    **KUBECTL,
    "name": "uv",
    "from": "bootstrap",
    "ask": ["--version"],
    "accepts": ".*",
    "wanted": "any",
}

SOURCE = """package main

import "os"

var version = "none"

func main() { os.Stdout.WriteString("hello " + version + "\\n") }
"""

# Each call is written down; `build` writes a script that answers like the tool.
GO = r"""#!/bin/sh
echo "$*" >> "{here}/calls"
case "$1" in
version) echo "go version go1.99.0 linux/amd64" ;;
env) echo "{here}/gocache"; echo "{here}/gomod" ;;
mod) ;;
list) if [ "$2" = -m ]; then echo "{here}/module"; else echo hello; echo fmt; fi ;;
build)
  echo hello
  module=$(basename "$PWD")
  for note in "{here}/fail" "{here}/fail-$module"; do
    [ -e "$note" ] && { cat "$note"; exit 1; }
  done
  for note in "{here}/hang" "{here}/hang-$module"; do
    [ -e "$note" ] || continue
    echo $$ > "{here}/hanging.new"; mv "{here}/hanging.new" "{here}/hanging"
    while [ -e "$note" ]; do sleep 0.05; done
  done
  while [ "$1" != -o ]; do shift; done
  case "$2" in */out) target="$2/several" ;; *) target="$2" ;; esac
  answer="hello v1.2.3"; [ -e "{here}/answer" ] && answer="$(cat "{here}/answer")"
  printf '#!/bin/sh\necho "%s"\n' "$answer" > "$target"
  chmod +x "$target"
  [ -e schema.json ] && cp schema.json "{here}/schema.seen"
  exit 0 ;;
esac
"""

RUN = """
import sys
from pathlib import Path
from sen.tools import catalogue
catalogue.TOOLCHAIN = Path(sys.argv.pop(1))
from sen.cli.main import main
main()
"""


@dataclass(frozen=True)
class FakeToolchain:
    here: Path

    @property
    def folder(self) -> Path:
        return self.here / "toolchain"

    @property
    def cache(self) -> Path:
        return self.here / "cache" / "sen"

    @property
    def known(self) -> Catalogue:
        return catalogue.catalogue()

    @property
    def family(self) -> Family:
        return self.known.families[0]

    @property
    def home(self) -> Path:
        return family_dir(self.family, self.known.folder, self.known.go)

    def write(self, *families: dict[str, object], brought: tuple[object, ...] = ()) -> None:
        """Write the catalogue and a module for each build."""
        self.folder.mkdir(exist_ok=True)
        content = {"go": "1.20", "families": list(families), "brought": list(brought)}
        (self.folder / "tools.yaml").write_text(yaml.safe_dump(content))
        for family in families:
            for build in family["builds"]:
                module = self.folder / build["module"]
                module.mkdir(exist_ok=True)
                (module / "go.mod").write_text(f"module {build['module']}\n\ngo 1.20\n")
                (module / "go.sum").write_text("")
                (module / "main.go").write_text(SOURCE)
        catalogue.read.cache_clear()

    def ask(self, name: str, content: str = "") -> Path:
        """Leave a note for the fake `go`: fail, hang (both also for one module), answer."""
        note = self.here / name
        note.write_text(content)
        return note

    def program(self, name: str, script: str) -> Path:
        """Put a program on PATH."""
        path = self.here / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def calls(self, word: str) -> int:
        """Count the calls of `go` whose first word is this."""
        file = self.here / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return sum(1 for line in lines if line.split()[0] == word)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Run `sen` in a process of its own."""
        command = [sys.executable, "-c", RUN, str(self.folder), *arguments]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
        )

    def left(self) -> list[Path]:
        return list((self.cache / "toolchain").glob("*.partial-*"))


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until another process has come so far."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """Say whether a process runs; one that only waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@pytest.fixture
def toolchain(tmp_path, monkeypatch) -> FakeToolchain:
    made = FakeToolchain(tmp_path)
    made.write(HELLO)
    go = made.program("go", "")
    go.write_text(GO.replace("{here}", str(tmp_path)))
    monkeypatch.setattr(catalogue, "TOOLCHAIN", made.folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SEN_LANG", "en")
    monkeypatch.delenv("UV", raising=False)
    return made
