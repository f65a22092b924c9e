"""How long anything may last: every tenant has an end."""

import datetime as dt

MAX_TERM_DAYS = 1096  # three years, a leap day among them
MAX_TRAINING_DAYS = 90
CARRIED_DAYS = 30  # what another agency agreed to, after a tenant was taken over from it


def max_days(stage: str) -> int:
    """Give the longest term of a stage, in days."""
    return MAX_TRAINING_DAYS if stage == "training" else MAX_TERM_DAYS


def latest_end(starts: dt.date, stage: str) -> dt.date:
    """Give the last day that a tenant of this stage may have."""
    return starts + dt.timedelta(days=max_days(stage))
