"""What the operator logs: for people or as JSON, by run and request, without personal data."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import IO

LOG = logging.getLogger("sen.operator")
_ABOUT: ContextVar[dict[str, str]] = ContextVar("about", default={})  # noqa: B039 - never changed
# Mail addresses, and `user@host` of a lock: whatever stands before an @.
_PERSON = re.compile(r"[^\s\"'<>(),;:=]+@(?=[\w.-]+)")


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


@contextmanager
def about(**what: str) -> Iterator[None]:
    """Put words into every line that is logged inside: `run`, `request`, `stack`."""
    token = _ABOUT.set({**_ABOUT.get(), **what})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def impersonal(text: str) -> str:
    """Give a text without the persons that addresses name."""
    return _PERSON.sub("…@", text)


class JsonLine(logging.Formatter):
    """One object a line: time, level, logger, message, and what it is about."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line: dict[str, str] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": impersonal(record.getMessage()),
            **_ABOUT.get(),
        }
        if record.exc_info:
            line["error"] = impersonal(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class TextLine(logging.Formatter):
    """What a person reads in a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return impersonal(super().format(record))


def log_to(stream: IO[str] | None = None, form: LogFormat = LogFormat.TEXT) -> logging.Handler:
    """Let all loggers write to a stream; give the handler."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLine() if form is LogFormat.JSON else TextLine())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    LOG.setLevel(logging.INFO)
    return handler
