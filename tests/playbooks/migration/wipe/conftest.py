"""Folders of this machine as those of an old host, as for files."""

from tests.playbooks.migration.files.conftest import programs

__all__ = ["programs"]
