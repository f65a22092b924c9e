"""Build one family: in a copy of its modules, beside the place where it will stand, then rename."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sen.errors import MissingPartError
from sen.tools.bench import Bench, Workshop, log_of
from sen.tools.catalogue import Beside, Build, Embed, Family
from sen.tools.place import FLAGS, toolchain_cache
from sen.tools.probe import answer, told
from sen.tools.process import Children, StoppedError
from sen.tools.progress import Reporter
from sen.tools.stamp import complete, stamp
from stacks.problem import Problem

LOOK_AGAIN_SECONDS = 0.2


def build_family(family: Family, shop: Workshop) -> bool:
    """Build unless another run has just done it; give True for "built"."""
    home = shop.place(family)
    with held(family, shop.children, shop.reporter):
        if complete(home):
            return False
        shop.reporter.started(family.title, "building")
        sweep(family)
        partial = home.with_name(f"{home.name}.partial-{os.getpid()}")
        try:
            _build(family, shop, partial)
            shutil.rmtree(home, ignore_errors=True)
            (partial / "out").replace(home)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return True


@contextmanager
def held(family: Family, children: Children, reporter: Reporter) -> Iterator[None]:
    """Hold the family's lock; a second run waits here and then finds the work done."""
    lock = FileLock(toolchain_cache() / f"{family.name}.lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        reporter.started(family.title, "waiting for the run that builds it now")
        while not lock.is_locked:
            if children.stopped.is_set():
                raise StoppedError from None
            _try(lock)
    try:
        yield
    finally:
        lock.release()


def _try(lock: FileLock) -> None:
    try:
        lock.acquire(timeout=LOOK_AGAIN_SECONDS)
    except Timeout:
        return


def sweep(family: Family) -> None:
    """Remove what a killed run of this family left; its compiled packages are in Go's cache."""
    key = "[0-9a-f]" * 16  # a family's name may begin like that of another one
    for left in toolchain_cache().glob(f"{family.name}-{key}.partial-*"):
        shutil.rmtree(left, ignore_errors=True)


def _build(family: Family, shop: Workshop, partial: Path) -> None:
    out, temporary = partial / "out", partial / "tmp"
    for folder in (out, temporary, log_of(family).parent):
        folder.mkdir(parents=True, exist_ok=True)
    log_of(family).unlink(missing_ok=True)
    for build in family.builds:
        source = partial / "source" / build.module
        shutil.copytree(shop.known.folder / build.module, source)
        _compile(build, Bench(family, shop, source, out, temporary))
    _check_answers(family, out)
    stamp(out, family=family.name, version=family.version, go=shop.go.version)


def _compile(build: Build, bench: Bench) -> None:
    reporter, title = bench.shop.reporter, bench.family.title
    tags = ("-tags", ",".join(build.tags)) if build.tags else ()
    packages = tuple(build.packages.values())
    reporter.doing(title, f"modules of {build.module}")
    if build.embed:
        _embed(build.embed, bench)
    total = _count(bench, *tags, *packages)
    reporter.doing(title, f"compiling {build.module}")
    reporter.counted(title, total)

    def step(_package: str) -> None:
        reporter.stepped(title)

    target = bench.out / next(iter(build.packages)) if len(packages) == 1 else bench.out
    bench.go(*build_arguments(build), "-o", str(target), *packages, line=packages_to(step))
    if build.beside:
        _copy_beside(build.beside, bench)


def build_arguments(build: Build) -> tuple[str, ...]:
    """Give the flags of `go build`: reproducible, stripped, with the version put in."""
    trim, ldflags, strip = FLAGS
    variables = "".join(f" -X {name}={value}" for name, value in build.variables.items())
    tags = ("-tags", ",".join(build.tags)) if build.tags else ()
    shared = ("build", "-v", "-buildvcs=false", "-p", "2", trim, *tags)
    return (*shared, ldflags, f"{strip}{variables}")


def _count(bench: Bench, *arguments: str) -> int:
    """Fetch what is missing and count the packages, so that the bar knows its end."""
    seen: list[str] = []
    bench.go("list", "-deps", *arguments, line=packages_to(seen.append))
    return len(seen)


def packages_to(take: Callable[[str], None]) -> Callable[[str], None]:
    """Hand on the lines that name a package; messages of go have spaces in them."""

    def line(text: str) -> None:
        if text and " " not in text:
            take(text)

    return line


def _embed(embed: Embed, bench: Bench) -> None:
    folder = bench.module_folder(embed.module) / embed.folder
    for name in embed.files:
        shutil.copyfile(folder / name, bench.source / name)
    versioned = bench.source / embed.versioned
    content = json.loads(versioned.read_bytes())
    versioned.write_text(json.dumps({**content, "version": bench.family.version}), "utf-8")


def _copy_beside(beside: Beside, bench: Bench) -> None:
    folder = bench.module_folder(beside.module)
    for name in beside.files:
        target = bench.out / Path(name).name
        shutil.copyfile(folder / name, target)
        target.chmod(0o755)


def _check_answers(family: Family, out: Path) -> None:
    """Run each new tool: only one that starts and tells the pinned version is kept."""
    for spec in family.tools:
        said = answer(out / spec.name, spec.ask)
        if told(spec, said, family.version) != family.version:
            values = {"wanted": family.version, "said": said.strip()[:200] or "-"}
            raise MissingPartError(Problem("tool-wrong-answer", spec.name, values))
