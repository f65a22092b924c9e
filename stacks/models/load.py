"""Load requests from files and folders; every problem of every file is told at once."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from stacks.models.document import REQUEST_LIMIT_BYTES, Text, Where, read, requests_in
from stacks.models.explain import explain
from stacks.models.tenant import TenantRequest
from stacks.problem import Problem, ProblemError

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Loaded:
    """Requests that run, and those whose last day has passed.

    Attributes:
        requests: What is to be built.
        ended: What ended before today: told, and left as it is.
        files: The tenant of each file that holds one request, by `<folder>/<file>`.
    """

    requests: tuple[TenantRequest, ...]
    ended: tuple[TenantRequest, ...]
    files: Mapping[str, str]


def load_request(path: Path, today: dt.date | None = None) -> TenantRequest:
    """Load the one request of a file."""
    requests = load_requests([path], today)
    if len(requests) != 1:
        raise ProblemError(Problem("request-not-one", str(path), {"count": len(requests)}))
    return requests[0]


def load_requests(
    paths: Iterable[Path], today: dt.date | None = None, *, limit: int = REQUEST_LIMIT_BYTES
) -> tuple[TenantRequest, ...]:
    """Load every request of files and folders; one that ended is refused."""
    return tuple(request for _, request in _load(paths, today or _today(), limit))


def load_current(
    paths: Iterable[Path], today: dt.date | None = None, *, limit: int = REQUEST_LIMIT_BYTES
) -> Loaded:
    """Load every request, and set those apart that ended: one old file does not stop the rest."""
    day, found = today or _today(), _load(paths, None, limit)
    return Loaded(
        requests=tuple(request for _, request in found if request.ends >= day),
        ended=tuple(request for _, request in found if request.ends < day),
        files={
            "/".join(Path(place).parts[-2:]): request.name
            for place, request in found
            if "#" not in place
        },
    )


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).astimezone().date()


def _load(
    paths: Iterable[Path], today: dt.date | None, limit: int
) -> tuple[tuple[str, TenantRequest], ...]:
    """Give each request with its place: its file, and where in it when it holds more than one."""
    requests: dict[str, tuple[str, TenantRequest]] = {}
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for file in _files(paths):
        for place, request in _requests(file, today, limit, problems):
            first = places.setdefault(request.name, place)
            if first != place:
                values = {"name": request.name, "first": first, "second": place}
                problems.append(Problem("request-twice", place, values))
            requests[request.name] = place, request
    if problems:
        raise ProblemError(*problems)
    return tuple(requests.values())


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        within = sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES)
        if not within:
            raise ProblemError(Problem("request-none", str(path)))
        yield from within


def _requests(
    file: Path, today: dt.date | None, limit: int, problems: list[Problem]
) -> Iterator[tuple[str, TenantRequest]]:
    """Give each request of a file with its place; what is wrong is added to the problems."""
    try:
        text = read(file, limit)
        found = list(requests_in(text.documents()))
    except ProblemError as error:
        problems.extend(error.problems)
        return
    if not found:
        problems.append(Problem("request-none", str(file)))
    for where, data in found:
        try:
            request = TenantRequest.model_validate(data, context={"today": today})
        except ValidationError as error:
            problems.extend(_problems(error, text, where))
        else:
            yield _place(text, where, len(found)), request


def _place(text: Text, where: Where, count: int) -> str:
    return text.name if count == 1 else f"{text.name}#{'.'.join(str(part) for part in where)}"


def _problems(error: ValidationError, text: Text, where: Where) -> Iterator[Problem]:
    for details in error.errors():
        if details["type"] == "model_type" and not details["loc"]:
            yield Problem("request-not-a-mapping", text.line(where))
        else:
            yield explain(details, text.line((*where, *details["loc"])))
