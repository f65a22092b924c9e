"""Starts `sen` in the image: lends it the built tools in a home that may be written.

Nothing but what is mounted can be written. Pulumi writes beside its plugins and Sen looks for its
tools in its cache; so the cache is new in each container and its tools are links into the image.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

TOOLS = Path("/opt/sen-tools")
SEN = Path("/opt/sen/.venv/bin/sen")


def main() -> None:
    """Become `sen` with the words that were given; exit 3 where nothing can be written."""
    try:
        lend(TOOLS, os.environ)
    except OSError as error:
        sys.exit(told(error))
    os.execv(SEN, [str(SEN), *sys.argv[1:]])  # noqa: S606 - becoming the program is the purpose


def lend(tools: Path, environment: Mapping[str, str]) -> None:
    """Link the tools into the cache; what is there stays, so that a second start finds its own."""
    home = Path(environment["HOME"])
    cache = Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "sen"
    links = {cache / "toolchain": tools / "toolchain"}
    for folder in {cache / "pulumi-home", Path(environment.get("PULUMI_HOME") or cache)}:
        for plugin in sorted((tools / "pulumi-home" / "plugins").glob("resource-*")):
            # Pulumi takes a folder for a plugin, not a link to one.
            links |= {
                folder / "plugins" / plugin.name / each.name: each for each in plugin.iterdir()
            }
    for link, target in links.items():
        link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(target)


def told(error: OSError) -> int:
    """Say in both languages what is missing."""
    sys.stderr.write(
        f"{error.filename}: {error.strerror}; mount a folder that user {os.getuid()} may write at "
        f"/run/sen\n{error.filename}: không ghi được; hãy gắn vào /run/sen một thư mục mà "
        f"người dùng {os.getuid()} được ghi\n"
    )
    return 3


if __name__ == "__main__":
    main()
