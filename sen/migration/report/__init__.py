"""The report of a wave: agreed, rehearsed, done, proven, in Vietnamese or English."""

from sen.migration.report.document import report

__all__ = ["report"]
