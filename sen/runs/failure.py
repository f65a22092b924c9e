"""What a failed Pulumi run means for the person who ran it."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from sen.errors import MissingPartError, RefusedError
from stacks.problem import Problem, ProblemError


class Known(NamedTuple):
    pattern: re.Pattern[str]
    key: str
    error: type[ProblemError]


def _known(pattern: str, key: str, error: type[ProblemError]) -> Known:
    return Known(re.compile(pattern, re.IGNORECASE), key, error)


# First match counts: the cause stands before what follows from it.
KNOWN = (
    _known(r"incorrect passphrase|passphrase must be set", "run-passphrase", ProblemError),
    _known(r"no stack named '", "run-no-stack", ProblemError),
    _known(r"currently locked by", "run-locked", RefusedError),
    _known(
        r"certificate has expired|certificate is not yet valid", "run-expired", MissingPartError
    ),
    _known(
        r"cluster is unreachable|connection refused|connection reset by peer|i/o timeout"
        # The Kubernetes provider may end in a panic when the API server goes while it watches.
        r"|TLS handshake timeout|error when reading response body|Unexpected watch close",
        "run-unreachable",
        MissingPartError,
    ),
    _known(r"no space left on device", "run-disk-full", MissingPartError),
    _known(r"no changes were expected", "run-changes", RefusedError),
    _known(r"mandatory\].*|Policy Violations|policy violation", "run-policy", RefusedError),
)
_TAIL_LINES = 12
_LINE_LENGTH = 400
_PROBLEM = re.compile(r"(?!error: )\S.*: .*; .*$")
_OWN = re.compile(r"\s*error: (?P<problem>\S.*: .*; .*)$")
# What the policy pack says of a broken rule: its policy, the policy's title, then the finding.
_MANDATORY = re.compile(r"- \[mandatory\].*\n.*\n\s*(\[[a-z0-9-]+\] .*)")
_TELLING = re.compile(r"error|mandatory|violation|denied|created by", re.IGNORECASE)


def failure(stack: str, said: str) -> ProblemError:
    """Give the error for what a failed run said; an unknown one shows the end of its output."""
    own = _own(said)
    values = {"stack": stack, "said": essence(said)}
    for known in KNOWN:
        if known.pattern.search(said):
            return known.error(Problem(known.key, stack, values))
    if own:
        return ProblemError(Problem("run-input", stack, {**values, "said": own}))
    return RefusedError(Problem("run-failed", stack, values))


def _own(said: str) -> str:
    """Give the problems that the program told: each is one line, the first after `error:`."""
    _, _, diagnostics = said.partition("\nDiagnostics:\n")
    lines = iter(diagnostics.splitlines() or said.splitlines())
    for line in lines:
        if first := _OWN.match(line):
            more = itertools.takewhile(lambda each: _PROBLEM.match(each.strip()), lines)
            return "\n".join((first["problem"], *(each.strip() for each in more)))
    return ""


def essence(said: str) -> str:
    """Give what tells what happened: broken rules, Pulumi's diagnostics, or the output's end."""
    if broken := _MANDATORY.findall(said):
        return "\n".join(dict.fromkeys(broken))
    _, _, diagnostics = said.partition("\nDiagnostics:\n")
    told, _, _ = (diagnostics or said).partition("\nResources:\n")
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    telling = [line for line in lines if _TELLING.search(line)]
    once = dict.fromkeys(line[:_LINE_LENGTH] for line in telling or lines)
    return "\n".join(list(once)[-_TAIL_LINES:])
