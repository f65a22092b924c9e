"""What is to be moved, as its owner and the platform wrote it down; a file a wave."""

from playbooks.migration.order.model import SystemOrder, WaveOrder
from playbooks.migration.order.reading import read_order

__all__ = ["SystemOrder", "WaveOrder", "read_order"]
