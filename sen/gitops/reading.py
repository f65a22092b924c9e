"""Reads the requests of a checkout, file by file: a bad one keeps nobody else back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sen.gitops.history import Origin, Repository
from sen.tenancy.desk import desk_of
from stacks.models.load import SUFFIXES, load_current
from stacks.models.tenant import TenantRequest
from stacks.problem import Problem, ProblemError


@dataclass(frozen=True)
class Wanted:
    """A request of a file."""

    file: str
    request: TenantRequest
    origin: Origin

    @property
    def namespace(self) -> str:
        return desk_of(self.request.agency)

    @property
    def name(self) -> str:
        return f"{self.request.system.slug}-{self.request.stage}"


@dataclass(frozen=True)
class Refusal:
    """A file or a request that is not applied, and why."""

    file: str
    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Reading:
    """What a checkout holds.

    Attributes:
        ended: What ended before today; told, and left as it is.
        under: The part of the repository that was read.
    """

    wanted: tuple[Wanted, ...]
    ended: tuple[Wanted, ...]
    refused: tuple[Refusal, ...]
    under: str


def reading(path: Path) -> Reading:
    """Read a file or a folder of a clean checkout.

    Raises:
        ProblemError: There is no repository, it is not clean, or there is no file.
    """
    repository = Repository(path)
    repository.must_be_whole(path)
    found, ended, refused = [], [], []
    for file in _files(path):
        name = repository.name(file)
        try:
            one, over = _read(file, name, repository)
        except ProblemError as error:
            refused.append(Refusal(name, "", error.problems))
        else:
            found += one
            ended += over
    twice = _twice([*found, *ended])
    return Reading(
        tuple(each for each in found if each.request.name not in twice),
        tuple(each for each in ended if each.request.name not in twice),
        (*refused, *twice.values()),
        "" if path.resolve() == repository.root else repository.name(path.absolute()),
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.rglob("*") if each.suffix in SUFFIXES)
    if not found:
        raise ProblemError(Problem("request-none", str(path)))
    return found


def _read(file: Path, name: str, git: Repository) -> tuple[list[Wanted], list[Wanted]]:
    if file.is_symlink():
        raise ProblemError(Problem("gitops-link", name))
    loaded, origin = load_current([file]), git.origin(name)
    if origin is None:
        raise ProblemError(Problem("gitops-not-committed", name))
    return (
        [Wanted(name, each, origin) for each in loaded.requests],
        [Wanted(name, each, origin) for each in loaded.ended],
    )


def _twice(every: list[Wanted]) -> dict[str, Refusal]:
    """Refuse a request that two files hold: nobody can say which one counts."""
    names = Counter(each.request.name for each in every)
    refused: dict[str, Refusal] = {}
    for name in (name for name, count in names.items() if count > 1):
        first, second, *_ = (each.file for each in every if each.request.name == name)
        values = {"name": name, "first": first, "second": second}
        refused[name] = Refusal(second, name, (Problem("request-twice", second, values),))
    return refused
