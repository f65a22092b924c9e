"""What this machine has besides the tools: memory, disk, ports, system packages. Reads only."""

import contextlib
import os
import platform
import shutil
import socket
import subprocess
from pathlib import Path

import psutil

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path.home() / ".local/share/fonts")
PORTS_WANTED = 12
GIB = 1 << 30


def memory_gib() -> float:
    return float(psutil.virtual_memory().available) / GIB


def free_ports() -> int:
    """Count the loopback ports that can be had at once, of as many as the platform takes."""
    with contextlib.ExitStack() as stack:
        for count in range(PORTS_WANTED):
            server = stack.enter_context(socket.socket())
            try:
                server.bind(("127.0.0.1", 0))
            except OSError:
                return count
    return PORTS_WANTED


def is_root() -> bool:
    return os.geteuid() == 0


def user() -> str:
    return "root" if is_root() else f"user {os.geteuid()}"


def first_line(name: str, *ask: str) -> str | None:
    """Give the first line a program says, None when it is not on PATH."""
    path = shutil.which(name)
    if path is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - a program of this machine, asked for its version
            [path, *ask], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "does not answer"
    return next(iter(done.stdout.splitlines()), "does not answer").strip()


def chromium() -> str | None:
    """Give the first Chromium on PATH."""
    return next((first_line(name, "--version") for name in CHROMIUMS if shutil.which(name)), None)


def vietnamese_font() -> str | None:
    """Give a font that has every Vietnamese letter."""
    for folder in FONT_FOLDERS:
        for pattern in ("NotoSans-Regular*", "NotoSans[[]*", "DejaVuSans.ttf"):
            if found := next(folder.rglob(pattern), None):
                return found.name
    return None


def python_version() -> str:
    return platform.python_version()
