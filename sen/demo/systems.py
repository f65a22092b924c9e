"""The demo's input: the requests under `stacks/agencies`, one folder a first-level agency."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from stacks.models.load import load_requests

from sen.paths import PROJECT

AGENCIES = PROJECT / "stacks" / "agencies"


def demo_requests(today: date) -> tuple[dict[str, list[Path]], list[str]]:
    """Give the folder of each agency's requests, and the names of tenants that have ended."""
    folders: dict[str, list[Path]] = {}
    ended: list[str] = []
    for folder in sorted(path for path in AGENCIES.iterdir() if path.is_dir()):
        requests = load_requests([folder], today=date.min)
        ended += [each.name for each in requests if each.ends < today]
        folders[folder.name.upper()] = [folder]
    return folders, ended
