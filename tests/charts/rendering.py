"""The chart as the pinned helm renders it: objects by kind and name."""

import functools
import os
import subprocess
from pathlib import Path

import yaml

from sen.checks.charts import helm
from sen.paths import PROJECT

CHART = PROJECT / "charts" / "sen"
CASES = sorted(CHART.glob("ci/*-values.yaml"))
USUAL = CHART / "ci" / "usual-values.yaml"
NAMESPACE = "sen-system"


def case_id(case: Path) -> str:
    return case.name.removesuffix("-values.yaml")


def run_helm(word: str, *more: str, case: Path = USUAL, namespace: str = NAMESPACE):
    """Run helm with nothing of the person's own."""
    command = [str(helm().program), word, *(["sen"] if word == "template" else []), str(CHART)]
    command += [f"--values={case}", f"--namespace={namespace}"]
    command += [f"--kube-version={helm().kubernetes}", *more]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "KUBECONFIG": os.devnull}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def rendered(case: Path = USUAL):
    return [one for one in yaml.load_all(_text(case), Loader=yaml.CSafeLoader) if one]


@functools.cache
def _text(case: Path) -> str:
    done = run_helm("template", case=case)
    assert done.returncode == 0, done.stderr
    return done.stdout


def key(one) -> str:
    return f"{one['kind']}/{one['metadata']['name']}"


def by_key(objects):
    found = {key(one): one for one in objects}
    assert len(found) == len(objects), "two objects have one kind and name"
    return found
