"""Speaks HTTP/1.1 with the API server over kept connections: what httpx needs below it, no more.

The usual transport of httpx takes 3 to 5 ms of processor time a call, and a page makes up to ten.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx

CHUNK = 64 * 1024
IDLE_METHODS = frozenset({"GET", "HEAD"})  # what may be sent again over another connection
EMPTY = frozenset({204, 304})
_BREAKS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_GONE = (ConnectionError, asyncio.IncompleteReadError)


@dataclass(frozen=True)
class Line:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def stands(self) -> bool:
        return not (self.reader.at_eof() or self.writer.is_closing())

    def end(self) -> None:
        self.writer.transport.abort()


@dataclass(frozen=True)
class Head:
    """The first part of an answer.

    Attributes:
        length: Of what follows; None: until the server closes, where it is not `chunked`.
    """

    status: int
    fields: list[tuple[bytes, bytes]]
    length: int | None
    chunked: bool
    closes: bool


class Wire(httpx.AsyncBaseTransport):
    """Connections to one server, each used by one call at a time, the last used first."""

    def __init__(self, context: ssl.SSLContext | None, connections: int) -> None:
        self._context, self._turn = context, asyncio.Semaphore(connections)
        self._idle: list[Line] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask and give the answer; its content is read as the caller likes.

        Raises:
            httpx.TransportError: The server is not there, does not answer in time, or breaks off.
        """
        seconds: Mapping[str, float | None] = request.extensions.get("timeout", {})
        try:
            async with asyncio.timeout(seconds.get("pool")):
                await self._turn.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("no connection is free", request=request) from error
        try:
            line, head = await self._asked(request, seconds)
        except BaseException:
            self._turn.release()
            raise
        body = Body(self, line, head, seconds.get("read"))
        return httpx.Response(head.status, headers=head.fields, stream=body)

    async def aclose(self) -> None:
        """End the connections that nobody uses."""
        while self._idle:
            self._idle.pop().end()
        await asyncio.sleep(0)  # the loop closes them at its next turn

    def back(self, line: Line, *, whole: bool) -> None:
        """Take a connection back; one whose answer was not read to its end is of no use."""
        if whole and line.stands:
            self._idle.append(line)
        else:
            line.end()
        self._turn.release()

    async def _asked(
        self, request: httpx.Request, seconds: Mapping[str, float | None]
    ) -> tuple[Line, Head]:
        content = _written(request, await request.aread())
        while self._idle:
            line = self._idle.pop()
            if not line.stands:
                line.end()
                continue
            try:
                return line, await _answered(line, request, content, seconds.get("read"))
            except httpx.RemoteProtocolError:  # the server closed it just now
                if request.method not in IDLE_METHODS:
                    raise
                break
        line = await self._connected(request, seconds.get("connect"))
        return line, await _answered(line, request, content, seconds.get("read"))

    async def _connected(self, request: httpx.Request, seconds: float | None) -> Line:
        url = request.url
        secret = self._context if url.scheme == "https" else None
        port = url.port or (443 if secret else 80)
        try:
            async with asyncio.timeout(seconds):
                return Line(*await asyncio.open_connection(url.host, port, ssl=secret, limit=CHUNK))
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no answer", request=request) from error
        except OSError as error:
            raise httpx.ConnectError(type(error).__name__, request=request) from error


class Body(httpx.AsyncByteStream):
    """What follows the head; gives its connection back once, at its end or when it is closed."""

    def __init__(self, wire: Wire, line: Line, head: Head, seconds: float | None) -> None:
        self._wire, self._line, self._head, self._seconds = wire, line, head, seconds
        self._open, self._whole = True, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._pieces():
                yield piece
            self._whole = not self._head.closes
        except (*_GONE, ValueError, asyncio.LimitOverrunError) as error:
            raise httpx.RemoteProtocolError("the answer breaks off") from error
        except TimeoutError as error:
            raise httpx.ReadTimeout("the answer stopped") from error
        except OSError as error:
            raise httpx.ReadError(type(error).__name__) from error

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            self._wire.back(self._line, whole=self._whole)

    async def _pieces(self) -> AsyncIterator[bytes]:
        head, reader = self._head, self._line.reader
        if head.chunked:
            while size := _size(await self._in_time(reader.readline())):
                yield await self._in_time(reader.readexactly(size))
                await self._in_time(reader.readexactly(2))
            while (await self._in_time(reader.readline())).strip():
                pass
        elif head.length is not None:
            left = head.length
            while left:
                piece = await self._in_time(reader.read(min(left, CHUNK)))
                if not piece:
                    raise asyncio.IncompleteReadError(piece, left)
                left -= len(piece)
                yield piece
        else:
            while piece := await self._in_time(reader.read(CHUNK)):
                yield piece

    async def _in_time(self, reading: object) -> bytes:
        async with asyncio.timeout(self._seconds):
            found: bytes = await reading  # type: ignore[misc]
            return found


def _written(request: httpx.Request, content: bytes) -> bytes:
    """Give a request as it goes over the wire.

    Raises:
        httpx.LocalProtocolError: A name or value would be more than one line: whoever could write
            such a thing into their name would speak for anybody.
    """
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%s: %s" % pair for pair in request.headers.raw]
    if any(_BREAKS.search(line) for line in lines):
        raise httpx.LocalProtocolError("a header of more than one line", request=request)
    return b"\r\n".join((*lines, b"", content))


def _size(line: bytes) -> int:
    """Read how much the next chunk has; what is said beside it is nothing to us."""
    return int(line.partition(b";")[0], 16)


async def _answered(
    line: Line, request: httpx.Request, content: bytes, seconds: float | None
) -> Head:
    """Send a request and read the head of its answer; a connection that fails is ended."""
    try:
        async with asyncio.timeout(seconds):
            line.writer.write(content)
            await line.writer.drain()
            return _head(await line.reader.readuntil(b"\r\n\r\n"), request.method)
    except TimeoutError as error:
        line.end()
        raise httpx.ReadTimeout("no answer", request=request) from error
    except (*_GONE, ValueError, asyncio.LimitOverrunError) as error:
        line.end()
        raise httpx.RemoteProtocolError("no answer", request=request) from error
    except OSError as error:
        line.end()
        raise httpx.ReadError(type(error).__name__, request=request) from error
    except BaseException:
        line.end()
        raise


def _head(text: bytes, method: str) -> Head:
    """Read status and fields.

    Raises:
        ValueError: That is no HTTP.
    """
    first, *lines = text[:-4].split(b"\r\n")
    version, _, said = first.partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise ValueError(version)
    pairs = [line.partition(b":") for line in lines]
    fields = [(name, value.strip()) for name, _, value in pairs]
    known = {name.lower(): value for name, value in fields}
    status, length = int(said[:3]), known.get(b"content-length")
    bare = method == "HEAD" or status in EMPTY
    chunked = known.get(b"transfer-encoding", b"").lower() == b"chunked" and not bare
    size = 0 if bare else None if chunked or length is None else int(length)
    closes = (
        known.get(b"connection", b"").lower() == b"close"
        or version == b"HTTP/1.0"
        or (size is None and not chunked)
    )
    return Head(status, fields, size, chunked, closes)
