"""A cluster in memory that signs what is approved, as the controller manager would."""

from __future__ import annotations

import base64
import copy
import datetime as dt
import itertools
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sen.access.cluster import CLUSTER_BINDING, RBAC, REQUEST, ROLE_BINDING, Object
from sen.errors import RefusedError
from sen.tenancy.listing import AGENCY
from stacks.problem import Problem

NOW = dt.datetime(2026, 11, 22, 8, 30, 15, tzinfo=dt.UTC)
HOME = "h26-portal-staging"


class MemoryCluster:
    """The same questions as at an API server; `signs` may be changed to sign badly, or nothing."""

    def __init__(self) -> None:
        self.things: dict[tuple[str, str | None, str], Object] = {}
        self.homes: dict[str, Object] = {}
        self.refuses: set[str] = set()
        self.signs: Any = sign
        self.left: list[str] = []
        self._count = itertools.count(1)

    def myself(self) -> str:
        return "sen:admin"

    def add_home(self, name: str = HOME, agency: str | None = "H26", level: int = 3) -> None:
        labels = {AGENCY: agency, "sen.gov.vn/level": str(level)} if agency else {}
        self.homes[name] = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, "labels": labels},
        }

    def namespace(self, name):
        return self.homes.get(name)

    def namespaces(self, label):
        return (each for each in self.homes.values() if label in each["metadata"]["labels"])

    def each(self, kind, namespace=None, label=""):
        name, _, value = label.partition("=")
        for (kind_, home, _), thing in list(self.things.items()):
            labels = thing["metadata"].get("labels") or {}
            if (
                kind_ == kind
                and namespace in {None, home}
                and (not label or labels.get(name) == value)
            ):
                yield copy.deepcopy(thing)

    def get(self, kind, name, namespace=None):
        return copy.deepcopy(self.things.get((kind, namespace, name)))

    def create(self, thing):
        self._refuse("create")
        return self._put(thing)

    def replace(self, thing):
        self._refuse("replace")
        return self._put(thing)

    def delete(self, thing, *, as_read=True):
        self._refuse("delete")
        address = key_of(thing)
        there = self.things.get(address)
        if there and as_read:
            version = thing["metadata"]["resourceVersion"]
            assert there["metadata"]["resourceVersion"] == version
        return self.things.pop(address, None) is not None

    def approve(self, request):
        self._refuse("approve")
        assert request["status"]["conditions"][0]["type"] == "Approved"
        pem = self.signs(request)
        if pem:
            self.things[key_of(request)]["status"] = {
                "certificate": base64.b64encode(pem).decode("ascii")
            }

    def _refuse(self, what):
        if what in self.refuses:
            raise RefusedError(Problem("cluster-refused", "memory", {"why": what}))

    def _put(self, thing):
        made = copy.deepcopy(thing)
        made["metadata"] |= {"uid": "u", "resourceVersion": str(next(self._count))}
        made["metadata"].setdefault("creationTimestamp", "2026-11-01T00:00:00Z")
        self.things[key_of(made)] = made
        return copy.deepcopy(made)


def key_of(thing):
    meta = thing["metadata"]
    return thing["kind"], meta.get("namespace"), meta["name"]


def binding(name="viewers", namespace=HOME, role="sen-tenant-viewer", users=(), groups=(), **meta):
    """Give a binding; without a namespace it is one of the whole cluster."""
    kind = ROLE_BINDING if namespace else CLUSTER_BINDING
    named = [("User", each) for each in users] + [("Group", each) for each in groups]
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **meta}
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": kind,
        "metadata": metadata,
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": RBAC, "kind": kind, "name": each} for kind, each in named],
    }


def sign(request, *, key=None, subject=None, late=dt.timedelta(0)):
    """Sign what was asked for, or something else."""
    asked = x509.load_pem_x509_csr(base64.b64decode(request["spec"]["request"]))
    lasts = dt.timedelta(seconds=request["spec"]["expirationSeconds"])
    signer = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(subject or asked.subject)
        .issuer_name(asked.subject)
        .public_key(key or asked.public_key())
        .serial_number(1)
        .not_valid_before(NOW - dt.timedelta(minutes=5))
        .not_valid_after(NOW + lasts + late)
        .sign(signer, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def request_named(user, name="csr", status=None, pem=None, asker="sen:admin"):
    """Give a certificate request for a person, as a stranger may have left it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, user)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    text = pem or made.public_bytes(serialization.Encoding.PEM)
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": REQUEST,
        "metadata": {"name": name},
        "spec": {"request": base64.b64encode(text).decode("ascii"), "username": asker},
        **({"status": status} if status else {}),
    }
