"""What the image's scripts do, on folders that stand in for a system; proof.py tries the image."""

import json
import os
import subprocess
import sys

import pytest

from images import bill, build, close, entrypoint, proof, settle
from images.build import MANAGED, PROJECTS
from sen.paths import PROJECT

STATUS = """Package: base-files
Version: 12.4
Description: files
 more words

Package: libc6
Version: 2.36
"""


@pytest.fixture
def system(tmp_path):
    for folder in (*close.PROGRAMS, "etc/apt", "usr/lib/dpkg", "build"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("usr/bin/sh", "usr/bin/python3", "usr/bin/env", "usr/sbin/useradd", "etc/apt/x"):
        (tmp_path / name).touch()
    (tmp_path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\nman:x:6:12::/:/bin/sh\n")
    (tmp_path / "etc/group").write_text("root:x:0:\n")
    return tmp_path


@pytest.fixture
def owned(monkeypatch):
    """Changing owners is root's."""
    given = []
    monkeypatch.setattr(close.shutil, "chown", lambda path, *who: given.append((path.name, who)))
    return given


def test_closed_system_has_no_shell_and_no_package_manager(system, owned):
    assert close.main(str(system / "build"), str(system)) == 0

    left = {each.name for folder in close.PROGRAMS for each in (system / folder).iterdir()}
    assert left == {"python3", "env"}
    assert not (system / "etc/apt").exists()
    assert not (system / "usr/lib/dpkg").exists()
    assert not (system / "build").exists()
    assert owned == [("sen", (65532, 65532))]


def test_nobody_of_a_closed_system_has_a_shell(system, owned):
    close.main(str(system / "build"), str(system))

    lines = (system / "etc/passwd").read_text().splitlines()
    assert lines[-1].startswith("sen:x:65532:65532:")
    assert all(line.endswith(":/nonexistent") for line in lines)


def test_program_that_stays_behind_fails_the_build(system, owned, monkeypatch):
    monkeypatch.setattr(close.Path, "unlink", lambda self: None)

    assert close.main(str(system / "build"), str(system)) == 1


def test_bill_names_packages_of_all_three_sources(tmp_path, monkeypatch, capsys):
    status, tools, out = (tmp_path / name for name in ("status", "tools.json", "out/bill.json"))
    status.write_text(STATUS)
    tools.write_text(json.dumps({"pulumi": "3.259.0"}))
    folder = tmp_path / "python3.11" / "site-packages" / "Demo-1.2.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: Demo\nVersion: 1.2\n")
    monkeypatch.setattr(bill, "STATUS", status)

    assert bill.main(str(tmp_path), str(tools), str(out)) == 0

    found = [each["purl"] for each in json.loads(out.read_text())["components"]]
    assert found == [
        "pkg:deb/debian/base-files@12.4",
        "pkg:deb/debian/libc6@2.36",
        "pkg:generic/pulumi@3.259.0",
        "pkg:pypi/demo@1.2",
    ]
    assert "2 + 1 + 1 parts" in capsys.readouterr().out


def test_bill_without_python_packages_is_none(tmp_path, monkeypatch):
    status, tools = tmp_path / "status", tmp_path / "tools.json"
    status.write_text(STATUS)
    tools.write_text('{"pulumi": "3.259.0"}')
    monkeypatch.setattr(bill, "STATUS", status)

    assert bill.main(str(tmp_path), str(tools), str(tmp_path / "bill.json")) == 1


@pytest.fixture
def tools(tmp_path):
    plugin = tmp_path / "tools" / "pulumi-home" / "plugins" / "resource-kubernetes-v1"
    plugin.mkdir(parents=True)
    (plugin / "program").touch()
    (tmp_path / "tools" / "toolchain").mkdir()
    return tmp_path / "tools"


def test_tools_are_lent_as_pulumi_and_sen_look_for_them(tools, tmp_path):
    home, pulumi = tmp_path / "home", tmp_path / "pulumi"

    for _ in range(2):  # a restarted container finds what it left
        entrypoint.lend(tools, {"HOME": str(home), "PULUMI_HOME": str(pulumi)})

    cache = home / ".cache" / "sen"
    assert (cache / "toolchain").readlink() == tools / "toolchain"
    for place in (pulumi, cache / "pulumi-home"):
        plugin = place / "plugins" / "resource-kubernetes-v1"
        assert plugin.is_dir()
        assert not plugin.is_symlink()
        assert (plugin / "program").is_symlink()


def test_start_without_a_place_to_write_says_so_in_both_languages(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()

    done = subprocess.run(
        [sys.executable, entrypoint.__file__, "version"],
        env={**os.environ, "HOME": str(blocked)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert "may write at /run/sen" in done.stderr
    assert "được ghi" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", PROJECTS)
def test_projects_lose_only_who_manages_their_environment(name, tmp_path):
    file = tmp_path / "project.yaml"
    text = (PROJECT / name).read_text("utf-8")
    file.write_text(text)

    build.settle(file)

    assert file.read_text() == text.replace(MANAGED, "")
    with pytest.raises(ValueError, match=r"project\.yaml"):
        build.settle(file)


def test_everything_that_goes_in_is_committed_and_there():
    assert all((PROJECT / each).exists() for each in build.SOURCE)


def test_settled_environment_starts_compiled(tmp_path):
    package = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    for name in ("pulumi", "other/tests"):
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").touch()

    assert settle.main(str(tmp_path)) == 0
    assert list((package / "pulumi" / "__pycache__").glob("*.pyc"))
    assert not (package / "other" / "tests").exists()


def test_build_without_its_parts_ends_with_3_and_no_traceback(monkeypatch, capsys):
    def missing(*_):
        raise subprocess.CalledProcessError(1, ["podman", "build"])

    monkeypatch.setattr(build, "said", missing)

    assert build.main([]) == 3
    assert "podman: exit 1" in capsys.readouterr().err


@pytest.fixture
def podman(tmp_path, monkeypatch):
    """A podman that answers as a closed image would, or as an open one."""
    program = tmp_path / "podman"
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(proof.os, "chown", lambda *_: None)

    def answers(shell, lacking="none"):
        program.write_text(
            f"""#!/bin/sh
case "$*" in *--read-only*--network\\ none*) ;; *) exit 9;; esac
case "$*" in
  *" -c true") exit {shell};;
  *"/opt/sen/x"*) echo Read-only >&2; exit 1;;
  *getuid*) echo 65532 3;;
  *"tools where {lacking}") exit 3;;
  *"tools where "*) shift $(($# - 1)); echo "/opt/sen-tools/$1";;
esac
"""
        )
        program.chmod(0o755)

    return answers


@pytest.mark.parametrize(("shell", "code", "said"), [(127, 0, "ok   has"), (0, 1, "FAIL has")])
def test_image_with_a_shell_is_no_proof(podman, capsys, shell, code, said):
    podman(shell)

    assert proof.main("localhost/sen:try") == code
    assert said in capsys.readouterr().out


def test_image_without_the_provider_is_no_proof(podman, capsys):
    podman(127, lacking="pulumi-resource-kubernetes")

    assert proof.main("localhost/sen:try") == 1
    assert "FAIL finds pulumi-resource-kubernetes" in capsys.readouterr().out
