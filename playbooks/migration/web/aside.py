"""Files of the old host that are out of use while the new one serves, and come back."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.migration.files.place import FilesPlace

FOLDER = "/var/lib/sen/web"


@dataclass(frozen=True)
class Aside:
    """A place on the old host where such files lie, under the paths that they had.

    Attributes:
        site: Whose they are.
    """

    place: FilesPlace
    site: str

    def take(self, paths: Sequence[str]) -> None:
        """Take files away; those that are gone already are passed over.

        Raises:
            ProblemError: The host is not reached.
        """
        self._move([(path, self.kept(path)) for path in paths])

    def again(self, paths: Sequence[str]) -> None:
        """Put files back.

        Raises:
            ProblemError: The host is not reached.
        """
        self._move([(self.kept(path), path) for path in paths])

    def read(self, path: str) -> bytes:
        """Read a file wherever it is now.

        Raises:
            ProblemError: The host is not reached, or the file is nowhere.
        """
        here, there = shlex.quote(path), shlex.quote(self.kept(path))
        return self.place.run(f"if [ -e {here} ]; then cat {here}; else cat {there}; fi")

    def there(self, paths: Sequence[str]) -> list[str]:
        """Give which of the files are in use.

        Raises:
            ProblemError: The host is not reached.
        """
        asked = (f"if [ -e {q} ] || [ -L {q} ]; then echo {q}; fi" for q in map(shlex.quote, paths))
        return self.place.run("; ".join(["true", *asked])).decode().splitlines()

    def kept(self, path: str) -> str:
        return f"{FOLDER}/{self.site}{path}"

    def _move(self, pairs: Sequence[tuple[str, str]]) -> None:
        texts = ["set -e"]
        for old, new in pairs:
            a, b, folder = (shlex.quote(each) for each in (old, new, new.rpartition("/")[0]))
            moved = f"(umask 077; mkdir -p {folder}); mv -f {a} {b}"
            texts.append(f"if [ -e {a} ] || [ -L {a} ]; then {moved}; fi")
        if pairs:
            self.place.run("; ".join([*texts, "sync"]))
