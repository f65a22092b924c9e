"""Pictures of pages for the documents: few colours, so that they weigh little."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

COLOURS, TALLEST = 48, 1600


def write_picture(png: bytes, path: Path) -> None:
    """Write what a browser took, cut off below where it is very tall."""
    path.parent.mkdir(parents=True, exist_ok=True)
    seen = Image.open(io.BytesIO(png)).convert("RGB")
    top = seen.crop((0, 0, seen.width, min(seen.height, TALLEST)))
    top.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
