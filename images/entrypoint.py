"""Starts `sen` in the image: lends it the built tools beside a cache that may be written.

Nothing but /var/lib/sen can be written. Pulumi writes beside its plugins and Sen looks for its tools
in its cache; so the cache is new in each container and its tools are links into the image.
"""

# ruff: noqa: INP001 - a script of the image, not a package

import os
import sys
from pathlib import Path

TOOLS = Path("/opt/sen-tools")
PROJECT = Path("/opt/sen")


def main() -> None:
    """Become `sen` with the words that were given."""
    lend(TOOLS, Path(os.environ["XDG_CACHE_HOME"]) / "sen")
    Path(os.environ["TMPDIR"]).mkdir(mode=0o700, exist_ok=True)
    sen = PROJECT / ".venv" / "bin" / "sen"
    os.execv(sen, [str(sen), *sys.argv[1:]])  # noqa: S606 - becoming the program is the purpose


def lend(tools: Path, cache: Path) -> None:
    """Link the tools into a cache; what is there stays, so that a second start finds its own."""
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    (cache / "pulumi-home" / "plugins").mkdir(mode=0o700, parents=True, exist_ok=True)
    links = {cache / "toolchain": tools / "toolchain"}
    for plugin in sorted((tools / "pulumi-home" / "plugins").glob("resource-*")):
        links[cache / "pulumi-home" / "plugins" / plugin.name] = plugin
    for link, target in links.items():
        if not link.is_symlink():
            link.symlink_to(target)


if __name__ == "__main__":
    main()
