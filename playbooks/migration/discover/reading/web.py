"""Reads virtual hosts of Apache and nginx, and certificates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from playbooks.migration.discover.answer import Answer
from playbooks.migration.discover.model import Certificate, Site

_LINE = re.compile(r"^([^:]+):(\d+):\s*(.*?)\s*$")
_NAMES, _ROOT = ("servername", "serveralias", "server_name"), ("documentroot", "root")
_PASSES = ("proxypass", "proxypassmatch", "proxy_pass", "fastcgi_pass", "jkmount")
_CERTIFICATES = ("sslcertificatefile", "ssl_certificate")
_CHARSETS = ("adddefaultcharset", "charset")
_ENDS = "%b %d %H:%M:%S %Y %Z"


class _Open:
    """A virtual host that is being read."""

    def __init__(self, server: str, place: str, listens: Iterable[str] = ()) -> None:
        self.server, self.place, self.root = server, place, ""
        self.names: list[str] = []
        self.listens, self.passes = list(listens), list[str]()
        self.certificate = self.charset = ""

    def take(self, key: str, value: str) -> None:
        if key in _NAMES:
            self.names += [each for each in value.split() if each != "_"]
        elif key == "listen":
            self.listens.append(value.split(maxsplit=1)[0])
        elif key in _ROOT:
            self.root = self.root or value
        elif key in _PASSES:
            self.passes.append(value.rsplit(maxsplit=1)[-1])
        elif key in _CERTIFICATES:
            self.certificate = value
        elif key in _CHARSETS:
            self.charset = value

    def site(self) -> Site:
        return Site(
            server=self.server,
            names=tuple(dict.fromkeys(self.names)),
            root=self.root,
            listens=tuple(dict.fromkeys(self.listens)),
            passes=tuple(dict.fromkeys(self.passes)),
            certificate=self.certificate,
            charset=self.charset,
            place=self.place,
        )


def sites(answer: Answer) -> tuple[Site, ...]:
    """Give the virtual hosts that say anything."""
    found = [each.site() for each in list(_opened(answer["web"].lines()))]
    return tuple(each for each in found if each.names or each.root or each.passes)


def _opened(lines: Iterable[str]) -> Iterator[_Open]:
    now: _Open | None = None
    for path, number, said in _split(lines):
        key, _, value = said.partition(" ")
        key, value = key.lower(), value.strip().strip("\"';")
        if key == "<virtualhost":
            now = _Open("apache", f"{path}:{number}", value.rstrip(">").split())
            yield now
        elif key == "</virtualhost>":
            now = None
        elif "nginx" in path and re.match(r"^server\s*(\{|$)", said):
            now = _Open("nginx", f"{path}:{number}")
            yield now
        elif now is not None and value and now.place.startswith(f"{path}:"):
            now.take(key, value)


def _split(lines: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    for line in lines:
        found = _LINE.match(line)
        if found:
            yield found[1], int(found[2]), found[3]


def certificates(answer: Answer) -> tuple[Certificate, ...]:
    """Give certificates in files; one that openssl could not read has no end."""
    found: list[Certificate] = []
    for line in answer["certificates"].lines():
        key, _, value = line.replace("\t", "=", 1).partition("=")
        if key == "file":
            found.append(Certificate(path=value))
        elif found and key in {"subject", "issuer"}:
            found[-1] = found[-1].model_copy(update={key: value.strip()})
        elif found and key == "notAfter":
            found[-1] = found[-1].model_copy(update={"ends": _instant(value)})
    return tuple(found)


def _instant(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(" ".join(text.split()), _ENDS).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
