"""Puts variables where they are read, if that is cheaper: the API server pays for each by itself.

A constant is put in everywhere: a pattern is then compiled with the policy and not at each request.
What is read once is put in unless that is in a loop, where it would be computed each time round.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from policies.expression import REFERENCE, rename

SEES = re.compile(r"\b(variables|object|oldObject|params|namespaceObject|request|authorizer)\b")
LOOPS = re.compile(r"\.(all|exists|exists_one|map|filter)\(")
PATTERN = re.compile(r"\.matches\(")
# Longer constants stay, if several read them: the policy would grow without end.
LONGEST_CONSTANT = 400


def put_in(variables: Mapping[str, str], read: str) -> dict[str, str]:
    """Give the variables that are left, with the others in their places.

    Args:
        variables: By name, each after those that it reads.
        read: What reads them beside themselves; it stays as it is.
    """
    kept_names = set(REFERENCE.findall(read))
    uses = Counter(name for text in variables.values() for name in REFERENCE.findall(text))
    looped = {
        name
        for text in variables.values()
        if LOOPS.search(text)
        for name in REFERENCE.findall(text)
    }
    left: dict[str, str] = {}
    gone: dict[str, str] = {}
    for name, text in variables.items():
        whole = rename(text, lambda each: gone.get(each, f"variables.{each}"))
        constant = not SEES.search(whole) and (uses[name] == 1 or len(whole) < LONGEST_CONSTANT)
        once = uses[name] == 1 and name not in looped and not dear(whole)
        if (constant or once) and name not in kept_names:
            gone[name] = f"({whole})"
        else:
            left[name] = whole
    return left


def dear(text: str) -> bool:
    """Say whether the work grows fast with the object: patterns in a loop.

    The API server bounds the work of one variable; what is dear has its bound for itself.
    """
    return bool(LOOPS.search(text) and PATTERN.search(text))
