"""Roles say what they take, and nothing twice."""

from __future__ import annotations

import re

import jinja2
import pytest
import yaml

from playbooks.play import PLAYBOOKS, _Seen, _words, play
from policies.control import controls
from policies.host_rule import load_host_rules
from sen.harden import parameters
from stacks.problem import ProblemError

ROLES = sorted((PLAYBOOKS / "roles").iterdir())
DISTRIBUTIONS = PLAYBOOKS / "distributions"
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
    (play,) = yaml.safe_load((PLAYBOOKS / "harden.yml").read_text("utf-8"))

    assert {each["role"] for each in play["roles"]} == WANTED == {each.name for each in ROLES}
    assert all(each["tags"] == each["role"] for each in play["roles"]), "a role may be asked for"
    assert all(each["tags"] == "always" for each in play["pre_tasks"])


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


def test_what_distributions_name_otherwise_is_data_and_not_a_question_in_a_role():
    family = yaml.safe_load((DISTRIBUTIONS / "Debian.yml").read_text("utf-8"))
    text = "".join(map(text_of, ROLES))
    taken = set(re.findall(r"sen_os\.(\w+)\.(\w+)", text))

    assert taken == {(role, key) for role, named in family.items() for key in named}
    assert set(family) < WANTED
    for question in ("distribution", "os_family", "lsb"):
        assert f"ansible_facts.{question}" not in text
    for release in DISTRIBUTIONS.glob("*-*.yml"):  # only what is different there
        for role, own in yaml.safe_load(release.read_text("utf-8")).items():
            assert all(own[key] != family[role][key] for key in own)


def test_the_firewall_lets_answers_of_open_ports_out_on_connections_older_than_itself():
    text = (PLAYBOOKS / "roles" / "firewall" / "templates" / "nftables.conf.j2").read_text("utf-8")
    opened = {"sen_open_ports": ["22/tcp", 5432, "161/udp"], "firewall_out": ["53/udp"]}
    rules = jinja2.Template(text).render(**opened, sen_forwards=False)

    _, out = rules.split("chain output")
    answers = re.findall(r"tcp sport (\d+) tcp flags & \(syn \| ack\) != syn accept", out)
    assert answers == ["22", "5432"]
    assert rules.count("policy drop") == 3
    assert "udp dport 161 accept" in rules.split("chain output")[0]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, None),
        ({"check": True}, "--check"),
        ({"roles": ("kernel", "time")}, "--tags kernel,time"),
        ({"check": True, "roles": ("time",)}, "--check --tags time"),
    ],
)
def test_a_run_may_be_a_look_and_may_be_of_some_roles(asked, words):
    assert _words(**{"check": False, "roles": (), **asked}) == words


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
