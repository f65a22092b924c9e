"""Requests for the whole country, written as one file a first-level agency."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from sen.demo.build import by_owner
from stacks.models.country import country
from stacks.models.explain import explain
from stacks.models.tenant import Stage, TenantRequest
from stacks.problem import ProblemError


def write_country(
    folder: Path, stage: Stage, starts: date, ends: date
) -> Iterator[tuple[str, list[Path]]]:
    """Write the requests and give each agency's code with its file.

    The files are written once: a second call takes what stands there, so that the dates of tenants
    do not move from day to day and a second `up` changes nothing.

    Raises:
        ProblemError: The dates break a rule of requests.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for agency, requests in by_owner(_requests(stage, starts, ends)).items():
        file = folder / f"{agency.lower()}-{stage}.yaml"
        if not file.exists():
            documents = [request.model_dump(mode="json") for request in requests]
            # JSON is YAML; its writer is an order of magnitude faster.
            file.write_text(json.dumps(documents, ensure_ascii=False, indent=1), "utf-8")
        yield agency, [file]


def _requests(stage: Stage, starts: date, ends: date) -> tuple[TenantRequest, ...]:
    try:
        return tuple(country(stage, starts, ends))
    except ValidationError as error:
        raise ProblemError(*(explain(each, "country") for each in error.errors())) from None
