"""A file on a host: read whole, replaced at once, and whoever reads it told."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from playbooks.migration.files.place import FilesPlace


@dataclass(frozen=True)
class HostFile:
    """A small text file.

    Attributes:
        place: The host; `path` is the file's.
        check: Shell words that judge the new file, whose path is `$1`; empty where nothing can.
        reload: Shell words that make the new content count.
    """

    place: FilesPlace
    check: str = ""
    reload: str = ""

    def read(self) -> str:
        """Give the content; empty where there is no file.

        Raises:
            ProblemError: The host is not reached.
        """
        return self.place.run(f"cat {self.place.quoted} 2>/dev/null || true").decode()

    def write(self, text: str) -> None:
        """Replace the file where it differs, then reload; a file that is refused changes nothing.

        Raises:
            ProblemError: The host is not reached, or it refuses the new content.
        """
        fresh = shlex.quote(f"{self.place.path}.sen")
        judge = f"set -- {fresh} && {self.check} && " if self.check else ""
        keep = (
            f"{{ chmod --reference={self.place.quoted} {fresh} 2>/dev/null || chmod 644 {fresh}; }}"
        )
        put = f"{keep} && sync {fresh} && mv -f {fresh} {self.place.quoted}"
        self.place.run(f"cat > {fresh} && {judge}{put}", text.encode())
        self.renew()

    def renew(self) -> None:
        """Reload; also where the file stands already, for a killed run may not have come so far."""
        if self.reload:
            self.place.run(self.reload)
