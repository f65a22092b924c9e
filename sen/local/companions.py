"""What stands beside the control plane: simulated nodes (kwok), a real S3 service (versitygw)."""

import configparser
import os
from pathlib import Path

from sen.local.authority import CLUSTER, certificate_file, key_file
from sen.local.parts import Part, flags
from sen.local.platform import Platform
from sen.local.ports import LOOPBACK
from sen.local.record import Record

SIMULATED = "sen.gov.vn/simulated"
# One address for each simulated pod, half a million of them; none is ever bound.
POD_ADDRESSES = "10.200.0.1/13"
S3_HEALTH = "/_/health"


def kwok(platform: Platform, record: Record) -> Part:
    port = record.ports["kwok"]
    config = platform.config / "kwok.kubeconfig"
    simulation = platform.config / "simulation.yaml"
    certificate = certificate_file(platform.pki, "kwok")
    arguments = flags(
        {
            "kubeconfig": config,
            "config": simulation,
            # Real nodes that join later are none of kwok's business.
            "manage-nodes-with-label-selector": f"{SIMULATED}=true",
            "cidr": POD_ADDRESSES,
            # The API server asks the simulated kubelet here, and nowhere else.
            "node-ip": LOOPBACK,
            "node-port": port,
            "server-address": f"{LOOPBACK}:{port}",
            "tls-cert-file": certificate,
            "tls-private-key-file": key_file(platform.pki, "kwok"),
            # A sign of life each minute is enough for nodes that cannot die.
            "node-lease-duration-seconds": 200,
            # Otherwise a line for each pod and each step of its life.
            "v": "WARN",
        }
    )
    return Part(
        program="kwok",
        arguments=arguments,
        ports=(port,),
        health="/healthz",
        authority=CLUSTER,
        credentials=("kwok",),
        files=(config, simulation, certificate),
    )


def versitygw(platform: Platform, record: Record) -> Part:
    port = record.ports["versitygw"]
    folders = platform.data / "s3"
    access, secret = s3_keys(platform)
    sidecar = () if keeps_attributes(folders) else flags({"sidecar": folders / "attributes"})
    arguments = (
        *flags(
            {
                "port": f"{LOOPBACK}:{port}",
                "region": platform.s3_region,
                "iam-dir": folders / "iam",
                "health": S3_HEALTH,
                "quiet": True,
            }
        ),
        "posix",
        *flags({"versioning-dir": folders / "versions"}),
        *sidecar,
        str(folders / "objects"),
    )
    return Part(
        program="versitygw",
        arguments=arguments,
        ports=(port,),
        health=S3_HEALTH,
        authority=None,
        # In the environment, because everybody sees the arguments of a process.
        environment={"ROOT_ACCESS_KEY_ID": access, "ROOT_SECRET_ACCESS_KEY": secret},
    )


def keeps_attributes(folder: Path) -> bool:
    """Say whether files here take extended attributes, where the S3 service puts its own facts."""
    if not hasattr(os, "setxattr"):
        return True
    try:
        os.setxattr(folder, "user.sen", b"1")
    except OSError:
        return False
    return True


def s3_keys(platform: Platform) -> tuple[str, str]:
    """Read the access key and the secret from the shared credentials file."""
    parser = configparser.RawConfigParser()
    parser.read_string(platform.s3_credentials.read_text("utf-8"))
    profile = parser["default"]
    return profile["aws_access_key_id"], profile["aws_secret_access_key"]
