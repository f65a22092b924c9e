"""Builds the image with podman, without a daemon; what goes in is the commit, the lock, the tools.

Example: python -m images.build --name localhost/sen
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from images import proof
from images.proof import LIMITS
from sen.errors import MissingPartError
from sen.tools import find
from sen.tools.catalogue import catalogue
from sen.tools.place import family_dir, plugin_dir
from stacks.problem import ProblemError

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
FAMILIES = ("pulumi", "pulumi-kubernetes")
SOURCE = (
    *("Pulumi.yaml", "pyproject.toml", "uv.lock", "README.md", "LICENSE"),
    *("sen", "stacks", "policies", "playbooks", "toolchain", "charts", "images/entrypoint.py"),
)
# Pulumi would have uv make the environment anew at each run, and nothing there can be written.
MANAGED = "    toolchain: uv\n"
PROJECTS = ("Pulumi.yaml", "policies/PulumiPolicy.yaml")
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


def main(words: list[str] | None = None) -> int:
    """Print name, size and digest; exit 3 when a step fails, 1 when a proof does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default="localhost/sen", help="name of the image")
    parser.add_argument("--commit", default="HEAD", help="what of the repository goes in")
    parser.add_argument("--base", default="", help="a Debian of your own instead of a new one")
    parser.add_argument("--fresh", action="store_true", help="take nothing from earlier builds")
    given = parser.parse_args(words)
    began = time.monotonic()
    try:
        done = build(given)
    except (MissingPartError, ProblemError) as error:
        sys.stderr.write(f"{error}\n")
        return 3
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"{error.cmd[0]}: exit {error.returncode}\n")
        return 3
    seconds = {"seconds": round(time.monotonic() - began)}
    sys.stdout.write(json.dumps({**done, **seconds}, indent=1) + "\n")
    return proof.main(str(done["name"]))


def build(given: argparse.Namespace) -> dict[str, object]:
    commit = said("git", "rev-parse", given.commit)
    epoch = said("git", "log", "-1", "--format=%ct", commit)
    name = f"{given.name}:{commit[:12]}"
    with tempfile.TemporaryDirectory(prefix="sen-image-") as folder:
        context = Path(folder)
        base = given.base or based(context, epoch, fresh=given.fresh)
        gather(context, commit)
        again = ("--no-cache",) if given.fresh else ()
        told = (f"BASE={base}", f"COMMIT={commit}")
        do(
            *("podman", "build", "--quiet", "--format", "oci", "--timestamp", epoch, *LIMITS),
            *(
                "--label",
                "sen-image=sen",
                "--tag",
                name,
                *again,
                "--file",
                str(HERE / "Containerfile"),
            ),
            *(word for each in told for word in ("--build-arg", each)),
            *("--secret", f"id=authorities,src={os.environ.get('SSL_CERT_FILE', AUTHORITIES)}"),
            str(context),
        )
    return about(name)


def based(folder: Path, epoch: str, *, fresh: bool) -> str:
    """Give the Debian that the image stands on: one a day of commits, as its mirror moves."""
    recipe = hashlib.sha256((HERE / "base.sh").read_bytes()).hexdigest()[:8]
    name = f"localhost/sen-image-base:{recipe}-{int(epoch) // 86400}"
    if fresh or not said("podman", "images", "--quiet", name):
        do("sh", str(HERE / "base.sh"), name, str(folder), SOURCE_DATE_EPOCH=epoch)
    return name


def gather(context: Path, commit: str) -> None:
    """Lay out the context: what is committed, the built tools, these scripts."""
    for name in ("source", "tools/cache", "build"):
        (context / name).mkdir(parents=True, exist_ok=True)
    archive = context / "source.tar"
    do("git", "archive", "--output", str(archive), commit, *SOURCE)
    do("tar", "-xf", str(archive), "-C", str(context / "source"))
    archive.unlink()
    (context / "source" / "stacks" / "config").mkdir(exist_ok=True)
    for name in PROJECTS:
        settle(context / "source" / name)
    for file in HERE.glob("*.py"):
        shutil.copy2(file, context / "build")
    shutil.copy2(find("uv").path, context / "tools" / "uv")
    lend(context / "tools")


def settle(project: Path) -> None:
    """Let Pulumi take the environment as it stands.

    Raises:
        ValueError: The project does not say who manages its environment.
    """
    before, managed, after = project.read_text("utf-8").partition(MANAGED)
    if not managed:
        raise ValueError(project.name)
    project.write_text(before + after, "utf-8")


def lend(tools: Path) -> None:
    """Copy the families that runs need, under the names by which Sen looks for them."""
    known, versions = catalogue(), {}
    for family in known.families:
        if family.name not in FAMILIES:
            continue
        versions[family.name] = family.version
        for spec in family.tools:
            find(spec.name)
        own = family_dir(family, known.folder, known.go)
        place = tools / "cache" / "toolchain" / own.name
        shutil.copytree(own, place)
        for spec in family.tools:
            if spec.plugin:
                home = plugin_dir(spec.plugin, family.version)
                target = tools / "cache" / "pulumi-home" / "plugins" / home.name
                target.mkdir(parents=True)
                (place / spec.name).rename(target / spec.name)
                way = os.path.relpath(target / spec.name, place)
                (place / spec.name).symlink_to(way)
    versions["uv"] = find("uv").version
    (tools / "versions.json").write_text(json.dumps(versions), "utf-8")


def about(name: str) -> dict[str, object]:
    (seen,) = json.loads(said("podman", "image", "inspect", name))
    mebibytes = round(seen["Size"] / 2**20)
    return {"name": name, "size_mib": mebibytes, "digest": seen["Digest"], "id": seen["Id"]}


def do(*words: str, **more: str) -> None:
    subprocess.run(words, check=True, cwd=PROJECT, env={**os.environ, **more}, stdout=sys.stderr)  # noqa: S603


def said(*words: str) -> str:
    done = subprocess.run(words, check=True, cwd=PROJECT, capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
