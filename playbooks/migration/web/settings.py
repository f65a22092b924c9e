"""Settings of an application, rewritten for its new place; every change is listed, none guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stacks.problem import Problem, ProblemError


@dataclass(frozen=True)
class Rewritten:
    """A file of settings as it becomes.

    Attributes:
        changes: How often each old word was replaced.
    """

    text: str
    changes: Mapping[str, int]


def rewrite(name: str, text: str, words: Mapping[str, str]) -> Rewritten:
    """Replace exact words: hosts, paths, charsets; in one pass, so that none is replaced twice.

    Raises:
        ProblemError: A word is nowhere in the file: then the plan does not fit the application.
    """
    missing = [each for each in words if each not in text]
    if missing:
        raise ProblemError(*(Problem("web-not-in-settings", name, {"word": w}) for w in missing))
    changes = dict.fromkeys(words, 0)
    longest_first = sorted(words, key=len, reverse=True)
    out, at = [], 0
    while at < len(text):
        found = next((each for each in longest_first if text.startswith(each, at)), None)
        out.append(words[found] if found else text[at])
        if found:
            changes[found] += 1
        at += len(found) if found else 1
    return Rewritten("".join(out), changes)
