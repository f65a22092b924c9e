"""Ways from the pods' network to what listens on loopback, with TLS put around it if need be."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

CHUNK = 1 << 16


@contextmanager
def forwarded(
    listen: tuple[str, int], port: int, tls: ssl.SSLContext | None = None
) -> Iterator[None]:
    """Pass on what comes at an address to a port of loopback, until the test is over."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        asyncio.start_server(lambda *pair: _pair(*pair, port), *listen, ssl=tls)
    )
    thread = threading.Thread(target=loop.run_forever, name=f"to {port}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _pair(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    with suppress(OSError, asyncio.CancelledError):
        inner, outer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_copy(reader, outer), _copy(inner, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    rest = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
    for each in rest:
        each.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
