"""A person's certificate, signed by the cluster for a few hours; the key never leaves the machine.

A certificate cannot be withdrawn, so it ends soon (TCVN14423/AC-12). A token is never made.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sen.access.cluster import CERTIFICATES, REQUEST, Cluster, Object
from sen.access.judging import hold_to_rules
from sen.access.recording import recorded
from sen.errors import MissingPartError, RefusedError
from sen.evidence.chain import Chain
from sen.evidence.record import Act
from sen.local.authority import KeyPair
from sen.local.patience import wait_until
from stacks.problem import Problem, ProblemError

ACT = "access.certificate"
SIGNER = "kubernetes.io/kube-apiserver-client"
MOST_HOURS = 8
PATIENCE_SECONDS = 30.0
MINUTE = "%Y-%m-%dT%H:%MZ"
_SKEW = dt.timedelta(minutes=1)

Wait = Callable[[Callable[[], bool], float], bool]


@dataclass(frozen=True)
class Wish:
    """For whom, with which groups, until when."""

    user: str
    groups: tuple[str, ...]
    hours: int

    def __post_init__(self) -> None:
        if not 1 <= self.hours <= MOST_HOURS:
            values = {"hours": self.hours, "most": MOST_HOURS}
            raise ProblemError(Problem("access-hours", self.user, values))


def issue(
    cluster: Cluster, chain: Chain, wish: Wish, now: dt.datetime, wait: Wait = wait_until
) -> KeyPair:
    """Have a key signed that was made here, approve it in one's own name, and leave nothing behind.

    Raises:
        ProblemError: Too long, or a rule of ours refuses it.
        RefusedError: The API server refuses, or what it signed is not what was asked for.
        MissingPartError: Nobody signs.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    asked = manifest(wish, key)
    hold_to_rules(asked)
    until = now + dt.timedelta(hours=wish.hours)
    data = {"groups": list(wish.groups), "until": until.strftime(MINUTE)}
    with recorded(chain, Act(ACT, cluster.myself(), wish.user, data)):
        signed = _signed(cluster, asked, wait)
        _check(signed, wish, key, until)
    return KeyPair(signed, _pem(key))


def manifest(wish: Wish, key: ec.EllipticCurvePrivateKey) -> Object:
    """Give the request that the API server is asked to sign."""
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, each) for each in wish.groups]
    subject = x509.Name([*names, x509.NameAttribute(NameOID.COMMON_NAME, wish.user)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    pem = made.public_bytes(serialization.Encoding.PEM)
    return {
        "apiVersion": f"{CERTIFICATES}/v1",
        "kind": REQUEST,
        "metadata": {"name": f"sen-access-{secrets.token_hex(6)}"},
        "spec": {
            "signerName": SIGNER,
            "expirationSeconds": wish.hours * 3600,
            "usages": ["client auth", "digital signature"],
            "request": base64.b64encode(pem).decode("ascii"),
        },
    }


def _signed(cluster: Cluster, asked: Object, wait: Wait) -> bytes:
    made = cluster.create(asked)
    name = made["metadata"]["name"]
    try:
        condition = {
            "type": "Approved",
            "status": "True",
            "reason": "SenAccess",
            "message": "sen access: approved by whoever asked, recorded in the evidence",
        }
        cluster.approve({**made, "status": {"conditions": [condition]}})
        last: dict[str, object] = {}

        def there() -> bool:
            last.update((cluster.get(REQUEST, name) or {}).get("status") or {})
            return "certificate" in last

        if not wait(there, PATIENCE_SECONDS):
            raise MissingPartError(Problem("access-not-signed", name))
        return base64.b64decode(str(last["certificate"]))
    finally:
        left = cluster.get(REQUEST, name)
        if left is not None:
            cluster.delete({**left, "kind": REQUEST}, as_read=False)


def _check(pem: bytes, wish: Wish, key: ec.EllipticCurvePrivateKey, until: dt.datetime) -> None:
    """Refuse a certificate for another key, for another person, or that ends too late."""
    found = x509.load_pem_x509_certificate(pem)
    people = [str(each.value) for each in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    organizations = found.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    groups = {str(each.value) for each in organizations}
    sound = found.public_key() == key.public_key() and people == [wish.user]
    if not sound or groups != set(wish.groups) or found.not_valid_after_utc > until + _SKEW:
        raise RefusedError(Problem("access-other-certificate", wish.user))


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
