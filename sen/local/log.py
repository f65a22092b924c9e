"""The parts' logs: their last lines, and what is added to them."""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

PAUSE_SECONDS = 0.3


def last_lines(file: Path, count: int) -> list[str]:
    """Give the last lines of a log; a log that is not there has none."""
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            return [line.rstrip("\n") for line in deque(lines, maxlen=count)]
    except FileNotFoundError:
        return []


def added_lines(files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Give (name, line) for each line that is added from now on; never ends by itself."""
    places = {name: _end(file) for name, file in files.items()}
    while True:
        quiet = True
        for name, file in files.items():
            places[name], lines = _read(file, places[name])
            for line in lines:
                quiet = False
                yield name, line
        if quiet:
            time.sleep(PAUSE_SECONDS)


def _end(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _read(file: Path, place: int) -> tuple[int, list[str]]:
    """Read whole lines from a place on; a file that got shorter was rotated: begin anew."""
    size = _end(file)
    if size < place:
        place = 0
    if size == place:
        return place, []
    with file.open("rb") as content:
        content.seek(place)
        text = content.read(size - place)
    whole = text[: text.rfind(b"\n") + 1]
    return place + len(whole), whole.decode("utf-8", "replace").splitlines()
