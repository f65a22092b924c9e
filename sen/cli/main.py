"""`sen`: the commands, each loaded only when it is called."""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from stacks.problem import Problem, ProblemError

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter
    from typer._click.shell_completion import CompletionItem

# What a path of the caller's may be wrong with; other errors of the system are ours to look into.
UNUSABLE = frozenset(
    {
        *(errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EISDIR),
        *(errno.EEXIST, errno.EROFS, errno.ENOSPC, errno.ENAMETOOLONG, errno.ELOOP),
    }
)
COMMANDS = {
    "doctor": "Look at this machine: which parts are there, which are missing, what to do.",
    "tools": "Build and list the pinned tools (Pulumi, Kubernetes, etcd, kwok, S3).",
    "local": "The platform on this machine: up, down, status, logs, reset.",
    "env": "Print the environment for plain `pulumi` and `kubectl`.",
    "catalogue": "What the standards ask of a system on a day, who shows it, people's evidence.",
    "level": "Propose the security level of a system, with the criterion that decided it.",
    "agency": "Look agencies up: ministries, provinces, communes.",
    "tenant": "Tenants: list, show, plan, diff; price, request, approve, reject.",
    "budget": "Quota and money: what is left, set it, forecast a year, show who bears what.",
    "check": "Judge files, charts, plans, clusters, hosts and clouds by the same rules.",
    "waiver": "Waivers: add, list, expire, report, sync, check.",
    "demo": "Build the demo: the agencies' systems, the whole country, or the portal.",
    "report": "Level dossier, yearly report, gaps, differences, states, OSCAL.",
    "operator": "Build what was approved: install the kinds, open desks, run.",
    "portal": "The pages where agencies ask and decide: install its rights, run it.",
    "access": "Who may do what: certificates, list, review, leavers, break-glass.",
    "evidence": "What was done and the proof of it: show, seal, verify, prove, export.",
    "gitops": "The door through Git: plan and sync merged request files; install its rights.",
    "migrate": "Move systems to tenants: plan the waves.",
    "text": "Old Vietnamese encodings to Unicode: detect, convert, check, batch.",
    "recover": "Bring a stack's state and its cluster together after a killed run.",
    "version": "Print the version.",
}


class LazyGroup(TyperGroup):
    """A group that imports a command's module when it is called, and none to list them."""

    _listing = False

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        with self._only_names():
            super().format_help(ctx, formatter)

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        with self._only_names():
            return super().shell_complete(ctx, incomplete)

    @contextmanager
    def _only_names(self) -> Iterator[None]:
        self._listing = True
        try:
            yield
        finally:
            self._listing = False

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - Typer's signature
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        if self._listing:
            return TyperCommand(cmd_name, help=COMMANDS[cmd_name])
        module = importlib.import_module(f"sen.cli.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Sen: government cloud landing zone, tenancy and migration as code.",
)


@app.callback()
def sen() -> None:
    """Give the group its options; commands come from `COMMANDS`."""


def _run() -> None:
    """Run a command; a file or folder that people named and that cannot be used is bad input."""
    try:
        app()
    except OSError as error:
        if error.filename is None or error.errno not in UNUSABLE:
            raise
        values = {"reason": error.strerror}
        raise ProblemError(Problem("file-unusable", str(error.filename), values)) from error


def main() -> None:
    """Run a command; a problem becomes its text and its exit code, never a traceback."""
    try:
        _run()
    except ProblemError as error:
        stderr = Console(stderr=True, highlight=False, soft_wrap=True)
        for problem in error.problems:
            stderr.print(problem.text(), markup=False, style="red")
        sys.exit(error.exit_code)
