"""Where tools stand in the cache: each family in a folder named after all that goes into it."""

import hashlib
import json
import platform
from pathlib import Path

from sen.paths import cache_dir
from sen.tools.catalogue import Family

FLAGS = ("-trimpath", "-ldflags", "-s -w")


def toolchain_cache() -> Path:
    return cache_dir() / "toolchain"


def pulumi_home() -> Path:
    """Give the `PULUMI_HOME` of Sen: its plugins are the pinned ones."""
    return cache_dir() / "pulumi-home"


def bootstrap_dir() -> Path:
    """Give the private environment in which `toolchain/bootstrap.py` puts uv."""
    return cache_dir() / "bootstrap"


def family_key(family: Family, folder: Path, go: str) -> str:
    """Hash the modules' files, the flags, the oldest Go that serves and the machine's kind."""
    digest = hashlib.sha256()
    recipe = [build.model_dump(mode="json") for build in family.builds]
    machine = (platform.system(), platform.machine())
    digest.update(json.dumps([family.version, recipe, FLAGS, go, machine]).encode())
    for build in family.builds:
        for file in sorted(path for path in (folder / build.module).iterdir() if path.is_file()):
            digest.update(f"{build.module}/{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def family_dir(family: Family, folder: Path, go: str) -> Path:
    return toolchain_cache() / f"{family.name}-{family_key(family, folder, go)}"


def plugin_dir(plugin: str, version: str) -> Path:
    """Give the folder where Pulumi looks for a provider of this version."""
    return pulumi_home() / "plugins" / f"resource-{plugin}-v{version}"
