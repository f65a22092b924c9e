"""A certificate is for whom it was asked, for hours, recorded first, and leaves nothing behind."""

import base64
import datetime as dt
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sen.access import certificate
from sen.access.certificate import Wish, issue, manifest
from sen.access.cluster import REQUEST
from sen.access.judging import hold_to_rules
from sen.errors import MissingPartError, RefusedError
from stacks.problem import ProblemError
from tests.sen.access.memory import NOW, sign

VAN = Wish("van@hanoi.gov.vn", ("oidc:h26-heads", "oidc:h26-viewers"), 8)

OTHER = "CN=other,O=oidc:h26-heads,O=oidc:h26-viewers"


def never(true, _seconds):
    return true()


def test_a_person_receives_what_was_asked_for(cluster, chain):
    pair = issue(cluster, chain, VAN, NOW)

    found = x509.load_pem_x509_certificate(pair.certificate)
    own = serialization.load_pem_private_key(pair.key, None)
    assert own.public_key() == found.public_key()
    assert {each.rfc4514_string() for each in found.subject.rdns} == {
        "CN=van@hanoi.gov.vn",
        "O=oidc:h26-heads",
        "O=oidc:h26-viewers",
    }
    assert found.not_valid_after_utc == dt.datetime(2026, 11, 22, 16, 30, 15, tzinfo=dt.UTC)


def test_no_request_stays_and_the_key_was_never_sent(cluster, chain, monkeypatch):
    sent = []
    create = cluster.create
    monkeypatch.setattr(cluster, "create", lambda thing: sent.append(thing) or create(thing))

    issue(cluster, chain, VAN, NOW)

    assert cluster.things == {}
    assert b"PRIVATE" not in base64.b64decode(sent[0]["spec"]["request"])
    assert sent[0]["spec"]["signerName"] == "kubernetes.io/kube-apiserver-client"
    assert sent[0]["spec"]["expirationSeconds"] == 8 * 3600
    assert sent[0]["spec"]["usages"] == ["client auth", "digital signature"]


def test_it_is_recorded_with_groups_and_end(cluster, chain):
    issue(cluster, chain, VAN, NOW)

    (record,) = chain.records()
    assert (record.act, record.by, record.about) == ("access.certificate", "sen:admin", VAN.user)
    assert record.data == {"groups": list(VAN.groups), "until": "2026-11-22T16:30Z"}


@pytest.mark.parametrize("hours", [-1, 0, 9, 10_000])
def test_other_hours_are_refused(hours):
    with pytest.raises(ProblemError, match="1 to 8"):
        Wish("van", (), hours)


@pytest.mark.parametrize(
    "signs",
    [
        partial(sign, late=dt.timedelta(hours=1)),
        partial(sign, key=ec.generate_private_key(ec.SECP256R1()).public_key()),
        partial(sign, subject=x509.Name.from_rfc4514_string(OTHER)),
        partial(
            sign,
            subject=x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "van@hanoi.gov.vn")]),
        ),
    ],
    ids=["late", "another-key", "another-person", "other-groups"],
)
def test_another_certificate_than_asked_for_is_not_handed_out(cluster, chain, acts, signs):
    cluster.signs = signs

    with pytest.raises(RefusedError, match="not what was asked for"):
        issue(cluster, chain, VAN, NOW)

    assert cluster.things == {}
    assert [act for act, _ in acts()] == ["access.certificate", "access.certificate.failed"]


def test_nobody_signs(cluster, chain):
    cluster.signs = lambda _: None

    with pytest.raises(MissingPartError, match="nobody signed it"):
        issue(cluster, chain, VAN, NOW, never)

    assert cluster.things == {}


@pytest.mark.parametrize("what", ["create", "approve"])
def test_a_refusal_of_the_api_server_leaves_nothing(cluster, chain, acts, what):
    cluster.refuses = {what}

    with pytest.raises(RefusedError):
        issue(cluster, chain, VAN, NOW)

    assert cluster.things == {}
    assert acts()[-1] == ("access.certificate.failed", VAN.user)


def test_it_is_recorded_before_anything_is_asked(cluster, chain, monkeypatch):
    def full(*_):
        raise MissingPartError

    monkeypatch.setattr(chain, "append", full)
    monkeypatch.setattr(cluster, "create", lambda _: pytest.fail("done and not recorded"))

    with pytest.raises(MissingPartError):
        issue(cluster, chain, VAN, NOW)


def test_our_own_rules_look_at_the_request():
    asked = manifest(VAN, ec.generate_private_key(ec.SECP256R1()))

    assert asked["kind"] == REQUEST
    assert hold_to_rules(asked) >= 2


def test_what_our_rules_refuse_is_not_asked_for(cluster, chain, acts, monkeypatch):
    def greedy(*arguments):
        made = manifest(*arguments)
        made["spec"]["usages"] = ["cert sign"]
        return made

    monkeypatch.setattr(certificate, "manifest", greedy)

    with pytest.raises(RefusedError, match="certificate-request-narrow-usage"):
        issue(cluster, chain, VAN, NOW)

    assert acts() == []


def test_a_refusal_by_a_rule_is_told_in_vietnamese(monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")
    asked = manifest(VAN, ec.generate_private_key(ec.SECP256R1()))
    asked["spec"]["expirationSeconds"] = 2592001

    with pytest.raises(RefusedError, match="chứng thư đăng nhập có thời hạn quá 30 ngày"):
        hold_to_rules(asked)
