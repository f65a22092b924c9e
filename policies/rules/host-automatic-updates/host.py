"""Security updates are installed automatically."""

import re

from policies.gates.hosts import unit
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    text = host.read("updates")
    if host.like_red_hat:
        timers = ["dnf-automatic.timer", "dnf-automatic-install.timer", "dnf5-automatic.timer"]
        found = unit.enabled(host, timers)
        good = "dnf-automatic-install.timer" in found or (
            bool(found) and "apply_updates = yes" in text
        )
        return verdict(good=good, evidence=", ".join(found) or "no timer of dnf-automatic")
    installed = "unattended-upgrades" in host.packages
    days = re.search(r'^APT::Periodic::Unattended-Upgrade "(\w*)"', text, re.MULTILINE)
    value = days[1] if days else "not set"
    good = installed and value not in {"0", "", "not set"}
    there = "installed" if installed else "not installed"
    said = f"unattended-upgrades {there}; APT::Periodic::Unattended-Upgrade {value}"
    return verdict(good=good, evidence=said)
