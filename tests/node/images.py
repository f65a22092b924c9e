"""Images for a node without a registry: what podman built, under the name the manifest says."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

from tests.node.settings import PAUSE

FOREVER = ["/busybox", "sleep", "2147483647"]


def pause(file: Path) -> Path:
    """Make what holds a pod's network open: an archive with one program that sleeps."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        tar.add(str(Path(shutil.which("busybox") or "busybox").resolve()), "busybox")
    data = layer.getvalue()
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": FOREVER},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(data).hexdigest()}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [PAUSE], "Layers": ["layer.tar"]}]
    with tarfile.open(file, "w") as tar:
        for name, content in (
            ("layer.tar", data),
            ("config.json", json.dumps(config).encode()),
            ("manifest.json", json.dumps(manifest).encode()),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return file


def saved(image: str, folder: Path) -> Path:
    """Give an OCI archive of podman's image, or the archive that was named in its place."""
    if Path(image).is_file():
        return Path(image)
    file = folder / "image.tar"
    words = ("podman", "save", "--quiet", "--format", "oci-archive", "--output", str(file), image)
    subprocess.run(words, check=True)
    return file


def digest_of(archive: Path) -> str:
    """Give the digest of the one manifest in an archive, which a registry would give it too."""
    with tarfile.open(archive) as tar:
        index = json.load(tar.extractfile("index.json"))
    (only,) = index["manifests"]
    return only["digest"]
