"""What gates say beside the rules' own messages, from the common catalogue."""

from __future__ import annotations

from policies.text import Text
from stacks.problem import Language, messages


def message(key: str, **values: object) -> Text:
    return _words(key, "rule", values)


def remedy(key: str) -> Text:
    return _words(key, "remedy", {})


def _words(key: str, part: str, values: dict[str, object]) -> Text:
    said = messages()[key]
    return Text(
        vi=said[Language.VI][part].format_map(values),
        en=said[Language.EN][part].format_map(values),
    )
