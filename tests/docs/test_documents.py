"""What the documents name is there: files that they link to, commands and files that they type."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.core import TyperGroup

from sen.paths import PROJECT
from sen.reference.command_line import SHELL_OPTIONS, commands
from tests.docs.documents import blocks, documents, headings, links

NAMES = [str(each.relative_to(PROJECT)) for each in documents()]
OPTIONS = {
    ctx.command_path: {
        spelled
        for each in ctx.command.params
        if each.name not in SHELL_OPTIONS
        for spelled in (*each.opts, *each.secondary_opts)
    }
    for ctx in commands()
}
SEN = re.compile(r"(?:^|[\s(])(?:uv run )?sen (?P<words>[^|;&)]+)")
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (PROJECT / "Makefile").read_text(), re.MULTILINE))
OURS = ("stacks/", "policies/", "tests/", "docs/", "sen/", "toolchain/")


def typed(document: Path) -> list[str]:
    """Give the lines of a document that a reader types into a shell."""
    texts = [each.text for each in blocks(document) if each.language == "sh"]
    return [line for text in texts for line in text.replace("\\\n", " ").splitlines() if line]


def wrong_sen(words: str) -> str:
    """Say what is wrong with the words after `sen`; nothing when they are a command of ours."""
    given = shlex.split(words.replace('"', " "))
    path = next((p for p in OPTIONS if given[: p.count(" ")] == p.split()[1:]), None)
    if path is None:
        return "no such command"
    options = {word.partition("=")[0] for word in given if re.match(r"--?[a-z]", word)}
    unknown = options - OPTIONS[path] - {"--help"}
    return f"{path} has no {sorted(unknown)}" if unknown else ""


def test_there_are_documents_in_both_languages():
    assert len(NAMES) >= 20
    for name in ("README.md", "docs/tutorial/first-tenant.md", "docs/reference/request.md"):
        assert {name, name.replace(".md", ".vi.md")} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name):
    document = PROJECT / name
    for target in links(document):
        path, _, anchor = target.partition("#")
        linked = (document.parent / path).resolve() if path else document
        assert linked.exists(), target
        assert not anchor or anchor in headings(linked), target


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_is_typed_exists(name):
    for line in typed(PROJECT / name):
        for found in SEN.finditer(line):
            assert not wrong_sen(found["words"]), line
        for target in re.findall(r"(?:^|\s)make ([a-z-]+)", line):
            assert target in TARGETS, line


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_is_typed_exists_or_is_written_on_the_page(name):
    written = {each.file for each in blocks(PROJECT / name) if each.file}
    for line in typed(PROJECT / name):
        for word in re.findall(r"[\w./-]+", line):
            if word.startswith(OURS):
                assert word in written or (PROJECT / word).exists(), line


def test_there_is_something_to_look_at():
    lines = [line for each in documents() for line in typed(each)]

    assert sum(len(links(each)) for each in documents()) >= 60
    assert sum(len(SEN.findall(line)) for line in lines) >= 60
    assert sum(word.startswith(OURS) for line in lines for word in line.split()) >= 20


def test_a_wrong_command_would_be_seen():
    assert wrong_sen("tenant lst")
    assert wrong_sen("tenant list --agncy H26")
    assert not wrong_sen("tenant list --agency H26 -o json")
    assert isinstance(next(commands()).parent.command, TyperGroup)
