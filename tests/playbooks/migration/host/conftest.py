"""Two folders of this machine as ends of a move, as for files."""

from tests.playbooks.migration.files.conftest import ends, programs

__all__ = ["ends", "programs"]
