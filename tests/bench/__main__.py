"""Run the benchmarks and write their pages: `make bench`, `python -m tests.bench country`."""

from __future__ import annotations

import argparse
import importlib
import sys

from sen.paths import PROJECT
from tests.bench import gates, pack
from tests.bench.country import build_country
from tests.bench.knobs import knobs
from tests.bench.report import country_page, gates_page, tenants_page
from tests.bench.rules import plan_gate
from tests.bench.tenants import compare

PAGES = PROJECT / "docs" / "reference"
SIZES = (100, 300, 1000)
# Each is a module here with PAGE, the file's name, and `report(command)`, its text.
PARTS = ("operator", "databases", "discover", "files", "mariadb", "portal", "text", "waves")


def main() -> None:
    """Measure the sizes, or the whole country (about half an hour)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "what", choices=("tenants", "country", "gates", *PARTS), nargs="?", default="tenants"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked = parser.parse_args()
    command = " ".join(["python -m tests.bench", *sys.argv[1:]])
    if asked.what in PARTS:
        part = importlib.import_module(f"tests.bench.{asked.what}")
        _write(part.PAGE, part.report(command))
        return
    if asked.what == "country":
        _write("benchmark-country.md", country_page(build_country(), command))
        return
    if asked.what == "gates":
        _write("benchmark-gates.md", gates_page(gates.compare(), pack.preview(), command))
        return
    rate, settings, sizes = plan_gate(), tuple(knobs()), []
    for size in asked.sizes:  # a page after each size: a run that is stopped keeps what it has
        sizes.append(compare(size))
        _write("benchmarks.md", tenants_page(sizes, settings, rate, command))


def _write(page: str, text: str) -> None:
    (PAGES / page).write_text(text, "utf-8")
    sys.stdout.write(text)


main()
