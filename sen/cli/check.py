"""`sen check`: judge files, charts, plans, clusters, hosts, clouds and the rules themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from policies.finding import Gate
from policies.gates.choice import Choice
from policies.gates.look import Look
from policies.rule import load_rules
from policies.waiver import load_register
from sen.checks.ending import BAD_INPUT, ended, honoured, waivers
from sen.checks.options import Options, checked
from sen.checks.profile import chosen, moment, named, of_profile
from sen.cli.output import Output, OutputOption, show
from sen.findings.report import of_findings, of_look
from stacks.problem import language

EXAMPLES = """
[bold]Examples[/bold]

  sen check files manifests/ --level 3

  kustomize build overlays/production | sen check files - --fail-on high

  sen check chart charts/web --values production.yaml --output sarif --out web.sarif

  pulumi preview --json > plan.json; sen check plan plan.json

  sen check cluster --agency H26 --output html --out h26.html --lang vi

  sen check hosts playbooks/inventory/hosts.yml

  sen check cloud --region ap-southeast-1 --level 3

  sen check rules
"""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=EXAMPLES,
    help="Judge files, charts, plans, clusters, hosts and clouds by the same rules.",
)

JobsOption = Annotated[
    int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: as many as are worth it.")
]
PlaceOption = Annotated[
    str, typer.Option(help="Namespace of objects that name none, as `kubectl apply -n`.")
]


@app.command("files")
@checked()
def files_(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.")],
    options: Options,
    namespace: PlaceOption = "",
    jobs: JobsOption = 0,
) -> None:
    """Judge manifests as they stand in files: YAML streams, JSON, lists, what kustomize prints.

    Example: sen check files manifests/ --profile tcvn14423-l3 --output sarif
    """
    from policies.gates.files import check  # noqa: PLC0415 - each gate when it is asked for

    choice = _chosen(options, namespace)
    _end(check(paths, choice, jobs=jobs), f"files {' '.join(paths)}", choice, options)


@app.command("chart")
@checked()
def chart_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a Helm chart.")],
    options: Options,
    values: Annotated[
        list[Path] | None, typer.Option("--values", "-f", help="File of values; the last wins.")
    ] = None,
    namespace: PlaceOption = "",
    jobs: JobsOption = 0,
) -> None:
    """Judge what a Helm chart makes, as the pinned helm renders it without a cluster.

    Example: sen check chart charts/web --values charts/web/ci/full-values.yaml
    """
    from policies.gates.chart import check  # noqa: PLC0415
    from sen.checks.charts import helm  # noqa: PLC0415

    choice = _chosen(options, namespace)
    look = check(folder, choice, helm(), values or (), jobs=jobs)
    _end(look, f"chart {folder}", choice, options)


@app.command("plan")
@checked()
def plan_(
    file: Annotated[Path, typer.Argument(help="A preview or a state of Pulumi, as JSON.")],
    options: Options,
    jobs: JobsOption = 0,
) -> None:
    """Judge a plan: what `pulumi preview --json` or `pulumi stack export` wrote.

    Example: sen check plan plan.json --level 3
    """
    from functools import partial  # noqa: PLC0415

    from policies.gates.files import read  # noqa: PLC0415
    from policies.gates.saved_plan import check  # noqa: PLC0415
    from sen.checks.charts import release  # noqa: PLC0415

    choice = _chosen(options)
    render = partial(release, folder=file.parent)
    look = check(str(file), read(file), choice, render, jobs=jobs)
    _end(look, f"plan {file}", choice, options)


@app.command("cluster")
@checked(record=True)
def cluster_(  # noqa: PLR0913, PLR0917 - one option a fact
    options: Options,
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="Only this one.")] = "",
    agency: Annotated[str, typer.Option(help="Only this agency and those under it.")] = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and print each change of a verdict.")
    ] = False,
    kubeconfig: Annotated[Path | None, typer.Option(help="Another cluster's file.")] = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    name: Annotated[str, typer.Option(help="Which platform on this machine.")] = "local",
) -> None:
    """Judge all objects of a running cluster, with the rights of whoever asks.

    Example: sen check cluster --namespace g22-portal-production --output json
    """
    from policies.gates.live import Where  # noqa: PLC0415
    from policies.gates.watch import Watch  # noqa: PLC0415
    from sen.checks.cluster import connection, told  # noqa: PLC0415
    from sen.checks.watching import follow  # noqa: PLC0415
    from sen.waivers.reading import readable  # noqa: PLC0415

    choice, where = _chosen(options), Where(namespace, agency)
    server = connection(kubeconfig, context, name)
    found = readable(load_register(), server)
    for each in found.wrong:
        typer.echo(each.text(options.lang or language()), err=True)
    looking = Watch(server, choice, where, waivers(options.today, found.register))
    with told(server.name):
        report = of_look(looking.first(), options.scope(str(where)), choice.at)
        code = ended(report, options)
        if watch:
            follow(looking, options)
    raise typer.Exit(code)


@app.command("hosts")
@checked(record=True)
def hosts_(
    inventory: Annotated[Path, typer.Argument(help="An Ansible inventory.")],
    options: Options,
    ssh_config: Annotated[Path | None, typer.Option(help="Settings of ssh.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Hosts at a time.")] = 10,
) -> None:
    """Judge Linux hosts over SSH; a host that cannot be reached ends with exit code 3.

    Example: sen check hosts playbooks/inventory/hosts.yml --jobs 20
    """
    from policies.gates.host import check  # noqa: PLC0415
    from policies.host_rule import load_host_rules  # noqa: PLC0415

    every, at = load_host_rules(), moment(options.today)
    rules = named(of_profile(every, options.profile), options.rules, every)
    level = options.profile.level if options.profile else None
    found = check(
        inventory,
        rules=rules,
        level=level or options.level,
        ssh_config=ssh_config,
        jobs=jobs,
        day=at.date(),
    )
    scope = options.scope(f"hosts {inventory}")
    report = of_findings(Gate.HOST, scope, at, rules, found.hosts, found.findings)
    report = honoured(report, waivers(options.today))
    raise typer.Exit(ended(report, options, len(found.unreachable)))


@app.command("cloud")
@checked(record=True)
def cloud_(
    options: Options,
    region: Annotated[str, typer.Option(help="Region of the resources.")],
    endpoint_url: Annotated[str | None, typer.Option(help="Where the services are.")] = None,
    account: Annotated[
        str | None, typer.Option(help="Profile of the credentials; else the environment's.")
    ] = None,
) -> None:
    """Judge the resources of a cloud account, as its services describe them; nothing is changed.

    Example: sen check cloud --region ap-southeast-1 --level 3
    """
    from sen.checks.clouds import check  # noqa: PLC0415

    report = check(region, endpoint_url, account, _chosen(options))
    report = replace(report, scope=options.scope(report.scope))
    raise typer.Exit(ended(honoured(report, waivers(options.today)), options))


@app.command("rules")
def rules_(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[RULE]...", help="Rules; none means all.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Check the rules themselves: their CEL, their controls, and that their samples tell the truth.

    Example: sen check rules run-as-non-root
    """
    from sen.checks.rules import check  # noqa: PLC0415

    found = check(names or ())
    show([each.row() for each in found], output)
    wrong = [problem for each in found for problem in each.problems]
    for problem in wrong:
        typer.echo(problem.text(language()), err=True)
    samples = sum(each.samples for each in found)
    typer.echo(f"{len(found)} rules, {samples} samples, {len(wrong)} problems", err=True)
    if wrong:
        raise typer.Exit(BAD_INPUT)


def _chosen(options: Options, namespace: str = "") -> Choice:
    return chosen(
        load_rules(),
        profile=options.profile,
        names=options.rules,
        level=options.level,
        day=options.today,
        namespace=namespace,
    )


def _end(look: Look, looked_at: str, choice: Choice, options: Options) -> None:
    """Honour waivers, write, keep, and end with the exit code."""
    honest = look.changed(waivers(options.today))
    report = of_look(honest, options.scope(looked_at), choice.at)
    raise typer.Exit(ended(report, options))
