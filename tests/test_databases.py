"""The database servers of the tests run, take a power cut, and leave nothing behind."""

import asyncio
import signal

import asyncpg
import pymysql

from tests.databases import Server, mariadb, postgres


def test_postgres_replicates_and_survives_a_power_cut():
    with postgres() as server:
        assert _ask(server, "show wal_level") == "logical"
        server.stop(signal.SIGKILL)
        server.start()
        assert _ask(server, "select 1") == 1
    assert not server.folder.exists()


def test_mariadb_keeps_bytes_and_survives_a_power_cut():
    with mariadb() as server:
        server.stop(signal.SIGKILL)
        server.start()
        found = pymysql.connect(
            host="127.0.0.1", port=server.port, user=server.admin, password=server.password
        )
        with found, found.cursor() as cursor:
            cursor.execute("select hex(cast(_latin1 x'e0b5' as binary)), @@log_bin")
            assert cursor.fetchone() == ("E0B5", 1)
    assert not server.folder.exists()


def _ask(server: Server, words: str) -> object:
    async def asked() -> object:
        found = await asyncpg.connect(
            host="127.0.0.1",
            port=server.port,
            user=server.admin,
            password=server.password,
            database="postgres",
        )
        try:
            return await found.fetchval(words)
        finally:
            await found.close()

    return asyncio.run(asked())
