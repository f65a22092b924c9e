"""What the chart says to the command line, the command line knows."""

import pytest
import typer

from sen.cli.operator import app as operator
from sen.cli.portal import app as portal
from tests.charts.rendering import by_key, rendered


@pytest.mark.toolchain
@pytest.mark.parametrize(("part", "app"), [("operator", operator), ("portal", portal)])
def test_options_of_a_part_are_those_of_its_command(part, app):
    deployment = by_key(rendered())[f"Deployment/sen-{part}"]
    words = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    command = typer.main.get_command(app).commands[words[1]]
    known = {name for each in command.params for name in each.opts}
    said = {word.partition("=")[0] for word in words[2:]}

    assert words[:2] == [part, "run"]
    assert said - known == set()
    assert "--in-cluster" in said
