"""A web application that moves from a virtual host to a site of nginx."""

from __future__ import annotations

from playbooks.migration.order.ends import FolderEnd, Word
from playbooks.migration.web.plan import WebPlan


class WebOrder(WebPlan):
    """The application's folder on both hosts, and what becomes of it."""

    name: Word
    source: FolderEnd
    target: FolderEnd
