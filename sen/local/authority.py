"""The platform's own certificate authorities: who may speak to which part, and until when."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sen.local.files import write_private

AUTHORITY_DAYS = 3650
CREDENTIAL_DAYS = 365
RENEW_BELOW_DAYS = 30
CLOCK_SKEW = timedelta(minutes=5)

# etcd has an authority of its own: who may call the API server may not read its database.
# The front proxy's speaks for other people by header, so it signs for that and nothing else.
CLUSTER, STORE, FRONT = "ca", "etcd-ca", "front-proxy-ca"
AUTHORITIES = (CLUSTER, STORE, FRONT)
FRONT_PROXY = "front-proxy-client"
ADMINS = "sen:platform-admins"


@dataclass(frozen=True)
class Credential:
    """One key pair: its file's stem, who signs it, whom it names, what it is good for.

    Attributes:
        addresses: Where it serves beside loopback.

    """

    name: str
    user: str
    groups: tuple[str, ...] = ()
    authority: str = CLUSTER
    serving: bool = False
    client: bool = True
    addresses: tuple[str, ...] = ()


CREDENTIALS = (
    Credential("etcd", "etcd", authority=STORE, serving=True),
    Credential("apiserver-etcd", "kube-apiserver", authority=STORE),
    Credential("apiserver", "kube-apiserver", serving=True, client=False),
    Credential(FRONT_PROXY, FRONT_PROXY, authority=FRONT),
    Credential("kubelet-client", "sen:kubelet-client"),
    Credential("controller-manager", "system:kube-controller-manager", serving=True),
    Credential("scheduler", "system:kube-scheduler", serving=True),
    Credential("kwok", "sen:kwok", serving=True),
    Credential("admin", "sen:admin", groups=(ADMINS,)),
)
SERVING_NAMES = (
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
)
SERVING_ADDRESSES = ("127.0.0.1", "10.96.0.1")


@dataclass(frozen=True)
class KeyPair:
    certificate: bytes
    key: bytes


def certificate_file(pki: Path, name: str) -> Path:
    return pki / f"{name}.crt"


def key_file(pki: Path, name: str) -> Path:
    return pki / f"{name}.key"


def expiry(pki: Path, name: str) -> datetime | None:
    """Give the moment a credential ends, None when there is none."""
    file = certificate_file(pki, name)
    if not file.is_file():
        return None
    return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc


def renew(pki: Path, now: datetime) -> tuple[str, ...]:
    """Make what is missing or ends within 30 days; give the names of what was made."""
    made = [name for name in AUTHORITIES if expiry(pki, name) is None]
    for name in made:
        _save(pki, name, authority(f"sen {name}", now))
    if not key_file(pki, "service-account").exists():
        _save_signing_key(pki)
    horizon = now + timedelta(days=RENEW_BELOW_DAYS)
    for credential in CREDENTIALS:
        ends = expiry(pki, credential.name)
        if ends is None or ends < horizon or credential.authority in made:
            _save(pki, credential.name, issue(pki, credential, now))
            made.append(credential.name)
    return tuple(made)


def authority(title: str, now: datetime) -> KeyPair:
    """Make a self-signed authority that signs end certificates only."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    builder = (
        _builder(name, name, key.public_key(), now, timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return _pair(builder.sign(key, hashes.SHA256()), key)


def issue(
    pki: Path,
    credential: Credential,
    now: datetime,
    lifetime: timedelta = timedelta(days=CREDENTIAL_DAYS),
) -> KeyPair:
    """Make a key pair signed by the credential's authority."""
    signer = x509.load_pem_x509_certificate(
        certificate_file(pki, credential.authority).read_bytes()
    )
    signing_key = serialization.load_pem_private_key(
        key_file(pki, credential.authority).read_bytes(), password=None
    )
    if not isinstance(signing_key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{credential.authority}: the authority's key is not an EC key")
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_subject(credential), signer.subject, key.public_key(), now, lifetime)
    for extension, critical in _leaf_extensions(credential, signing_key.public_key()):
        builder = builder.add_extension(extension, critical=critical)
    return _pair(builder.sign(signing_key, hashes.SHA256()), key)


def _subject(credential: Credential) -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in credential.groups]
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, credential.user)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - CLOCK_SKEW)
        .not_valid_after(now.astimezone(UTC) + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _leaf_extensions(
    credential: Credential, signer: ec.EllipticCurvePublicKey
) -> list[tuple[x509.ExtensionType, bool]]:
    purposes = [
        purpose
        for purpose, wanted in (
            (ExtendedKeyUsageOID.SERVER_AUTH, credential.serving),
            (ExtendedKeyUsageOID.CLIENT_AUTH, credential.client),
        )
        if wanted
    ]
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage(purposes), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), False),
    ]
    if credential.serving:
        addresses = (*SERVING_ADDRESSES, *credential.addresses)
        names: list[x509.GeneralName] = [x509.DNSName(name) for name in SERVING_NAMES]
        names += [x509.IPAddress(ipaddress.ip_address(text)) for text in addresses]
        extensions.append((x509.SubjectAlternativeName(names), False))
    return extensions


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> KeyPair:
    return KeyPair(certificate.public_bytes(serialization.Encoding.PEM), _private_pem(key))


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _save(pki: Path, name: str, pair: KeyPair) -> None:
    write_private(key_file(pki, name), pair.key)
    write_private(certificate_file(pki, name), pair.certificate)


def _save_signing_key(pki: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    write_private(pki / "service-account.pub", public)
    write_private(key_file(pki, "service-account"), _private_pem(key))
