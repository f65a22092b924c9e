"""Pictures of pages for the documents: few colours, so that they weigh little."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

COLOURS, TALLEST, MARGIN = 48, 1600, 24


def write_picture(png: bytes, path: Path) -> None:
    """Write what a browser took, without what is blank below, cut off where it is very tall."""
    path.parent.mkdir(parents=True, exist_ok=True)
    seen = Image.open(io.BytesIO(png)).convert("RGB")
    blank = Image.new("RGB", seen.size, seen.getpixel((seen.width - 1, seen.height - 1)))
    found = ImageChops.difference(seen, blank).getbbox()
    bottom = found[3] + MARGIN if found else seen.height
    top = seen.crop((0, 0, seen.width, min(bottom, seen.height, TALLEST)))
    top.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
