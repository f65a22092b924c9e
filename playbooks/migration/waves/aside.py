"""Keep what C libraries print off the standard output, which is the answer's."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OUT, _ERR = 1, 2


@contextmanager
def words_aside() -> Iterator[None]:
    """Send it to standard error meanwhile; METIS has words for graphs that it cannot part."""
    sys.stdout.flush()
    kept = os.dup(_OUT)
    os.dup2(_ERR, _OUT)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, _OUT)
        os.close(kept)
