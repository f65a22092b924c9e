"""What Sen starts it can stop, with everything that was started in turn."""

import signal
import threading

import pytest
from filelock import FileLock

from sen.tools import process
from sen.tools.build import held
from sen.tools.process import Children, StoppedError, interruptible
from tests.sen.tools.fake_toolchain import runs, wait_for


class Told(list):
    """A reporter that keeps what it is told, and wakes who waits for it."""

    def __init__(self, then=lambda: None):
        super().__init__()
        self.then = then

    def started(self, title, what):
        self.append((title, what))
        self.then()


def in_thread(work):
    """Run in a thread; give it and the list in which its exception will stand."""
    raised = []

    def body():
        try:
            work()
        except Exception as error:  # noqa: BLE001 - handed to the test
            raised.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    return thread, raised


def run_in_thread(children, tmp_path, script):
    command = ["sh", "-c", script]
    started = tmp_path / "started"
    work = in_thread(
        lambda: children.run(
            command, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, log=tmp_path / "log"
        )
    )
    wait_for(started.exists)
    return *work, int(started.read_text())


def test_a_stop_ends_the_children_of_a_child_too(tmp_path):
    children = Children()
    script = "sleep 600 & echo $! > new; mv new started; wait"
    thread, raised, grandchild = run_in_thread(children, tmp_path, script)
    assert runs(grandchild)

    children.stop()
    thread.join()

    assert [type(error) for error in raised] == [StoppedError]
    assert not runs(grandchild)


def test_a_child_that_does_not_listen_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.1)
    children = Children()
    script = "trap '' TERM; echo $$ > new; mv new started; while :; do sleep 0.1; done"
    thread, raised, child = run_in_thread(children, tmp_path, script)

    children.stop()
    thread.join()

    assert [type(error) for error in raised] == [StoppedError]
    assert not runs(child)


def test_an_interrupt_while_a_program_talks_ends_the_program(tmp_path):
    pids = []

    def interrupt(line):
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Children().run(
            ["sh", "-c", "echo $$; exec sleep 600"],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin"},
            log=tmp_path / "log",
            line=interrupt,
        )

    assert not runs(pids[0])


def test_what_a_program_says_is_handed_on_kept_and_cut_to_its_end(tmp_path):
    heard = []
    log = tmp_path / "log"
    ended = Children().run(
        ["sh", "-c", "seq 100; printf '\\377\\n' >&2; exit 7"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        log=log,
        line=heard.append,
    )

    assert ended.code == 7
    assert heard[:2] == ["1", "2"]
    assert len(heard) == 101
    assert ended.lines[-2:] == ("100", "\ufffd")
    assert len(ended.lines) == process.TAIL_LINES
    assert ended.tail.splitlines()[0] == "94"
    assert log.read_text().splitlines()[0].startswith("$ sh -c")


def test_who_waits_for_another_run_says_so_and_goes_on_when_it_ends(toolchain):
    toolchain.home.parent.mkdir(parents=True)
    other = FileLock(toolchain.home.parent / "hello.lock", thread_local=False)
    other.acquire()
    told = Told(then=other.release)

    with held(toolchain.family, Children(), told):
        assert told == [("hello 1.2.3", "waiting for the run that builds it now")]


def test_who_waits_for_another_run_can_be_stopped(toolchain, monkeypatch):
    monkeypatch.setattr("sen.tools.build.LOOK_AGAIN_SECONDS", 0.01)
    toolchain.home.parent.mkdir(parents=True)
    children = Children()

    with (
        FileLock(toolchain.home.parent / "hello.lock"),
        pytest.raises(StoppedError),
        held(toolchain.family, children, Told(then=children.stopped.set)),
    ):
        pytest.fail("the lock was held by another")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_polite_end_is_an_interrupt_only_while_it_is_asked_for(number):
    before = signal.getsignal(number)

    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(number)

    assert signal.getsignal(number) is before


def test_signals_are_left_alone_outside_the_main_thread():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def body():
        with interruptible():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread, raised = in_thread(body)
    thread.join()

    assert (raised, seen) == ([], [before])
