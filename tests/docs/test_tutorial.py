"""The tutorial's file, its corrections and its refusals, as they stand in the document."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from sen.paths import PROJECT
from stacks.models.load import load_request
from stacks.problem import Language, ProblemError
from tests.docs.documents import Block, blocks

TODAY = date(2026, 11, 21)
PLAN = "uv run sen tenant plan "


def followed(found: list[Block]) -> Iterator[tuple[str, str]]:
    """Do what the page says, and give the file that is asked about with what the page prints."""
    for block, after in zip(found, [*found[1:], found[0]], strict=True):
        if block.file:
            path = Path(block.file)
            path.parent.mkdir(parents=True)
            path.write_text(block.text, "utf-8")
        for line in block.text.splitlines() if block.language == "sh" else ():
            if line.startswith("sed -i "):
                subprocess.run(line, shell=True, check=True)  # noqa: S602 - our own page
            if line.startswith(PLAN):
                yield line.removeprefix(PLAN), after.text


@pytest.mark.parametrize(
    ("name", "language"),
    [("first-tenant.md", Language.EN), ("first-tenant.vi.md", Language.VI)],
)
def test_the_tutorial_prints_what_sen_says(name, language, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refusals = 0
    for file, printed in followed(blocks(PROJECT / "docs/tutorial" / name)):
        try:
            request = load_request(Path(file), TODAY)
        except ProblemError as error:
            said = [problem.text(language) for problem in error.problems]
            assert printed.splitlines() == said
            refusals += 1
        else:
            assert f"name: {request.namespace}" in printed

    assert refusals == 2
    assert load_request(Path(file), TODAY).size == "L", "the page's last change was made"
