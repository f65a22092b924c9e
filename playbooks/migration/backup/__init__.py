"""Backups of the old side: that there is a fresh one, and that it can be restored."""

from playbooks.migration.backup.dump import DumpFile
from playbooks.migration.backup.mariadb import MariadbDump
from playbooks.migration.backup.part import Backup, Store
from playbooks.migration.backup.postgres import PostgresDump
from playbooks.migration.backup.program import ProgramStore

__all__ = ["Backup", "DumpFile", "MariadbDump", "PostgresDump", "ProgramStore", "Store"]
