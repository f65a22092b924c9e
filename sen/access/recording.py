"""An act is in the evidence before it is done; an act that then fails, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sen.evidence.chain import Chain
from sen.evidence.record import Act


@contextmanager
def recorded(chain: Chain, act: Act) -> Iterator[None]:
    """Record an act, let it be done, and record if it could not be."""
    chain.append(act)
    try:
        yield
    except BaseException as error:
        data = {**act.data, "why": type(error).__name__}
        chain.append(replace(act, name=f"{act.name}.failed", data=data))
        raise
