"""An inventory is read as Ansible reads it, and what cannot be meant is refused with a reason."""

import pytest

from policies.gates.hosts.inventory import expanded, load
from stacks.problem import Language, ProblemError

YAML = """
all:
  vars: {ansible_user: officer, sen_level: 3}
  hosts:
    lone: {ansible_host: 10.0.0.9}
  children:
    web:
      vars: {sen_level: 4, sen_open_ports: [22, 443/tcp]}
      hosts:
        web[01:02].gov.vn:
        web-b: {sen_level: 5, ansible_port: 2222}
    edge:
      vars: {ansible_user: deputy}
      children:
        web:
"""
INI = """
lone ansible_host=10.0.0.9  # one without a group
[web:vars]
sen_level=4
sen_open_ports=22, 443/tcp
[web]
web[01:02].gov.vn
web-b sen_level=5 ansible_port=2222 ansible_ssh_private_key_file="/keys/a b"
[edge:children]
web
[edge:vars]
ansible_user=deputy
sen_forwards=yes
; done
"""


def read(tmp_path, text, name="hosts.yaml"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return {each.name: each for each in load(path)}


def refused(tmp_path, text, name="hosts.yaml"):
    with pytest.raises(ProblemError) as caught:
        read(tmp_path, text, name)
    assert caught.value.exit_code == 2
    for problem in caught.value.problems:
        assert problem.text(Language.VI) != problem.text(Language.EN)
    return " ".join(problem.text(Language.EN) for problem in caught.value.problems)


def test_yaml_gives_hosts_with_the_variables_of_their_groups(tmp_path):
    found = read(tmp_path, YAML)

    assert sorted(found) == ["lone", "web-b", "web01.gov.vn", "web02.gov.vn"]
    assert (found["lone"].address, found["lone"].user, found["lone"].declared.level) == (
        "10.0.0.9",
        "officer",
        3,
    )
    assert found["web01.gov.vn"].address == "web01.gov.vn"
    assert found["web01.gov.vn"].declared.open_ports == ("22", "443/tcp")
    assert found["web01.gov.vn"].declared.level == 4


def test_inner_groups_and_hosts_win_over_outer_groups(tmp_path):
    found = read(tmp_path, YAML)

    assert found["web-b"].declared.level == 5
    assert found["web-b"].port == 2222
    assert found["web-b"].user == "deputy"


def test_ini_means_the_same(tmp_path):
    found = read(tmp_path, INI, "hosts")

    assert sorted(found) == ["lone", "web-b", "web01.gov.vn", "web02.gov.vn"]
    assert found["lone"].user == ""
    assert found["web01.gov.vn"].declared.open_ports == ("22", "443/tcp")
    assert found["web-b"].declared.level == 5
    assert found["web-b"].declared.forwards is True
    assert found["web-b"].key_file == "/keys/a b"
    assert found["web-b"].user == "deputy"


@pytest.mark.parametrize(
    ("pattern", "hosts"),
    [
        ("web", ["web"]),
        ("web[8:10]", ["web8", "web9", "web10"]),
        ("web[08:10].vn", ["web08.vn", "web09.vn", "web10.vn"]),
        ("db-[a:c]", ["db-a", "db-b", "db-c"]),
        ("r[1:2]h[1:2]", ["r1h1", "r1h2", "r2h1", "r2h2"]),
    ],
)
def test_spans_are_expanded(pattern, hosts):
    assert list(expanded(pattern)) == hosts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("all: {hosts: {}}", "names no host", id="empty"),
        pytest.param("", "names no host", id="nothing"),
        pytest.param("[1, 2]", "list", id="list"),
        pytest.param("all: {hosts: [a, b]}", "list", id="hosts-as-list"),
        pytest.param("all: {host: {a: }}", "unknown host", id="misspelled-key"),
        pytest.param("all: {hosts: {a: {sen_levle: 3}}}", "levle", id="misspelled-variable"),
        pytest.param("all: {hosts: {a: {sen_level: 6}}}", "level", id="level-6"),
        pytest.param("all: {hosts: {a: {ansible_port: ssh}}}", "ansible_port", id="port-word"),
        pytest.param("all: {hosts: {a: {ansible_port: 70000}}}", "ansible_port", id="port-high"),
        pytest.param("all: {hosts: {a: {ansible_host: -oProxyCommand=x}}}", "-oProxy", id="option"),
        pytest.param("all: {hosts: {a: {ansible_user: '-x'}}}", "-x", id="user-is-option"),
        pytest.param("all: {hosts: {'a b': }}", "a b", id="blank-in-name"),
        pytest.param("all: {hosts: {'a[1:99999]': }}", "99999", id="too-many"),
        pytest.param("all: {hosts: {'a[1:c]': }}", "1:c", id="mixed-span"),
        pytest.param("all: &a\n  children:\n    b: *a\n", "", id="cyclic-anchor"),
        pytest.param("all: {hosts: {a: !vault x}}", "vault", id="vault"),
        pytest.param("all: {hosts", "expected", id="no-yaml"),
    ],
)
def test_a_yaml_inventory_that_cannot_be_meant_is_refused(tmp_path, text, said):
    assert said in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[web:hosts:x]\na\n", "hosts:x", id="odd-section"),
        pytest.param("[a:children]\nb\n[b:children]\na\n", "circle", id="circle"),
        pytest.param("[a:children]\nnowhere\n", "nowhere", id="unknown-group"),
        pytest.param("a sen_level='\n", "quotation", id="open-quote"),
    ],
)
def test_an_ini_inventory_that_cannot_be_meant_is_refused(tmp_path, text, said):
    assert said in refused(tmp_path, text, "hosts")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ProblemError, match=r"missing\.yaml"):
        load(tmp_path / "missing.yaml")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "hosts"
    path.write_bytes(b"\xff\xfe\x00web")

    with pytest.raises(ProblemError, match="cannot be used"):
        load(path)


def test_every_bad_host_is_named_at_once(tmp_path):
    said = refused(tmp_path, "all: {hosts: {a: {sen_level: 9}, b: {ansible_port: x}, c: }}")

    assert ": a:" in said
    assert ": b:" in said
    assert ": c:" not in said
