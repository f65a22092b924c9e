"""Checkpoints are signed, kept where nobody can take them back, and prove single records."""

import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from sen.errors import MissingPartError
from sen.evidence import Act, Chain, bundle
from sen.evidence.archive import Archive
from sen.evidence.checkpoint import KIND, Checkpoint
from sen.evidence.notary import Notary
from sen.evidence.proof import Proof, prove
from sen.evidence.signing import Signer, key_id, opened, parsed, read, written
from sen.evidence.verification import verify
from sen.local.buckets import client
from stacks.problem import ProblemError
from tests.broken import RAW, broken


def act(number):
    return Act("tenant.request", "an", f"tenant-{number}", {})


@pytest.fixture
def notary(platform, tmp_path, request):
    """A notary with a chain, a key and a name of its own in the platform's bucket."""
    name = f"{request.node.name[:40]}-{tmp_path.parent.name}"
    s3 = client(platform)
    keep = timedelta(hours=1)
    archive = Archive(s3, platform.evidence_bucket, name, keep)
    yield Notary(Chain(tmp_path / "chain.jsonl"), archive, Signer.at(tmp_path / "key.pem"))
    s3.close()


def keys_of(notary):
    return {key_id(notary.signer.public): notary.signer.public}


def checkpoints(notary):
    found = notary.archive.checkpoints()
    return [Checkpoint.opened(each, keys_of(notary)) for each in found.values()]


@pytest.mark.platform
def test_what_is_sealed_is_kept_signed_and_locked(notary):
    notary.chain.append(act(1), act(2))

    made = notary.seal()
    notary.chain.append(act(3))
    again = notary.seal()

    assert (made.sequence, again.sequence, notary.seal()) == (2, 3, None)
    assert list(notary.archive.lines()) == list(notary.chain.lines())
    assert verify(notary.archive.lines(), checkpoints(notary)).sealed == 3
    for key in notary.archive._locked.keys(notary.archive.chain):
        kept = notary.archive.s3.get_object_retention(Bucket=notary.archive.bucket, Key=key)
        assert kept["Retention"]["Mode"] == "COMPLIANCE"
        assert kept["Retention"]["RetainUntilDate"] > datetime.now(UTC) + timedelta(minutes=50)


@pytest.mark.platform
def test_nobody_deletes_what_is_sealed(notary):
    notary.chain.append(act(1))
    notary.seal()
    [*_, key] = notary.archive._locked.keys(notary.archive.chain)
    where = {"Bucket": notary.archive.bucket, "Key": key}
    version = notary.archive.s3.head_object(**where)["VersionId"]

    with pytest.raises(ClientError, match=r"AccessDenied|ObjectLocked|locked"):
        notary.archive.s3.delete_object(**where, VersionId=version)

    assert notary.archive.sealed() == 1


@pytest.mark.platform
def test_writers_who_have_parted_are_told(notary, tmp_path):
    notary.chain.append(act(1))
    notary.seal()
    other = Chain(tmp_path / "other.jsonl")
    other.append(act(7))
    parted = Notary(other, notary.archive, notary.signer)
    other.append(act(8))

    with pytest.raises(ProblemError, match="other-than-signed"):
        parted.seal()


@pytest.mark.platform
def test_second_checkpoint_over_the_same_records_must_be_the_same(notary):
    notary.chain.append(act(1))
    made = notary.seal()
    now = datetime.now(UTC)

    notary.archive.put_checkpoint(1, made.signed(notary.signer), now)
    with pytest.raises(ProblemError, match="parted"):
        notary.archive.put_checkpoint(
            1, made.signed(Signer.at(notary.chain.path.parent / "k")), now
        )


@pytest.mark.platform
def test_run_killed_between_records_and_checkpoint_is_finished_by_the_next(notary, monkeypatch):
    notary.chain.append(act(1))
    with monkeypatch.context() as patched:
        patched.setattr(Archive, "put_checkpoint", killed)
        with pytest.raises(KeyboardInterrupt):
            notary.seal()

    assert notary.seal().sequence == 1
    assert list(notary.archive.lines()) == list(notary.chain.lines())


def killed(*_):
    raise KeyboardInterrupt


@pytest.mark.platform
def test_killed_run_and_newer_records_do_not_make_two_copies(notary, monkeypatch):
    notary.chain.append(act(1))
    with monkeypatch.context() as patched:
        patched.setattr(Archive, "put_checkpoint", killed)
        with pytest.raises(KeyboardInterrupt):
            notary.seal()
    notary.chain.append(act(2))

    notary.seal()

    assert verify(notary.archive.lines(), checkpoints(notary)).sound


@pytest.mark.platform
def test_broken_chain_is_not_signed(notary):
    notary.chain.append(act(1), act(2))
    lines = list(notary.chain.lines())
    notary.chain.path.write_bytes(lines[1] + lines[0])

    with pytest.raises(ProblemError, match="out-of-order"):
        notary.seal()

    assert notary.archive.sealed() == 0


@pytest.mark.platform
def test_checkpoint_by_an_unknown_key_is_refused(notary, tmp_path):
    notary.chain.append(act(1))
    notary.seal()
    notary.chain.append(act(2))
    stranger = Notary(notary.chain, notary.archive, Signer.at(tmp_path / "stranger.pem"))

    with pytest.raises(ProblemError, match="1"):
        stranger.seal()


