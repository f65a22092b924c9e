"""Whether a tenant is what was approved for it: a move tries it as it is, and it is put back."""

from __future__ import annotations

from sen.operator.world import approved
from sen.tenancy.difference import compare
from sen.tenancy.life.objects import Kind, Objects
from stacks.components.tenant import objects_for
from stacks.models.objects import GROUP, VERSION

TENANT = Kind(f"{GROUP}/{VERSION}", "Tenant")
MOST = 20


def unlike(objects: Objects, namespace: str) -> list[str] | None:
    """Give each field in which a tenant is not what its approved request builds; some of many.

    None where no request is on the platform: the tenant was built from a file.
    """
    found = [each for each in objects.each(TENANT) if each["metadata"]["name"] == namespace]
    if len(found) != 1:
        return None
    rows = (
        row
        for wanted in objects_for(approved(found[0]))
        for row in compare(
            wanted,
            objects.get(
                Kind(wanted["apiVersion"], wanted["kind"]),
                wanted["metadata"]["name"],
                wanted["metadata"].get("namespace"),
            ),
        )
    )
    said = [f"{row['object']} {row['field'] or row['live']}" for row in rows]
    return said[:MOST] + (["…"] if len(said) > MOST else [])
