"""A host is reached as it was said, and why it was not is told."""

import pytest

from stacks.remote import OPTIONS, Remote, UnreachableError, why

SSH = """#!/bin/sh
for word; do last=$word; done
case $last in
  closed) echo 'officer@web: Permission denied (publickey).' >&2; exit 255 ;;
  three) exit 3 ;;
  late) exec sleep 60 ;;
esac
cat
"""


@pytest.fixture
def ssh(tmp_path, monkeypatch):
    program = tmp_path / "ssh"
    program.write_text(SSH, "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def test_no_prompt_and_no_unknown_key_by_default(tmp_path):
    words = Remote("web", "officer", 2222, tmp_path / "id", tmp_path / "config").command("id -u")

    assert words[:3] == ["ssh", "-F", str(tmp_path / "config")]
    assert words[-3:] == ["--", "web", "id -u"]
    assert {"BatchMode=yes", "StrictHostKeyChecking=yes", "2222", "officer"} <= set(words)


def test_an_option_may_be_replaced_not_doubled():
    words = Remote("web", options=(("ControlMaster", "auto"),)).ssh()

    assert "ControlMaster=auto" in words
    assert "ControlMaster=no" not in words
    assert words.count("-o") == len(OPTIONS)


def test_the_exit_code_of_the_words_is_given(ssh):
    assert Remote("web").run("three").returncode == 3
    assert Remote("web").run("id", b"given").stdout == b"given"


def test_a_refused_login_is_told(ssh):
    with pytest.raises(UnreachableError) as caught:
        Remote("web").run("closed")

    assert caught.value.key == "host-login-refused"
    assert "Permission denied" in caught.value.detail


def test_no_answer_in_time_is_told(ssh):
    with pytest.raises(UnreachableError) as caught:
        Remote("web").run("late", seconds=0.2)

    assert caught.value.key == "host-too-slow"


def test_silence_is_told_as_such():
    assert why("").detail == "ssh: no answer"
    assert why("x\nHost key verification failed.\ny").key == "host-key-unknown"
