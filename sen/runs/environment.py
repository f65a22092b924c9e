"""The environment in which plain `pulumi` and `kubectl` work against a platform on this machine."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from sen.errors import MissingPartError
from sen.local.platform import Platform
from sen.tools import find, pulumi_home, tool_dirs

# The policy pack says its port on a pipe and does not flush: Pulumi would wait for it for ever.
UNBUFFERED = {"PYTHONUNBUFFERED": "1"}


class Backend(StrEnum):
    S3 = "s3"
    FILE = "file"


def environment(
    platform: Platform, backend: Backend = Backend.S3, *, checkpoints: bool = False
) -> dict[str, str]:
    """Give the variables; none of them is a secret, secrets stay in files with mode 0600.

    Args:
        platform: Whose cluster and whose S3 service.
        backend: Where the state lies: the platform's S3 service, or a folder beside it.
        checkpoints: Whether state is written after each step (slower: each write is the whole
            state) or once at the end (a killed run then needs `sen recover`).

    Raises:
        MissingPartError: A tool is not there, or the platform was never up.
    """
    find("pulumi")
    if not platform.exists:
        raise MissingPartError(platform.never_up())
    own = {"KUBECONFIG": str(platform.kubeconfig)}
    place = {**_backend(platform, backend), **_passphrase(platform)}
    return {**tooling(pulumi_home(), checkpoints=checkpoints), **own, **place}


def tooling(home: Path, *, checkpoints: bool = False) -> dict[str, str]:
    """Give what every run needs wherever it is: the tools, and how they are to work.

    Args:
        home: Pulumi's own folder, with its plugins.
        checkpoints: As in `environment`.

    Raises:
        MissingPartError: A tool is not there.
    """
    off = "false" if checkpoints else "true"  # said either way: a shell may hold the other
    return {
        "PATH": os.pathsep.join([*map(str, tool_dirs()), os.environ.get("PATH", "")]),
        "PULUMI_HOME": str(_without_log(home)),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_PARALLEL": "64",
        **UNBUFFERED,
        "UV_FROZEN": "true",  # Pulumi runs `uv sync` before a program: the lock file holds
        # Memory for speed: Go's collector took a third of a run. The limit is soft, a process.
        "GOGC": os.environ.get("GOGC", "400"),
        "GOMEMLIMIT": os.environ.get("GOMEMLIMIT", "1500MiB"),
        "PULUMI_EXPERIMENTAL": off,
        "PULUMI_SKIP_CHECKPOINTS": off,
    }


def pod_tooling(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give the same to a run in a pod, whose manifest says only where Pulumi's folder is."""
    return tooling(Path(variables.get("PULUMI_HOME") or pulumi_home()))


def _without_log(home: Path) -> Path:
    """Keep the CLI from its always-on debug log, by a file where it would make its folder.

    The log takes a third of a run's processor time and holds inputs in clear until a stack is open;
    `pulumi -v=9 --logtostderr` shows the same when somebody wants to see it.
    """
    logs = home / "logs"
    if logs.is_dir():
        shutil.rmtree(logs)
    home.mkdir(parents=True, exist_ok=True)
    logs.touch(mode=0o600)
    return home


def _backend(platform: Platform, backend: Backend) -> Mapping[str, str]:
    if backend is Backend.FILE:
        folder = platform.state / "pulumi-state"
        folder.mkdir(mode=0o700, exist_ok=True)
        # Attribute files are not written whole at once: a run that read its own ended with EOF.
        return {"PULUMI_BACKEND_URL": f"file://{folder}?metadata=skip"}
    options = f"endpoint={platform.s3_endpoint}&region={platform.s3_region}&s3ForcePathStyle=true"
    return {
        "PULUMI_BACKEND_URL": f"s3://{platform.state_bucket}?{options}",
        "AWS_SHARED_CREDENTIALS_FILE": str(platform.s3_credentials),
        "AWS_REGION": platform.s3_region,
    }


def _passphrase(platform: Platform) -> Mapping[str, str]:
    """Leave a passphrase of the environment alone; else point to a file made at the first run."""
    if os.environ.get("PULUMI_CONFIG_PASSPHRASE"):
        return {}
    if given := os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        return {"PULUMI_CONFIG_PASSPHRASE_FILE": given}
    return {"PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase_file(platform.state))}


def passphrase_file(state: Path) -> Path:
    """Give the platform's passphrase file; made once, readable by its owner only."""
    file = state / "passphrase"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(32))
    return file
