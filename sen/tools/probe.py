"""Ask a program for its version, once: the answer is kept until the file changes."""

import contextlib
import json
import os
import re
import subprocess
from pathlib import Path

from sen.paths import cache_dir
from sen.tools.catalogue import ToolSpec
from sen.tools.place import pulumi_home

PATIENCE_SECONDS = 60
KEPT = 200


def answer(path: Path, ask: tuple[str, ...]) -> str:
    """Run the program and give all it says; a program that does not start says nothing."""
    quiet = {"PULUMI_HOME": str(pulumi_home()), "PULUMI_SKIP_UPDATE_CHECK": "1", "KUBECONFIG": ""}
    try:
        done = subprocess.run(  # noqa: S603 - a pinned tool with arguments of the catalogue
            [path, *ask],
            env={**os.environ, **quiet},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


def told(spec: ToolSpec, said: str, otherwise: str) -> str | None:
    """Read the version in an answer; a tool that tells none is taken for `otherwise`."""
    match = re.search(spec.answer, said, re.MULTILINE)
    if match is None:
        return None
    return match.groupdict().get("version") or otherwise


def version_of(path: Path, spec: ToolSpec, otherwise: str = "") -> str | None:
    """Give the version of the program at `path`, None if it does not answer as it should."""
    try:
        state = path.stat()
    except OSError:
        return None
    key = f"{path}|{state.st_mtime_ns}|{state.st_size}|{' '.join(spec.ask)}"
    known = _remembered()
    if key not in known:
        known[key] = answer(path, spec.ask)[:2000]
        _remember(known)
    return told(spec, known[key], otherwise)


def _file() -> Path:
    return cache_dir() / "versions.json"


def _remembered() -> dict[str, str]:
    try:
        content = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _remember(known: dict[str, str]) -> None:
    """Write whole and rename; of two writers at once one answer is lost and asked again."""
    file = _file()
    with contextlib.suppress(OSError):  # a read-only cache costs time only
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        fresh.write_text(json.dumps(dict(list(known.items())[-KEPT:])), "utf-8")
        fresh.replace(file)
