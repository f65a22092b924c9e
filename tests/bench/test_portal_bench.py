"""The portal's bench measures pages, not the answer to people who ask too often."""

from __future__ import annotations

import asyncio
import gzip

from sen.portal.access import Access
from sen.portal.settings import Settings
from tests.bench.portal import ALONE_MOST, in_turn
from tests.bench.portal_load import Caller, Task, run

TOO_OFTEN = gzip.compress("Số lượt truy cập vượt quá mức".encode())


def test_each_page_by_itself_is_opened_by_another_person_within_what_one_may_ask():
    callers = [Caller(f"http://{number}", {}, {"home": ["/"], "inbox": ["/"]}) for number in "123"]
    callers.append(Caller("http://4", {}, {"home": ["/"], "under": ["/"]}))

    found = in_turn(callers, ["home", "inbox", "under", "none"])

    assert list(found) == ["home", "inbox", "under"]
    assert len({each.server for each in found.values()}) == 3
    assert Settings(Access("https://api.test"), dev_login=True).per_person > ALONE_MOST


def test_load_stops_at_its_most_and_tells_each_answer_that_was_no_page():
    async def answer(reader, writer):
        while await reader.read(2000):
            asked.append(1)
            refused = len(asked) == 2
            status, body = ("429 Too", TOO_OFTEN) if refused else ("200 OK", gzip.compress(b"x"))
            head = f"HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}"
            writer.write(f"{head}\r\n\r\n".encode() + body)
        writer.close()

    async def driven():
        server = await asyncio.start_server(answer, "127.0.0.1")
        port = server.sockets[0].getsockname()[1]
        caller = Caller(f"http://127.0.0.1:{port}", {}, {"home": ["/?q=1"]})
        heard = await run(Task([caller], {"home": 1}, 0.0, 60.0, most=3))
        server.close()
        return heard

    asked: list[int] = []
    heard = asyncio.run(driven())

    assert len(heard.seconds["home"]) == 3
    assert heard.errors == {"home": 1}
    assert heard.failed == [("/?q=1", 429, "Số lượt truy cập vượt quá mức")]
