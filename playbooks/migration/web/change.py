"""What the files of an application become: text in Unicode, settings for the new place."""

from __future__ import annotations

import fnmatch
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.files.manifest import shown
from playbooks.migration.web.plan import SettingsFile, SourceText, WebPlan
from playbooks.migration.web.settings import rewrite
from playbooks.text.file import Format, format_of
from playbooks.text.html import convert_html
from playbooks.text.stream import convert_text
from stacks.problem import Problem, ProblemError

KEPT = frozenset({"ascii", "utf-8", "foreign", "unknown"})
MOST_NAMED = 20


@dataclass(frozen=True)
class Changed:
    """Files as they become.

    Attributes:
        files: Only those that differ from what they were.
        encodings: How many files of text were in which encoding.
        doubtful: Files whose text is in no encoding for certain, or has lines in doubt.
        words: How many words of settings were replaced.
    """

    files: Mapping[bytes, bytes]
    encodings: Mapping[str, int]
    doubtful: Sequence[str]
    words: int

    def facts(self) -> dict[str, object]:
        """Give what is recorded; never a word of the settings, for some are secret."""
        return {
            "changed": len(self.files),
            "encodings": dict(self.encodings),
            "in_doubt": list(self.doubtful[:MOST_NAMED]),
            "words": self.words,
        }


def chosen(names: Iterable[bytes], plan: WebPlan) -> list[bytes]:
    """Give the files that the plan changes.

    Raises:
        ProblemError: A file of settings is not among them, or a pattern of text fits none.
    """
    there = set(names)
    settings = {each.file.encode(): each.file for each in plan.settings}
    missing = [shown_name for name, shown_name in settings.items() if name not in there]
    text = {each: [name for name in there if _fits(name, each)] for each in _patterns(plan)}
    missing += [pattern for pattern, found in text.items() if not found]
    if missing:
        raise ProblemError(*(Problem("web-no-file", each) for each in missing))
    return sorted(settings.keys() | {name for found in text.values() for name in found})


def changed(raw: Mapping[bytes, bytes], plan: WebPlan) -> Changed:
    """Give files as they become; the same always comes of the same.

    Raises:
        ProblemError: A word of the settings is nowhere, or a file on this machine is missing.
    """
    became, encodings, doubtful, words = dict(raw), Counter[str](), list[str](), 0
    for name, data in raw.items():
        text = next((t for t in plan.text if any(_fits(name, p) for p in t.files)), None)
        if text:
            became[name], encoding, doubt = unicode(name, data, text)
            encodings[encoding] += 1
            doubtful += [shown(name)] if doubt else []
    for each in plan.settings:
        key = each.file.encode()
        became[key], count = _settings(each, became[key])
        words += count
    differing = {name: data for name, data in became.items() if data != raw[name]}
    return Changed(differing, encodings, doubtful, words)


def unicode(name: bytes, data: bytes, text: SourceText) -> tuple[bytes, str, bool]:
    """Give a file in UTF-8, what it was in, and whether something in it is in doubt."""
    if _is_utf8(data):
        return data, "ascii" if data.isascii() else "utf-8", False
    if format_of(Path(shown(name))) is Format.HTML:
        out, tallies = convert_html(data, text.encoding)
        found = {each.encoding for each in tallies} - KEPT
        doubt = any(each.doubtful for each in tallies) or not found
        return (out if found else data), min(found, default="unknown"), doubt
    sink = io.BytesIO()
    tally = convert_text(io.BytesIO(data), sink, text.encoding)
    if tally.encoding in KEPT:
        return data, tally.encoding, True
    return sink.getvalue(), tally.encoding, bool(tally.doubtful)


def _settings(plan: SettingsFile, data: bytes) -> tuple[bytes, int]:
    if plan.whole:
        return _mine(plan.whole), 1
    text = data.decode("utf-8", "surrogateescape")
    secrets = {}
    for each in plan.secrets:
        old, new = (_mine(p).decode().rstrip("\r\n") for p in (each.old_file, each.new_file))
        if not old or old not in text:
            values = {"file": plan.file}
            raise ProblemError(Problem("web-secret-not-there", str(each.old_file), values))
        secrets[old] = new
    found = rewrite(plan.file, text, {**plan.words, **secrets})
    return found.text.encode("utf-8", "surrogateescape"), sum(found.changes.values())


def _mine(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = {"reason": type(error).__name__}
        raise ProblemError(Problem("web-no-own-file", str(path), reason)) from None


def _patterns(plan: WebPlan) -> set[str]:
    return {pattern for each in plan.text for pattern in each.files}


def _fits(name: bytes, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern.encode())


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
