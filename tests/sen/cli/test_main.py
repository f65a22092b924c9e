"""`sen`: every command is listed without loading any, and each ends with its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version

import pytest
import typer

from sen.cli import main as module
from sen.cli import recover, tenant
from sen.cli.main import COMMANDS
from sen.errors import MissingPartError, RefusedError
from sen.paths import PROJECT
from stacks.problem import Problem, ProblemError

HEAVY = ("pulumi", "kubernetes", "boto3", "cryptography", "psutil")
WATCHED = """
import json, sys
from sen.cli.main import main
try:
    main()
except SystemExit as end:
    code = end.code or 0
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def modules_of(*words: str, **variables: str) -> tuple[str, set[str]]:
    """Give what `sen` prints in a process of its own, and which modules that took."""
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED, *words],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    code, loaded = json.loads(ran.stderr)
    assert code == 0, ran.stdout
    return ran.stdout, set(loaded)


def leaves(command, path: tuple[str, ...], above=None):
    """Give each command that does something: the words that lead to it, itself, its group."""
    if hasattr(command, "list_commands"):
        for name in command.list_commands(None):
            yield from leaves(command.get_command(None, name), (*path, name), command)
    else:
        yield path, command, above or command


def all_leaves():
    group = typer.main.get_command(module.app)
    for name in COMMANDS:
        yield from leaves(group.get_command(None, name), ("sen", name))


LEAVES = list(all_leaves())


def test_help_lists_every_command_and_loads_none():
    out, loaded = modules_of("--help")

    for name, about in COMMANDS.items():
        assert f" {name} " in out
        assert about.replace("`", "")[:40] in out.replace("`", "")
    assert [heavy for heavy in HEAVY if heavy in loaded] == []
    assert [name for name in loaded if name.startswith("sen.cli.") and name != "sen.cli.main"] == []


def test_a_shell_completes_commands_without_loading_them():
    words = {"_SEN_COMPLETE": "complete_bash", "COMP_WORDS": "sen ten", "COMP_CWORD": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.argv = ['sen']\n{WATCHED}"],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", **words},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.split() == ["tenant"]
    assert "sen.cli.tenant" not in json.loads(ran.stderr)[1]


def test_a_command_loads_what_it_needs_and_no_more():
    out, loaded = modules_of("version")

    assert out.strip() == version("sen")
    assert [heavy for heavy in HEAVY if heavy in loaded] == []


def test_planning_waves_loads_no_driver_and_no_cluster():
    _, loaded = modules_of("migrate", "plan", "--help")

    assert "sen.cli.migrate_plan" in loaded
    assert loaded.isdisjoint({"pulumi", "kubernetes", "boto3", "asyncpg", "pymysql"})


@pytest.mark.parametrize(
    ("path", "command", "group"), LEAVES, ids=[" ".join(path) for path, *_ in LEAVES]
)
def test_every_commands_help_or_its_groups_has_an_example_of_it(path, command, group):
    texts = [text or "" for each in (command, group) for text in (each.help, each.epilog)]
    examples = "".join(text.partition("Example")[2] for text in texts)
    words = " ".join(path)

    assert words in examples, f"{words}: its help shows how it is called"
    assert command.help.splitlines()[0].endswith(".")


def test_there_are_as_many_commands_as_were_promised():
    first = {path[1] for path, *_ in LEAVES}

    assert first == set(COMMANDS)
    tenants = {path[2] for path, *_ in LEAVES if path[1] == "tenant"}
    asking = {"price", "request", "requests", "approve", "reject"}
    living = {"extend", "resize", "suspend", "resume", "end", "hold", "release"}
    living |= {"transfer", "accept"}
    reading = {"list", "show", "plan", "diff", "watch", "history", "kubeconfig"}
    assert tenants == reading | asking | living


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_answers_help(sen, name):
    said = sen(name, "--help")

    assert said.code == 0
    assert f"sen {name}" in said.out


@pytest.mark.parametrize(
    "words",
    [("tenat",), ("tenant", "lits"), ("version", "--loud"), ("tenant", "list", "-o", "xml")],
)
def test_words_that_nobody_knows_are_bad_usage(sen, words):
    said = sen(*words)

    assert said.code == 2
    assert "Usage: " in said.err


@pytest.mark.parametrize(
    ("kind", "code"), [(ProblemError, 2), (RefusedError, 1), (MissingPartError, 3)]
)
def test_a_problem_ends_with_its_exit_code_and_its_text(sen, monkeypatch, kind, code):
    def fail(*_, **__):
        raise kind(Problem("tenant-unknown", "one"), Problem("tenant-unknown", "two"))

    monkeypatch.setattr(tenant, "load_requests", fail)

    said = sen("tenant", "plan", "x")

    assert (said.code, said.out) == (code, "")
    assert [line.partition(":")[0] for line in said.err.splitlines()] == ["one", "two"]


def test_a_problem_is_told_in_the_readers_language(sen, monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")

    assert "không đọc được tệp" in sen("tenant", "plan", "none.yaml").err


def test_a_name_in_brackets_is_no_markup(sen):
    assert "[bold]none.yaml" in sen("tenant", "plan", "[bold]none.yaml").err


def test_a_pipe_gets_no_colours(sen):
    said = sen("tenant", "plan", "none.yaml")

    assert "\x1b" not in said.err


def test_ctrl_c_is_an_end_without_a_trace(sen, monkeypatch):
    def pressed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(recover, "Platform", pressed)

    said = sen("recover", "tenants-h26-dev")

    assert (said.code, said.out, said.err) == (130, "", "")


def test_help_in_this_process_lists_every_command_too(sen):
    said = sen("--help")

    assert said.code == 0
    assert all(f" {name} " in said.out for name in COMMANDS)


def test_no_words_at_all_are_answered_by_help(sen):
    said = sen()

    assert said.code == 2
    assert "Usage: " in said.out + said.err


def test_completion_offers_what_begins_alike():
    group = typer.main.get_command(module.app)
    context = group.make_context("sen", ["version"])

    assert [each.value for each in group.shell_complete(context, "ten")] == ["tenant"]


def test_the_version_is_the_packages(sen):
    assert sen("version").out == f"{version('sen')}\n"
