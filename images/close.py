"""Take shells, package managers and what only they need out of the system: nothing to live off."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

# What stays of the programs: Python, and the two that start scripts and look at libraries.
KEPT = {"env", "python3", "python3.11", "ldconfig", "ldconfig.real"}
PROGRAMS = ("usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin")
FOLDERS = (
    "etc/apt",
    "etc/dpkg",
    "etc/cron.d",
    "etc/cron.daily",
    "etc/systemd",
    "etc/init.d",
    "etc/alternatives",
    "etc/skel",
    "root/.cache",
    "usr/lib/apt",
    "usr/lib/dpkg",
    "usr/lib/systemd",
    "usr/lib/init",
    "usr/share/bash-completion",
    "usr/share/debconf",
    "usr/share/perl5",
    "usr/lib/x86_64-linux-gnu/perl-base",
    "usr/share/lintian",
    "usr/share/bug",
    "usr/share/menu",
    "usr/share/python3/debpython",
    "usr/lib/python3/dist-packages",
    "usr/include",
    "var/cache",
    "var/lib/apt",
    "var/log",
    "usr/lib/x86_64-linux-gnu/gconv",
    "usr/share/info",
)
USER = "sen:x:65532:65532:Sen:/run/sen/home:/nonexistent\n"


def main(build: str, root: str = "/") -> int:
    """Exit 1 when a shell is still there."""
    system = Path(root)
    _people(system)
    for each in [*(system / name for name in FOLDERS), Path(build)]:
        shutil.rmtree(each, ignore_errors=True)
    for each in needless(system):
        each.unlink()
    for name in ("tmp", "var/tmp", "run/sen"):
        (system / name).mkdir(parents=True, exist_ok=True)
    shutil.chown(system / "run/sen", 65532, 65532)
    return 1 if list(needless(system)) else 0


def needless(system: Path) -> Iterator[Path]:
    """Give programs that do not stay; those that lend rights (setuid) are among them."""
    for folder in PROGRAMS:
        for each in (system / folder).iterdir():
            if each.name not in KEPT and not each.is_dir():
                yield each


def _people(system: Path) -> None:
    """Add the user that runs; nobody has a shell."""
    for name, line in (("passwd", USER), ("group", "sen:x:65532:\n")):
        file = system / "etc" / name
        text = file.read_text("utf-8")
        for shell in ("/bin/bash", "/bin/sh", "/bin/sync", "/usr/sbin/nologin"):
            text = text.replace(f":{shell}\n", ":/nonexistent\n")
        file.write_text(text + line, "utf-8")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
