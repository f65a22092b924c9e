"""Turn what pydantic found into problems that name the field, the rule and the remedy."""

import difflib
import json
import typing
from collections.abc import Mapping

from pydantic_core import ErrorDetails

from stacks.models.base import EXAMPLES, Model
from stacks.models.scalar import scalar
from stacks.models.tenant import TenantRequest
from stacks.problem import Problem, messages

MAX_SHOWN = 60

# A request that is right, to answer "what would one write here?".
SAMPLE: Mapping[str, object] = {
    "agency": "H26",
    "system": {
        "slug": "operations-centre",
        "name": {"vi": "Trung tâm điều hành thông minh", "en": "Intelligent operation centre"},
        "blueprint": "operations-centre",
        "owner_unit": "Sở Khoa học và Công nghệ",
        "officer": "ioc@hanoi.gov.vn",
        "level": 3,
        "personal_data": True,
        "state_secret": False,
    },
    "stage": "production",
    "size": "M",
    "quota": {
        "cpu": 4,
        "memory_gib": 16,
        "storage_gib": 100,
        "pods": 40,
        "services": 10,
        "volumes": 10,
    },
    "network": {
        "ingress": [{"cidr": "10.26.0.0/16", "ports": [443]}],
        "egress": [{"tenant": "g06-data-exchange-production", "ports": [443]}],
    },
    "groups": {"admins": ["h26-ioc-admins"], "deployers": [], "viewers": []},
    "starts": "2026-11-16",
    "ends": "2029-11-15",
    "budget": {"code": "H26-2026-014", "monthly_ceiling_vnd": 9_000_000},
    "state": "Active",
}

_TYPES: Mapping[str, str] = {
    "string_type": "request-type-text",
    "int_type": "request-type-whole",
    "bool_type": "request-type-yes",
    "date_type": "request-type-day",
    "date_parsing": "request-type-day",
    "date_from_datetime_parsing": "request-type-day",
    "date_from_datetime_inexact": "request-type-day",
    "model_type": "request-type-mapping",
    "tuple_type": "request-type-list",
}

_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than": ("gt", ">"),
    "greater_than_equal": ("ge", "≥"),
    "less_than_equal": ("le", "≤"),
    "string_too_short": ("min_length", "≥"),
    "string_too_long": ("max_length", "≤"),
}


def explain(error: ErrorDetails, where: str, root: type[Model] = TenantRequest) -> Problem:
    """Give the problem that a validation error stands for; `where` is the file and line."""
    field = _dotted(error["loc"])
    thing = f"{where} {field}" if field else where
    kind, values = error["type"], dict(error.get("ctx", {}))
    if kind in messages():
        named = values.get("named")
        return Problem(kind, f"{thing} ({named})" if named else thing, values)
    key, values = _known(error, {"value": shown(error["input"]), "reason": error["msg"]}, root)
    return Problem(key, thing, values)


def shown(value: object) -> str:
    """Give a value as short text on one line."""
    plain = isinstance(value, str) and scalar(value) == value
    text = str(value) if plain else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _known(
    error: ErrorDetails, values: dict[str, object], root: type[Model]
) -> tuple[str, dict[str, object]]:
    kind, loc, ctx = error["type"], error["loc"], error.get("ctx", {})
    if kind == "extra_forbidden":
        key = str(loc[-1])
        return "request-unknown-key", {"key": shown(key), "keys": _keys(root, loc[:-1], key)}
    if kind == "missing":
        return "request-missing", {"key": loc[-1], "sample": _sample(loc)}
    if kind == "string_pattern_mismatch":
        return "request-pattern", values | {"example": EXAMPLES[ctx["pattern"]]}
    if kind == "enum":
        choices = ctx["expected"].replace(" or ", ", ").replace("'", "")
        return "request-choice", values | {"choices": choices}
    if kind in _BOUNDS:
        name, sign = _BOUNDS[kind]
        key = "request-length" if name.endswith("length") else "request-range"
        return key, values | {"bound": f"{sign} {ctx[name]}"}
    return _TYPES.get(kind, "request-invalid"), values | {"keys": _keys(root, loc, "")}


def _dotted(loc: tuple[int | str, ...]) -> str:
    """Write ("network", "ingress", 0, "cidr") as network.ingress[0].cidr."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shown(part)}" for part in loc)
    return "".join(parts).removeprefix(".")


def _keys(root: type[Model], loc: tuple[int | str, ...], key: str) -> str:
    """Give the key that was probably meant, else every key of the place."""
    model = _model_at(root, loc)
    known = list(model.model_fields) if model else []
    return ", ".join(difflib.get_close_matches(key, known, n=1) or known)


def _model_at(root: type[Model], loc: tuple[int | str, ...]) -> type[Model] | None:
    model: type[Model] | None = root
    for part in loc:
        if isinstance(part, str) and model is not None:
            field = model.model_fields.get(part)
            model = _model_in(field.annotation) if field else None
    return model


def _model_in(annotation: object) -> type[Model] | None:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    inner = (_model_in(argument) for argument in typing.get_args(annotation))
    return next((model for model in inner if model), None)


def _sample(loc: tuple[int | str, ...]) -> str:
    value: object = SAMPLE
    for part in loc:
        if isinstance(value, Mapping):
            value = value.get(str(part), "…")
        elif isinstance(value, list):
            value = value[0]
    return f"{loc[-1]}: {shown(value)}"
