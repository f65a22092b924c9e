"""Shows that an image works closed: no root, no shell, no network, and one folder to write in.

Example: python -m images.proof localhost/sen:4f2a9c1d0b7e
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# Without the capability CAP_SYS_RESOURCE podman's own limits are refused.
LIMITS = ("--runtime", "runc", "--ulimit", "nofile=16384:16384", "--ulimit", "nproc=4096:4096")
USER = 65532
CLOSED = (
    *("--rm", "--read-only", "--read-only-tmpfs=false", "--network", "none"),
    *("--cap-drop", "all", "--security-opt", "no-new-privileges", "--memory", "1g"),
)
# `where` fails for what is missing, which a list names too.
FOUND = ("pulumi", "pulumi-language-python", "pulumi-resource-kubernetes")
LOOK = "import os, pathlib; print(os.getuid(), len(list(pathlib.Path('/usr/bin').iterdir())))"


def proofs(image: str, work: Path) -> Iterator[tuple[str, bool, float]]:
    """Give what was tried, whether it went as it should, and the seconds that it took."""
    python = ("--entrypoint", "/opt/sen/.venv/bin/python", image)
    tries = {
        "sen version": ((image, "version"), 0, ""),
        **{f"finds {each}": ((image, "tools", "where", each), 0, f"/{each}") for each in FOUND},
        "runs as nobody, with 3 programs": ((*python, "-c", LOOK), 0, f"{USER} 3"),
        "has no shell": (("--entrypoint", "/bin/sh", image, "-c", "true"), 127, ""),
        "cannot write its own files": ((*python, "-c", "open('/opt/sen/x', 'w')"), 1, "Read-only"),
    }
    for name, (words, code, said) in tries.items():
        began = time.monotonic()
        command = ("podman", "run", *CLOSED, *LIMITS, "--volume", f"{work}:/run/sen", *words)
        done = subprocess.run(  # noqa: S603 - our own words
            command,
            capture_output=True,
            text=True,
            check=False,
        )
        right = done.returncode == code and said in done.stdout + done.stderr
        yield name, right, time.monotonic() - began


def main(image: str) -> int:
    """Exit 1 when something did not go as it should."""
    with tempfile.TemporaryDirectory(prefix="sen-image-") as folder:
        work = Path(folder)
        os.chown(work, USER, USER)
        found = list(proofs(image, work))
    for name, right, seconds in found:
        sys.stdout.write(f"{'ok  ' if right else 'FAIL'} {name} ({seconds:.1f} s)\n")
    return 0 if all(right for _, right, _ in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
