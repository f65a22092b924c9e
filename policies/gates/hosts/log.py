"""How a host keeps and sends its logs: the journal, rsyslog, logrotate, the audit rules."""

from __future__ import annotations

import re

from policies.gates.hosts.host import Host

SHORT = re.compile(r"\S+\s+-?(?P<kind>@@?)(?:\([^)]*\))?\[?(?P<server>[^]:\s]+)")
LONG = re.compile(r'target="(?P<server>[^"]+)"', re.IGNORECASE)
PATTERN = re.compile(
    r"rotating pattern: (?P<paths>.*?)\s+"
    r"(?P<period>after (?P<days>\d+) days|hourly|daily|weekly|monthly|yearly)"
    r".*?\((?P<times>\d+) rotations?\)"
)
DAYS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30.5, "yearly": 365}


def journal(host: Host) -> dict[str, str]:
    """Give journald's settings; the last word holds."""
    return {
        key: value for key, _, value in (line.partition("=") for line in host.lines("journald"))
    }


def targets(host: Host) -> list[str]:
    """Give the servers that rsyslog sends to."""
    found = (LONG.search(line) or SHORT.match(line) for line in host.lines("rsyslog"))
    return list(dict.fromkeys(each["server"] for each in found if each))


def plain_targets(host: Host) -> list[str]:
    """Give the servers that logs go to in clear; one line is one statement of rsyslog."""
    lines = host.lines("rsyslog")
    sends = {line: LONG.search(line) or SHORT.match(line) for line in lines}
    common = " ".join(line for line, found in sends.items() if not found)
    return [
        f"{found['server']} without TLS"
        for line, found in sends.items()
        if found and not _encrypted(common, line)
    ]


def _encrypted(common: str, own: str) -> bool:
    driver = re.search(r"gtls|ossl", f"{own} {common}")
    mode = re.search(r'streamdriver\.?mode="(\d)"', own) or re.search(
        r"streamdrivermode (\d)", common
    )
    return 'tls="on"' in own or (driver is not None and mode is not None and mode[1] == "1")


def kept_days(host: Host) -> dict[str, float]:
    """Give for how many days logrotate keeps each log; by size it promises none."""
    kept: dict[str, float] = {}
    for line in host.lines("logrotate"):
        found = PATTERN.match(line)
        paths = line.removeprefix("rotating pattern: ").split()
        for path in (each for each in paths if each.startswith("/")):
            kept[path] = _days(found) if found else 0
    return kept


def _days(found: re.Match[str]) -> float:
    period = float(found["days"]) if found["days"] else DAYS[found["period"]]
    return round(period * int(found["times"]))


def audited(rule: str, what: str) -> bool:
    """Say whether an audit rule records changes of a file, or uses of a system call."""
    if not what.startswith("/"):
        return bool(re.search(rf"-S \S*\b{what}\b", rule))
    watch = re.search(r"(?:-w |-F (?:path|dir)=)(\S+).*?(?:-p |-F perm=)(\S+)", rule)
    if watch is None:
        return False
    covers = what == watch[1] or what.startswith(watch[1].rstrip("/") + "/")
    return covers and "w" in watch[2] and "a" in watch[2]
