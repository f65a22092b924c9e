"""Real Linux hosts for tests: podman containers with systemd and sshd, each with its own address.

Images are built once and kept under a name made from their recipe; containers and networks bear a
label with the number of the process that made them, and what a killed run left is removed.
"""

import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock

IMAGES = Path(__file__).resolve().parent / "images"
LABEL = "sen-test-hosts"
# Without the capability CAP_SYS_RESOURCE podman's own limits are refused.
RUN = (
    *("--runtime", "runc"),
    *("--ulimit", "nofile=16384:16384"),
    *("--ulimit", "nproc=4096:4096"),
)
SUITE = "bookworm"
SUBNETS = range(64, 128)
SECONDS_TO_START = 180
NEEDED = (
    "podman",
    "runc",
    "mmdebstrap",
    "nft",
    "iptables",
    "ssh",
    "ssh-keygen",
    "nsenter",
    "sysctl",
)


@dataclass(frozen=True)
class Machine:
    name: str
    address: str
    key: str


def run(*words: str, check: bool = True, given: str | None = None) -> str:
    done = subprocess.run(words, input=given, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(words[:4])} ...: {done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


@functools.cache
def why_not() -> str:
    """Say what keeps this machine from running hosts; empty where a container runs."""
    missing = [each for each in NEEDED if shutil.which(each) is None]
    if missing or os.geteuid() != 0:
        return (
            f"hosts need root and {', '.join(NEEDED)} (missing: {missing or 'root'}); "
            "run `make system` as root on Debian or Ubuntu"
        )
    try:
        base = base_image()
        run("podman", "run", "--rm", *RUN, "--network", "none", base, "/bin/true")
    except RuntimeError as error:
        return f"no container runs here: {error}"
    return ""


@functools.cache
def base_image(suite: str = SUITE) -> str:
    """Give the name of the image that hosts of a release begin with, built if it is not there."""
    recipe = _digest(IMAGES / "base.sh", IMAGES / "build-base.sh", said=suite)
    base = f"localhost/sen-test-base:{recipe}"
    with _lock(), tempfile.TemporaryDirectory() as folder:
        if not _exists("image", base):
            run("sh", str(IMAGES / "build-base.sh"), base, folder, suite)
    return base


def _lock() -> FileLock:
    return FileLock(Path(tempfile.gettempdir()) / "sen-test-hosts.lock")


def image(kind: str, suite: str = SUITE) -> str:
    """Give the name of the image of this kind, built if it is not there."""
    return built(kind, IMAGES / kind, base_image(suite))


@functools.cache
def built(name: str, recipe: Path, base: str) -> str:
    """Give the name of the image that a recipe makes of another one, built if it is not there."""
    image = f"localhost/sen-test-{name}:{_digest(*sorted(recipe.iterdir()), said=base)}"
    with _lock():
        if not _exists("image", image):
            said = ("--label", f"{LABEL}=1", "--build-arg", f"BASE={base}")
            run("podman", "build", "--quiet", *RUN, *said, "-t", image, str(recipe))
    return image


def _digest(*files: Path, said: str = "") -> str:
    content = said.encode() + b"".join(file.read_bytes() for file in files)
    return hashlib.sha256(content).hexdigest()[:12]


def _exists(what: str, name: str) -> bool:
    command = ("podman", what, "exists", name)
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def remove_left_over() -> None:
    """Remove containers and networks of runs whose process is gone."""
    for kind in (("ps", "--all"), ("network", "ls")):
        rows = run("podman", *kind, "--filter", f"label={LABEL}", "--format", "{{.Labels}}")
        for pid in {_owner(row) for row in rows.splitlines()} - {""}:
            if not psutil.pid_exists(int(pid)):
                remove(pid)


def _owner(labels: str) -> str:
    """Find `sen-test-hosts=123` in `map[a:b sen-test-hosts:123]` or `a=b,sen-test-hosts=123`."""
    for word in labels.replace("map[", " ").replace("]", " ").replace(",", " ").split():
        name, _, value = word.replace(":", "=", 1).partition("=")
        if name == LABEL:
            return value
    return ""


def end(*containers: str) -> None:
    """Remove containers; podman may lose a race with one that stops just now: ask it again."""
    if not containers:
        return
    words = ("podman", "rm", "--force", "--ignore", "--time", "0", *containers)
    for _ in range(3):
        if subprocess.run(words, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(1)
    run(*words)


def remove(owner: str) -> None:
    chosen = ("--filter", f"label={LABEL}={owner}", "--quiet")
    containers = run("podman", "ps", "--all", *chosen).split()
    if containers:
        end(*containers)
    for network in run("podman", "network", "ls", *chosen).split():
        run("podman", "network", "rm", "--force", network)


def network(owner: str) -> tuple[str, str]:
    """Make a network that leads nowhere else; give its name and the start of its addresses."""
    for third in SUBNETS:
        prefix, name = f"10.77.{third}", f"sen-hosts-{third}"
        made = subprocess.run(
            (
                *("podman", "network", "create", "--internal", "--disable-dns"),
                *("--label", f"{LABEL}={owner}", "--subnet", f"{prefix}.0/24"),
                *("--gateway", f"{prefix}.1", name),
            ),
            capture_output=True,
            check=False,
        )
        if made.returncode == 0:
            return name, prefix
    raise RuntimeError("no free network for the test hosts in 10.77.64.0 to 10.77.127.255")


def begin(name: str, place: tuple[str, str], last: int, owner: str, *words: str) -> str:
    """Begin a host and give its address; `words` are more of podman's, the image last."""
    address = f"{place[1]}.{last}"
    run(
        *("podman", "run", "--detach", "--name", f"{place[0]}-{name}", "--hostname", name),
        *("--label", f"{LABEL}={owner}", "--memory", "1g", "--systemd=always", *RUN),
        *("--cap-add", "NET_ADMIN", "--network", f"{place[0]}:ip={address}", *words),
    )
    return address


def host_key(name: str) -> str:
    """Wait until the host has made its key; asked for inside, so that nobody can stand between."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        key = inside(
            name,
            "cat /etc/ssh/ssh_host_ed25519_key.pub 2>/dev/null && systemctl is-active ssh",
            check=False,
        )
        if key.endswith("\nactive"):
            return " ".join(key.split()[:2])
        time.sleep(0.2)
    raise RuntimeError(
        f"{name}: sshd did not start: {inside(name, 'systemctl status ssh', check=False)}"
    )


def cut_power(machine: Machine) -> None:
    """End a host at once, as a power cut does; its disk stays."""
    run("podman", "kill", "--signal", "KILL", machine.name)
    run("podman", "wait", machine.name)


def switch_on(machine: Machine) -> None:
    """Start a host again that had its power cut; its key and address are those it had."""
    run("podman", "start", machine.name)
    host_key(machine.name)


def cut(machine: Machine, other: str) -> None:
    """Let nothing pass between a host and an address; nobody is told, as with a pulled cable."""
    rules = (
        "table inet cut { chain in { type filter hook input priority -300; ip saddr %s drop; };"
        " chain out { type filter hook output priority -300; ip daddr %s drop; }; }\n"
    )
    inside(machine.name, "nft -f -", given=rules % (other, other))


def mend(machine: Machine) -> None:
    """Plug the cable in again."""
    inside(machine.name, "nft delete table inet cut")


def set_in_kernel(machine: Machine, values: dict[str, int]) -> None:
    """Set a host's own settings of the network from outside: inside, /proc/sys is read-only."""
    pid = run("podman", "inspect", "--format", "{{.State.Pid}}", machine.name)
    settings = [f"{key}={value}" for key, value in values.items()]
    run("nsenter", "--target", pid, "--net", "sysctl", "--quiet", "--write", *settings)


def inside(name: str, text: str, *, check: bool = True, given: str | None = None) -> str:
    """Run a shell text inside a host, as root, without the network."""
    return run("podman", "exec", "--interactive", name, "sh", "-c", text, check=check, given=given)


def admit(machine: Machine, public_key: str, *users: str) -> None:
    each = (
        "install -d -m 700 -o $u -g $u /home/$u/.ssh; f=/home/$u/.ssh/authorized_keys; "
        'printf %s "$k" > $f; chown $u: $f; chmod 600 $f'
    )
    text = f"set -e; k=$(cat); for u in {' '.join(users)}; do {each}; done"
    inside(machine.name, text, given=public_key)
