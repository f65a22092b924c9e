"""Certificates name the right people, serve one purpose, and are renewed in time."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sen.local import authority
from sen.local.authority import CLUSTER, CREDENTIALS, FRONT, STORE, Credential

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def read(pki, name) -> x509.Certificate:
    return x509.load_pem_x509_certificate((pki / f"{name}.crt").read_bytes())


@pytest.fixture
def pki(tmp_path):
    authority.renew(tmp_path, NOW)
    return tmp_path


@pytest.mark.parametrize("credential", CREDENTIALS, ids=lambda each: each.name)
def test_each_certificate_is_signed_by_its_own_authority_and_no_other(pki, credential):
    certificate = read(pki, credential.name)

    certificate.verify_directly_issued_by(read(pki, credential.authority))
    for other in {CLUSTER, STORE, FRONT} - {credential.authority}:
        with pytest.raises((ValueError, TypeError)):
            certificate.verify_directly_issued_by(read(pki, other))


@pytest.mark.parametrize("credential", CREDENTIALS, ids=lambda each: each.name)
def test_each_certificate_serves_only_what_it_is_for(pki, credential):
    certificate = read(pki, credential.name)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert (ExtendedKeyUsageOID.SERVER_AUTH in usage) is credential.serving
    assert (ExtendedKeyUsageOID.CLIENT_AUTH in usage) is credential.client
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)


def test_user_and_groups_stand_in_the_subject(pki):
    person = Credential("client", "lan", groups=("h26", "readers"))

    pair = authority.issue(pki, person, NOW, timedelta(hours=8))

    subject = x509.load_pem_x509_certificate(pair.certificate).subject
    groups = subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert [group.value for group in groups] == ["h26", "readers"]
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "lan"


def test_no_credential_on_disk_is_above_every_rule():
    assert "system:masters" not in {group for each in CREDENTIALS for group in each.groups}


def test_keys_are_their_owners_alone(pki):
    modes = {path.name: path.stat().st_mode & 0o777 for path in pki.iterdir()}

    assert len(modes) > 20
    assert set(modes.values()) == {0o600}


def test_nothing_is_made_twice_while_it_is_good(pki):
    assert authority.renew(pki, NOW + timedelta(days=334)) == ()


def test_what_ends_within_thirty_days_is_made_anew_but_never_the_authority(pki):
    before = read(pki, CLUSTER)

    renewed = authority.renew(pki, NOW + timedelta(days=336))

    assert set(renewed) == {credential.name for credential in CREDENTIALS}
    assert read(pki, CLUSTER) == before
    assert authority.expiry(pki, "admin") == NOW + timedelta(days=336 + 365)


def test_only_the_missing_certificate_is_made(pki):
    (pki / "kwok.crt").unlink()

    assert authority.renew(pki, NOW) == ("kwok",)


def test_an_authority_of_another_kind_of_key_is_refused(pki):
    key = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (pki / "ca.key").write_bytes(key)

    with pytest.raises(TypeError, match="not an EC key"):
        authority.issue(pki, CREDENTIALS[-1], NOW)
