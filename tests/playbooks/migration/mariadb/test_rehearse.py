"""A rehearsal of a MariaDB database fills a copy, follows once more, and leaves nothing behind."""

from __future__ import annotations

import pytest

from playbooks.migration.mariadb.move import MariadbToPostgres
from playbooks.migration.order.rehearse import rehearse
from stacks.problem import ProblemError


def test_it_is_timed_and_nothing_of_it_is_left(ends):
    source, target = ends
    said = []

    waited = rehearse(
        "w1/so", [MariadbToPostgres("so", source, target)], lambda *all_: said.append(all_)
    )

    assert waited > 0
    phases = {about.removeprefix("w1/so-rehearsal of so: ") for _, about, _ in said}
    assert phases == {"fill", "cut over"}
    assert target.ask("select 1 from pg_database where datname like 'sen_try%'") == []
    assert target.ask("select 1 from pg_tables where schemaname = 'public'") == []


def test_what_fails_leaves_nothing_either(ends):
    source, target = ends
    nowhere = source.with_database("khong_co")

    with pytest.raises(ProblemError):
        rehearse("w1/so", [MariadbToPostgres("so", nowhere, target)], lambda *_: None)

    assert target.ask("select 1 from pg_database where datname like 'sen_try%'") == []


def test_the_time_of_the_comparison_is_part_of_the_prediction(ends, monkeypatch):
    source, target = ends
    compared, real = [], MariadbToPostgres.verify

    def verify(move):
        compared.append(move.target.database)
        return real(move)

    monkeypatch.setattr(MariadbToPostgres, "verify", verify)

    rehearse("w1/so", [MariadbToPostgres("so", source, target)], lambda *_: None)

    assert compared == ["sen_try_so"]
