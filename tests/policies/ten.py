"""The ten rules of the beginning: few enough to say by hand what a whole plan leads to."""

from functools import cache

from policies import load_rules
from policies.judge import Judge

TEN = frozenset(
    {
        "no-privileged-container",
        "no-host-namespace",
        "no-host-path",
        "run-as-non-root",
        "image-by-digest",
        "no-public-service",
        "namespace-labels",
        "quota-present",
        "no-admin-for-tenants",
        "end-date-in-bounds",
    }
)


@cache
def ten() -> Judge:
    return Judge([rule for rule in load_rules() if rule.id in TEN])
