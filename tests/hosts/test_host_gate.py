"""The gate over an inventory: levels, findings, hosts that are lost; ssh is a stand-in here."""

from datetime import date

import pytest

from policies.finding import Gate, Verdict
from policies.gates.host import answer, check
from policies.gates.hosts.answer import MOST_NAMED, none_of, printable
from policies.gates.hosts.fact import Reading, Readings
from policies.gates.hosts.host import Host
from policies.host_rule import HostRule, check_of, load, load_host_rules
from policies.rule import Action
from stacks.problem import ProblemError

SSH = """#!/bin/sh
for word; do last=$address; address=$word; done
case $last in
  lost*) echo 'ssh: connect to host lost: No route to host' >&2; exit 255;;
  *) sh -s;;
esac
"""
RULE = """
id: {id}
title: {{vi: Mọi máy đều tốt, en: All is well}}
controls: [TCVN14423/CF-02]
severity: low
matches: host
family: test
reads: [passwd]
levels: {{1-2: off, 3: warn, 4-5: deny}}
parameters: {{most: {{by_level: {{1-3: 3, 4-5: 5}}}}, fixed: 7}}
message: {{vi: có lỗi, en: broken}}
remedy: {{vi: sửa đi, en: mend it}}
"""
CHECK = """
from policies.gates.hosts.answer import passes

def check(host, parameters):
    {body}
"""


@pytest.fixture(autouse=True)
def ssh(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ssh").write_text(SSH, "utf-8")
    (folder / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Make a rule whose check has this body."""

    def make(body, name="host-made"):
        monkeypatch.setattr("policies.host_rule.RULES", tmp_path)
        folder = tmp_path / name
        folder.mkdir()
        (folder / "rule.yaml").write_text(RULE.format(id=name), "utf-8")
        (folder / "host.py").write_text(CHECK.format(body=body), "utf-8")
        return load(folder / "rule.yaml")

    return make


def inventory(tmp_path, text):
    path = tmp_path / "hosts.yaml"
    path.write_text(text, "utf-8")
    return path


def one(name):
    return [rule for rule in load_host_rules() if rule.id == name]


def test_hosts_are_judged_in_the_order_of_the_inventory_and_lost_ones_named(tmp_path):
    path = inventory(tmp_path, "all: {hosts: {b: , lost-a: , a: {sen_agency: H26}}}")

    report = check(path, rules=one("host-one-root"), jobs=2)

    assert [each.target.name for each in report.findings] == ["b", "lost-a", "a"]
    assert report.hosts == 3
    assert report.unreachable == ("lost-a",)
    assert report.findings[2].target.agency == "H26"
    assert {each.gate for each in report.findings} == {Gate.HOST}
    lost = report.findings[1]
    assert (lost.rule, lost.verdict, lost.action) == (
        "host-reachable",
        Verdict.NOT_ASSESSED,
        Action.DENY,
    )
    assert lost.evidence == "unreachable: ssh: connect to host lost: No route to host"


@pytest.mark.parametrize(
    ("said", "asked", "level"),
    [("{sen_level: 2}", None, 2), ("", None, 5), ("{sen_level: 2}", 4, 4), ("", 1, 1)],
)
def test_the_level_is_the_asked_one_or_the_hosts_own_or_the_strictest(tmp_path, said, asked, level):
    path = inventory(tmp_path, f"all: {{hosts: {{a: {said}}}}}")

    report = check(path, rules=one("host-one-root"), level=asked)

    assert {each.level for each in report.findings} == {level}


def test_the_day_is_handed_to_the_rules(tmp_path):
    path = inventory(tmp_path, "all: {hosts: {a: }}")

    late = check(path, rules=one("host-supported-release"), day=date(2099, 1, 1))

    assert {each.verdict for each in late.findings} <= {Verdict.FAIL, Verdict.NOT_ASSESSED}


def blank():
    return Host(Readings({"passwd": Reading("root:0:0:/root:/bin/sh"), "group": Reading("x")}))


def test_a_rule_is_not_asked_at_a_level_at_which_it_is_off(made):
    rule = made("raise SystemExit")

    assert answer(rule, blank(), 2).verdict is Verdict.NOT_APPLICABLE


def test_parameters_are_those_of_the_level(made):
    rule = made('return passes(f"{parameters}")')

    assert answer(rule, blank(), 3).evidence == "{'most': 3, 'fixed': 7}"
    assert answer(rule, blank(), 4).evidence == "{'most': 5, 'fixed': 7}"


def test_a_check_sees_only_the_facts_that_its_rule_names(made):
    given = answer(made('return passes(host.read("group"))'), blank(), 5)

    assert (given.verdict, given.evidence) == (Verdict.NOT_ASSESSED, "group: not read")


def test_a_check_that_trips_is_not_assessed_and_ends_nothing(made):
    given = answer(made('return passes(str(int("x")))'), blank(), 5)

    assert given.verdict is Verdict.NOT_ASSESSED
    assert "ValueError" in given.evidence


def test_a_file_without_a_check_is_refused(tmp_path):
    (tmp_path / "host.py").write_text("check = 5\n", "utf-8")

    with pytest.raises(ProblemError, match="no function check"):
        check_of(tmp_path / "host.py")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: host-other\n", "Field required"),
        ("id: [\n", "not YAML"),
        (RULE.format(id="host-other"), "host-other != "),
        (RULE.format(id="host-here").replace("matches: host", "matches: pod-spec"), "matches"),
        (RULE.format(id="host-here").replace("3: warn", "3-4: warn"), "each once"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(tmp_path, text, said):
    folder = tmp_path / "host-here"
    folder.mkdir()
    (folder / "rule.yaml").write_text(text, "utf-8")

    with pytest.raises(ProblemError, match=said):
        load(folder / "rule.yaml")


def test_no_rule_at_all_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("policies.host_rule.RULES", tmp_path)

    with pytest.raises(ProblemError, match="no rule here"):
        load_host_rules.__wrapped__()


def test_evidence_steers_no_terminal_and_stays_short():
    assert printable("a\x1b[31m\tb\nc\u202e") == "a?[31m b c?"
    assert len(printable("x" * 1000)) == 300


def test_many_broken_things_are_counted():
    given = none_of([str(each) for each in range(MOST_NAMED + 3)], "none")

    assert given.evidence == "0; 1; 2; 3; 4; +3"
    assert none_of([], "none").evidence == "none"


def test_rules_say_which_family_they_belong_to():
    assert all(isinstance(rule, HostRule) and rule.family for rule in load_host_rules())
