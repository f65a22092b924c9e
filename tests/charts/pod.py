"""A pod of the chart as a plain process: its words, its variables, its account's token."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import sysconfig
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from sen.local.authority import CLUSTER, certificate_file
from sen.runs.environment import environment
from tests.charts.rendering import NAMESPACE, by_key, rendered

SEN = str(Path(sys.executable).parent / "sen")
KUBECTL = Path(sysconfig.get_path("scripts")) / "kubectl"
OF_THE_IMAGE = {"HOME": os.environ["HOME"], "LANG": "C.UTF-8", "SEN_LANG": "en"}
NOT_IN_A_POD = frozenset({"KUBECONFIG", "PYTHONUNBUFFERED"})


class Pod:
    """One part of the release, with its own account and folders."""

    def __init__(self, cluster, part: str, folder: Path, stage: str = "production") -> None:
        self.cluster, self.part, self.folder, self.stage = cluster, part, folder, stage
        self.account, self.port = folder / "account", free_port()
        self.account.mkdir(parents=True, exist_ok=True)
        token = kubectl(cluster, "create", "token", f"sen-{part}", "-n", NAMESPACE)
        (self.account / "token").write_text(token)
        authority = certificate_file(cluster.pki, CLUSTER).read_bytes()
        (self.account / "ca.crt").write_bytes(authority)

    def variables(self, said) -> dict[str, str]:
        """Give what the container's manifest says, with this machine's addresses and folders."""
        objects = by_key(rendered())
        state = objects["ConfigMap/sen-state"]["data"]
        told = {**state, **{each["name"]: each["value"] for each in said}}
        own = environment(self.cluster)
        server = urlsplit(self.cluster.server)
        places = {
            "SEN_S3_ENDPOINT": self.cluster.s3_endpoint,
            "PULUMI_BACKEND_URL": own["PULUMI_BACKEND_URL"],
            "AWS_SHARED_CREDENTIALS_FILE": str(self.cluster.s3_credentials),
            "PULUMI_CONFIG_PASSPHRASE_FILE": own["PULUMI_CONFIG_PASSPHRASE_FILE"],
            "SEN_RUN_JOB": str(self.folder / "job.yaml"),
            "SEN_STAGE": self.stage,
            "HOME": os.environ["HOME"],
            "XDG_STATE_HOME": str(self.folder / "state"),
            "SEN_RUN_FOLDER": str(self.folder / "run"),
            "SEN_EVIDENCE_FOLDER": str(self.cluster.state / "claim" / "evidence"),
            "PULUMI_HOME": own["PULUMI_HOME"],
        }
        here = {name: value for name, value in places.items() if name in told}
        image = {name: each for name, each in own.items() if name not in NOT_IN_A_POD}
        pod = {
            "SEN_ACCOUNT_FOLDER": str(self.account),
            "KUBERNETES_SERVICE_HOST": str(server.hostname),
            "KUBERNETES_SERVICE_PORT": str(server.port),
        }
        return {**OF_THE_IMAGE, **image, **told, **here, **pod}

    @contextmanager
    def running(self, *more: str):
        """Run the part's own command as the Deployment says it; give the process."""
        objects = by_key(rendered())
        (self.folder / "job.yaml").write_text(job(objects))
        deployment = objects[f"Deployment/sen-{self.part}"]["spec"]["template"]["spec"]
        container = deployment["containers"][0]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [SEN, *self._words(container["args"]), *more],
                env=self.variables(container["env"]),
                stdout=log,
                stderr=log,
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait()

    def _words(self, said):
        """Give the manifest's words; only where to listen is this machine's."""
        if self.part == "operator":
            return [f"--listen=127.0.0.1:{self.port}" if "--listen" in w else w for w in said]
        away = ("--listen", "--url", "--oidc", "--key-file")
        kept = [each for each in said if not each.startswith(away)]
        return [*kept, "--listen=127.0.0.1", f"--port={self.port}"]

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")


def job(objects) -> str:
    """The release's Job, for a node that is not there: kwok leaves its pod to the test."""
    made = yaml.safe_load(objects["ConfigMap/sen-run-job"]["data"]["job.yaml"])
    made["spec"]["template"]["spec"]["nodeSelector"] = {"sen.gov.vn/test": "nowhere"}
    return yaml.safe_dump(made)


def kubectl(cluster, *words: str) -> str:
    command = [str(KUBECTL), f"--kubeconfig={cluster.kubeconfig}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
