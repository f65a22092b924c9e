"""Install a built provider as a plugin of Pulumi; on PATH it would bring a warning at each run."""

import os

from sen.errors import MissingPartError
from sen.tools.bench import Workshop, log_of
from sen.tools.build import held
from sen.tools.catalogue import Family, ToolSpec
from sen.tools.lookup import family_in_cache, find
from sen.tools.place import pulumi_home
from stacks.problem import Problem


def install_plugins(family: Family, shop: Workshop) -> None:
    """Put the family's providers into the `PULUMI_HOME` of Sen, unless they are there."""
    for spec in family.tools:
        if spec.plugin and not family_in_cache(shop.known, family):
            with held(family, shop.children, shop.reporter):
                _install(family, spec, shop)


def _install(family: Family, spec: ToolSpec, shop: Workshop) -> None:
    title = f"plugin {spec.plugin} {family.version}"
    shop.reporter.started(title, "installing")
    home = pulumi_home()
    home.mkdir(parents=True, exist_ok=True)
    built = shop.place(family) / spec.name
    asked = ["plugin", "install", "resource", str(spec.plugin), family.version]
    ended = shop.children.run(
        [find("pulumi").path, *asked, "--reinstall", "--file", built],
        cwd=home,
        env={**os.environ, "PULUMI_HOME": str(home), "PULUMI_SKIP_UPDATE_CHECK": "1"},
        log=log_of(family),
    )
    if ended.code != 0 or not family_in_cache(shop.known, family):
        values = {"why": ended.tail, "log": log_of(family)}
        raise MissingPartError(Problem("tool-build-failed", family.title, values))
    shop.reporter.ended(title, "installed")
