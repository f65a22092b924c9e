"""Where one module is compiled: its copy, the folder for the results, and Go to run in it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sen.errors import MissingPartError
from sen.tools.catalogue import Catalogue, Family
from sen.tools.golang import Go
from sen.tools.place import family_dir, toolchain_cache
from sen.tools.process import Children, Ended, ignore
from sen.tools.progress import Reporter
from sen.tools.space import full, says_full
from stacks.problem import Problem


@dataclass(frozen=True)
class Workshop:
    """What every build of a run shares."""

    known: Catalogue
    go: Go
    children: Children
    reporter: Reporter

    def place(self, family: Family) -> Path:
        return family_dir(family, self.known.folder, self.known.go)


@dataclass(frozen=True)
class Bench:
    family: Family
    shop: Workshop
    source: Path
    out: Path
    temporary: Path

    def go(self, *arguments: str, line: Callable[[str], None] = ignore) -> Ended:
        ended = self.shop.children.run(
            [self.shop.go.path, *arguments],
            cwd=self.source,
            env=self.shop.go.environment(self.temporary),
            log=log_of(self.family),
            line=line,
        )
        if ended.code != 0:
            raise self._failure(ended)
        return ended

    def module_folder(self, module: str) -> Path:
        """Give where a module's files stand, fetched and verified by go.sum."""
        self.go("mod", "download", module)  # `list -m` alone gives nothing for what is not fetched
        return Path(self.go("list", "-m", "-f", "{{.Dir}}", module).lines[-1])

    def _failure(self, ended: Ended) -> MissingPartError:
        if any(says_full(line) for line in ended.lines):
            return full(self.out, [self.family])
        values = {"why": ended.tail, "log": log_of(self.family)}
        return MissingPartError(Problem("tool-build-failed", self.family.title, values))


def log_of(family: Family) -> Path:
    return toolchain_cache() / "logs" / f"{family.name}.log"
