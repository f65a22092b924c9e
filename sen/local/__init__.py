"""The platform on this machine: a real API server, etcd and S3, with simulated nodes."""

from sen.local.lifecycle import down, reset, up
from sen.local.status import PartStatus, status

__all__ = ["PartStatus", "down", "reset", "status", "up"]
