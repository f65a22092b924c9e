"""Judging with unknown values: an expression that stops at every value it would have to guess.

An unknown leaf is a byte string, which no Kubernetes object holds. Most of CEL refuses to work on
it, and such an error is lost again where the other side of `&&`, `||`, `all` or `exists` decides.
What would not notice it are `==`, `!=`, `in`, `size` and `has`; here they are made to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from cel_expr_python import cel
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)

UNKNOWN: Final = b"sen:unknown"

_PACKAGE = "sen.cel"
# The part of cel.expr's syntax.proto that has sub-expressions; other fields pass through unread.
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "Expr": {
        "id": (2, "int"),
        "const": (3, "Leaf"),
        "select": (5, "Select"),
        "call": (6, "Call"),
        "list": (7, "List"),
        "struct": (8, "Struct"),
        "fold": (9, "Fold"),
    },
    "Leaf": {},
    "Select": {"operand": (1, "Expr"), "test_only": (3, "bool")},
    "Call": {"target": (1, "Expr"), "function": (2, "str"), "args": (3, "Expr*")},
    "List": {"elements": (1, "Expr*")},
    "Struct": {"entries": (2, "Entry*")},
    "Entry": {"key": (3, "Expr"), "value": (4, "Expr")},
    "Fold": {
        "range": (2, "Expr"),
        "start": (4, "Expr"),
        "condition": (5, "Expr"),
        "step": (6, "Expr"),
        "result": (7, "Expr"),
    },
    "Parsed": {"expr": (2, "Expr")},
    "Any": {"type_url": (1, "str"), "value": (2, "bytes")},
}
# What works on any value and would not notice an unknown one.
_COMPARED = frozenset({"_==_", "_!=_", "size", "string", "type", "bytes", "dyn"})
_TYPES = (
    cel.Type.BOOL,
    cel.Type.INT,
    cel.Type.DOUBLE,
    cel.Type.STRING,
    cel.Type.BYTES,
    cel.Type.NULL,
    cel.Type.TIMESTAMP,
    cel.Type.DURATION,
    cel.Type.List(cel.Type.DYN),
    cel.Type.Map(cel.Type.DYN, cel.Type.DYN),
)


def stopping_at_unknown(parsed: bytes) -> bytes:
    """Rewrite a serialized, parsed expression so that it fails where it would read an unknown."""
    outer = _new("Any", parsed)
    tree = _new("Parsed", outer.value)
    for node in list(_nodes(tree.expr)):
        _guard(node)
    outer.value = tree.SerializeToString()
    return bytes(outer.SerializeToString())


def renamed_calls(parsed: bytes, name: str, new: str) -> bytes:
    """Rewrite a serialized, parsed expression so that it calls another function."""
    outer = _new("Any", parsed)
    tree = _new("Parsed", outer.value)
    for node in list(_nodes(tree.expr)):
        if _kind(node) == "call" and node.call.function == name:
            node.call.function = new
    outer.value = tree.SerializeToString()
    return bytes(outer.SerializeToString())


def functions() -> list[Any]:
    """Give the functions that rewritten expressions call."""
    return [
        _function("sen_known", _known, cel.Type.DYN),
        _function("sen_known_members", _known_members, cel.Type.DYN),
        _function("sen_is_known", lambda value: _known_itself(value) is value, cel.Type.BOOL),
    ]


def _guard(node: Any) -> None:  # noqa: ANN401 - message of a generated class
    kind = _kind(node)
    if kind == "select" and node.select.test_only:
        field = _new("Expr", node.SerializeToString())
        field.select.test_only = False
        there = _new("Expr", node.SerializeToString())
        _become_call(node, "_&&_", there, _call("sen_is_known", field))
    elif kind == "call" and node.call.function in _COMPARED:
        _wrap(node.call, "sen_known", "sen_known")
    elif kind == "call" and node.call.function == "@in":
        _wrap(node.call, "sen_known", "sen_known_members")


def _wrap(call: Any, *names: str) -> None:  # noqa: ANN401 - likewise
    if call.HasField("target"):
        call.target.CopyFrom(_call(names[0], call.target))
    for argument, name in zip(call.args, names, strict=False):
        if not argument.HasField("const"):
            argument.CopyFrom(_call(name, argument))


def _call(name: str, *arguments: Any) -> Any:  # noqa: ANN401 - likewise
    node = _new("Expr")
    _become_call(node, name, *arguments)
    return node


def _become_call(node: Any, name: str, *arguments: Any) -> None:  # noqa: ANN401 - likewise
    made = _new("Call")
    made.function = name
    made.args.extend(arguments)
    number = node.id
    node.Clear()
    node.id = number
    node.call.CopyFrom(made)


def _nodes(node: Any) -> Iterator[Any]:  # noqa: ANN401 - likewise
    """Walk the tree from its leaves up, so that a node is changed after what is in it."""
    for field, value in node.ListFields():
        if field.message_type is None:
            continue
        for each in value if field.label == field.LABEL_REPEATED else (value,):
            yield from _nodes(each)
    if node.DESCRIPTOR.name == "Expr":
        yield node


def _kind(node: Any) -> str:  # noqa: ANN401 - likewise
    return next((each for each in ("select", "call") if node.HasField(each)), "")


def _function(name: str, does: Callable[[Any], Any], gives: Any) -> Any:  # noqa: ANN401 - untyped library
    overloads = [
        cel.Overload(f"{name}_{index}", gives, [kind], impl=does)
        for index, kind in enumerate(_TYPES)
    ]
    return cel.FunctionDecl(name, overloads)


class _UnknownReadError(ValueError):
    """The expression would have to guess."""


def _known(value: Any) -> Any:  # noqa: ANN401 - any CEL value
    """Give the value back if all of it is known."""
    if isinstance(value, dict):
        _known(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            _known(each)
    return _known_itself(value)


def _known_members(value: Any) -> Any:  # noqa: ANN401 - any CEL value
    """Give the value back if one can say what is in it: of a map its keys count."""
    return _known(value) if isinstance(value, list) else _known_itself(value)


def _known_itself(value: Any) -> Any:  # noqa: ANN401 - any CEL value
    if value == UNKNOWN:
        raise _UnknownReadError
    return value


def _new(name: str, content: bytes = b"") -> Any:  # noqa: ANN401 - message of a generated class
    return _CLASSES[name].FromString(content)


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(
        name="sen_cel.proto", package=_PACKAGE, syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            _add(message, field, number, kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _MESSAGES
    }


def _add(message: Any, field: str, number: int, kind: str) -> None:  # noqa: ANN401 - likewise
    proto = descriptor_pb2.FieldDescriptorProto
    scalar = {
        "int": proto.TYPE_INT64,
        "bool": proto.TYPE_BOOL,
        "str": proto.TYPE_STRING,
        "bytes": proto.TYPE_BYTES,
    }
    plain = kind.removesuffix("*")
    label = proto.LABEL_REPEATED if kind.endswith("*") else proto.LABEL_OPTIONAL
    made = message.field.add(name=field, number=number, label=label)
    made.type = scalar.get(plain, proto.TYPE_MESSAGE)
    if plain not in scalar:
        made.type_name = f".{_PACKAGE}.{plain}"


_CLASSES = _classes()
