"""The catalogue as OSCAL: valid for compliance-trestle, the same bytes each time, nothing lost."""

from __future__ import annotations

import functools
import json
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from trestle.core.profile_resolver import ProfileResolver

from policies.catalogue import RegimeName, all_controls, binding
from policies.catalogue.instrument import book
from policies.catalogue.oscal_catalog import catalogued
from policies.catalogue.oscal_files import OUTPUT, write
from policies.catalogue.oscal_files import files as made
from policies.catalogue.parameter import parameters
from policies.catalogue.regime import Regime
from policies.catalogue.selection import headings

files = functools.cache(made)
TRESTLE = Path(sys.executable).with_name("trestle")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trestle")
    subprocess.run([TRESTLE, "init"], cwd=folder, check=True, capture_output=True)
    shutil.copytree(OUTPUT, folder, dirs_exist_ok=True)
    return folder


def controls_in(node):
    yield from node.get("controls", ())
    for group in node.get("groups", ()):
        yield from controls_in(group)


def catalog(instrument):
    return json.loads(files()[f"catalogs/{instrument.lower()}/catalog.json"])["catalog"]


def values_of(node, name):
    return {each.get("class", ""): each["value"] for each in node["props"] if each["name"] == name}


def test_trestle_finds_every_document_valid(workspace):
    done = subprocess.run(
        [TRESTLE, "validate", "--all"], cwd=workspace, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("VALID: Model") == len(catalogued()) + 10


def test_trestle_refuses_a_document_that_we_break(workspace, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(workspace, folder)
    file = folder / "catalogs/tcvn14423/catalog.json"
    file.write_text(file.read_text("utf-8").replace('"last-modified"', '"last-changed"'), "utf-8")

    done = subprocess.run(
        [TRESTLE, "validate", "--type", "catalog", "--name", "tcvn14423"],
        cwd=folder,
        capture_output=True,
        check=False,
    )

    assert done.returncode != 0


@pytest.mark.parametrize("name", ["tcvn14423-l4", "tcvn11930-l3"])
def test_a_profile_resolves_to_its_level(workspace, name):
    profile = workspace / "profiles" / name / "profile.json"

    resolved = ProfileResolver.get_resolved_profile_catalog(workspace, profile)

    whole = json.loads(resolved.oscal_serialize_json())["catalog"]
    level, regime = int(name[-1]), Regime(RegimeName(name.partition("-")[0]), book().revised)
    found = {each["id"] for each in controls_in(whole)}
    assert found == {each.id.replace("/", ".").lower() for each in binding(level, regime)}


def test_the_files_are_what_the_data_say():
    """If not: `python -m policies.catalogue`."""
    written = {
        str(path.relative_to(OUTPUT)): path.read_text("utf-8") for path in OUTPUT.rglob("*.json")
    }

    assert written == files()


def test_a_second_writing_is_byte_equal(tmp_path):
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in write(folder)}
        for folder in (tmp_path / "one", tmp_path / "two")
    )

    assert first == second
    assert len(first) == len(catalogued()) + 10


def test_every_control_stands_in_the_catalogue_of_its_instrument():
    found = [each["id"] for name in catalogued() for each in controls_in(catalog(name))]

    assert len(found) == len(set(found)) == 182 + 26 + 53
    assert set(found) == {each.replace("/", ".").lower() for each in all_controls()}
    assert len(headings()) == 9


def test_a_control_carries_clauses_values_and_both_titles():
    found = {each["id"]: each for each in controls_in(catalog("TCVN14423"))}
    log = found["tcvn14423.lg-07"]

    assert values_of(log, "clause")["level-3"] == "5.8.2.1 a"
    assert values_of(log, "title")["vi"] == "Thời gian lưu log"
    assert values_of(log, "automation") == {"": "P"}
    retention = next(each for each in log["params"] if each["class"] == "retention")
    assert values_of(retention, "value") == {
        "level-2": "1",
        "level-3": "3",
        "level-4": "6",
        "level-5": "12",
    }
    assert {"30.3.đ", "30.4.b"} >= set(values_of(log, "decree-331-article").values())
    assert any("tcvn11930.t-net-log" in each["href"] for each in log["links"])
    assert "*" not in json.dumps(found)


def test_every_parameter_is_in_a_catalogue_once():
    ids = [
        each["id"]
        for name in catalogued()
        for control in controls_in(catalog(name))
        for each in control.get("params", ())
    ]

    assert len(ids) == len(set(ids)) == sum(map(len, parameters().controls.values()))


def test_a_profile_sets_the_values_of_its_level():
    def kept(level):
        text = files()[f"profiles/tcvn14423-l{level}/profile.json"]
        every = json.loads(text)["profile"]["modify"]["set-parameters"]
        return {each["param-id"]: each["values"] for each in every}

    assert kept(3)["tcvn14423.lg-07.log-retention"] == ["3"]
    assert kept(5)["tcvn14423.lg-07.log-retention"] == ["12"]
    assert "tcvn14423.lg-07.log-retention" not in kept(1)
    assert kept(4)["tcvn14423.nw-07.hot-standby"] == ["yes"]
    assert kept(2)["tcvn14423.nw-13.zones"] == ["server, dmz, wireless-if-any, internal, edge"]


def test_every_document_says_that_clauses_are_unverified():
    for name, text in files().items():
        (whole,) = json.loads(text).values()
        assert "unverified" in whole["metadata"]["remarks"], name
        assert values_of(whole["metadata"], "clauses-verified") == {"": "no"}, name


def test_a_superseded_instrument_leads_to_its_successor():
    assert catalog("TCVN11930")["metadata"]["links"] == [
        {"href": "../tcvn14423/catalog.json", "rel": "successor-version"}
    ]
    assert "links" not in catalog("D331")["metadata"]


def test_trestle_is_loaded_only_to_write_files():
    code = "import sys, policies.catalogue; sys.exit('trestle' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_module_writes_the_files_and_names_them(monkeypatch, capsys):
    monkeypatch.setattr("policies.catalogue.oscal_files.write", lambda: [Path("a/catalog.json")])

    runpy.run_module("policies.catalogue", run_name="__main__")

    assert capsys.readouterr().out == "a/catalog.json\n"
