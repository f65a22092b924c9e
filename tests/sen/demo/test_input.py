"""The demo's input: the systems under `stacks/agencies`, and a request for every agency."""

from __future__ import annotations

import stat
from datetime import date

import pytest

from sen.demo.country import write_country
from sen.demo.systems import AGENCIES, demo_requests
from stacks.layers.tenants import check_owner
from stacks.models.agency import agencies
from stacks.models.document import COUNTRY_LIMIT_BYTES
from stacks.models.load import load_requests
from stacks.models.tenant import Stage
from stacks.problem import ProblemError

# The whole country is written once, by one worker.
pytestmark = pytest.mark.xdist_group("country")
TODAY, ENDS = date(2026, 12, 1), date(2029, 11, 30)
LEAST_SYSTEMS = 8


def test_the_demo_has_every_system_that_was_promised():
    folders, ended = demo_requests(TODAY)

    requests = [each for paths in folders.values() for each in load_requests(paths, TODAY)]
    assert ended == []
    assert len(requests) >= LEAST_SYSTEMS
    assert {request.system.level for request in requests} >= {1, 2, 3, 4}
    assert {request.stage for request in requests} >= {Stage.TRAINING, Stage.PRODUCTION}


def test_each_folder_belongs_to_the_agency_of_its_name():
    folders, _ = demo_requests(TODAY)

    assert set(folders) == {path.name.upper() for path in AGENCIES.iterdir() if path.is_dir()}
    for agency, paths in folders.items():
        check_owner(load_requests(paths, TODAY), agency)


def test_what_has_ended_is_told_and_an_agency_with_nothing_else_left_out():
    folders, ended = demo_requests(date(2027, 6, 1))

    assert ended == ["g09-training-lab-training"]
    assert "G09" not in folders
    assert "H26" in folders


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    folder = tmp_path_factory.mktemp("country") / "requests"
    return folder, dict(write_country(folder, Stage.STAGING, TODAY, ENDS))


def test_every_agency_of_the_country_has_a_request(country):
    _, shards = country

    found = [
        request
        for paths in shards.values()
        for request in load_requests(paths, TODAY, limit=COUNTRY_LIMIT_BYTES)
    ]
    assert len(shards) == 17 + 34
    assert {request.agency for request in found} == {each.code for each in agencies().all()}
    assert len(found) == 17 + 34 + 3321


def test_requests_lie_with_their_first_level_agency(country):
    _, shards = country

    check_owner(load_requests(shards["H26"], TODAY, limit=COUNTRY_LIMIT_BYTES), "H26")


def test_a_second_writing_takes_what_is_there(country):
    folder, shards = country
    before = {path: path.stat().st_mtime_ns for paths in shards.values() for path in paths}

    again = dict(write_country(folder, Stage.STAGING, date(2027, 1, 1), ENDS))

    assert again == shards
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert load_requests(shards["G01"], TODAY)[0].starts == TODAY


def test_the_folder_is_its_owners_only(country):
    folder, _ = country

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_another_stage_has_files_of_its_own(country):
    _, shards = country

    assert [path.name for path in shards["H26"]] == ["h26-staging.yaml"]


def test_dates_that_break_a_rule_are_refused_and_nothing_written(tmp_path):
    with pytest.raises(ProblemError) as refused:
        list(write_country(tmp_path / "new", Stage.TRAINING, TODAY, ENDS))

    assert [problem.key for problem in refused.value.problems] == ["request-end-beyond"]
    assert list((tmp_path / "new").iterdir()) == []
