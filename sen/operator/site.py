"""Where an operator works: a platform on this machine, or the cluster that it is a pod of."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import kopf
from kubernetes import client as kubernetes_client
from kubernetes import config
from kubernetes.config.incluster_config import InClusterConfigLoader

from sen.errors import MissingPartError
from sen.evidence.bucket import LockedBucket
from sen.evidence.chain import Chain, Clock
from sen.evidence.notary import Notary
from sen.evidence.place import KEEP, chain_of, notary_of
from sen.evidence.vault import Vault, found_bucket
from sen.local.authority import CLUSTER, certificate_file, key_file
from sen.local.buckets import client
from sen.local.files import private_folder
from sen.local.platform import Platform
from sen.operator.carrying import CONTEXT
from sen.operator.pod import ACCOUNT, FOLDER, pod_kubeconfig, pod_server
from sen.operator.shelf import Shelf
from sen.runs.environment import environment, pod_tooling
from sen.runs.settings import tenants_stack
from sen.tenancy.life.deposit import ROOT
from stacks.problem import Problem


class Site(Protocol):
    """What the operator has to know of its place."""

    @property
    def cluster(self) -> str: ...
    @property
    def kubeconfig(self) -> Path: ...
    @property
    def context(self) -> str: ...
    @property
    def folder(self) -> Path: ...
    @property
    def audit_log(self) -> Path | None: ...
    def login(self) -> kopf.ConnectionInfo: ...
    def api(self) -> kubernetes_client.ApiClient: ...
    def chain(self) -> Chain: ...
    def stack(self, agency: str) -> str: ...
    def variables(self) -> Mapping[str, str]: ...
    def notary(self, clock: Clock) -> Notary | None: ...
    def shelf(self) -> Shelf: ...


@dataclass(frozen=True)
class MachineSite:
    """A platform on this machine, as its administrator."""

    platform: Platform

    @property
    def cluster(self) -> str:
        return self.platform.name

    @property
    def kubeconfig(self) -> Path:
        return self.platform.kubeconfig

    @property
    def context(self) -> str:
        return self.platform.context

    @property
    def folder(self) -> Path:
        return private_folder(self.platform.state / "operator")

    @property
    def audit_log(self) -> Path | None:
        return self.platform.audit_log

    def login(self) -> kopf.ConnectionInfo:
        return kopf.ConnectionInfo(
            server=self.platform.server,
            ca_path=str(certificate_file(self.platform.pki, CLUSTER)),
            certificate_path=str(certificate_file(self.platform.pki, "admin")),
            private_key_path=str(key_file(self.platform.pki, "admin")),
        )

    def api(self) -> kubernetes_client.ApiClient:
        return config.new_client_from_config(str(self.kubeconfig), self.context)

    def chain(self) -> Chain:
        return chain_of(self.platform)

    def stack(self, agency: str) -> str:
        return tenants_stack(self.platform, agency)

    def variables(self) -> Mapping[str, str]:
        own = {FOLDER: str(self.folder), CONTEXT: self.context}
        return {**environment(self.platform), **own}

    def notary(self, clock: Clock) -> Notary:
        return notary_of(self.platform, clock)

    def shelf(self) -> Shelf:
        """Give a folder beside the evidence, and the bucket of the evidence."""
        folder, platform = self.chain().path.parent / ROOT, self.platform
        bucket = functools.cache(
            lambda: LockedBucket(client(platform), platform.evidence_bucket, KEEP)
        )
        return Shelf(private_folder(folder), bucket)


@dataclass(frozen=True)
class PodSite:
    """The cluster whose pod this is; the chart sets the variables.

    Attributes:
        cluster: `SEN_CLUSTER`; the provider of the stacks knows the cluster by it.
        stage: `SEN_STAGE`, the last word of its stacks' names.
        folder: `SEN_RUN_FOLDER`, scratch.
        evidence: `SEN_EVIDENCE_FOLDER`, a volume that outlives the pod and that copies share.
        vault: Where the evidence is sealed; None: by whoever holds the key, elsewhere.
    """

    cluster: str
    stage: str
    folder: Path
    evidence: Path
    account: Path = ACCOUNT
    audit_log: Path | None = None
    vault: Vault | None = None

    @classmethod
    def found(cls, variables: Mapping[str, str] = os.environ, account: Path = ACCOUNT) -> PodSite:
        """Read what the chart set.

        Raises:
            MissingPartError: A variable is not set, or a file that one names is not there.
        """
        names = ("SEN_CLUSTER", "SEN_STAGE", FOLDER, "SEN_EVIDENCE_FOLDER")
        missing = [name for name in names if not variables.get(name)]
        if missing:
            raise MissingPartError(
                Problem("operator-no-variable", "operator", {"names": ", ".join(missing)})
            )
        cluster, stage, folder, evidence = (variables[name] for name in names)
        vault = Vault.found(variables)
        return cls(cluster, stage, Path(folder), Path(evidence), account, vault=vault)

    @property
    def kubeconfig(self) -> Path:
        return pod_kubeconfig(private_folder(self.folder), self.account)

    @property
    def context(self) -> str:
        return "pod"

    def login(self) -> kopf.ConnectionInfo:
        return kopf.ConnectionInfo(
            server=pod_server(os.environ, self.account),
            ca_path=str(self.account / "ca.crt"),
            scheme="Bearer",
            token=(self.account / "token").read_text("utf-8").strip(),
        )

    def api(self) -> kubernetes_client.ApiClient:
        """Give a client that reads the token again when Kubernetes has renewed it."""
        made = kubernetes_client.Configuration()
        token, authority = self.account / "token", self.account / "ca.crt"
        InClusterConfigLoader(str(token), str(authority)).load_and_set(made)
        return kubernetes_client.ApiClient(made)

    def chain(self) -> Chain:
        return Chain(self.evidence / "chain.jsonl")

    def stack(self, agency: str) -> str:
        return f"tenants-{agency.lower()}-{self.stage}"

    def variables(self) -> Mapping[str, str]:
        """Give what runs need beside the pod's own variables, which a child inherits."""
        own = {FOLDER: str(self.folder), CONTEXT: self.context}
        return {**pod_tooling(), **own, "KUBECONFIG": str(self.kubeconfig)}

    def notary(self, clock: Clock) -> Notary | None:
        if self.vault is None:
            return None
        return self.vault.notary(self.chain(), self.cluster, clock)

    def shelf(self) -> Shelf:
        """Give scratch to write in, and the bucket: a pod has no other place that stays."""
        return Shelf(private_folder(self.folder / ROOT), functools.cache(found_bucket), stays=False)
