"""Write the image's bill of materials (CycloneDX 1.6): Debian packages, Python packages, tools."""

import importlib.metadata
import json
import sys
from collections.abc import Iterator
from pathlib import Path

STATUS = Path("/var/lib/dpkg/status")


def main(packages: str, tools: str, out: str) -> int:
    """Exit 1 when one of the three sources is empty."""
    versions: dict[str, str] = json.loads(Path(tools).read_text("utf-8"))
    sources = [
        list(debian(STATUS.read_text("utf-8"))),
        list(python(Path(packages))),
        [component(name, version, "generic") for name, version in versions.items()],
    ]
    parts = sorted((each for source in sources for each in source), key=lambda one: one["purl"])
    content = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": parts}
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    sys.stdout.write(f"bill of materials: {' + '.join(str(len(each)) for each in sources)} parts\n")
    return 0 if all(sources) else 1


def debian(status: str) -> Iterator[dict[str, str]]:
    """Read dpkg's own record."""
    for block in status.strip().split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != " "
        )
        yield component(fields["Package"], fields["Version"], "deb/debian")


def python(folder: Path) -> Iterator[dict[str, str]]:
    """Read what the wheels say of themselves."""
    places = [str(each) for each in folder.glob("python3*/site-packages")]
    for each in importlib.metadata.distributions(path=places):
        yield component(each.metadata["Name"].lower(), each.version, "pypi")


def component(name: str, version: str, kind: str) -> dict[str, str]:
    purl = f"pkg:{kind}/{name}@{version}"
    return {"type": "library", "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
