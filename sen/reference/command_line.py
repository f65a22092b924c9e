"""The page about `sen`: every command with its arguments, options, defaults and examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption

from sen.cli.main import app
from sen.paths import PROJECT
from sen.reference.markdown import code, listed, table
from sen.reference.markdown import page as page_of

if TYPE_CHECKING:
    from typer._click import Command, Parameter

SHELL_OPTIONS = {"install_completion", "show_completion"}
MARKUP = re.compile(r"\[/?[a-z ]+\]")
EXAMPLE = re.compile(r"^(?:Examples?:?\s*)", re.MULTILINE)
VALUES = {int: "number", Path: "path", datetime: "day", str: "text"}
INTRODUCTION = (
    "`sen` stands for `uv run sen` in the project's folder; `sen COMMAND --help` says the same. "
    "`SEN_LANG=vi` gives messages in Vietnamese; without it the locale counts. "
    "How a command ends: [exit codes](exit-codes.md)."
)


def page() -> str:
    """Give the page."""
    found = list(commands())
    sections = (section(ctx) for ctx in found)
    return page_of("Command line", INTRODUCTION, *sections)


def commands() -> Iterator[typer.Context]:
    """Give every command that does something, in the order of the help."""
    root = typer.main.get_command(app)
    yield from _below(typer.Context(root, info_name="sen"))


def section(ctx: typer.Context) -> str:
    """Say what one command does, what it takes, and an example."""
    said, _, example = (ctx.command.help or "").partition("Example: ")
    parts = (
        f"## {ctx.command_path}",
        said.strip(),
        f"```text\n{' '.join(_usage(ctx))}\n```",
        _parameters(ctx.command),
        _examples(example or ctx.command.epilog or _of_group(ctx)),
    )
    return "\n\n".join(filter(None, parts))


def _below(ctx: typer.Context) -> Iterator[typer.Context]:
    group = ctx.command
    if not isinstance(group, TyperGroup):
        yield ctx
        return
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None:
            yield from _below(typer.Context(command, info_name=name, parent=ctx))


def _usage(ctx: typer.Context) -> Iterator[str]:
    yield ctx.command_path
    yield from ctx.command.collect_usage_pieces(ctx)


def _parameters(command: Command) -> str:
    rows = [_row(each) for each in command.params if each.name not in SHELL_OPTIONS]
    return table(("argument or option", "value", "meaning", "default"), rows) if rows else ""


def _row(parameter: Parameter) -> tuple[str, str, str, str]:
    name = parameter.name or ""
    if isinstance(parameter, TyperOption):
        spelled = listed((*parameter.opts, *parameter.secondary_opts))
        return spelled, _value(parameter), parameter.help or "", _default(parameter)
    if isinstance(parameter, TyperArgument):
        said = parameter.metavar or (name.upper() if parameter.required else f"[{name.upper()}]")
        return code(said), _value(parameter), parameter.help or "", ""
    raise TypeError(f"{name} is neither an argument nor an option")


def _value(parameter: TyperArgument | TyperOption) -> str:
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return listed(each.value for each in kind)
    return VALUES.get(kind, "")


def _default(option: TyperOption) -> str:
    if option.default is None:
        return ""
    if isinstance(option.default, bool):
        return "on" if option.default else ""
    return code(_as_anywhere(option.default))


def _as_anywhere(default: object) -> object:
    """Write a file of the project as it is called in every checkout."""
    if isinstance(default, Path) and default.is_relative_to(PROJECT):
        return default.relative_to(PROJECT)
    return default.value if isinstance(default, Enum) else default


def _of_group(ctx: typer.Context) -> str:
    """Give the examples that stand at the command's group."""
    above = MARKUP.sub("", ctx.parent.command.epilog or "") if ctx.parent else ""
    return "\n".join(line for line in above.splitlines() if ctx.command_path in line)


def _examples(text: str) -> str:
    """Give the examples of a help text as a block, one a line."""
    plain = EXAMPLE.sub("", MARKUP.sub("", text).strip())
    quoted = re.findall(r"`([^`]+)`", plain)
    lines = quoted or [line.strip() for line in plain.splitlines() if line.strip()]
    return "\n".join(("```sh", *lines, "```")) if lines else ""
