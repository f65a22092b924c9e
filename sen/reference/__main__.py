"""Write the generated pages of `docs/reference`: `python -m sen.reference`."""

from pathlib import Path

from sen.paths import PROJECT
from sen.reference.pages import pages


def write(project: Path) -> None:
    for path, text in pages().items():
        (project / path).write_text(text, "utf-8")


if __name__ == "__main__":
    write(PROJECT)
