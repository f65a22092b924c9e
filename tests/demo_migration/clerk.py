"""Citizens and clerks who work on the portal all the time, from outside, and keep a ledger."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from playbooks.text.encode import encoder
from tests.demo_migration import names

ENCODERS = {"x-sen-tcvn3": encoder("tcvn3"), "utf-8": encoder("utf-8")}
Part = tuple[str | None, bytes]
PAUSE = 0.1
SECONDS = 10.0
FRESH = httpx.Limits(max_keepalive_connections=0)  # a front that reloads may end idle ones


@dataclass(frozen=True)
class Sent:
    """What the portal said it had received.

    Attributes:
        paper: The uploaded text; None where there was none.
        settled: The receipt whose request was settled with it.
    """

    receipt: str
    name: str
    matter: str
    paper: str | None
    settled: str | None
    charset: str


@dataclass
class Clerk:
    """One who sends requests, each until the portal says that it has it."""

    url: str
    number: int
    ledger: list[Sent] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        with httpx.Client(timeout=SECONDS, trust_env=False, limits=FRESH) as client:
            while not self.over.is_set():
                if sent := self._send(client, len(self.ledger)):
                    self.ledger.append(sent)
                self.over.wait(PAUSE)

    def _send(self, client: httpx.Client, number: int) -> Sent | None:
        """Read the page, answer in its encoding; None where the portal did not receive it."""
        try:
            page = client.get(self.url)
            charset = page.headers.get("content-type", "").partition("charset=")[2].lower()
            if page.status_code != httpx.codes.OK or charset not in ENCODERS:
                return None
            sent = self._next(number, charset)
            answer = client.post(f"{self.url}submit.php", files=_form(sent))
        except httpx.HTTPError:
            return None
        return sent if answer.text == f"received {sent.receipt}\n" else None

    def _next(self, number: int, charset: str) -> Sent:
        receipt = f"c{self.number}-{number}"
        person = names.name(1000 * self.number + number)
        if charset == "utf-8" and number % 5 == 0:
            person = f"{names.CAPITAL} {person}"
        return Sent(
            receipt,
            person,
            names.matter(number),
            f"{receipt}: {person}\n" if number % 4 == 0 else None,
            self.ledger[-1].receipt if self.ledger and number % 3 == 0 else None,
            charset,
        )


def _form(sent: Sent) -> dict[str, Part]:
    """Give the parts of a form as a browser sends it; without a file name it is a field."""
    encode = ENCODERS[sent.charset]
    fields = {"receipt": sent.receipt, "_charset_": sent.charset, "settled": sent.settled or ""}
    parts: dict[str, Part] = {key: (None, value.encode()) for key, value in fields.items()}
    parts |= {"name": (None, encode(sent.name)), "matter": (None, encode(sent.matter))}
    if sent.paper is not None:
        parts["paper"] = ("paper.txt", sent.paper.encode())
    return parts


@dataclass(frozen=True)
class Gap:
    """Seconds in which the portal did not answer, by `time.monotonic`."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass
class Prober:
    """Asks for the page ten times a second and notes when it was there.

    Attributes:
        unexpected: Answers that were neither the page nor the one that asks for patience.
    """

    url: str
    gaps: list[Gap] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        last, failing = time.monotonic(), False
        with httpx.Client(timeout=SECONDS, trust_env=False, limits=FRESH) as client:
            while not self.over.wait(PAUSE):
                said = _said(client, self.url)
                good = said == str(httpx.codes.OK)
                if not good and said != str(httpx.codes.SERVICE_UNAVAILABLE):
                    self.unexpected.append(said)
                now = time.monotonic()
                if good and failing:
                    self.gaps.append(Gap(last, now))
                failing = not good
                last = now if good else last

    def downtime(self, since: float, until: float) -> float:
        """Give the seconds without an answer, of the gaps that began in between."""
        return sum(each.seconds for each in self.gaps if since <= each.start <= until)


def _said(client: httpx.Client, url: str) -> str:
    try:
        return str(int(client.get(url).status_code))
    except httpx.HTTPError as error:
        return type(error).__name__


@dataclass(frozen=True)
class Office:
    """Clerks and the prober, at work."""

    clerks: tuple[Clerk, ...]
    prober: Prober

    def ledger(self) -> list[Sent]:
        """Give what the portal has said to have received, until now."""
        return [sent for each in self.clerks for sent in tuple(each.ledger)]

    def wait_for(self, more: int, seconds: float = 120) -> None:
        """Wait until each clerk has sent so many requests more."""
        wanted = [len(each.ledger) + more for each in self.clerks]
        deadline = time.monotonic() + seconds
        while any(len(c.ledger) < w for c, w in zip(self.clerks, wanted, strict=True)):
            if time.monotonic() > deadline:
                raise RuntimeError(f"the portal took fewer than {more} requests in {seconds:.0f} s")
            time.sleep(PAUSE)


@contextmanager
def office(url: str, clerks: int) -> Iterator[Office]:
    """Let clerks and a prober work until the block is left."""
    found = Office(tuple(Clerk(url, n + 1) for n in range(clerks)), Prober(url))
    all_of_them: tuple[Clerk | Prober, ...] = (*found.clerks, found.prober)
    working = [threading.Thread(target=each.work) for each in all_of_them]
    for each in working:
        each.start()
    try:
        yield found
    finally:
        for one in all_of_them:
            one.over.set()
        for each in working:
            each.join()
