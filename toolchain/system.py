"""Install the system packages of later parts and some tests, on Debian and Ubuntu as root."""

# ruff: noqa: INP001 - a folder of scripts and Go modules, not a package

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).resolve().parent / "system-packages.tsv"
INSTALL = ("apt-get", "install", "--yes", "-qq", "--no-install-recommends")


@dataclass(frozen=True)
class Package:
    name: str
    needed_by: str
    in_tests: bool


def packages(text: str) -> list[Package]:
    """Read the list: name, need, and whether tests of this tree want it."""
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return [Package(row[0], row[1], "tests" in row[2:]) for row in rows]


def missing(names: list[str]) -> list[str]:
    """Give the packages that dpkg does not have installed."""
    return [name for name in names if not installed(name)]


def installed(name: str) -> bool:
    said = run("dpkg-query", "--show", "--showformat=${Status}", name)
    return said.returncode == 0 and said.stdout.strip() == "install ok installed"


def known(name: str) -> bool:
    """Say whether apt has a version of this package to install."""
    said = run("apt-cache", "policy", name).stdout
    return "Candidate:" in said and "Candidate: (none)" not in said


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    return subprocess.run(  # noqa: S603 - apt and dpkg with names of the list
        command, env=quiet, capture_output=True, text=True, check=False
    )


def install(names: list[str]) -> list[str]:
    """Install what is missing; give those that could not be had. The lists are refreshed once."""
    if not all(known(name) for name in names):
        run("apt-get", "update", "-qq")
    available = [name for name in names if known(name)]
    if available and run(*INSTALL, *available).returncode != 0:
        for name in available:  # one broken package must not keep the others away
            run(*INSTALL, name)
    return missing(names)


def main(arguments: "list[str] | None" = None) -> int:
    """Exit 0 when all is there, 3 when something is not; `--for-tests` never fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for-tests", action="store_true", help="only what tests of this tree use")
    for_tests = parser.parse_args(arguments).for_tests
    wanted = [p.name for p in packages(LIST.read_text("utf-8")) if p.in_tests or not for_tests]
    return report(wanted, for_tests=for_tests)


def report(wanted: "list[str]", *, for_tests: bool) -> int:
    """Install what can be installed, and say in a line how it stands."""
    failure = 0 if for_tests else 3
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        say(f"system packages: not Debian or Ubuntu; install by hand: {' '.join(wanted) or '-'}")
        return failure
    lacking = missing(wanted)
    if lacking and os.geteuid() != 0:
        say(f"system packages: run `make system` as root to install {' '.join(lacking)}")
        return failure
    left = install(lacking) if lacking else []
    if left:
        say(f"system packages: not to be had here: {' '.join(left)}; what needs them is skipped")
        return failure
    say(f"system packages: {len(wanted)} wanted, {len(lacking)} installed now, all there")
    return 0


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
