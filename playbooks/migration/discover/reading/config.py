"""Reads where configuration names addresses, hosts, character sets and credentials."""

from __future__ import annotations

import ipaddress
import re

from playbooks.migration.discover.answer import Answer
from playbooks.migration.discover.model import Place

# Names that say what a document is, not whom it talks to.
_NAMESPACE = re.compile(r"xmlns|schema|systemid|publicid|namespace|doctype", re.IGNORECASE)
_PUBLIC = re.compile(
    r"(^|\.)(w3\.org|oasis-open\.org|freedesktop\.org|apache\.org|debian\.org|ubuntu\.com|php\.net|"
    r"kernel\.org|gnu\.org|mariadb\.org|mysql\.com|postgresql\.org|nginx\.org|example\.(com|org|net)|"
    r"github\.com|wikipedia\.org|mozilla\.org|centos\.org|redhat\.com|sourceforge\.net|openssl\.org|"
    r"xmlsoap\.org|java\.sun\.com|springframework\.org|jcp\.org|mariadb\.com|globaltranscorp\.org)$"
)
_KINDS = ("secret", "ip", "host", "charset")
_FIELDS = 5


def places(answer: Answer) -> tuple[Place, ...]:
    """Give the places, each once; a credential's never has a value."""
    rows = (row for row in answer["config"].rows("found", least=_FIELDS - 1))
    found = (_place([*row, ""][:_FIELDS]) for row in rows if row[0] in _KINDS and row[2].isdigit())
    return tuple(dict.fromkeys(each for each in found if each))


def _place(row: list[str]) -> Place | None:
    kind, path, line, key, value = row
    if kind == "ip" and not _reachable(value):
        return None
    if kind == "charset" and key == "AddCharset":  # a list of what browsers may ask for
        return None
    if kind == "host" and not _worth_naming(key, value):
        return None
    if kind == "secret":
        if path.endswith("/nsswitch.conf"):  # names where passwd, a list of accounts, is found
            return None
        value = ""
    return Place(kind=kind, path=path, line=int(line), key=key[:60], value=value[:200])


def _reachable(text: str) -> bool:
    try:
        found = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return not (
        found.is_loopback or found.is_unspecified or found.is_multicast or found.is_reserved
    )


def _worth_naming(key: str, value: str) -> bool:
    name = value.partition(":")[0].lower()
    if _NAMESPACE.search(key) or "char" in key.lower() or _PUBLIC.search(name):
        return False
    return name not in {"localhost", "localdomain", "on", "off", "yes", "no", "true", "false"} and (
        not name.replace(".", "").isdigit()
    )


def large_files(answer: Answer) -> tuple[str, ...]:
    """Give files of configuration folders that were too large to be read, with their GiB."""
    return tuple(
        f"{row[1]} ({int(row[0]) / (1 << 30):.1f} GiB)"
        for row in answer["config"].rows("large")
        if row[0].isdigit()
    )
