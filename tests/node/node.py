"""A node of a test: begins, joins the platform's cluster, ends, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from sen.local.authority import CLUSTER, Credential, certificate_file, issue
from sen.local.files import write_private
from sen.local.kubeconfig import kubeconfig
from sen.local.patience import wait_until
from sen.local.platform import Platform
from sen.tools import find
from tests.node import settings
from tests.node.images import pause
from tests.node.settings import Place

SECONDS = 120.0
END_SECONDS = 20.0
LIFETIME = timedelta(hours=8)
CGROUPS = Path("/sys/fs/cgroup")
LINKS = Path("/var/log/containers")


class Node:
    """containerd and kubelet with folders, socket and network of their own."""

    def __init__(self, platform: Platform, place: Place) -> None:
        self.platform, self.place = platform, place
        self._started: list[subprocess.Popen[bytes]] = []

    def ctr(self, *words: str) -> str:
        """Ask containerd, in the room where the kubelet keeps its containers."""
        command = [str(find("ctr").path), f"--address={self.place.socket}", "-n=k8s.io", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def log(self, program: str) -> str:
        return (self.place.folder / f"{program}.log").read_text("utf-8", "replace")

    def begin(self) -> None:
        """Start containerd; the kubelet comes after the images are there."""
        place = self.place
        for name in ("cni", "logs", "tmp"):
            (place.folder / name).mkdir()
        runc = shutil.which("runc") or "runc"
        file = write(place.folder / "containerd.toml", settings.containerd(place, runc))
        write(place.folder / "cni" / "10-sen.conflist", settings.network(place))
        driver = place.folder / "volumes" / settings.DRIVER.replace("/", "~") / "folder"
        driver.parent.mkdir(parents=True)
        write(driver, settings.driver()).chmod(0o755)
        self._start("containerd", f"--config={file}")
        assert wait_until(self._answers, SECONDS), self.log("containerd")
        self.ctr("images", "import", str(pause(place.folder / "pause.tar")))

    def join(self) -> None:
        """Start the kubelet with certificates that name this node and no other."""
        place = self.place
        for group in groups(place):
            group.mkdir(exist_ok=True)
        pair = self._issue(f"system:node:{place.name}", serving=False)
        authority = certificate_file(self.platform.pki, CLUSTER).read_bytes()
        access = kubeconfig(self.platform.server, authority, pair, "node")
        serving = self._issue(f"system:node:{place.name}", serving=True)
        write_private(place.folder / "kubelet.crt", serving.certificate)
        write_private(place.folder / "kubelet.key", serving.key)
        config = settings.kubelet(place, self.platform)
        self._start(
            "kubelet",
            f"--kubeconfig={write(place.folder / 'kubeconfig', access)}",
            f"--config={write(place.folder / 'kubelet.yaml', config)}",
            f"--root-dir={place.folder}/kubelet",
            f"--cert-dir={place.folder}/certificates",
            f"--hostname-override={place.name}",
            f"--node-ip={place.address}",
        )

    def end(self) -> None:
        """End exactly what was started, its containers with it, and undo its mounts."""
        _end(self._started[1:])
        with contextlib.suppress(subprocess.CalledProcessError):
            for each in self.ctr("tasks", "list", "--quiet").split():
                with contextlib.suppress(subprocess.CalledProcessError):
                    self.ctr("tasks", "delete", "--force", each)
        _end(self._started[:1])
        for each in (*self._shims(), *self._left()):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
                each.wait(END_SECONDS)
        for each in reversed(mounted(self.place.folder)):
            subprocess.run(("umount", "--lazy", each), check=False)
        for group in groups(self.place):
            _remove_group(group)
        for link in LINKS.glob("*"):
            if str(link.readlink()).startswith(str(self.place.folder)):
                link.unlink()
        shutil.rmtree(self.place.folder, ignore_errors=True)

    def _start(self, program: str, *words: str) -> None:
        path = find(program).path
        variables = {
            "PATH": f"{path.parent}:{os.environ['PATH']}",
            "HOME": str(self.place.folder),
            "TMPDIR": str(self.place.folder / "tmp"),
        }
        with (self.place.folder / f"{program}.log").open("wb") as log:
            child = subprocess.Popen(
                [str(path), *words],
                env=variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o022,  # a container's root is made with it: nobody else could enter it
            )
        self._started.append(child)

    def _answers(self) -> bool:
        with contextlib.suppress(subprocess.CalledProcessError):
            return bool(self.ctr("version"))
        return False

    def _issue(self, user: str, *, serving: bool):
        person = Credential(
            "node",
            user,
            groups=("system:nodes",),
            serving=serving,
            client=not serving,
            addresses=(self.place.address,),
        )
        return issue(self.platform.pki, person, datetime.now(UTC), LIFETIME)

    def _shims(self) -> list[psutil.Process]:
        """Give what containerd started and left alone: it names our socket."""
        mine = str(self.place.socket)
        every = psutil.process_iter(["cmdline"])
        return [each for each in every if mine in (each.info["cmdline"] or ())]

    def _left(self) -> list[psutil.Process]:
        """Give what still runs in the node's own control groups."""
        files = [each for group in groups(self.place) for each in group.rglob("cgroup.procs")]
        pids = {int(pid) for file in files for pid in file.read_text().split()}
        return [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]


@contextmanager
def nodes(platform: Platform, count: int) -> Iterator[list[Node]]:
    """Give nodes that run containers; their kubelets are still to join."""
    parent = Path(tempfile.mkdtemp(prefix="sen-node-", dir="/var/tmp"))
    bridge, network = f"sen{os.getpid()}", f"10.210.{os.getpid() % 256}"
    places = [
        Place(number, parent / str(number), bridge, network) for number in range(1, count + 1)
    ]
    made = [Node(platform, place) for place in places]
    ip("link", "add", bridge, "type", "bridge")
    try:
        ip("link", "set", bridge, "up")
        for node in made:
            node.place.folder.mkdir()
            ip("address", "add", f"{node.place.address}/24", "dev", bridge)
            node.begin()
        yield made
    finally:
        for node in made:
            node.end()
        ip("link", "delete", bridge)
        shutil.rmtree(parent, ignore_errors=True)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
        try:
            child.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def ip(*words: str) -> None:
    subprocess.run(("ip", *words), check=True)


def write(file: Path, text: str) -> Path:
    write_private(file, text)
    return file


def groups(place: Place) -> list[Path]:
    """Give the folders of the node's own control group, one for each controller of version 1."""
    homes = [each for each in CGROUPS.iterdir() if each.is_dir() and not each.is_symlink()]
    if (CGROUPS / "cgroup.controllers").exists():
        homes = [CGROUPS]
    return [home / place.cgroup.lstrip("/") for home in homes]


def mounted(folder: Path) -> list[str]:
    lines = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    return [line.split()[1] for line in lines if line.split()[1].startswith(f"{folder}/")]


def _remove_group(group: Path) -> None:
    for inner in sorted(group.rglob("*/"), key=lambda one: -len(one.parts)):
        with contextlib.suppress(OSError):
            inner.rmdir()
    with contextlib.suppress(OSError):
        group.rmdir()
