"""Find a tool: pinned on PATH, else in the cache, the Python environment or the bootstrap."""

import os
import re
import shutil
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sen.errors import MissingPartError
from sen.tools.catalogue import Brought, Catalogue, Family, ToolSpec, catalogue
from sen.tools.place import bootstrap_dir, family_dir, plugin_dir, toolchain_cache
from sen.tools.probe import version_of
from sen.tools.stamp import complete
from stacks.problem import Problem

Source = Literal["path", "cache", "python"]


@dataclass(frozen=True)
class Tool:
    name: str
    version: str
    path: Path
    source: Source


def find(name: str) -> Tool:
    """Give the tool of the pinned version, or say how to get it."""
    known = catalogue()
    spec = known.spec(name)
    family = known.family_of(name)
    found = _built(known, family, spec) if family else _brought(spec)
    if found:
        return found
    wanted = family.version if family else getattr(spec, "wanted", "")
    if family and family.optional:
        values = {"wanted": wanted, "family": family.name}
        raise MissingPartError(Problem("tool-optional", name, values))
    there = on_path(name)
    if there is None:
        raise MissingPartError(Problem("tool-missing", name, {"wanted": wanted}))
    other = version_of(there, spec) or "?"
    values = {"wanted": wanted, "found": other, "path": there}
    raise MissingPartError(Problem("tool-other-version", name, values))


def tool_dirs() -> list[Path]:
    """Give the folders to put on PATH, in this order: the Python environment comes before uv's."""
    names = ("pulumi", "pulumi-language-python", "kubectl", "uv")
    return list(dict.fromkeys(find(name).path.parent for name in names))


def on_path(name: str) -> Path | None:
    """Give the first program of this name on PATH that Sen did not build itself."""
    cache = toolchain_cache()
    for folder in os.get_exec_path():
        found = shutil.which(name, path=folder)
        if found and not Path(found).is_relative_to(cache):
            return Path(found).absolute()
    return None


def family_on_path(family: Family) -> dict[str, Path] | None:
    """Give the family's tools from PATH when each is there, pinned, and beside its siblings."""
    paths = {spec.name: on_path(spec.name) for spec in family.tools}
    found = {name: path for name, path in paths.items() if path is not None}
    if len(found) < len(paths) or any(spec.plugin for spec in family.tools):
        return None
    if family.together and len({path.parent for path in found.values()}) > 1:
        return None
    told = {version_of(found[spec.name], spec, family.version) for spec in family.tools}
    return found if told == {family.version} else None


def family_in_cache(known: Catalogue, family: Family) -> dict[str, Path] | None:
    """Give the family's tools from the cache when all that was built is still there."""
    folder = family_dir(family, known.folder, known.go)
    stamped = complete(folder)
    if stamped is None:
        return None
    found = {}
    for spec in family.tools:
        home = plugin_dir(spec.plugin, family.version) if spec.plugin else folder
        found[spec.name] = home / spec.name
        seen = stamped.files.get(spec.name)
        if seen is None or not _has_size(found[spec.name], seen.size):
            return None
    return found


def _has_size(file: Path, size: int) -> bool:
    return file.is_file() and file.stat().st_size == size


def _built(known: Catalogue, family: Family, spec: ToolSpec) -> Tool | None:
    if paths := family_on_path(family):
        return Tool(spec.name, family.version, paths[spec.name], "path")
    if paths := family_in_cache(known, family):
        return Tool(spec.name, family.version, paths[spec.name], "cache")
    return None


def _brought(spec: ToolSpec) -> Tool | None:
    if not isinstance(spec, Brought):
        return None
    for path, source in _candidates(spec):
        version = version_of(path, spec) if path.is_file() else None
        if version and re.fullmatch(spec.accepts, version):
            return Tool(spec.name, version, path, source)
    return None


def _candidates(spec: Brought) -> Iterator[tuple[Path, Source]]:
    if spec.origin == "python":
        yield Path(sysconfig.get_path("scripts")) / spec.name, "python"
    if there := on_path(spec.name):
        yield there, "path"
    if spec.origin == "bootstrap":
        # `uv run` tells its child where it stands, also when it is not on PATH.
        if running := os.environ.get("UV"):
            yield Path(running), "path"
        yield bootstrap_dir() / "bin" / spec.name, "cache"
