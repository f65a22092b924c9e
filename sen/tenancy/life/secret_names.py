"""Names of secrets, as the objects that use them have them: for who may list no secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sen.tenancy.life.objects import Object

# The fields of the built-in kinds that name a secret, by what stands under them.
_NAMED = frozenset({"secretKeyRef", "secretRef"})
_LISTED = frozenset({"imagePullSecrets", "secrets"})


def referred_to(things: Iterable[Object]) -> list[dict[str, object]]:
    """Give a row per name: the name, and that only the name is known."""
    names = {name for each in things for name in _found(each)}
    return [{"name": name, "type": None, "keys": None} for name in sorted(names)]


def _found(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _of(key, value)
            yield from _found(value)
    elif isinstance(node, list | tuple):
        for each in node:
            yield from _found(each)


def _of(key: object, value: object) -> Iterator[str]:
    if key == "secretName" and isinstance(value, str):
        yield value
    elif key in _NAMED and isinstance(value, Mapping):
        yield from _name(value)
    elif key in _LISTED and isinstance(value, list):
        for each in value:
            if isinstance(each, Mapping):
                yield from _name(each)


def _name(thing: Mapping[str, object]) -> Iterator[str]:
    if isinstance(found := thing.get("name"), str):
        yield found
