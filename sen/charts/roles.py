"""Writes cluster roles where the chart finds them: of people, the portal, a tenant's end.

The first two are those that `sen operator install` and the portal's own setting up make.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import yaml

from sen.paths import PROJECT
from sen.portal.rights import rights
from sen.tenancy.desk import roles
from sen.tenancy.life.rights import end_role
from stacks.components.manifest import Manifest

FILE = PROJECT / "charts" / "sen" / "files" / "roles.yaml"
HEAD = "# Generated: python -m sen.charts.roles\n"


def cluster_roles() -> Iterator[Manifest]:
    """Give each role once; who is bound to it is the chart's or the desk's business."""
    yield from roles()
    yield from (one for one in rights() if one["kind"] == "ClusterRole")
    yield end_role()


def text() -> str:
    """Give the roles as one YAML stream."""
    plain = [_plain(one) for one in cluster_roles()]
    return HEAD + yaml.safe_dump_all(plain, allow_unicode=True, sort_keys=False, width=100)


def main() -> None:
    """Write the file."""
    FILE.write_text(text(), "utf-8")
    sys.stdout.write(f"{FILE.name}: {sum(1 for _ in cluster_roles())} roles\n")


def _plain(one: Manifest) -> Manifest:
    """Write tuples as lists, which YAML has."""
    rules = [{key: list(value) for key, value in rule.items()} for rule in one["rules"]]
    return {**one, "rules": rules}


if __name__ == "__main__":
    main()
