"""What of an old host is wiped when the move is finished."""

from __future__ import annotations

from playbooks.migration.order.ends import Word
from playbooks.migration.order.host import HostEnd
from playbooks.migration.wipe.plan import WipePlan


class WipeOrder(WipePlan):
    """The old host, and what on it is wiped."""

    name: Word
    source: HostEnd
