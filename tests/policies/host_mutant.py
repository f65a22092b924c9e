"""Host rules that are wrong in one place: a comparison turned round, a side of and/or dropped."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

TURNED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class HostMutant:
    what: str
    check: Callable[..., Any]


def mutants(source: str) -> Iterator[HostMutant]:
    tree = ast.parse(source)
    words = {id(each) for said in ast.walk(tree) if _is_words(said) for each in ast.walk(said)}
    for index, node in enumerate(ast.walk(tree)):
        if id(node) in words:
            continue
        for number, what in enumerate(_changes(node)):
            other = copy.deepcopy(tree)
            target = list(ast.walk(other))[index]
            _apply(other, target, number)
            namespace: dict[str, Any] = {"__name__": "mutant"}
            exec(compile(ast.fix_missing_locations(other), "mutant", "exec"), namespace)  # noqa: S102
            line = getattr(node, "lineno", 0)
            yield HostMutant(f"line {line}: {what} in {ast.unparse(node)}", namespace["check"])


def _is_words(node: ast.AST) -> bool:
    """Say whether a part of the code only words the evidence, and decides nothing."""
    if isinstance(node, ast.BoolOp):
        texts = [each for each in node.values if isinstance(each, ast.Constant | ast.JoinedStr)]
        return bool(texts)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.keyword) and node.arg == "evidence"
    )


def _changes(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Compare):
        return [f"turned {type(each).__name__}" for each in node.ops]
    if isinstance(node, ast.BoolOp):
        return [f"without {ast.unparse(each)}" for each in node.values]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ["without not"]
    if isinstance(node, ast.If):
        return ["never"]
    if isinstance(node, ast.keyword) and node.arg == "good":
        return ["always good", "never good"]
    return []


def _apply(tree: ast.AST, node: ast.AST, number: int) -> None:
    if isinstance(node, ast.Compare):
        node.ops[number] = TURNED[type(node.ops[number])]()
    elif isinstance(node, ast.BoolOp):
        node.values[number] = ast.Constant(value=isinstance(node.op, ast.And))
    elif isinstance(node, ast.If):
        node.test = ast.Constant(value=False)
    elif isinstance(node, ast.keyword):
        node.value = ast.Constant(value=number == 0)
    else:
        _Replace(node).visit(tree)


class _Replace(ast.NodeTransformer):
    """Puts the operand in the place of one `not`."""

    def __init__(self, node: ast.AST) -> None:
        self._node = node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return node.operand if node is self._node else node
