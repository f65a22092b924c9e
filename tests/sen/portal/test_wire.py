"""Connections to the API server: kept, made anew where they ended, in time, a line a header."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from sen.portal.wire import Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;note=x\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
)


class Server:
    """Gives each request the next answer; None: says nothing and closes."""

    @property
    def lines(self):
        return len(self.ends)

    async def over(self):
        for each in self.ends:
            each.transport.abort()
        for _ in range(5):
            await asyncio.sleep(0)

    def __init__(self, *answers, waits=False):
        self.answers, self.heard, self.ends = list(answers), [], []
        self.go, self.asked = asyncio.Event(), asyncio.Event()
        if not waits:
            self.go.set()

    async def __call__(self, reader, writer):
        self.ends.append(writer)
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = next(
                (int(each[15:]) for each in head.split(b"\r\n") if each[:15] == b"Content-Length:"),
                0,
            )
            self.heard.append(head + await reader.readexactly(length))
            self.asked.set()
            await self.go.wait()
            answer = self.answers.pop(0)
            if answer is None:
                break
            writer.write(answer)
            if b"Content-Length" not in answer and b"chunked" not in answer:
                break
        writer.close()


def talk(runner, server, story, connections=4, **timeout):
    """Let a story be told with a client before a server."""

    async def whole():
        async with await asyncio.start_server(server, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            wire, times = Wire(None, connections), httpx.Timeout(5.0, **timeout)
            url = f"http://127.0.0.1:{port}"
            try:
                async with httpx.AsyncClient(transport=wire, base_url=url, timeout=times) as client:
                    return await story(client)
            finally:
                await server.over()

    return runner.run(whole())


def get(client):
    return client.get("/a?b=1")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (OK, "ok"),
        (CHUNKED, "abcde"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", "old"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000, "x" * 200_000),
    ],
)
def test_answer_is_read_to_its_end_however_that_is_told(runner, answer, text):
    assert talk(runner, Server(answer), get).text == text


def test_connection_is_kept_for_the_next_call(runner):
    server = Server(OK, CHUNKED, OK)

    async def thrice(client):
        return [(await get(client)).text for _ in range(3)]

    assert talk(runner, server, thrice) == ["ok", "abcde", "ok"]
    assert server.lines == 1
    assert server.heard[0].startswith(b"GET /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:")


def test_connection_that_the_server_closes_is_not_used_again(runner):
    closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    server = Server(closing, OK)

    async def twice(client):
        return [(await get(client)).status_code for _ in range(2)]

    assert talk(runner, server, twice) == [200, 200]
    assert server.lines == 2


def test_what_is_only_read_is_asked_again_when_a_kept_connection_ends_meanwhile(runner):
    server = Server(OK, None, OK)

    async def twice(client):
        return [(await get(client)).status_code for _ in range(2)]

    assert talk(runner, server, twice) == [200, 200]
    assert (len(server.heard), server.lines) == (3, 2)


def test_what_writes_is_never_sent_twice(runner):
    server = Server(OK, None, OK)

    async def read_and_write(client):
        await get(client)
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post("/a", content=b"{}")

    talk(runner, server, read_and_write)
    assert len(server.heard) == 2
    assert server.heard[1].endswith(b"{}")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"SSH-2.0 hello\r\n\r\n",
        b"HTTP/1.1 what\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        CHUNKED[:-20].replace(b"3;", b"zz;"),
    ],
)
def test_what_is_no_answer_is_an_error_of_the_other_side(runner, answer):
    with pytest.raises(httpx.RemoteProtocolError):
        talk(runner, Server(answer), get)


def test_answer_that_breaks_off_is_an_error_and_its_connection_is_gone(runner):
    class Cut(Server):
        async def __call__(self, reader, writer):
            self.ends.append(writer)
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK[:-1])
            writer.close()

    with pytest.raises(httpx.RemoteProtocolError):
        talk(runner, Cut(), get)


def test_silence_ends_in_time_and_frees_the_connection(runner):
    server = Server(OK, OK, waits=True)

    async def once_in_vain(client):
        with pytest.raises(httpx.ReadTimeout):
            await get(client)
        server.go.set()
        return (await get(client)).text

    assert talk(runner, server, once_in_vain, connections=1, read=0.05) == "ok"


def test_whoever_finds_no_free_connection_in_time_is_told(runner):
    server = Server(OK, waits=True)

    async def two(client):
        first = asyncio.create_task(get(client))
        await server.asked.wait()
        with pytest.raises(httpx.TimeoutException):
            await get(client)
        server.go.set()
        return (await first).text

    assert talk(runner, server, two, connections=1, pool=0.05) == "ok"


def test_server_that_is_not_there_is_said_to_be_so(runner):
    async def nobody():
        async with httpx.AsyncClient(transport=Wire(None, 1)) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get("http://127.0.0.1:1/")

    runner.run(nobody())


@pytest.mark.parametrize("value", ["a\r\nImpersonate-Group: system:masters", "a\nb", "a\0b"])
def test_header_cannot_bring_another_with_it(runner, value):
    server = Server(OK)

    async def forged(client):
        with pytest.raises(httpx.LocalProtocolError):
            await client.get("/a", headers={"Impersonate-User": value})

    talk(runner, server, forged)
    assert server.heard == []


def test_stream_is_given_as_it_comes_and_may_be_left(runner):
    server = Server(CHUNKED[: CHUNKED.index(b"2\r\nde")], OK)

    async def leave(client):
        async with client.stream("GET", "/watch") as answer:
            async for piece in answer.aiter_bytes():
                assert piece.startswith(b"abc")
                break
        return (await get(client)).text

    assert talk(runner, server, leave, connections=1) == "ok"
    assert server.lines == 2
