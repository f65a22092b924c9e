"""`sen local` says what it did, what is wrong and what to do, and ends with the agreed code."""

import json
import sys

import pytest
import yaml

from sen import local
from sen.cli import local as command
from sen.cli.main import main
from sen.local.lifecycle import PROGRAMS
from sen.local.platform import Platform
from sen.local.status import SIMULATED_NODES


@pytest.fixture
def sen(monkeypatch, capsys):
    """Run `sen local ...` and give exit code, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sen", "local", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def empty_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("SEN_LANG", "en")


@pytest.mark.usefixtures("empty_state")
@pytest.mark.parametrize("name", ["Local", "9lives", "a-b", "", "../etc", "a" * 21])
def test_a_name_that_is_none_is_refused_before_anything_happens(sen, name, tmp_path):
    code, _, err = sen("up", "--name", name)

    assert code == 2
    assert "1 to 20 lower-case letters" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("empty_state")
@pytest.mark.parametrize("verb", ["down", "status", "logs", "reset"])
def test_a_platform_that_was_never_up_is_missing_and_the_remedy_names_it(sen, verb):
    code, _, err = sen(verb, "--name", "lab")

    assert code == 3
    assert "platform lab: was never brought up" in err
    assert "sen local up --name lab" in err


@pytest.mark.usefixtures("empty_state")
def test_a_problem_is_told_in_vietnamese_too(sen, monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")

    code, _, err = sen("down")

    assert code == 3
    assert "chưa từng được khởi động trên máy này" in err


@pytest.mark.usefixtures("empty_state")
def test_status_lists_every_part_as_down_for_programs_too(sen):
    code, out, err = sen("status", "-o", "json")

    assert code == 3
    assert {row["part"]: row["health"] for row in json.loads(out)} == dict.fromkeys(
        PROGRAMS, "down"
    )
    assert SIMULATED_NODES in err


@pytest.mark.usefixtures("empty_state")
def test_too_many_nodes_are_refused(sen, monkeypatch):
    monkeypatch.setattr(local.lifecycle, "programs", dict)

    code, _, err = sen("up", "--nodes", "5000")

    assert code == 2
    assert "1 to 1000 simulated nodes" in err


@pytest.mark.usefixtures("empty_state")
def test_interrupted_up_tells_what_runs_on_and_how_to_go_on(sen, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(local, "up", interrupt)

    code, _, err = sen("up", "--name", "lab")

    assert code == 3
    assert "sen local up --name lab" in err
    assert "sen local down --name lab" in err


@pytest.mark.usefixtures("empty_state")
def test_missing_tool_is_named_with_its_remedy(sen, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))

    code, _, err = sen("up")

    assert code == 3
    assert "etcd: version" in err
    assert "sen tools build" in err


@pytest.mark.usefixtures("empty_state")
def test_logs_of_a_part_that_is_none_are_refused(sen):
    code, _, err = sen("logs", "kubelet")

    assert code == 2
    assert "kube-apiserver" in err


@pytest.mark.usefixtures("empty_state")
def test_damaged_record_is_named(sen):
    platform = Platform()
    platform.state.mkdir(parents=True)
    platform.kubeconfig.touch()
    platform.record_file.write_text("{")

    code, _, err = sen("status")

    assert code == 2
    assert str(platform.record_file) in err


@pytest.mark.usefixtures("empty_state")
def test_reset_asks_first_and_removes_nothing_without_an_answer(sen, monkeypatch):
    platform = Platform()
    platform.state.mkdir(parents=True)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    refused, _, err = sen("reset")
    kept = platform.state.exists()
    agreed, _, _ = sen("reset", "--yes")

    assert (refused, kept) == (1, True)
    assert "sen local reset --yes" in err
    assert (agreed, platform.state.exists()) == (0, False)


@pytest.mark.usefixtures("empty_state")
def test_logs_come_with_the_name_of_their_part_and_only_the_last_lines(sen):
    platform = Platform()
    platform.log("etcd").parent.mkdir(parents=True)
    platform.kubeconfig.touch()
    platform.log("etcd").write_text("one\ntwo\nthree\n")
    platform.log("kwok").write_text("four\n")

    _, all_of_them, _ = sen("logs", "--lines", "2")
    _, just_one, _ = sen("logs", "etcd", "--lines", "1")

    assert all_of_them.splitlines() == ["etcd: two", "etcd: three", "kwok: four"]
    assert just_one == "three\n"


@pytest.mark.usefixtures("empty_state")
def test_logs_follow_until_interrupted(sen, monkeypatch):
    platform = Platform()
    platform.state.mkdir(parents=True)
    platform.kubeconfig.touch()

    def added(_files):
        yield "audit", "a new line"
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "added_lines", added)

    code, out, _ = sen("logs", "audit", "-f")

    assert (code, out) == (0, "a new line\n")


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, None), (0, "0 min 00 s"), (75, "1 min 15 s"), (7260, "2 h 01 min")]
)
def test_uptime_is_written_for_people(seconds, text):
    assert command._duration(seconds) == text


@pytest.mark.platform
def test_up_status_and_down_of_a_real_platform(sen, tools):
    code, out, _ = sen("up", "--name", "cli", "--no-fsync", "--nodes", "1")
    status, table, _ = sen("status", "--name", "cli")
    machine, rows, _ = sen("status", "--name", "cli", "-o", "yaml")
    down, _, _ = sen("down", "--name", "cli")
    after, _, err = sen("status", "--name", "cli")
    reset, _, _ = sen("reset", "--name", "cli", "--yes")

    assert (code, status, machine, down, after, reset) == (0, 0, 0, 0, 3, 0)
    assert "export KUBECONFIG=" in out
    assert SIMULATED_NODES in out
    assert SIMULATED_NODES in table
    assert {row["health"] for row in yaml.safe_load(rows)} == {"healthy"}
    assert "kube-apiserver" in err
    assert "sen local up --name cli" in err
