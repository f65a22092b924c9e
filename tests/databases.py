"""Real database servers for tests: PostgreSQL and MariaDB of Debian, on loopback, thrown away.

They run as a user of their own when the tests run as root, which both demand; a server can be
killed and started again, to see what a move makes of it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.ports import free_port

SECONDS_TO_START = 60
# Set to 1 where databases must run: a machine without them then fails instead of saying so.
REQUIRED = "SEN_TESTS_WITH_DATABASES"


@dataclass
class Server:
    """One server.

    Attributes:
        folder: All that it writes; gone after the test.
        ready: A program that ends well once the server takes connections.
    """

    command: Sequence[str]
    account: str
    admin: str
    port: int
    folder: Path
    ready: Sequence[str]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def secret(self) -> Path:
        """Give the file with the administrator's password, readable by its owner only."""
        return self.folder / "secret"

    @property
    def password(self) -> str:
        return self.secret.read_text("ascii")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_as(self.account), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while subprocess.run(self.ready, capture_output=True, check=False).returncode:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text("utf-8", "replace")[-2000:])
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it; SIGKILL is a power cut, and leaves none of its processes either."""
        if self._process is None or self._process.poll() is not None:
            return
        # PostgreSQL gives each of its processes a group of its own.
        under = psutil.Process(self._process.pid).children(recursive=True)
        os.killpg(self._process.pid, how)
        self._process.wait()
        if how == signal.SIGKILL:
            for each in under:
                with suppress(psutil.NoSuchProcess):
                    each.kill()
            psutil.wait_procs(under, timeout=5)


def require(*programs: str) -> None:
    """Skip the test where a program is missing, and say so; fail where it must be there."""
    missing = [each for each in programs if shutil.which(each) is None]
    if not missing:
        return
    reason = f"no {', '.join(missing)}; run `make system` as root on Debian or Ubuntu"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@contextmanager
def postgres(**settings: object) -> Iterator[Server]:
    """Run PostgreSQL with logical replication; the administrator is `postgres`, by password."""
    program = _postgres_program()
    require(program)
    with _folder("postgres") as (folder, secret):
        port = free_port()
        given = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "wal_level": "logical",
            "fsync": "off",
            "max_replication_slots": 20,
            "max_wal_senders": 20,
            "max_logical_replication_workers": 12,
            "max_worker_processes": 24,
            "wal_receiver_status_interval": "1s",
            "wal_retrieve_retry_interval": "200ms",
            **settings,
        }
        words = [word for key, value in given.items() for word in ("-c", f"{key}={value}")]
        data = folder / "data"
        made = ["-D", str(data), "-U", "postgres", "-A", "scram-sha-256", "--pwfile", str(secret)]
        initdb = str(Path(program).with_name("initdb"))
        _run("postgres", folder, initdb, *made, "-E", "UTF8", "--no-locale", "--no-sync")
        start = [program, "-D", str(data), *words]
        ready = ["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        server = Server(start, "postgres", "postgres", port, folder, ready)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def mariadb(**settings: object) -> Iterator[Server]:
    """Run MariaDB with a binary log; the administrator is `root`, by password."""
    require("mariadbd", "mariadb-install-db", "mariadb", "mariadb-admin")
    with _folder("mysql") as (folder, secret):
        port, data = free_port(), folder / "data"
        made = ("--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal")
        _run("mysql", folder, "mariadb-install-db", *made, "--skip-test-db", "--skip-log-bin")
        start = folder / "start.sql"
        password = secret.read_text("ascii")
        start.write_text(f"ALTER USER root@localhost IDENTIFIED BY '{password}';\n", "ascii")
        start.chmod(0o600)
        _give(start, "mysql")
        given = {
            "datadir": data,
            "socket": folder / "socket",
            "tmpdir": folder,  # a server that starts deletes the temporary tables of others
            "port": port,
            "bind-address": "127.0.0.1",
            "server-id": 1,
            "log-bin": data / "bin",
            "binlog-format": "ROW",
            "innodb-flush-log-at-trx-commit": 0,
            "init-file": start,
            "skip-name-resolve": "OFF",
            **settings,
        }
        words = [f"--{key}={value}" for key, value in given.items()]
        command = ["mariadbd", "--no-defaults", *words]
        ready = ["mariadb-admin", "--no-defaults", f"--socket={folder / 'socket'}", "ping"]
        server = Server(command, "mysql", "root", port, folder, ready)
        try:
            server.start()
            yield server
        finally:
            server.stop(signal.SIGTERM)


def _postgres_program() -> str:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_major)
    return str(found[-1]) if found else "postgres"


def _major(program: Path) -> int:
    return int(program.parts[-3])


@contextmanager
def _folder(account: str) -> Iterator[tuple[Path, Path]]:
    folder = Path(tempfile.mkdtemp(prefix=f"sen-{account}-"))
    secret = folder / "secret"
    secret.write_text(secrets.token_hex(16), "ascii")
    secret.chmod(0o600)
    _give(folder, account)
    _give(secret, account)
    try:
        yield folder, secret
    finally:
        shutil.rmtree(folder)


def _give(path: Path, account: str) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam(account)
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _as(account: str) -> list[str]:
    """Give the words that run a program as its account and end it with us."""
    switch = [f"--reuid={account}", f"--regid={account}", "--init-groups"]
    return ["setpriv", "--pdeathsig", "KILL", *(switch if os.geteuid() == 0 else [])]


def _run(account: str, folder: Path, *words: str) -> None:
    done = subprocess.run([*_as(account), *words], cwd=folder, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stderr.decode('utf-8', 'replace')[-2000:]}")
