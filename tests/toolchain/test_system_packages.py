"""System packages are data; what cannot be had is named and the rest is installed."""

import importlib.util
import sys

import pytest

from sen.paths import PROJECT

HAVE_ALL = 0
LACKING = 3


@pytest.fixture
def system(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("system", PROJECT / "toolchain" / "system.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "system", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "LIST", tmp_path / "list.tsv")
    module.LIST.write_text("# head\npodman\thosts\ttests\nrunc\thosts\nchromium\tportal\n")
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(module.os, "geteuid", lambda: 0)
    return module


class Apt:
    """What dpkg and apt would say: which are installed, which can be had, which break."""

    def __init__(self, installed=(), offered=(), broken=(), after_update=()):
        self.installed, self.offered = set(installed), set(offered)
        self.broken, self.after_update = set(broken), set(after_update)
        self.calls = []

    def __call__(self, *command):
        self.calls.append(command)
        name = command[-1]
        if command[0] == "dpkg-query":
            return Said("install ok installed" if name in self.installed else "", 0)
        if command[0] == "apt-cache":
            return Said(f"  Candidate: {'1' if name in self.offered else '(none)'}", 0)
        if command[1] == "update":
            self.offered |= self.after_update
            return Said("", 0)
        wanted = set(command[5:])
        if wanted & self.broken:
            return Said("", 100)
        self.installed |= wanted
        return Said("", 0)

    def count(self, word):
        return sum(1 for command in self.calls if word in command)


class Said:
    def __init__(self, stdout, returncode):
        self.stdout, self.returncode = stdout, returncode


def use(system, monkeypatch, **state):
    apt = Apt(**state)
    monkeypatch.setattr(system, "run", apt)
    return apt


ALL = ("podman", "runc", "chromium")


def test_nothing_is_fetched_when_all_is_installed(system, monkeypatch, capsys):
    apt = use(system, monkeypatch, installed=ALL)

    assert system.main([]) == HAVE_ALL
    assert {command[0] for command in apt.calls} == {"dpkg-query"}
    assert "3 wanted, 0 installed now" in capsys.readouterr().out


def test_what_is_missing_is_installed_in_one_go(system, monkeypatch):
    apt = use(system, monkeypatch, installed=("runc",), offered=ALL)

    assert system.main([]) == HAVE_ALL
    assert apt.count("install") == 1
    assert apt.count("update") == 0
    assert apt.installed == set(ALL)


def test_the_lists_are_refreshed_only_when_a_package_is_unknown(system, monkeypatch):
    apt = use(system, monkeypatch, after_update=ALL)

    assert system.main([]) == HAVE_ALL
    assert apt.count("update") == 1


def test_a_package_that_cannot_be_had_is_named_and_the_rest_is_installed(
    system, monkeypatch, capsys
):
    apt = use(system, monkeypatch, offered=("podman", "chromium"))

    assert system.main([]) == LACKING
    assert apt.installed == {"podman", "chromium"}
    assert "not to be had here: runc;" in capsys.readouterr().out


def test_a_package_that_breaks_does_not_keep_the_others_away(system, monkeypatch, capsys):
    apt = use(system, monkeypatch, offered=ALL, broken=("runc",))

    assert system.main([]) == LACKING
    assert apt.installed == {"podman", "chromium"}
    assert "runc" in capsys.readouterr().out


def test_who_is_not_root_is_told_the_command(system, monkeypatch, capsys):
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    apt = use(system, monkeypatch, installed=("runc",), offered=ALL)

    assert system.main([]) == LACKING
    assert apt.count("install") == 0
    assert "run `make system` as root to install podman chromium" in capsys.readouterr().out


def test_tests_install_only_what_they_use_and_never_fail(system, monkeypatch, capsys):
    apt = use(system, monkeypatch)

    assert system.main(["--for-tests"]) == 0
    assert "podman" in capsys.readouterr().out
    assert not any("chromium" in command for command in apt.calls)


def test_another_system_is_told_the_names(system, monkeypatch, capsys):
    monkeypatch.setattr(system.shutil, "which", lambda _: None)

    assert system.main([]) == LACKING
    assert "podman runc chromium" in capsys.readouterr().out


def test_the_real_list_says_what_needs_each_package():
    spec = importlib.util.spec_from_file_location("system", PROJECT / "toolchain" / "system.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["system"] = module
    spec.loader.exec_module(module)
    del sys.modules["system"]
    listed = module.packages(module.LIST.read_text("utf-8"))

    assert len(listed) >= 10
    assert all(package.needed_by for package in listed)
    assert len({package.name for package in listed}) == len(listed)
    assert {"podman", "runc", "chromium", "mmdebstrap"} <= {package.name for package in listed}
