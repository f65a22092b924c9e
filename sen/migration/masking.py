"""Takes out of an order what looks like a secret: none belongs there, but people write things."""

from __future__ import annotations

import re
from collections.abc import Mapping

MASK = "***"
_NAME = r"pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|credentials?"
_FILE = r"(?!\w*[-_]?file)"
_VALUE = re.compile(rf"(?i)((?:{_NAME}){_FILE}[\"']?\s*[=:]\s*[\"']?)[^\s,;&\"']+")
_BEARER = re.compile(r"(?i)\b((?:bearer|basic)\s+)[\w+/.~=-]+")
_ADDRESS = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(@)")
# A word of a program's command after which the next one is the secret: `--password x`.
_OPTION = re.compile(rf"(?i)--?(?:[\w-]*[-_])?(?:{_NAME})")


def masked(value: object) -> object:
    """Give plain data, each secret replaced by a mask."""
    if isinstance(value, Mapping):
        return {key: masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [
            MASK if _follows_option(value, number) else masked(each)
            for number, each in enumerate(value)
        ]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    named = _BEARER.sub(rf"\1{MASK}", _VALUE.sub(rf"\1{MASK}", text))
    return _ADDRESS.sub(rf"\1{MASK}\2", named)


def _follows_option(words: list[object], number: int) -> bool:
    before = words[number - 1] if number else ""
    return isinstance(before, str) and _OPTION.fullmatch(before) is not None
