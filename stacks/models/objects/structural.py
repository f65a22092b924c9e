"""From a model to a structural schema, which is all that the API server takes.

Kubernetes knows OpenAPI v3.0 with limits: no references, no `anyOf` with null, no
`additionalProperties: false` (strict clients refuse unknown fields, the server prunes them).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stacks.models.base import Model

_DROPPED = frozenset({"title", "examples", "additionalProperties", "$defs", "$schema"})
# A longer text would make the API server refuse CEL rules over it as too expensive.
_LONGEST_TEXT = 1024
_LONGEST_LIST = 100


def structural(model: type[Model]) -> dict[str, Any]:
    """Give the schema of a model's input, with every reference written out."""
    schema = model.model_json_schema(mode="validation")
    return _plain(schema, schema.get("$defs", {}))


def _plain(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        named = definitions[schema["$ref"].rpartition("/")[2]]
        rest = {key: each for key, each in schema.items() if key != "$ref"}
        return _plain({**named, **rest}, definitions)
    if "anyOf" in schema:
        return _optional(schema, definitions)
    made = {key: each for key, each in schema.items() if key not in _DROPPED}
    if made.get("default", ()) is None:
        del made["default"]
    if "exclusiveMinimum" in made:
        made["minimum"] = made.pop("exclusiveMinimum") + 1
    return _bounded(_nested(made, definitions))


def _optional(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Read `X | None` as an X that may be left out."""
    [kind] = [each for each in schema["anyOf"] if each.get("type") != "null"]
    rest = {key: each for key, each in schema.items() if key not in {"anyOf", "default"}}
    return _plain({**kind, **rest}, definitions)


def _nested(schema: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    if "properties" in schema:
        properties = schema["properties"].items()
        schema["properties"] = {name: _plain(each, definitions) for name, each in properties}
    if "items" in schema:
        schema["items"] = _plain(schema["items"], definitions)
    return schema


def _bounded(schema: dict[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if kind == "string" and "enum" not in schema and "format" not in schema:
        schema.setdefault("maxLength", _LONGEST_TEXT)
    if kind == "array":
        schema.setdefault("maxItems", _LONGEST_LIST)
    return schema
