"""A network that is cut while an answer is waited for ends with a problem, and not never."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from playbooks.migration import alive
from playbooks.migration.mariadb import place as of_mariadb
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.postgres import place as of_postgres
from playbooks.migration.postgres.place import PostgresPlace
from stacks.problem import ProblemError
from tests.databases import mariadb, postgres


class Proxy:
    """Passes bytes on until it is cut; then it takes them, and they are gone."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open = selectors.DefaultSelector()
        self._open.register(self._listening, selectors.EVENT_READ)
        self._over, self._cut = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._pass, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        self._cut.set()

    def end(self) -> None:
        self._over.set()
        self._thread.join()
        for key in list(self._open.get_map().values()):
            key.fileobj.close()
        self._open.close()

    def _pass(self) -> None:
        while not self._over.is_set():
            for key, _ in self._open.select(0.05):
                if key.fileobj is self._listening:
                    self._take()
                    continue
                data = b""
                with suppress(OSError):
                    data = key.fileobj.recv(1 << 16)
                if not data:
                    self._open.unregister(key.fileobj)
                    key.fileobj.close()
                elif not self._cut.is_set():
                    with suppress(OSError):
                        key.data.sendall(data)

    def _take(self) -> None:
        near, _ = self._listening.accept()
        far = socket.create_connection(("127.0.0.1", self._to))
        self._open.register(near, selectors.EVENT_READ, far)
        self._open.register(far, selectors.EVENT_READ, near)


@contextmanager
def cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Give a proxy, and let a silence be noticed soon."""
    proxy = Proxy(port)
    monkeypatch.setattr(alive, "SECONDS", 0.5)
    for each in (of_mariadb, of_postgres):
        monkeypatch.setattr(each, "SECONDS_TO_CONNECT", 2)
    try:
        yield proxy
    finally:
        proxy.end()


def problem_of(place: MariadbPlace | PostgresPlace, proxy: Proxy, words: str) -> str:
    """Ask what takes for ever, cut the network, and give what is said."""
    threading.Timer(1.2, proxy.cut).start()
    with pytest.raises(ProblemError) as caught:
        place.ask(words)
    return caught.value.problems[0].key


def test_mariadb_and_postgres_that_are_cut_off_are_told(monkeypatch):
    with mariadb() as server, cut_off(server.port, monkeypatch) as proxy:
        place = MariadbPlace("127.0.0.1", proxy.port, "", "root", server.secret)
        assert place.ask("select sleep(1.1)") == [(0,)]
        assert problem_of(place, proxy, "select sleep(600)") == "database-unreachable"
    with postgres() as server, cut_off(server.port, monkeypatch) as proxy:
        there = PostgresPlace("127.0.0.1", proxy.port, "postgres", "postgres", server.secret)
        assert there.value("select 1 from pg_sleep(1.1)") == 1
        assert there.program(["psql", "-XAtc", "select 7"]) == b"7\n"
        assert problem_of(there, proxy, "select pg_sleep(600)") == "database-unreachable"


def test_a_path_that_gives_no_sign_of_life_is_given_up():
    with socket.socket() as found:
        alive.keep_alive(found)

        idle = found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        most = found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    assert (idle, most) == (alive.IDLE, alive.MILLISECONDS)


def test_where_there_is_no_network_nothing_is_set():
    near, far = socket.socketpair()
    with near, far:
        alive.keep_alive(near)
        alive.keep_alive(None)

        assert near.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0


def test_who_finds_a_server_gone_cuts_once_and_says_why():
    cut, gone = threading.Event(), ProblemError()

    def probe() -> None:
        raise gone

    with alive.Watch(probe, cut.set, every=0.01) as watch:
        assert cut.wait(60)
    with pytest.raises(ProblemError) as caught:
        watch.check()
    assert caught.value is gone


def test_a_connection_that_ends_well_is_not_watched_any_more():
    asked = threading.Event()

    with alive.Watch(asked.set, asked.clear, every=600) as watch:
        pass
    watch._thread.join(60)

    assert not watch._thread.is_alive()
    assert not asked.is_set()
    watch.check()
