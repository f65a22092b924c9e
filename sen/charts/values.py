"""Writes the table of the chart's values into its page, from the schema and the defaults."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from sen.paths import PROJECT

CHART = PROJECT / "charts" / "sen"
PAGE = CHART / "README.md"
BEGIN = "<!-- values: python -m sen.charts.values -->"
END = "<!-- end of values -->"

Node = Mapping[str, Any]


def table() -> str:
    """Give a row for each value: its key, its default, what it is."""
    schema: Node = json.loads((CHART / "values.schema.json").read_text("utf-8"))
    defaults: Node = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    rows = [
        f"| `{key}` | {_shown(value)} | {text} |" for key, value, text in _rows(schema, defaults)
    ]
    return "\n".join(["| value | default | meaning |", "|---|---|---|", *rows])


def page() -> str:
    """Give the chart's page with the table as it is now."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE.name}: {table().count(chr(10)) - 1} values\n")


def _rows(node: Node, defaults: Node, path: str = "") -> Iterator[tuple[str, object, str]]:
    required = set(node.get("required", ()))
    for name, each in node["properties"].items():
        if name not in defaults:
            continue
        key, value = f"{path}{name}", defaults[name]
        if "properties" in each:
            yield from _rows(each, value, f"{key}.")
        else:
            must = " **Must be said.**" if name in required and value in ("", []) else ""
            yield key, value, each["description"] + must


def _shown(value: object) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`" if value not in ("", [], {}) else ""


if __name__ == "__main__":
    main()
