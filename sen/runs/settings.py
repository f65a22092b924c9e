"""Settings of the stacks of a platform on this machine, written where Pulumi looks for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sen.local.platform import Platform
from sen.paths import PROJECT

CONFIG = PROJECT / "stacks" / "config"
BASELINE_LEVEL = 4


def stack_stage(platform: Platform) -> str:
    """Give the last word of its stacks' names: `dev`, after its name for all but `local`."""
    return "dev" if platform.name == "local" else f"{platform.name}dev"


def baseline_stack(platform: Platform) -> str:
    return f"baseline-{platform.name}-{stack_stage(platform)}"


def tenants_stack(platform: Platform, agency: str) -> str:
    return f"tenants-{agency.lower()}-{stack_stage(platform)}"


def write_baseline(platform: Platform) -> str:
    """Write the settings of the platform's baseline and give the stack's name."""
    stack = baseline_stack(platform)
    _write(
        stack,
        {
            "layer": "baseline",
            "cluster": _cluster(platform),
            "level": BASELINE_LEVEL,
            "security_officers": ["sen-security-officers"],
            "inspectors": ["sen-inspectors"],
        },
    )
    return stack


def write_tenants(platform: Platform, agency: str, requests: list[Path]) -> str:
    """Add requests to those of an agency's tenants stack and give its name.

    What stood there stays, as long as its files do: the country does not take the demo away.
    """
    stack = tenants_stack(platform, agency)
    write_tenants_of(stack, _cluster(platform), agency, requests)
    return stack


def write_tenants_of(
    stack: str, cluster: Mapping[str, Any], agency: str, requests: list[Path]
) -> tuple[str, ...]:
    """Add requests to those of a tenants stack, wherever its cluster is; give all of them."""
    before = [path for path in _requests(stack) if (PROJECT / path).exists()]
    together = tuple(dict.fromkeys((*before, *map(_shown, requests))))
    _write(
        stack,
        {
            "layer": "tenants",
            "cluster": dict(cluster),
            "agency": agency,
            "requests": list(together),
            "protect": False,
        },
    )
    return together


def forget(platform: Platform) -> int:
    """Remove the settings of all its stacks, which a platform that is gone leaves, and count them.

    The salt in them belongs to a passphrase that is gone as well.
    """
    stacks = CONFIG.glob(f"Pulumi.*-{stack_stage(platform)}.yaml")
    own = str(platform.kubeconfig)
    files = [file for file in stacks if _settings(file).get("cluster", {}).get("kubeconfig") == own]
    for file in files:
        file.unlink()
    return len(files)


def config_file(stack: str) -> Path:
    return CONFIG / f"Pulumi.{stack}.yaml"


def _requests(stack: str) -> list[str]:
    return list(_settings(config_file(stack)).get("requests") or [])


def _settings(file: Path) -> dict[str, Any]:
    settings: dict[str, Any] = (_content(file).get("config") or {}).get("sen:stack") or {}
    return settings


def _content(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}
    return content or {}


def _cluster(platform: Platform) -> dict[str, Any]:
    return {
        "name": platform.name,
        "kubeconfig": str(platform.kubeconfig),
        "context": platform.context,
    }


def _shown(path: Path) -> str:
    inside = path.is_relative_to(PROJECT)
    return str(path.relative_to(PROJECT) if inside else path)


def _write(stack: str, settings: Mapping[str, Any]) -> None:
    """Keep what Pulumi itself put into the file, such as the salt of its encryption."""
    file = config_file(stack)
    content = _content(file)
    config = {**(content.get("config") or {}), "sen:stack": dict(settings)}
    text = yaml.safe_dump({**content, "config": config}, allow_unicode=True, sort_keys=False)
    if not file.exists() or file.read_text("utf-8") != text:
        file.write_text(text, "utf-8")
