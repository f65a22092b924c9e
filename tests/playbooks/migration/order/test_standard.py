"""Hosts that an order names come to their level before people are let in, or nobody is let in."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.order import WaveOrder
from playbooks.migration.order.journeys import Asked, journey
from playbooks.migration.order.rehearse import Nowhere
from playbooks.migration.order.standard import Standard
from stacks.problem import Problem, ProblemError

NOW = dt.datetime(2026, 12, 5, 16, tzinfo=dt.UTC)
END = {"host": "10.9.8.7", "database": "app", "user": "mover"}
ORDER = {
    "wave": "w1",
    "start": NOW.isoformat(),
    "end": (NOW + dt.timedelta(hours=6)).isoformat(),
    "systems": [
        {
            "system": "portal",
            "tenant": "h26-portal-production",
            "postgres": [{"name": "app", "source": END, "target": END}],
            "endpoint": {"ask": ["s"], "old": ["o"], "closed": ["c"], "new": ["n"]},
            "standard": {"inventory": "hosts.yml", "level": 3, "roles": ["kernel"]},
        }
    ],
}


@pytest.fixture
def going(tmp_path):
    """Give the journey of a system of which only the hosts' standard is left to be done."""
    order = WaveOrder.model_validate(ORDER)

    def go(harden):
        asked = Asked(tmp_path, lambda *_: None, lambda: NOW, list, lambda _name: [], harden=harden)
        made = journey(order, order.systems[0], asked)
        parts = [each for each in made.parts if isinstance(each, Standard)]
        assert made.parts[-1:] == parts, "what arrived is hardened, so it is the last"
        return dataclasses.replace(made, parts=parts, endpoint=Nowhere(), gates=())

    return go


def test_hosts_are_hardened_by_filling_and_only_then_people_are_let_in(going):
    asked = []
    way = going(lambda order: asked.append(order) or {"may-moi": [79, 18]})

    with pytest.raises(ProblemError) as caught:
        way.cut_over()
    assert caught.value.problems[0].key == "move-not-filled"

    assert way.fill().facts["standard: harden"]["may-moi"] == [79, 18]
    assert (str(asked[0].inventory), asked[0].level, asked[0].roles) == (
        "hosts.yml",
        3,
        ("kernel",),
    )


def test_a_host_that_was_not_done_lets_nobody_in_and_the_same_command_goes_on(going):
    def fail(_order):
        raise ProblemError(Problem("harden-failed", "may-moi", {"said": "Install: no room"}))

    way = going(fail)
    with pytest.raises(ProblemError) as caught:
        way.fill()
    assert caught.value.problems[0].key == "harden-failed"

    with pytest.raises(ProblemError):
        way.cut_over()
    assert way.endpoint.side() is Side.OLD
    assert "standard: harden" in going(lambda _order: {}).fill().facts


def test_another_level_is_another_order():
    plain = WaveOrder.model_validate(ORDER)
    (system,) = ORDER["systems"]
    higher = {**system, "standard": {**system["standard"], "level": 4}}

    assert plain.digest() != WaveOrder.model_validate({**ORDER, "systems": [higher]}).digest()
    assert WaveOrder.model_validate(plain.model_dump(mode="json")) == plain


def test_no_other_part_has_the_name_of_the_standard():
    (system,) = ORDER["systems"]
    named = {**system, "postgres": [{"name": "standard", "source": END, "target": END}]}

    with pytest.raises(ValueError, match="names of their own"):
        WaveOrder.model_validate({**ORDER, "systems": [named]})
