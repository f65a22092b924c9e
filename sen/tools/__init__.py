"""The pinned tools that Sen stands on: found on PATH or built into a cache of their own."""

from sen.tools.lookup import Tool, find, tool_dirs
from sen.tools.place import pulumi_home

__all__ = ["Tool", "find", "pulumi_home", "tool_dirs"]
