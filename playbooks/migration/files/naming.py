"""Old names of files in Unicode: which, as what, and what stands in the way."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from playbooks.migration.files.manifest import shown
from playbooks.migration.files.place import FilesPlace
from playbooks.text.decode import decoder
from playbooks.text.detect import Detector

LATEST = "utf-8"
KEPT = frozenset({"utf-8", "ascii", "foreign", "mixed", "unknown"})


@dataclass(frozen=True)
class Naming:
    """How the names of a folder change; both by whole paths, as they are before anything moves.

    Attributes:
        encoding: That the names are in.
        new: New last part by old path.
        clashes: Paths whose new name another file has already: they keep theirs.
        doubtful: Paths whose name is no text for certain: they keep theirs.
    """

    encoding: str
    new: Mapping[bytes, bytes]
    clashes: Sequence[bytes] = ()
    doubtful: Sequence[bytes] = ()

    def path(self, old: bytes) -> bytes:
        """Give a path as it is after the change."""
        parts = old.split(b"/")
        walked = [b"/".join(parts[: at + 1]) for at in range(len(parts))]
        return b"/".join(self.new.get(w, p) for w, p in zip(walked, parts, strict=True))

    def rows(self) -> list[dict[str, str]]:
        """Give the list of what was renamed, for the report."""
        return [{"old": shown(old), "new": shown(self.path(old))} for old in self.new]

    def json(self) -> str:
        return json.dumps(
            {
                "encoding": self.encoding,
                "new": {old.hex(): new.hex() for old, new in self.new.items()},
            }
        )

    @classmethod
    def parse(cls, text: str) -> Naming:
        """Read what `json` gave.

        Raises:
            ValueError: It is not that.
        """
        try:
            said = json.loads(text)
            new = {bytes.fromhex(old): bytes.fromhex(name) for old, name in said["new"].items()}
            return cls(str(said["encoding"]), new)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(str(error)) from error


def naming(paths: Iterable[bytes], declared: str | None = None) -> Naming:
    """Decide for all names of a folder together; names in Unicode and in doubt stay."""
    found = {path: path.rpartition(b"/")[2] for path in paths}
    odd = {path: name for path, name in found.items() if not name.isascii() and not _utf8(name)}
    verdict = Detector().column(odd.values(), declared)
    if verdict.encoding in KEPT:
        return Naming(verdict.encoding, {}, doubtful=sorted(odd))
    decode = decoder(verdict.encoding)
    doubtful = sorted(path for path, name in odd.items() if name in verdict.doubtful)
    wanted = {
        path: decode(name).encode() for path, name in odd.items() if name not in verdict.doubtful
    }
    places = Counter(_at(path, wanted.get(path, name)) for path, name in found.items())
    clashes = sorted(path for path, name in wanted.items() if places[_at(path, name)] > 1)
    clear = {p: n for p, n in wanted.items() if p not in set(clashes) and _possible(n)}
    return Naming(verdict.encoding, clear, clashes, doubtful)


def rename(place: FilesPlace, naming: Naming, *, back: bool = False) -> int:
    """Rename on the host, the deepest first; what was renamed before is passed over.

    Raises:
        ProblemError: The host is not reached, or a name cannot be given.
    """
    order = sorted(naming.new, key=lambda path: (-path.count(b"/"), path))
    pairs = [(old, _at(old, naming.new[old])) for old in order]
    if back:  # the outermost first: the way to a name is then already the old one
        pairs = [(new, old) for old, new in reversed(pairs)]
    if not pairs:
        return 0
    text = (
        f"cd {place.quoted} && xargs -0 -r -n 2 sh -c "
        + shlex.quote(
            'if [ -e "$1" ] || [ -L "$1" ]; then '
            'if [ -e "$2" ]; then echo "$2" >&2; exit 255; fi; exec mv -T -- "$1" "$2"; fi'
        )
        + " sh"
    )
    place.run(text, b"".join(b"./" + a + b"\0./" + b + b"\0" for a, b in pairs))
    return len(pairs)


def _at(path: bytes, name: bytes) -> bytes:
    above, slash, _ = path.rpartition(b"/")
    return above + slash + name


def _utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _possible(name: bytes) -> bool:
    return b"/" not in name and b"\0" not in name
