"""Columns as lines of JSON, answered line by line: the contract for other programs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from typing import Any

from playbooks.text.column import convert
from playbooks.text.detect import Detector

Answer = dict[str, Any]


def answers(lines: Iterable[str | bytes]) -> Iterator[Answer]:
    """Answer every line that is not empty; a bad one with `error`, and the rest goes on."""
    detector = Detector()
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield answer(line, detector, number)


def written(answer: Answer) -> bytes:
    """Give an answer's line; half a character in an `id` is written as an escape."""
    line = json.dumps(answer, ensure_ascii=False)
    try:
        return line.encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(answer).encode("ascii") + b"\n"


def answer(line: str | bytes, detector: Detector, number: int = 1) -> Answer:
    """Answer one line: encoding, confidence, the texts, the rows in doubt, the reason."""
    about: Any = None
    try:
        about = json.loads(line, parse_constant=_no_number)
        values = _values(about)
        declared = about.get("declared")
        _check_declared(declared)
    except (ValueError, TypeError, RecursionError) as error:
        known = about.get("id") if isinstance(about, dict) else None
        return {"id": known, "line": number, "error": str(error)[:200]}
    try:
        verdict = detector.column(values, declared)
        done = convert(values, verdict)
    except (
        ValueError,
        LookupError,
        ArithmeticError,
        RuntimeError,
    ) as error:
        why = f"the column cannot be judged: {error!r}"
        return {"id": about.get("id"), "line": number, "error": why[:200]}
    reason = verdict.reason
    if verdict.encoding == "utf-8" and done.changed > len(verdict.doubtful):
        reason += f"; {done.changed} values were decomposed (NFD) and are composed now (NFC)"
    if done.capitals_guessed:
        reason += f"; {done.capitals_guessed} capitals found again by rule"
    return {
        "id": about.get("id"),
        "encoding": verdict.encoding,
        "confidence": verdict.confidence,
        "text_list": done.texts,
        "doubtful": done.doubtful,
        "reason": reason,
    }


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON")


def _check_declared(declared: object) -> None:
    if declared is not None and not isinstance(declared, str):
        raise TypeError("declared is a string or null")


def _values(about: object) -> list[bytes | None]:
    if not isinstance(about, dict) or not isinstance(about.get("bytes_base64_list"), list):
        raise TypeError("a line is an object with id, declared, bytes_base64_list")
    return [None if text is None else _bytes(text) for text in about["bytes_base64_list"]]


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("a value is a string in base64 or null")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"no base64: {text[:40]}") from error
