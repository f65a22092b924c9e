"""Patterns compiled once: cel-cpp's own `matches` compiles its pattern anew at every call.

The engine is the same, RE2, so the verdicts are the same; only the work is done once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2
from cel_expr_python import cel

from policies.partial import renamed_calls

_NAME = "sen_matches"
_QUIET = re2.Options()
_QUIET.log_errors = False


def with_cached_patterns(parsed: bytes) -> bytes:
    """Rewrite a serialized, parsed expression so that `matches` is ours."""
    return renamed_calls(parsed, "matches", _NAME)


def functions() -> list[Any]:
    """Give the function that rewritten expressions call."""
    text = cel.Type.STRING
    member = cel.Overload(
        f"{_NAME}_member", cel.Type.BOOL, [text, text], is_member=True, impl=_matches
    )
    return [cel.FunctionDecl(_NAME, [member])]


def _matches(text: str, pattern: str) -> bool:
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - an untyped library
    """Compile a pattern; a malformed one is an error of the expression, as in cel-cpp."""
    try:
        return re2.compile(pattern, _QUIET)
    except re2.error as error:
        raise ValueError("malformed pattern") from error
