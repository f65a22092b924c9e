"""Whether the people of a tenant want it to run."""

from enum import StrEnum


class State(StrEnum):
    """Suspended and back is not decided on; to end before the last day is, by the whole chain."""

    ACTIVE = "Active"
    SUSPENDED = "Suspended"
    ENDED = "Ended"
