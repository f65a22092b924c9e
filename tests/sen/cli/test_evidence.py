"""`sen evidence`: records are shown, sealed, checked, proven and taken away."""

import json

import pytest
from typer.testing import CliRunner

from sen.cli import evidence
from sen.errors import RefusedError
from sen.evidence import Act
from sen.evidence.archive import Archive
from sen.evidence.place import chain_of
from stacks.problem import ProblemError

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("evidence")]


@pytest.fixture
def run(platform):
    """Run a command on the platform, whose chain has at least two records."""
    chain_of(platform).append(
        Act("tenant.request", "an", "h26-portal", {"cores": 2}),
        Act("waiver.add", "binh", "h26-portal", {"rule": "no-host-path"}),
    )

    def call(*arguments, code=0):
        found = CliRunner().invoke(evidence.app, [*arguments, "--name", platform.name])
        if found.exception and not isinstance(found.exception, SystemExit):
            raise found.exception
        assert found.exit_code == code, found.output
        return found.stdout

    return call


def test_records_are_shown_by_act_and_by_what_they_are_about(run):
    waivers = json.loads(run("show", "--act", "waiver", "-o", "json"))
    last = json.loads(run("show", "--about", "h26-portal", "--last", "1", "-o", "json"))

    assert {each["act"] for each in waivers} == {"waiver.add"}
    assert last == [waivers[-1]]
    assert last[0]["data"] == {"rule": "no-host-path"}
    assert "no-host-path" in run("show", "--last", "1")


def test_what_is_sealed_is_verified_and_proven(run, platform, tmp_path):
    said = run("seal")
    sealed = int(said.rpartition(" ")[2].replace(",", "")) if "sealed" in said else 2

    [verdict] = json.loads(run("verify", "-o", "json"))
    (tmp_path / "proof.json").write_text(run("prove", "1"), "utf-8")

    # Other tests act on the same platform meanwhile, and seal what they did.
    assert said.startswith(("sealed up to record", "nothing new"))
    assert verdict["records"] >= verdict["sealed up to"] >= sealed >= 2
    assert "stands under" in run("verify", "--proof", str(tmp_path / "proof.json"))


def test_forged_proof_is_refused(run, tmp_path):
    run("seal")
    proof = json.loads(run("prove", "1"))
    proof["record"]["by"] = "somebody"
    (tmp_path / "forged.json").write_text(json.dumps(proof), "utf-8")
    (tmp_path / "none.json").write_text("{}", "utf-8")

    with pytest.raises(RefusedError, match=r"forged\.json"):
        run("verify", "--proof", str(tmp_path / "forged.json"))
    with pytest.raises(ProblemError, match=r"none\.json"):
        run("verify", "--proof", str(tmp_path / "none.json"))


def test_record_that_is_not_there_or_not_sealed_has_no_proof(run, monkeypatch):
    with pytest.raises(ProblemError, match="999999"):
        run("prove", "999999")
    monkeypatch.setattr(Archive, "checkpoints", lambda _: {})
    with pytest.raises(ProblemError, match="sen evidence seal"):
        run("prove", "1")


def test_bundle_is_verified_elsewhere_and_shows_one_changed_letter(run, tmp_path):
    run("seal")
    folder = tmp_path / "bundle"
    assert "5 files" in run("export", "--out", str(folder), "--from-bucket")

    [sound] = json.loads(run("verify", "--bundle", str(folder), "-o", "json"))
    text = (folder / "chain.jsonl").read_text("utf-8")
    (folder / "chain.jsonl").write_text(text.replace("h26-portal", "h26-portbl", 1), "utf-8")

    assert sound["first bad record"] is None
    with pytest.raises(RefusedError, match="edited"):
        run("verify", "--bundle", str(folder))


def test_bundle_of_another_key_is_refused(run, tmp_path):
    run("seal")
    run("export", "--out", str(tmp_path / "bundle"))
    other = evidence.signing.Signer.at(tmp_path / "other.pem")
    (tmp_path / "other.pub").write_bytes(evidence.signing.written(other.public))

    with pytest.raises(RefusedError):
        run("verify", "--bundle", str(tmp_path / "bundle"), "--key", str(tmp_path / "other.pub"))


def test_folder_that_is_no_bundle_or_is_there_is_refused(run, tmp_path):
    with pytest.raises(ProblemError, match="bundle"):
        run("verify", "--bundle", str(tmp_path))
    with pytest.raises(ProblemError, match="never written over"):
        run("export", "--out", str(tmp_path))


def test_check_of_nothing_proves_nothing(tools, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    for name, content in (("chain.jsonl", ""), ("checkpoints.json", "{}")):
        (empty / name).write_text(content, "utf-8")

    found = CliRunner().invoke(evidence.app, ["verify", "--bundle", str(empty)])

    assert isinstance(found.exception, ProblemError)
    assert "proves nothing" in str(found.exception) or "không chứng minh" in str(found.exception)
