"""Answers of hosts as tests write them: sections and parts as text."""

from __future__ import annotations

import datetime as dt

from playbooks.migration.discover.answer import Answer, parse
from playbooks.migration.discover.host import host
from playbooks.migration.discover.model import Host

MARK = "==0123456789abcdef=="
NOW = dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC)
WHO = f"uid\t0\nclock\t{int(NOW.timestamp())}"


def section(name: str, text: str = "", **parts: str) -> str:
    inside = "".join(
        f"\n{MARK} part {key.replace('__', ' ').replace('_dash_', '-')}\n{each}\n"
        for key, each in parts.items()
    )
    return f"\n{MARK} begin {name}\n{text}\n{inside}\n{MARK} whole\n\n{MARK} end {name}\n"


def said(*sections: str, done: bool = True) -> str:
    text = "".join(sections)
    if "begin who" not in text:
        text = section("who", WHO) + text
    return text + (f"\n{MARK} done\n" if done else "")


def answer(*sections: str, done: bool = True) -> Answer:
    found = parse(said(*sections, done=done), MARK)
    assert found
    return found


def host_of(name: str, *sections: str, address: str = "", done: bool = True) -> Host:
    return host(name, address, answer(*sections, done=done), NOW)
