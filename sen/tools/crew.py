"""Build what is missing, two families at a time, and stop all of it together."""

import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sen.errors import MissingPartError
from sen.tools.bench import Workshop
from sen.tools.build import build_family
from sen.tools.catalogue import Catalogue, Family
from sen.tools.golang import find_go
from sen.tools.lookup import family_in_cache, family_on_path
from sen.tools.place import family_dir, plugin_dir, toolchain_cache
from sen.tools.plugin import install_plugins
from sen.tools.process import Children, StoppedError, interruptible
from sen.tools.progress import Reporter
from sen.tools.space import DISK_FULL, check_room, full, is_full
from sen.tools.stamp import complete, damaged, look
from stacks.problem import Problem

MAX_JOBS = 2

How = Literal["path", "there", "built"]


@dataclass(frozen=True)
class Outcome:
    family: Family
    how: How


def build_all(
    known: Catalogue, families: Sequence[Family], reporter: Reporter, *, jobs: int = MAX_JOBS
) -> list[Outcome]:
    """Build the families that are neither on PATH nor in the cache; give what was done for each."""
    ready = {family.name: _ready(known, family) for family in families}
    missing = [family for family in families if ready[family.name] is None]
    built = _build_missing(known, missing, reporter, jobs) if missing else set()
    return [
        Outcome(family, "built" if family.name in built else ready[family.name] or "there")
        for family in families
    ]


def drop_damaged(known: Catalogue, families: Sequence[Family]) -> list[str]:
    """Read every binary in the cache against its stamp; remove what differs, and name it."""
    found = []
    for family in families:
        folder = family_dir(family, known.folder, known.go)
        wrong = damaged(folder) if folder.exists() else []
        plugins = _wrong_plugins(family, folder)
        if wrong:
            shutil.rmtree(folder)
        for plugin in plugins:
            plugin.unlink()
        found += [f"{family.title}: {name}" for name in (*wrong, *map(str, plugins))]
    return found


def _wrong_plugins(family: Family, folder: Path) -> list[Path]:
    """Give the installed plugins that are not what was built."""
    stamped = complete(folder)
    installed = {
        spec.name: plugin_dir(spec.plugin, family.version) / spec.name
        for spec in family.tools
        if spec.plugin
    }
    return [
        file
        for name, file in installed.items()
        if file.is_file() and (stamped is None or look(file) != stamped.files.get(name))
    ]


def _ready(known: Catalogue, family: Family) -> How | None:
    if family_on_path(family):
        return "path"
    return "there" if family_in_cache(known, family) else None


def _build_missing(
    known: Catalogue, missing: Sequence[Family], reporter: Reporter, jobs: int
) -> set[str]:
    toolchain_cache().mkdir(parents=True, exist_ok=True)
    children = Children()
    with interruptible():
        go = find_go(known.go, known.folder, children, reporter)
        check_room(missing, toolchain_cache(), go.caches())
        shop = Workshop(known, go, children, reporter)
        built = _side_by_side(missing, shop, jobs)
        for family in missing:
            install_plugins(family, shop)
    return built


def _side_by_side(missing: Sequence[Family], shop: Workshop, jobs: int) -> set[str]:
    """Build them in threads; of several that fail all are told, after the others have ended."""
    problems: list[Problem] = []
    built: set[str] = set()
    with ThreadPoolExecutor(max(1, min(jobs, MAX_JOBS))) as pool:
        futures = {pool.submit(_one, family, shop): family for family in missing}
        try:
            for future in as_completed(futures):
                _collect(future, futures[future], shop, built, problems)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            shop.children.stop()
            raise
    if problems:
        raise MissingPartError(*problems)
    return built


def _one(family: Family, shop: Workshop) -> bool:
    try:
        return build_family(family, shop)
    except OSError as error:
        if is_full(error):
            raise full(toolchain_cache(), [family]) from error
        raise


def _collect(
    future: Future[bool],
    family: Family,
    shop: Workshop,
    built: set[str],
    problems: list[Problem],
) -> None:
    try:
        if future.result():
            built.add(family.name)
        shop.reporter.ended(family.title, "built" if family.name in built else "found built")
    except StoppedError:
        shop.reporter.ended(family.title, "stopped")
    except MissingPartError as error:
        problems.extend(error.problems)
        shop.reporter.ended(family.title, "failed")
        if any(problem.key == DISK_FULL for problem in error.problems):
            shop.children.stop()  # the others would fail the same way, later
