"""`sen evidence`: what was done, and the proof of it."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sen.cli.output import Output, OutputOption, show
from sen.errors import MissingPartError, RefusedError
from sen.evidence import bundle, signing
from sen.evidence.audit import governed, take
from sen.evidence.checkpoint import Checkpoint
from sen.evidence.notary import Notary
from sen.evidence.place import chain_of, notary_of
from sen.evidence.proof import Proof, prove
from sen.evidence.record import Record
from sen.evidence.signing import Envelope, key_id
from sen.evidence.verification import Verdict
from sen.evidence.verification import verify as verify_lines
from sen.local.platform import Platform
from stacks.problem import Problem, ProblemError

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

NameOption = Annotated[str, typer.Option("--name", help="Which platform on this machine.")]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", help="Public key, as it reached you by another way; the platform's own."),
]


@app.command("show")
def show_records(
    about: Annotated[str | None, typer.Option(help="Only records about this.")] = None,
    act: Annotated[str | None, typer.Option(help="Only acts that begin so: tenant.")] = None,
    outside: Annotated[
        bool, typer.Option("--outside", help="Only what was done past the platform's own runs.")
    ] = False,
    last: Annotated[int, typer.Option(help="Only so many, the last ones.", min=1)] = 50,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what was done, the last things last.

    Example: sen evidence show --act waiver --last 10
    """
    found = [
        each
        for each in chain_of(Platform(name)).records()
        if (about is None or each.about == about)
        and (act is None or each.act.startswith(act))
        and (not outside or each.data.get("outside") is True)
    ]
    show([_row(each, output) for each in found[-last:]], output)


@app.command()
def audit(
    since: Annotated[
        datetime | None,
        typer.Option(help="Only requests from then on; the others wait for another call."),
    ] = None,
    name: NameOption = "local",
) -> None:
    """Take the API server's audit log into the chain: who changed what is governed, how.

    What was done past the platform's own runs is marked: `sen evidence show --act api --outside`.

    Example: sen evidence audit
    """
    platform = Platform(name)
    if not platform.exists:
        raise MissingPartError(platform.never_up())
    taken = take(chain_of(platform), platform.audit_log, since=since, governed=governed(platform))
    typer.echo(f"{taken.lines:,} lines, {taken.records:,} records, {taken.outside:,} from outside")


@app.command()
def seal(name: NameOption = "local") -> None:
    """Sign how far the chain has come, and keep it where nobody can take it back.

    Example: sen evidence seal
    """
    made = notary_of(Platform(name)).seal()
    typer.echo("nothing new" if made is None else f"sealed up to record {made.sequence:,}")


@app.command()
def verify(
    folder: Annotated[
        Path | None, typer.Option("--bundle", help="An exported bundle instead of the platform.")
    ] = None,
    proof: Annotated[
        Path | None, typer.Option(help="A proof that `sen evidence prove` wrote.")
    ] = None,
    key: KeyOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Look for any edit, gap, insertion, other order or cut; exit 1 at the first bad record.

    Example: sen evidence verify
    """
    if proof is not None:
        _verify_proof(proof, key or _own_key(name))
        return
    if folder is not None:
        lines, envelopes = bundle.read(folder)
        key = key or folder / bundle.KEY
    else:
        platform = Platform(name)
        lines = list(chain_of(platform).lines())
        envelopes = notary_of(platform).archive.checkpoints()
        key = key or _own_key(name)
    if not lines and not envelopes:
        raise ProblemError(Problem("evidence-nothing", str(folder or f"platform {name}")))
    verdict = verify_lines(lines, _opened(envelopes, signing.read(key)))
    show([_account(verdict)], output)
    if verdict.broken:
        values = {
            "number": verdict.broken.number,
            "fault": verdict.broken.fault,
            "records": verdict.records,
        }
        raise RefusedError(Problem("evidence-tampered", str(folder or name), values))


@app.command("prove")
def prove_record(
    sequence: Annotated[int, typer.Argument(help="Number of the record.", min=1)],
    name: NameOption = "local",
) -> None:
    """Write a proof of one record that shows nothing of the others.

    Example: sen evidence prove 17 > proof.json
    """
    platform = Platform(name)
    chain = chain_of(platform)
    last = chain.last()
    if last is None or sequence > last.sequence:
        raise ProblemError(Problem("evidence-no-record", str(sequence)))
    made = prove(chain.records(), sequence, notary_of(platform).archive.checkpoints())
    if made is None:
        raise ProblemError(Problem("evidence-not-yet-sealed", str(sequence)))
    json.dump(made.written(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Folder to write; it must not be there yet.")],
    name: NameOption = "local",
    from_bucket: Annotated[
        bool, typer.Option("--from-bucket", help="Take the records that the bucket keeps.")
    ] = False,
) -> None:
    """Write records, checkpoints and key into a folder that an inspector can take away.

    Example: sen evidence export --out evidence-2026-11
    """
    notary: Notary = notary_of(Platform(name))
    lines = list(notary.archive.lines() if from_bucket else notary.chain.lines())
    files = bundle.export(out, lines, notary.archive.checkpoints(), notary.signer.public)
    typer.echo(f"{len(lines):,} records in {len(files)} files: {out}")


def _own_key(name: str) -> Path:
    notary_of(Platform(name))
    return Platform(name).state / "evidence" / "key.pub"


def _verify_proof(path: Path, key: Path) -> None:
    public = signing.read(key)
    try:
        proof = Proof.read(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ProblemError(Problem("evidence-bad-proof", path.name)) from error
    if not proof.holds({key_id(public): public}):
        raise RefusedError(Problem("evidence-bad-proof", path.name))
    checkpoint = proof.record.sequence + len(proof.links)
    typer.echo(f"record {proof.record.sequence} stands under the signed checkpoint {checkpoint}")


def _opened(envelopes: Mapping[int, Envelope], public: Ed25519PublicKey) -> Sequence[Checkpoint]:
    found = []
    for number, envelope in envelopes.items():
        try:
            found.append(Checkpoint.opened(envelope, {key_id(public): public}))
        except ValueError as error:
            raise RefusedError(Problem("evidence-bad-checkpoint", str(number))) from error
    return found


def _account(verdict: Verdict) -> dict[str, object]:
    return {
        "records": verdict.records,
        "checkpoints": verdict.checkpoints,
        "sealed up to": verdict.sealed,
        "clock set back": verdict.set_back,
        "first bad record": verdict.broken.number if verdict.broken else None,
        "fault": str(verdict.broken.fault) if verdict.broken else None,
    }


def _row(record: Record, output: Output) -> dict[str, object]:
    row: dict[str, object] = dict(record.body)
    if output is Output.TABLE:
        row["data"] = json.dumps(record.data, ensure_ascii=False)
    return row
