"""What a plain YAML word means to Kubernetes: YAML 1.1 as its parser reads it, days stay words."""

from __future__ import annotations

import re
from functools import lru_cache

_TRUE = frozenset(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"))
_FALSE = frozenset(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"))
_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*)", re.ASCII)
_FRACTION = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_OCTAL = re.compile(r"0[0-7]+")
# Longer digits are no number that Kubernetes could hold.
_LONGEST = 40
LARGEST = 2**64

Plain = str | int | float | bool | None


@lru_cache(maxsize=65536)
def plain(text: str) -> Plain:
    """Give what the word stands for."""
    if text in _NOTHING:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    first = text[0]
    if first.isalpha() or len(text) > _LONGEST:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    return float(text) if _FRACTION.fullmatch(text) else text


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """Give the key that a plain word makes: `on` is `true` there too."""
    meant = plain(text)
    return str(meant).lower() if isinstance(meant, bool) else text


def _integer(text: str) -> int | float | str:
    sign = -1 if text[0] == "-" else 1
    digits = text.lstrip("+-").replace("_", "")
    try:
        number = sign * int(digits, 8 if _OCTAL.fullmatch(digits) else 0)
    except ValueError:  # 08, 0x_
        return float(text) if _FRACTION.fullmatch(text) else text
    return number if -LARGEST < number < LARGEST else float(number)
