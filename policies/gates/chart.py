"""The chart gate: a Helm chart rendered by the real helm, without any cluster or network."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.finding import Gate
from policies.gates.choice import Choice
from policies.gates.crew import judged
from policies.gates.look import Look
from policies.gates.manifest import Document, documents
from policies.gates.unit import Unit
from stacks.problem import Problem, ProblemError

_SOURCE = re.compile(r"^# Source: [^/\n]+/(?P<path>[^\n]+)$", re.MULTILINE)
_PATIENCE_SECONDS = 120
_LONGEST_REASON = 300


@dataclass(frozen=True)
class Helm:
    """How charts are rendered.

    Attributes:
        program: The helm binary.
        kubernetes: Version that charts are told the cluster has.
    """

    program: Path
    kubernetes: str = "1.36.3"


def check(
    folder: Path,
    choice: Choice,
    helm: Helm,
    values: Sequence[Path] = (),
    *,
    jobs: int = 0,
) -> Look:
    """Judge what a chart makes with the given files of values."""
    text = rendered(folder, helm, values, namespace=choice.namespace)
    return judged(tuple(parts(folder, text)), choice, Gate.FILES, jobs=jobs)


def rendered(
    folder: Path,
    helm: Helm,
    values: Sequence[Path] = (),
    *,
    release: str = "check",
    namespace: str = "",
) -> str:
    """Render a chart.

    Raises:
        ProblemError: There is no chart, or helm cannot render it.
    """
    if not (folder / "Chart.yaml").is_file():
        raise ProblemError(Problem("check-chart-missing", str(folder)))
    options = [f"--values={file}" for file in values]
    options += [f"--namespace={namespace}"] if namespace else []
    command = [str(helm.program), "template", release, str(folder), "--include-crds"]
    command += [f"--kube-version={helm.kubernetes}", *options]
    with tempfile.TemporaryDirectory(prefix="sen-helm-") as home:
        return _run(command, folder, home)


def parts(folder: Path, text: str) -> Iterator[Unit]:
    """Give the documents of a rendering, each with the template that made it and its number."""
    counted: Counter[str] = Counter()
    for document in documents(str(folder), text):
        found = _SOURCE.search(document.text)
        file = str(folder / found["path"]) if found else str(folder)
        yield Unit(Document(file, counted[file], document.text))
        counted[file] += 1


def _run(command: Sequence[str], folder: Path, home: str) -> str:
    """Run helm with nothing of the person's own: no repositories, no plugins, no cluster."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "KUBECONFIG": os.devnull}
    try:
        done = subprocess.run(  # noqa: S603 - helm itself
            command,
            env=environment,
            capture_output=True,
            check=False,
            timeout=_PATIENCE_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        reason = f"no answer in {_PATIENCE_SECONDS} s"
        raise ProblemError(_broken(folder, reason)) from None
    if done.returncode != 0:
        raise ProblemError(_broken(folder, done.stderr.decode("utf-8", "replace")))
    return done.stdout.decode("utf-8", "replace")


def _broken(folder: Path, said: str) -> Problem:
    lines = (line.removeprefix("Error: ") for line in said.splitlines())
    reason = next((line for line in lines if line.strip() and "WARNING" not in line), "-")
    return Problem("check-chart-broken", str(folder), {"reason": reason[:_LONGEST_REASON]})
