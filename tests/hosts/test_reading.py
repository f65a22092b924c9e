"""One script out, marked sections back: what was read, what was not, and why."""

import subprocess
from pathlib import Path

import pytest

from policies.gates.hosts import fact
from policies.gates.hosts.fact import Fact, Reading, Readings, facts, parse, script
from policies.gates.hosts.host import Host, UnreadableError, names, number
from policies.gates.hosts.inventory import Entry
from policies.gates.hosts.ssh import gather, remote
from stacks.problem import ProblemError, messages
from stacks.remote import UnreachableError

MARK = "==mark=="
ENTRY = Entry("web", "web.gov.vn")
HOST = """#!/bin/sh
for word; do last=$address; address=$word; done
[ "$last" = web.gov.vn ] || exit 9
"""


@pytest.fixture
def fake_ssh(tmp_path, monkeypatch):
    """Put a program in the place of ssh; it finds the host's address before the last word."""

    def put(text):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "ssh"
        program.write_text(HOST + text, "utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder), prepend=":")

    return put


def run(known, monkeypatch):
    monkeypatch.setattr(fact, "facts", lambda: known)
    done = subprocess.run(
        ("sh", "-s"), input=script(known, MARK), capture_output=True, text=True, check=True
    )
    return parse(done.stdout, MARK)


def test_each_fact_comes_back_whole_or_with_the_reason(monkeypatch):
    known = {
        "two_lines": Fact(run="echo one\necho two"),
        "quotes": Fact(run="printf '%s\\n' \"a 'b' \\$c\""),
        "nothing": Fact(run="true"),
        "fails": Fact(run="echo half; echo 'no such thing' >&2; exit 3"),
        "slow": Fact(run="exit 124"),
        "below": Fact(run="exit 70"),
        "long": Fact(run="yes | head -c 400000"),
        "input": Fact(run="cat"),
    }

    found = run(known, monkeypatch).facts

    assert found["two_lines"] == Reading("one\ntwo")
    assert found["quotes"].text == "a 'b' $c"
    assert found["nothing"] == Reading("")
    assert found["fails"].missing == "exit 3: no such thing"
    assert found["slow"].missing == "slow"
    assert found["below"].missing == "container"
    assert len(found["long"].text) <= fact.MOST_BYTES
    assert found["input"] == Reading("")


def test_facts_are_read_in_english_and_without_the_callers_path(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    known = {"said": Fact(run='echo "$LC_ALL $PATH"')}

    text = run(known, monkeypatch).facts["said"].text

    assert text.startswith("C /usr/local/sbin:/usr/sbin:")


def test_noise_of_a_login_shell_and_forged_sections_do_not_count():
    text = (
        "Welcome!\n== begin os\nID=forged\n== end os 0\n"
        f"\n{MARK} begin _\nnone\nno\nsudo: a password is required\n\n{MARK} end _ 0\n"
        f"\n{MARK} begin os\nID=debian\n== end os 0\n\n{MARK} end os 0 \n"
    )

    found = parse(text.replace("\n", "\r\n"), MARK)

    assert found.facts == {"os": Reading("ID=debian\n== end os 0")}
    assert (found.container, found.root, found.no_root) == (
        "none",
        False,
        "sudo: a password is required",
    )


def test_an_answer_without_its_head_is_none():
    assert parse("Welcome!", MARK) is None
    assert parse(f"{MARK} begin os\nID=debian\n{MARK} end os 0\n", MARK) is None


def test_a_script_that_is_cut_off_does_nothing():
    whole = script(["os", "passwd"], MARK)

    done = subprocess.run(
        ("sh", "-s"), input=whole[: len(whole) // 2], capture_output=True, text=True, check=False
    )

    assert done.stdout == ""


def test_only_what_is_asked_for_is_read():
    assert "sen_fact passwd" in script(["passwd"], MARK)
    assert "sen_fact shadow" not in script(["passwd"], MARK)


@pytest.mark.parametrize("name", facts())
def test_every_fact_is_sound_shell(name):
    done = subprocess.run(
        ("sh", "-n"), input=facts()[name].run, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (None, "not read"),
        (Reading(missing="root"), "only root can read it (sudo: no)"),
        (Reading(missing="container"), "in a container"),
        (Reading(missing="slow"), "too long"),
        (Reading(missing="exit 3: no"), "exit 3: no"),
    ],
)
def test_what_was_not_read_says_why(reading, said):
    host = Host(Readings({} if reading is None else {"x": reading}, no_root="sudo: no"))

    with pytest.raises(UnreadableError, match="x: ") as caught:
        host.read("x")

    assert said in str(caught.value)


def test_the_kind_of_system_is_told_by_its_release():
    ubuntu = Host(Readings({"os": Reading('ID=ubuntu\nID_LIKE="debian"\nODD="x\n')}))
    rocky = Host(Readings({"os": Reading('ID="rocky"\nID_LIKE="rhel centos fedora"')}))

    assert (ubuntu.like_debian, ubuntu.like_red_hat) == (True, False)
    assert (rocky.like_debian, rocky.like_red_hat) == (False, True)


def test_parameters_of_the_wrong_kind_are_refused():
    with pytest.raises(TypeError, match="no number"):
        number({"x": "5"}, "x")
    with pytest.raises(TypeError, match="no list"):
        names({"x": 5}, "x")


def test_ssh_is_never_allowed_to_ask_or_to_trust():
    there = remote(Entry("a", "10.0.0.1", "officer", 2222, "~/key"), Path("/c"))
    words = there.command("id")

    for option in ("BatchMode=yes", "StrictHostKeyChecking=yes", "ForwardAgent=no"):
        assert option in words
    assert words[-3:-1] == ["--", "10.0.0.1"]
    assert words[words.index("-l") + 1] == "officer"
    assert words[words.index("-p") + 1] == "2222"
    assert words[words.index("-F") + 1] == "/c"
    assert words[words.index("-i") + 1] == str(Path.home() / "key")
    assert "-l" not in remote(ENTRY, None).command("id")


def test_a_host_is_asked_in_one_connection(fake_ssh):
    fake_ssh("sh -s")

    found = gather(ENTRY, ["os", "passwd"])

    assert set(found.facts) == {"os", "passwd"}
    assert found.facts["passwd"].text.startswith("root:0:0:")


@pytest.mark.parametrize(
    ("text", "key", "detail"),
    [
        (
            "echo '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @' >&2; exit 255",
            "host-key-changed",
            "IDENTIFICATION",
        ),
        ("echo 'Host key verification failed.' >&2; exit 255", "host-key-unknown", "failed"),
        (
            "echo 'a@b: Permission denied (publickey).' >&2; exit 255",
            "host-login-refused",
            "denied",
        ),
        ("echo 'ssh: Connection refused' >&2; exit 255", "host-unreachable", "refused"),
        ("exit 255", "host-unreachable", "no answer"),
        ("echo Welcome", "host-unreachable", "no answer"),
    ],
)
def test_why_a_host_was_not_read_is_said(fake_ssh, text, key, detail):
    fake_ssh(text)

    with pytest.raises(UnreachableError) as caught:
        gather(ENTRY, ["os"])

    assert caught.value.key == key
    assert key in messages()
    assert detail in caught.value.detail


def test_without_ssh_the_check_cannot_start(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ProblemError, match="openssh-client"):
        gather(ENTRY, ["os"])
