"""Compares the folders of both ends: content and rights by manifest, the rest by rsync."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from playbooks.migration.files.manifest import Manifest, manifests, shown
from playbooks.migration.files.naming import Naming
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.transfer import transfer
from playbooks.migration.verify import Check, Difference, Verdict
from playbooks.migration.verify.difference import compared

ATTRIBUTES = ("--dry-run", "--itemize-changes")


def compare(old: FilesPlace, new: FilesPlace, naming: Naming | None) -> Verdict:
    """Compare; nobody may write meanwhile. Renamed files are compared under their new names.

    Raises:
        ProblemError: A host is not reached, or files change while they are read.
    """
    before, after = manifests(old, new)
    expected = {naming.path(p): f for p, f in before.items()} if naming else dict(before)
    content = compared("files", _printable(expected), _printable(after), digest(expected))
    if naming and naming.new:
        return Verdict([content])  # rsync knows the files by their names
    return Verdict([content, _attributes(old, new, len(before))])


def digest(entries: Manifest) -> str:
    """Give SHA-256 over all names and what is known of each, in the order of the names."""
    whole = hashlib.sha256()
    for name in sorted(entries):
        whole.update(b"%b\0%b\0" % (name, entries[name].encode("utf-8", "surrogateescape")))
    return whole.hexdigest()


def _attributes(old: FilesPlace, new: FilesPlace, looked_at: int) -> Check:
    """Let rsync say what it would still do: it sees ACLs, attributes and hard links too."""
    lines = transfer(new, old, ATTRIBUTES).items
    found = [Difference(line.partition(" ")[2].strip(), "changed") for line in lines]
    return Check.of("attributes", looked_at, found)


def _printable(entries: Mapping[bytes, str]) -> dict[str, object]:
    return {shown(name): each for name, each in entries.items()}
