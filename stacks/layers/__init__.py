"""Which build function a stack's settings pick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stacks.layers.baseline import build_baseline
from stacks.layers.tenants import build_tenants
from stacks.settings import Layer

Outputs = Mapping[str, Any]

LAYERS: Mapping[Layer, Callable[[Any], Outputs]] = {
    Layer.BASELINE: build_baseline,
    Layer.TENANTS: build_tenants,
}
