"""What the leader does from time to time: one condition written with care, the seal, the chain."""

from __future__ import annotations

import datetime as dt
import multiprocessing

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kubernetes.client.exceptions import ApiException

from sen.errors import MissingPartError
from sen.evidence import Act
from sen.evidence.vault import KEY, Vault
from sen.evidence.verification import verify
from sen.operator import rounds
from sen.operator.plan import Said
from sen.operator.site import PodSite

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
KEPT = Said("True", "RulesKept")
READY = {
    "type": "Ready",
    "status": "True",
    "reason": "Built",
    "message": "",
    "lastTransitionTime": "2026-11-01T00:00:00Z",
    "observedGeneration": 1,
}


class Server:
    """One tenant; may refuse what is written."""

    def __init__(self, *, refuses=0, conditions=(READY,)):
        meta = {"name": "t", "namespace": "n", "generation": 1, "resourceVersion": "7"}
        self.tenant = {"metadata": meta, "status": {"conditions": list(conditions)}}
        self.refuses, self.written = refuses, []

    def ask(self, method, _path, body=None, **_):
        if method == "GET":
            return self.tenant
        if self.refuses:
            raise ApiException(status=self.refuses)
        self.written.append(body)
        return body


@pytest.fixture
def told(monkeypatch):
    def tell(server, said=KEPT, tenant=None):
        monkeypatch.setattr(rounds, "judge", lambda *_: [(tenant or server.tenant, said)])
        return rounds.tell_compliance(None, server, NOW)

    return tell


def test_condition_is_put_beside_the_others_upon_the_state_that_was_read(told):
    server = Server()

    assert told(server) == 1
    (body,) = server.written
    assert body["metadata"] == {"resourceVersion": "7"}
    found = {each["type"]: each["status"] for each in body["status"]["conditions"]}
    assert found == {"Compliant": "True", "Ready": "True"}


def test_what_is_said_already_is_not_written_again(told):
    server = Server()
    told(server)
    again = Server(conditions=server.written[0]["status"]["conditions"])

    assert told(again) == 0
    assert told(again, Said("False", "RulesBroken", "no-host-path")) == 1


@pytest.mark.parametrize("status", [404, 409])
def test_who_wrote_meanwhile_wins(told, status):
    assert told(Server(refuses=status)) == 0


def test_refusal_is_told(told):
    with pytest.raises(ApiException):
        told(Server(refuses=403))


def test_tenant_that_is_gone_is_not_judged(told):
    server = Server()
    server.tenant["status"]["phase"] = "Offboarded"

    assert told(server) == 0
    assert server.written == []


def pod(folder):
    return PodSite("north", "production", folder / "scratch", folder / "claim" / "evidence")


def write(folder, name, count):
    """Be one copy of the operator."""
    chain = pod(folder).chain()
    for number in range(count):
        chain.append(Act("run.start", name, f"{name}-{number}", {}))


def test_two_copies_that_write_at_once_keep_one_chain(tmp_path):
    context = multiprocessing.get_context("spawn")
    copies = [context.Process(target=write, args=(tmp_path, name, 40)) for name in ("a", "b")]
    for each in copies:
        each.start()
    for each in copies:
        each.join()

    verdict = verify(pod(tmp_path).chain().lines())
    assert [each.exitcode for each in copies] == [0, 0]
    assert (verdict.sound, verdict.records) == (True, 80)


def test_nothing_is_sealed_where_no_key_is_named():
    assert Vault.found({}) is None


def test_key_that_is_named_is_never_made(tmp_path):
    variables = {KEY: str(tmp_path / "key.pem")}
    with pytest.raises(MissingPartError, match="SEN_S3_ENDPOINT"):
        Vault.found(variables)
    more = ("SEN_S3_ENDPOINT", "SEN_EVIDENCE_BUCKET", "AWS_SHARED_CREDENTIALS_FILE")
    with pytest.raises(MissingPartError, match="no such file"):
        Vault.found({**variables, **dict.fromkeys(more, "x")})
    assert not (tmp_path / "key.pem").exists()


@pytest.mark.platform
def test_pod_seals_into_its_bucket_with_the_key_of_its_secret(platform, tmp_path):
    key = Ed25519PrivateKey.generate()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    vault = Vault.found(
        {
            KEY: str(tmp_path / "key.pem"),
            "SEN_S3_ENDPOINT": platform.s3_endpoint,
            "SEN_EVIDENCE_BUCKET": platform.evidence_bucket,
            "AWS_SHARED_CREDENTIALS_FILE": str(platform.s3_credentials),
        }
    )
    site = PodSite(tmp_path.name, "production", tmp_path, tmp_path / "claim", vault=vault)
    site.chain().append(Act("run.start", "sen-operator", "x", {}))

    rounds.sealed(site, lambda: NOW)

    assert site.notary(lambda: NOW).archive.sealed() == 1
