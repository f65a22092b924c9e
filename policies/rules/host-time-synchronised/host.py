"""The host's clock is kept right."""

import re

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    text = host.read("time")
    leap = re.search(r"^Leap status\s*: (.*)$", text, re.MULTILINE)
    if leap:
        return verdict(good=leap[1] == "Normal", evidence=f"chrony: {leap[1]}")
    good = "NTPSynchronized=yes" in text
    return verdict(good=good, evidence=f"NTPSynchronized={'yes' if good else 'no'}")
