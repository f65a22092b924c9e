"""The kinds as CustomResourceDefinitions: `python -m stacks.models.objects.crd` writes them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from stacks.models.objects.kind import GROUP, VERSION, Column, ObjectKind
from stacks.models.objects.kinds import KINDS
from stacks.models.objects.structural import structural

FILE = Path(__file__).resolve().parents[3] / "charts" / "sen" / "crds" / "sen.gov.vn.yaml"


def crd(kind: ObjectKind) -> dict[str, Any]:
    """Give the definition of one kind."""
    names = {
        "kind": kind.name,
        "listKind": f"{kind.name}List",
        "plural": kind.plural,
        "singular": kind.name.lower(),
        "shortNames": [kind.short],
        "categories": list(kind.categories),
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": kind.crd_name, "labels": {"app.kubernetes.io/managed-by": "sen"}},
        "spec": {
            "group": GROUP,
            "names": names,
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "versions": [_version(kind)],
        },
    }


def text() -> str:
    """Give all definitions as one YAML stream."""
    head = "# Generated: python -m stacks.models.objects.crd\n"
    documents = [crd(kind) for kind in KINDS]
    return head + yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False, width=100)


def _version(kind: ObjectKind) -> dict[str, Any]:
    rules = [{"rule": each.expression, "message": each.message} for each in kind.rules]
    spec = {**structural(kind.spec), "x-kubernetes-validations": rules}
    properties = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": spec,
        "status": structural(kind.status),
    }
    schema = {"type": "object", "required": ["spec"], "properties": properties}
    return {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": [_column(each) for each in kind.columns],
        "schema": {"openAPIV3Schema": schema},
    }


def _column(column: Column) -> dict[str, Any]:
    shown = {"name": column.name, "jsonPath": column.path, "type": column.type}
    return {**shown, "priority": 1} if column.wide else shown


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text(), "utf-8")
    sys.stdout.write(f"{FILE.name}: {len(KINDS)} kinds\n")


if __name__ == "__main__":
    main()
