"""Folders of files on their way from one host to another."""

from playbooks.migration.files.move import FilesMove
from playbooks.migration.files.place import FilesPlace

__all__ = ["FilesMove", "FilesPlace"]
