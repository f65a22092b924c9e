"""What containerd, its network and the kubelet of a test's node read at start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from sen.local.authority import CLUSTER, certificate_file

if TYPE_CHECKING:
    from sen.local.platform import Platform

PAUSE = "localhost/pause:1"
PLUGINS = "/usr/lib/cni"
DRIVER = "sen.gov.vn/folder"
# What this machine has of its own in these places is left alone.
DISABLED = ("io.containerd.nri.v1.nri", "io.containerd.tracing.processor.v1.otlp")
CIPHERS = (
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
)


@dataclass(frozen=True)
class Place:
    """Where a node lives: its folder, its address on the bridge, its pods' addresses there.

    Attributes:
        number: From 1; the pods of node n have the addresses n * 50 to n * 50 + 49.
        folder: Short, for a socket's path has 108 letters at most.
    """

    number: int
    folder: Path
    bridge: str
    network: str

    @property
    def name(self) -> str:
        return f"real-{self.number}"

    @property
    def address(self) -> str:
        return f"{self.network}.{self.number}"

    @property
    def socket(self) -> Path:
        return self.folder / "containerd.sock"

    @property
    def cgroup(self) -> str:
        return f"/{self.bridge}-{self.number}"


def containerd(place: Place, runc: str) -> str:
    """Give containerd's own folders and socket; nothing else on the machine is touched."""
    return f"""version = 3
root = "{place.folder}/root"
state = "{place.folder}/state"
disabled_plugins = {json.dumps(DISABLED)}
[grpc]
  address = "{place.socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{place.folder}/opt"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{PAUSE}"
[plugins."io.containerd.cri.v1.runtime"]
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      BinaryName = "{runc}"
      SystemdCgroup = false
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["{PLUGINS}"]
    conf_dir = "{place.folder}/cni"
"""


def network(place: Place) -> str:
    """Give the network: a bridge and no more, so that no rule of iptables is written."""
    first = place.number * 50
    addresses = {
        "subnet": f"{place.network}.0/24",
        "rangeStart": f"{place.network}.{first}",
        "rangeEnd": f"{place.network}.{first + 49}",
        "gateway": f"{place.network}.1",
    }
    ipam = {
        "type": "host-local",
        "dataDir": str(place.folder / "addresses"),
        "ranges": [[addresses]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": place.bridge, "ipMasq": False, "ipam": ipam}
    return json.dumps({"cniVersion": "1.0.0", "name": "sen", "plugins": [bridge]})


def driver() -> str:
    """Give a volume driver that mounts a folder of this machine, in the place of NFS."""
    return """#!/bin/sh
case "$1" in
init) echo '{"status": "Success", "capabilities": {"attach": false}}'; exit ;;
mount)
  folder=$(expr "$3" : '.*"folder": *"\\([^"]*\\)"')
  mkdir -p "$2" && mount --bind "$folder" "$2" ;;
unmount) umount "$2" ;;
*) echo '{"status": "Not supported"}'; exit 1 ;;
esac >&2 && echo '{"status": "Success"}' || { echo '{"status": "Failure"}'; exit 1; }
"""


def kubelet(place: Place, platform: Platform) -> str:
    """Give the kubelet's settings; they keep the platform's own rules but for packet rules."""
    authority = str(certificate_file(platform.pki, CLUSTER))
    return yaml.safe_dump(
        {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": place.address,
            "healthzPort": 0,
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True},
                "x509": {"clientCAFile": authority},
            },
            "authorization": {"mode": "Webhook"},
            "tlsCertFile": str(place.folder / "kubelet.crt"),
            "tlsPrivateKeyFile": str(place.folder / "kubelet.key"),
            "tlsMinVersion": "VersionTLS12",
            "tlsCipherSuites": list(CIPHERS),
            "cgroupRoot": place.cgroup,
            "cgroupDriver": "cgroupfs",
            "failCgroupV1": False,
            "failSwapOn": False,
            "oomScoreAdj": 0,
            "maxOpenFiles": 20000,
            "containerRuntimeEndpoint": f"unix://{place.socket}",
            "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1Gi"},
            "imageGCHighThresholdPercent": 100,
            "seccompDefault": True,
            # They would stay behind on a machine that is somebody's own.
            "makeIPTablesUtilChains": False,
            "clusterDNS": [f"{place.network}.1"],
            "podLogsDir": str(place.folder / "logs"),
            "volumePluginDir": str(place.folder / "volumes"),
        }
    )
