"""The pages, one module each; whatever lies here with a `router` is served."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from types import ModuleType

from sen.portal.menu import Entry


@functools.cache
def pages() -> tuple[ModuleType, ...]:
    """Give every module of pages."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


@functools.cache
def menu() -> tuple[Entry, ...]:
    """Give the menu in its order."""
    entries = (page.MENU for page in pages() if hasattr(page, "MENU"))
    return tuple(sorted(entries, key=lambda entry: entry.rank))
