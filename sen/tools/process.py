"""Run programs so that a stop ends all of them, with everything they started."""

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

TAIL_LINES = 30
GRACE_SECONDS = 5


class StoppedError(Exception):
    """The person stopped the work; nothing is wrong."""


@dataclass(frozen=True)
class Ended:
    code: int
    lines: tuple[str, ...]

    @property
    def tail(self) -> str:
        return "\n".join(self.lines[-8:])


def ignore(_line: str) -> None:
    """Take a line and do nothing."""


@dataclass
class Children:
    """The programs that run now; each leads a process group of its own."""

    stopped: threading.Event = field(default_factory=threading.Event)
    _running: set[subprocess.Popen[str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str],
        log: Path,
        line: Callable[[str], None] = ignore,
    ) -> Ended:
        """Run to the end, hand each line on, keep all of them in the log."""
        tail: deque[str] = deque(maxlen=TAIL_LINES)
        with log.open("a", encoding="utf-8") as kept, self._start(command, cwd, env) as child:
            kept.write(f"$ {' '.join(map(str, command))}\n")
            for text in child.stdout or ():
                kept.write(text)
                tail.append(text.rstrip())
                line(text.rstrip())
        if self.stopped.is_set():
            raise StoppedError
        return Ended(child.returncode, tuple(tail))

    def stop(self) -> None:
        """End every running program and its children; later ones do not start."""
        with self._lock:
            self.stopped.set()
            running = list(self._running)
        for child in running:
            _end(child)

    @contextlib.contextmanager
    def _start(
        self, command: Sequence[str | Path], cwd: Path, env: Mapping[str, str]
    ) -> Iterator[subprocess.Popen[str]]:
        with self._lock:
            if self.stopped.is_set():
                raise StoppedError
            child = subprocess.Popen(  # noqa: S603 - a pinned tool with arguments of the catalogue
                command,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
            self._running.add(child)
        try:
            with child:
                try:
                    yield child
                except BaseException:  # Ctrl-C while we read: the child does not get it by itself
                    _end(child)
                    raise
        finally:
            with self._lock:
                self._running.discard(child)


def _end(child: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Treat a polite end (SIGTERM, a closed terminal) like Ctrl-C, so that children end too."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
