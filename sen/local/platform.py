"""A platform on this machine: where its state is, how to reach it, who may speak to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sen.errors import MissingPartError
from sen.local import record
from sen.local.authority import CLUSTER, Credential, certificate_file, issue
from sen.local.files import write_private
from sen.local.kubeconfig import kubeconfig
from sen.local.ports import LOOPBACK
from sen.paths import state_dir
from stacks.problem import Problem, ProblemError

NAME = re.compile(r"[a-z][a-z0-9]{0,19}")


@dataclass(frozen=True)
class Platform:
    """One local platform by its name; making this object touches nothing.

    Attributes:
        state: Folder of all that belongs to the platform, 0700.

    """

    name: str = "local"
    state: Path = field(init=False)
    s3_region: str = field(default="vn-1", init=False)
    state_bucket: str = field(default="pulumi-state", init=False)
    evidence_bucket: str = field(default="evidence", init=False)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ProblemError(Problem("local-name", self.name))
        object.__setattr__(self, "state", state_dir() / "local" / self.name)

    @property
    def exists(self) -> bool:
        """Say whether the platform was brought up once and not reset since."""
        return self.kubeconfig.is_file()

    @property
    def kubeconfig(self) -> Path:
        return self.state / "kubeconfig"

    @property
    def context(self) -> str:
        return f"sen-{self.name}"

    @property
    def server(self) -> str:
        return f"https://{LOOPBACK}:{self.port('kube-apiserver')}"

    @property
    def s3_endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.port('versitygw')}"

    @property
    def s3_credentials(self) -> Path:
        """AWS shared credentials, profile `default`."""
        return self.state / "s3-credentials"

    @property
    def record_file(self) -> Path:
        return self.state / "record.json"

    @property
    def lock_file(self) -> Path:
        """Beside the state and not in it, so that `reset` may hold it while the state goes."""
        return self.state.parent / f".{self.name}.lock"

    @property
    def pki(self) -> Path:
        return self.state / "pki"

    @property
    def config(self) -> Path:
        return self.state / "config"

    @property
    def data(self) -> Path:
        return self.state / "data"

    @property
    def audit_log(self) -> Path:
        return self.state / "audit" / "audit.log"

    def log(self, part: str) -> Path:
        return self.state / "logs" / f"{part}.log"

    def load(self) -> record.Record:
        return record.load(self.record_file)

    def port(self, listener: str) -> int:
        """Give the remembered port of a listener."""
        try:
            return self.load().ports[listener]
        except KeyError:
            raise MissingPartError(self.never_up()) from None

    @property
    def flag(self) -> str:
        """Give what a command needs to mean this platform: nothing for the usual one."""
        return "" if self.name == "local" else f" --name {self.name}"

    @classmethod
    def existing(cls, name: str) -> "Platform":
        """Give a platform that was brought up once.

        Raises:
            MissingPartError: It never was, or it was reset since.
        """
        platform = cls(name)
        if not platform.exists:
            raise MissingPartError(platform.never_up())
        return platform

    def never_up(self) -> Problem:
        return Problem("local-never-up", f"platform {self.name}", {"flag": self.flag})

    def client_kubeconfig(
        self, user: str, groups: Sequence[str], path: Path, hours: int = 8
    ) -> Path:
        """Write a kubeconfig (0600) for a person; what they may do is RBAC's business."""
        if not self.exists:
            raise MissingPartError(self.never_up())
        person = Credential("client", user, groups=tuple(groups))
        pair = issue(self.pki, person, datetime.now(UTC), timedelta(hours=hours))
        authority = certificate_file(self.pki, CLUSTER).read_bytes()
        write_private(path, kubeconfig(self.server, authority, pair, self.context))
        return path
