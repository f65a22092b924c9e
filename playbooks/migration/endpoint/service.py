"""A Service of a tenant's namespace whose selector leads to one side or to the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playbooks.migration.cutover.endpoint import Side

LABEL = "sen.gov.vn/side"
Read = Callable[[], Mapping[str, str]]
Patch = Callable[[Mapping[str, str]], None]


@dataclass(frozen=True)
class ServiceEndpoint:
    """A Service, reached by two functions, so that nothing here knows a client.

    Attributes:
        read: Gives the selector that the API server has now.
        patch: Changes keys of the selector, and returns once the server has them.
    """

    read: Read
    patch: Patch

    def side(self) -> Side:
        """Ask the API server; a Service without our label leads to the old side."""
        said = self.read().get(LABEL, "")
        return Side(said) if said in set(Side) else Side.OLD

    def point(self, side: Side) -> None:
        """Let the Service choose the pods of a side."""
        if self.side() is not side:
            self.patch({LABEL: side.value})
