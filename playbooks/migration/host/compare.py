"""Compares two hosts: content and rights by manifest, the rest by rsync, both at the same time."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.files.compare import ATTRIBUTES, digest
from playbooks.migration.files.manifest import manifests, pruned, shown
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.transfer import transfer
from playbooks.migration.host.own import FOLDER, filters
from playbooks.migration.verify import Check, Difference, Verdict
from playbooks.migration.verify.difference import compared

COMPARED = f"{FOLDER}/compared"
# A folder of which only the time differs: something within it is the machine's own.
ONLY_TIME = ".d..t...... "


def compare(old: FilesPlace, new: FilesPlace, left_out: Sequence[str]) -> Verdict:
    """Compare all but what is left out; nobody may write meanwhile.

    Raises:
        ProblemError: A host is not reached, or files change while they are read.
    """
    old.run(f"mkdir -p {FOLDER} && : > {COMPARED}")
    before, after = manifests(old, new, left_out)
    content = compared(
        "files",
        {shown(name): each for name, each in before.items()},
        {shown(name): each for name, each in after.items()},
        digest(before),
    )
    lines = transfer(new, old, (*ATTRIBUTES, *filters(left_out))).items
    found = [Difference(i.partition(" ")[2], "changed") for i in lines if i[:12] != ONLY_TIME]
    return Verdict([content, Check.of("attributes", len(before), found)])


def written_since(place: FilesPlace, left_out: Sequence[str]) -> Check:
    """Find what was written on the old host since it was compared: nothing may be."""
    text = (
        f"cd {place.quoted} && test -e {COMPARED} && "
        f"find . {pruned(left_out)} -o -type f -cnewer {COMPARED} -print0"
    )
    names = [each.removeprefix(b"./") for each in place.run(text).split(b"\0") if each]
    return Check.of("quiet", 1, [Difference(shown(each), "changed") for each in names])
