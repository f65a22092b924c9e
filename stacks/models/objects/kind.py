"""How the API server knows one of our kinds."""

from __future__ import annotations

from dataclasses import dataclass, field

from stacks.models.base import Model

GROUP = "sen.gov.vn"
VERSION = "v1alpha1"


@dataclass(frozen=True)
class Column:
    """A column of `kubectl get`.

    Attributes:
        path: JSON path into the object.
        wide: Shown only by `-o wide`.
    """

    name: str
    path: str
    type: str = "string"
    wide: bool = False


@dataclass(frozen=True)
class Rule:
    """What the API server holds besides the types: CEL over `self`, and `oldSelf` at a change."""

    expression: str
    message: str


@dataclass(frozen=True)
class ObjectKind:
    """A kind of object.

    Attributes:
        conditions: Types of conditions that its status may bear.
        short: Short name for `kubectl`.
    """

    name: str
    plural: str
    short: str
    spec: type[Model]
    status: type[Model]
    namespaced: bool = True
    columns: tuple[Column, ...] = ()
    rules: tuple[Rule, ...] = ()
    categories: tuple[str, ...] = field(default=("sen",))

    @property
    def crd_name(self) -> str:
        return f"{self.plural}.{GROUP}"


def unchanged(path: str, what: str) -> Rule:
    """Hold a field for ever: it is part of the object's identity."""
    # A word of CEL's own is escaped by Kubernetes' rule.
    path = path.replace("namespace", "__namespace__")
    return Rule(
        f"self.{path} == oldSelf.{path}",
        f"{what} là định danh, không đổi được / {what} is identity and cannot change",
    )


ENDS_AFTER_START = Rule(
    "self.ends > self.starts",
    "ngày hết hạn phải sau ngày bắt đầu / the end must come after the start",
)
