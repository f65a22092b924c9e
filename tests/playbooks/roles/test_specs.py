"""Roles say what they take, and nothing twice."""

from __future__ import annotations

import re

import pytest
import yaml

from playbooks.play import PLAYBOOKS, _Seen, play
from policies.control import controls
from policies.host_rule import load_host_rules
from sen.harden import parameters
from stacks.problem import ProblemError

ROLES = sorted((PLAYBOOKS / "roles").iterdir())
WANTED = {
    *("packages", "ssh_baseline", "accounts", "logging", "firewall", "kernel", "time"),
    *("backup_agent", "certificates"),
}


def text_of(role) -> str:
    return "\n".join(p.read_text("utf-8") for p in sorted(role.rglob("*")) if p.is_file())


def tasks_of(role):
    for path in sorted((role / "tasks").glob("*.yml")):
        yield from yaml.safe_load(path.read_text("utf-8"))


def test_the_playbook_has_every_role():
    played = yaml.safe_load((PLAYBOOKS / "harden.yml").read_text("utf-8"))[0]["roles"]

    assert set(played) == WANTED == {each.name for each in ROLES}


@pytest.mark.parametrize("role", ROLES, ids=lambda each: each.name)
def test_defaults_are_those_of_the_specification(role):
    spec = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text("utf-8"))
    options = spec["argument_specs"]["main"]["options"]
    said = {name: each["default"] for name, each in options.items() if "default" in each}
    path = role / "defaults" / "main.yml"
    kept = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}

    assert kept == said
    assert options["sen_rules"]["required"] is True


@pytest.mark.parametrize("role", ROLES, ids=lambda each: each.name)
def test_every_task_is_a_sentence_of_full_module_names_with_controls(role):
    tasks = [each for each in tasks_of(role) if "ansible.builtin.import_tasks" not in each]
    known = {name.partition("/")[2] for name in controls()}

    assert tasks
    for task in tasks:
        assert re.match(r"[A-Z].* .*\([A-Z]{2}-\d\d", task["name"]), task["name"]
        assert any(key.startswith("ansible.builtin.") for key in task)
        assert set(task["tags"]) <= known, task["name"]


@pytest.mark.parametrize("level", range(1, 6))
def test_roles_take_only_parameters_that_rules_have(level):
    known = parameters(level)
    taken = re.findall(r"sen_rules\['([a-z0-9-]+)'\]\.(\w+)", "".join(map(text_of, ROLES)))

    assert len(taken) > 20
    assert [each for each in taken if each[1] not in known[each[0]]] == []
    assert known.keys() == {rule.id for rule in load_host_rules()}


def test_a_machine_without_ansible_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ProblemError) as caught:
        play("harden.yml", tmp_path / "x", frozenset({"a"}), tmp_path, {})

    assert caught.value.problems[0].key == "harden-no-ansible"


def test_every_event_is_answered_with_true():
    seen = _Seen()
    changed = {"host": "a", "task": "Write", "res": {"changed": True}}
    failed = {"host": "b", "task": "Write", "res": {"msg": "no room"}}

    assert seen({"event": "runner_on_ok", "event_data": changed}) is True
    assert seen({"event": "runner_on_failed", "event_data": failed}) is True
    assert seen({"event": "verbose"}) is True
    assert (seen.tasks, seen.failed) == ({"a": ["Write"]}, {"b": "Write: no room"})
