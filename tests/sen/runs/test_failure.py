"""What Pulumi says when it fails becomes one problem, with its exit code and what to do."""

from __future__ import annotations

import pytest

from sen.errors import MissingPartError, RefusedError
from sen.runs.failure import KNOWN, essence, failure
from stacks.problem import Language, ProblemError

STACK = "tenants-h26-dev"
URN = "kubernetes:core/v1:Namespace (h26-portal-staging)"


def diagnosed(*lines: str, who: str = URN) -> str:
    told = "\n".join(f"    {line}" for line in lines)
    return (
        f"Updating ({STACK}):\n\n"
        " +  pulumi:pulumi:Stack sen-tenants-h26-dev creating (0s)\n"
        f" +  {URN} **creating failed** error: something of it\n"
        f"Diagnostics:\n  {who}:\n{told}\n\n"
        "Resources:\n    + 1 created\n    1 errored\n\nDuration: 2s\n"
    )


SAID = {
    "passphrase": (
        "error: getting secrets manager: get stack secrets manager: incorrect passphrase",
        "run-passphrase",
        ProblemError,
    ),
    "no-passphrase": (
        (
            "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or "
            "PULUMI_CONFIG_PASSPHRASE_FILE environment variables"
        ),
        "run-passphrase",
        ProblemError,
    ),
    "no-stack": ("error: no stack named 'tenants-h99-dev' found", "run-no-stack", ProblemError),
    "locked": (
        (
            "error: the stack is currently locked by 1 lock(s). Either wait for it to end "
            "or delete the lock file with `pulumi cancel`.\n  s3://pulumi-state/.pulumi/locks/"
            "organization/sen/tenants-h26-dev/8c.json: created by root@host (pid 4711) at 2026"
        ),
        "run-locked",
        RefusedError,
    ),
    "expired": (
        diagnosed(
            "error: configured Kubernetes cluster is unreachable: unable to load schema: Get "
            '"https://127.0.0.1:4712/openapi": tls: failed to verify certificate: x509: '
            "certificate has expired or is not yet valid"
        ),
        "run-expired",
        MissingPartError,
    ),
    "down": (
        diagnosed(
            "error: configured Kubernetes cluster is unreachable: unable to load schema: Get "
            '"https://127.0.0.1:4712/openapi": dial tcp 127.0.0.1:4712: connect: connection refused'
        ),
        "run-unreachable",
        MissingPartError,
    ),
    "gone-in-the-middle": (
        diagnosed('error: Patch "https://127.0.0.1:4712/api": read tcp: connection reset by peer'),
        "run-unreachable",
        MissingPartError,
    ),
    "gone-while-it-is-watched": (
        (
            'W1122 reflector.go:556] "Warning: watch ended with error" err="very short watch: '
            'Unexpected watch close - watch lasted less than a second"\n'
            "panic: runtime error: invalid memory address or nil pointer dereference\n"
        ),
        "run-unreachable",
        MissingPartError,
    ),
    "no-storage": (
        (
            "error: read .pulumi/meta.yaml: S3: GetObject, dial tcp 127.0.0.1:4711: "
            "connect: connection refused"
        ),
        "run-unreachable",
        MissingPartError,
    ),
    "slow": (diagnosed("error: net/http: TLS handshake timeout"), "run-unreachable", None),
    "disk": (
        "error: saving state: write /var/lib/sen/x: no space left on device",
        "run-disk-full",
        MissingPartError,
    ),
    "changes": (
        diagnosed("error: no changes were expected but changes occurred", who="pulumi:Stack"),
        "run-changes",
        RefusedError,
    ),
    "policy": (
        (
            "Policies:\n    ❌ sen@v0.1.0 (local: policies)\n"
            "        - [mandatory]  sen-rules  (kubernetes:core/v1:Service: web)\n"
            "          The rules of the platform\n"
            "          [no-public-service] Service/web: không được mở ra Internet\n"
        ),
        "run-policy",
        RefusedError,
    ),
    "unknown": (diagnosed("error: the moon is in the way"), "run-failed", RefusedError),
}


@pytest.mark.parametrize(("said", "key", "kind"), SAID.values(), ids=SAID)
def test_a_failure_is_known_by_what_was_said(said, key, kind):
    error = failure(STACK, said)

    assert [problem.key for problem in error.problems] == [key]
    assert type(error) is (kind or MissingPartError)
    for language in Language:
        assert error.problems[0].text(language).startswith(f"{STACK}: ")


def test_every_known_failure_has_an_example_here():
    assert {known.key for known in KNOWN} <= {key for _, key, _ in SAID.values()}


@pytest.mark.parametrize(
    ("case", "code"), [("passphrase", 2), ("locked", 1), ("down", 3), ("unknown", 1)]
)
def test_exit_codes(case, code):
    assert failure(STACK, SAID[case][0]).exit_code == code


def test_every_problem_of_a_refused_input_is_told_once():
    first = "req.yaml:3 agency: H99 is no agency; use one of H26, H29"
    second = "req.yaml:9 ends: the end has passed; extend it"

    error = failure(
        STACK,
        diagnosed(
            f"error: {first}",
            second,
            "error: an unhandled error occurred: program exited with non-zero exit code: 1",
            who="pulumi:pulumi:Stack (sen-tenants-h26-dev)",
        ),
    )

    (problem,) = error.problems
    assert problem.key == "run-input"
    assert error.exit_code == 2
    assert problem.values["said"] == f"{first}\n{second}"
    assert first in str(error)
    assert second in str(error)


def test_an_unknown_failure_shows_its_diagnostics():
    problem = failure(STACK, SAID["unknown"][0]).problems[0]

    assert problem.values["said"] == "error: the moon is in the way"


def test_a_policys_words_reach_the_reader():
    assert "no-public-service" in str(failure(STACK, SAID["policy"][0]))


def test_what_says_nothing_of_errors_is_shown_by_its_end():
    said = "\n".join(f"line {number}" for number in range(100))

    shown = essence(said).splitlines()

    assert shown[-1] == "line 99"
    assert len(shown) < 20


def test_a_long_line_is_cut_and_a_repeated_one_told_once():
    shown = essence("\n".join([*["error: again"] * 5, "error: " + "x" * 5000])).splitlines()

    assert shown[0] == "error: again"
    assert len(shown) == 2
    assert len(shown[1]) < 1000


def test_silence_is_a_failure_too():
    assert failure(STACK, "").problems[0].key == "run-failed"


def test_only_what_is_mandatory_is_told_of_the_policies():
    """Once each, however often Pulumi says it."""
    said = SAID["policy"][0]
    advice = said.replace("mandatory", "advisory").replace("no-public-service", "look-at-this")

    shown = failure(STACK, advice + said + said).problems[0].values["said"]

    assert shown == "[no-public-service] Service/web: không được mở ra Internet"
