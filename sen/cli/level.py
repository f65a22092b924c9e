"""`sen level`: propose the security level of a system under both decrees, and say why."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from sen.cli.output import Output, OutputOption, show
from stacks.models.base import Bilingual
from stacks.models.criterion import Criterion, Regime
from stacks.models.document import read, requests_in
from stacks.models.explain import explain
from stacks.models.facts import Harm, IndustrialClass, Infrastructure, SystemFacts
from stacks.models.level import Proposal, propose
from stacks.problem import Language, Problem, ProblemError, language

EXAMPLES = """
[bold]Examples[/bold]

  sen level --internal --private-information

  sen level --public-service --administrative-procedures --personal-data 250000

  sen level --infrastructure nationwide -o json

  sen level --facts system.yaml
"""

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(epilog=EXAMPLES)
def level(  # noqa: PLR0913 - one option a fact
    *,
    facts: Annotated[Path | None, typer.Option(help="YAML file with the facts.")] = None,
    internal: Annotated[
        bool, typer.Option("--internal", help="Only for the agency's own work.")
    ] = False,
    private_information: Annotated[
        bool, typer.Option("--private-information", help="Handles information that is not public.")
    ] = False,
    public_service: Annotated[
        bool, typer.Option("--public-service", help="Online service to people or business.")
    ] = False,
    conditional_business: Annotated[
        bool, typer.Option("--conditional-business", help="In a conditional business line.")
    ] = False,
    administrative_procedures: Annotated[
        bool, typer.Option("--administrative-procedures", help="Resolves procedures.")
    ] = False,
    personal_data: Annotated[
        int, typer.Option(min=0, help="People whose basic personal data it holds.")
    ] = 0,
    sensitive_data: Annotated[
        int, typer.Option(min=0, help="People whose sensitive personal data it holds.")
    ] = 0,
    state_secrets: Annotated[
        Harm, typer.Option(help="State secrets, defence, security: harm of sabotage.")
    ] = Harm.NONE,
    infrastructure: Annotated[
        Infrastructure, typer.Option(help="Whom it serves as information infrastructure.")
    ] = Infrastructure.NONE,
    national_e_government: Annotated[
        bool, typer.Option("--national-e-government", help="National e-government system.")
    ] = False,
    round_the_clock: Annotated[
        bool, typer.Option(help="A national system runs 24/7 without unplanned stops.")
    ] = True,
    national_data_store: Annotated[
        bool, typer.Option("--national-data-store", help="Central store of vital national data.")
    ] = False,
    industrial_class: Annotated[
        IndustrialClass, typer.Option(help="Class of the works it controls.")
    ] = IndustrialClass.NONE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Propose a level under Decree 331/2026 and, for the transition, Decree 85/2016."""
    given = {
        "internal": internal,
        "private_information": private_information,
        "public_service": public_service,
        "conditional_business": conditional_business,
        "administrative_procedures": administrative_procedures,
        "personal_data": personal_data,
        "sensitive_data": sensitive_data,
        "state_secrets": state_secrets,
        "infrastructure": infrastructure,
        "national_e_government": national_e_government,
        "round_the_clock": round_the_clock,
        "national_data_store": national_data_store,
        "industrial_class": industrial_class,
    }
    known = _from_options(given) if facts is None else _from_file(facts, given)
    proposals = [propose(known, regime) for regime in Regime]
    if output is Output.TABLE:
        show([row for proposal in proposals for row in _rows(proposal)], output)
    else:
        show([_document(proposal) for proposal in proposals], output)


def _from_options(given: dict[str, object]) -> SystemFacts:
    return _facts(given, "sen level")


def _from_file(path: Path, given: dict[str, object]) -> SystemFacts:
    if any(value != SystemFacts.model_fields[name].default for name, value in given.items()):
        raise ProblemError(Problem("level-file-and-options", str(path)))
    found = list(requests_in(read(path).documents()))
    if len(found) != 1:
        raise ProblemError(Problem("level-facts-several", str(path)))
    return _facts(found[0][1], str(path))


def _facts(data: object, where: str) -> SystemFacts:
    try:
        return SystemFacts.model_validate(data)
    except ValidationError as error:
        problems = (explain(details, where, SystemFacts) for details in error.errors())
        raise ProblemError(*problems) from error


def _say(words: Bilingual) -> str:
    return words.vi if language() is Language.VI else words.en


def _rows(proposal: Proposal) -> list[dict[str, object]]:
    return [
        {
            "decree": proposal.regime.value,
            "level": criterion.level,
            "decides": "yes" if criterion is proposal.criterion else "",
            "clause": _say(criterion.reference),
            "criterion": _say(criterion.reason),
            "source": "read" if criterion.confirmed else "unconfirmed",
        }
        for criterion in proposal.applied
    ]


def _document(proposal: Proposal) -> dict[str, object]:
    return {
        "decree": proposal.regime.value,
        "level": proposal.level,
        "criterion": _criterion(proposal.criterion),
        "applied": [_criterion(criterion) for criterion in proposal.applied],
    }


def _criterion(criterion: Criterion) -> dict[str, object]:
    return {**criterion.model_dump(mode="json"), "reference": criterion.reference.model_dump()}