@pytest.mark.platform
def test_bucket_that_is_not_there_is_a_missing_part(notary):
    notary.chain.append(act(1))
    nowhere = Archive(notary.archive.s3, "no-such-bucket", "x", timedelta(hours=1))

    with pytest.raises(MissingPartError, match="no-such-bucket"):
        Notary(notary.chain, nowhere, notary.signer).seal()


@pytest.fixture
def sealed(tmp_path):
    """Five records, checkpoints over the third and the fifth, without a bucket."""
    chain, signer = Chain(tmp_path / "c"), Signer.at(tmp_path / "k")
    records = chain.append(*(act(number) for number in range(1, 6)))
    envelopes = {n: Checkpoint.of("c", records[n - 1]).signed(signer) for n in (3, 5)}
    return records, envelopes, {key_id(signer.public): signer.public}


@pytest.mark.parametrize(("sequence", "links"), [(1, 2), (3, 0), (4, 1), (5, 0)])
def test_record_is_proven_without_showing_the_others(sealed, sequence, links):
    records, envelopes, keys = sealed

    proof = prove(records, sequence, envelopes)
    text = json.dumps(proof.written())

    assert len(proof.links) == links
    assert Proof.read(text).holds(keys)
    assert [each.about for each in records if each.about in text] == [f"tenant-{sequence}"]


def test_proof_of_something_else_does_not_hold(sealed):
    records, envelopes, keys = sealed
    good = prove(records, 1, envelopes).written()
    other = {**good["record"], "about": "tenant-9"}

    assert not Proof.read(json.dumps({**good, "record": other})).holds(keys)
    assert not Proof.read(json.dumps({**good, "links": good["links"][:-1]})).holds(keys)
    assert not Proof.read(json.dumps({**good, "links": ["zz"]})).holds(keys)
    assert not Proof.read(json.dumps({**good, "checkpoint": dict(envelopes[5])})).holds(keys)
    assert not Proof.read(json.dumps(good)).holds({})


def test_record_without_a_later_checkpoint_has_no_proof(sealed):
    records, envelopes, _ = sealed

    assert prove(records, 4, {3: envelopes[3]}) is None
    assert prove([], 1, envelopes) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"record": 1, "links": [], "checkpoint": {}}'])
def test_proof_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        Proof.read(text)


def test_envelope_is_opened_only_for_its_kind_and_its_signature(tmp_path):
    signer = Signer.at(tmp_path / "key.pem")
    keys = {key_id(signer.public): signer.public}
    envelope = signer.sign(KIND, b"{}")

    assert opened(envelope, KIND, keys) == b"{}"
    for other in (
        {**envelope, "payload": "e30x"},
        {**envelope, "payloadType": "text/plain"},
        {**envelope, "signatures": []},
        {"payload": "e30="},
        {**envelope, "payload": None},
    ):
        with pytest.raises(ValueError, match=r".*"):
            opened(other, KIND, keys)
    with pytest.raises(ValueError, match="not a checkpoint"):
        Checkpoint.opened(envelope, keys)
    for raw in RAW:
        with pytest.raises(ValueError, match=r".*"):
            parsed(raw)


def test_what_is_broken_is_no_proof_and_no_checkpoint(sealed, tmp_path):
    """Nothing but ValueError, which the commands tell in words."""
    records, envelopes, keys = sealed
    signer = Signer.at(tmp_path / "k")
    content = json.loads(opened(envelopes[3], KIND, keys))
    inner = [json.dumps(each).encode() for each in broken(content)]
    refused = 0
    for envelope in (*broken(envelopes[3]), *(signer.sign(KIND, e) for e in (*inner, *RAW[:-1]))):
        try:
            verify([each.line() for each in records], [Checkpoint.opened(envelope, keys)])
        except ValueError:
            refused += 1
    assert refused > 60

    good = prove(records, 1, envelopes).written()
    holding = 0
    for wrong in (*map(json.dumps, broken(good)), *RAW):
        with contextlib.suppress(ValueError):
            holding += Proof.read(wrong).holds(keys)
    assert holding <= 3, "a part that nothing is proven by may be another"


@pytest.mark.parametrize("raw", RAW)
def test_a_folder_that_is_no_bundle_is_told(sealed, tmp_path, raw):
    records, envelopes, _ = sealed
    lines = [each.line() for each in records]
    bundle.export(tmp_path / "b", lines, envelopes, Signer.at(tmp_path / "k").public)
    (tmp_path / "b" / bundle.CHECKPOINTS).write_bytes(raw)

    with pytest.raises(ProblemError):
        bundle.read(tmp_path / "b")


def test_key_is_made_once_and_read_back(tmp_path):
    made, again = Signer.at(tmp_path / "k.pem"), Signer.at(tmp_path / "k.pem")
    (tmp_path / "k.pub").write_bytes(written(made.public))

    assert key_id(made.public) == key_id(again.public) == key_id(read(tmp_path / "k.pub"))
    assert oct((tmp_path / "k.pem").stat().st_mode)[-3:] == "600"


def test_file_without_an_ed25519_key_is_refused(tmp_path):
    other = generate_private_key(SECP256R1())
    (tmp_path / "ec.pem").write_bytes(
        other.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (tmp_path / "ec.pub").write_bytes(
        other.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    (tmp_path / "empty").write_bytes(b"")

    for name in ("ec.pem", "empty"):
        with pytest.raises(ProblemError, match=name):
            Signer.at(tmp_path / name)
    for name in ("ec.pub", "empty", "none"):
        with pytest.raises(ProblemError, match=name):
            read(tmp_path / name)
