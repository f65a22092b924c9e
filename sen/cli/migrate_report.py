"""`sen migrate report`: what was agreed, rehearsed, done and proven in a wave, signed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sen.cli.migrate_move import KubeconfigOption, NameOption, OrderArgument, opened
from sen.evidence.chain import Chain
from sen.evidence.place import chain_of
from sen.evidence.record import Act
from sen.local.platform import Platform
from sen.migration.account import WaveAccount
from sen.migration.report import report as written
from sen.migration.signing import check as checked
from sen.migration.signing import sign
from sen.reports.render import Format, rendered, write
from stacks.problem import Language, Problem, ProblemError, language

ACT = "migration.report"


class Kind(StrEnum):
    """What a report is written as."""

    HTML = "html"
    PDF = "pdf"
    JSON = "json"


SystemOption = Annotated[str | None, typer.Option(help="Only this system of the wave.")]
LanguageOption = Annotated[
    Language | None, typer.Option("--lang", help="Language; by default the reader's.")
]
KindOption = Annotated[
    Kind | None, typer.Option("--format", help="By default what the file's name says.")
]
OutOption = Annotated[
    Path | None, typer.Option(help="File to write; its signature goes beside it.")
]
CheckOption = Annotated[
    Path | None, typer.Option(help="Write nothing: check this report against its signature.")
]


def report(  # noqa: PLR0913 - one option each
    order: OrderArgument,
    *,
    system: SystemOption = None,
    lang: LanguageOption = None,
    kind: KindOption = None,
    out: OutOption = None,
    check: CheckOption = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Report a wave from its journals and the chain of evidence, and sign the file.

    Without a file and a format it is printed as JSON.

    Example: sen migrate report wave-1.yaml --lang vi --out dot-chuyen-doi-1.pdf
    """
    if check is not None:
        number = checked(Platform.existing(name), check)
        typer.echo(f"{check}: signed by platform {name}, record {number} of its chain")
        return
    wave = opened(order, kubeconfig, name)
    kept = {each.system for each in wave.systems(system)}
    whole = wave.account()
    account = dataclasses.replace(
        whole, systems=tuple(each for each in whole.systems if each.system in kept)
    )
    if out is None and kind in {None, Kind.JSON}:
        typer.echo(_json(account), nl=False)
        return
    wanted = _wanted(out, kind)
    file = out or Path(f"migration-{wave.order.wave}.{wanted}")
    write(file, _content(account, wanted, lang or language()))
    _signed(wave.platform, chain_of(wave.platform), file, wave.person, account)


def _signed(
    platform: Platform, chain: Chain, file: Path, person: str, account: WaveAccount
) -> None:
    """Write the report down in the chain, then sign it together with its place there."""
    data = {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    (record,) = chain.append(Act(ACT, person, account.wave, data))
    typer.echo(str(file))
    typer.echo(str(sign(platform, file, record)))


def _wanted(out: Path | None, kind: Kind | None) -> Kind:
    """Give the format that was asked for, else the one the file's name says."""
    suffix = out.suffix.lower().removeprefix(".") if out else ""
    if kind is None and suffix not in set(Kind):
        raise ProblemError(Problem("wave-report-format", str(out), {"formats": ", ".join(Kind)}))
    return kind or Kind(suffix)


def _content(account: WaveAccount, wanted: Kind, lang: Language) -> bytes:
    if wanted is Kind.JSON:
        return _json(account).encode()
    return rendered(written(account, lang), Format(wanted))


def _json(account: WaveAccount) -> str:
    told = dataclasses.asdict(account)
    return json.dumps(told, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)
