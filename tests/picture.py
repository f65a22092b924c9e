"""Pictures of pages for the documents: few colours, so that they weigh little."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

COLOURS, TALLEST, MARGIN = 128, 1600, 24


def write_picture(png: bytes, path: Path, *, colours: int = COLOURS, trimmed: bool = False) -> None:
    """Write what a browser took, cut off where it is very tall, or `trimmed` of blank."""
    path.parent.mkdir(parents=True, exist_ok=True)
    seen = Image.open(io.BytesIO(png)).convert("RGB")
    bottom = min(seen.height, _ground(seen) if trimmed else seen.height, TALLEST)
    top = seen.crop((0, 0, seen.width, bottom))
    top.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)


def _ground(seen: Image.Image) -> int:
    """Give the height above which everything is that is not blank."""
    blank = Image.new("RGB", seen.size, seen.getpixel((seen.width - 1, seen.height - 1)))
    found = ImageChops.difference(seen, blank).getbbox()
    return found[3] + MARGIN if found else seen.height
