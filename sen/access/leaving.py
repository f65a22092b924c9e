"""A person leaves: every right that names them goes, everywhere, at once (TCVN14423/AC-11).

Kubernetes does not know who is in a group of the directory; there the directory's people remove
them. Approvals stay: they are records of what was decided.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from sen.access import delegation
from sen.access.binding import BREAK_GLASS_USER, is_system, marks
from sen.access.certificate import ACT as CERTIFICATE
from sen.access.certificate import MINUTE
from sen.access.cluster import (
    CLUSTER_BINDING,
    DELEGATION,
    REQUEST,
    ROLE_BINDING,
    Cluster,
    Object,
)
from sen.access.person import key, refuse_reserved
from sen.access.recording import recorded
from sen.evidence.chain import Chain
from sen.evidence.record import Act

_DECIDED = frozenset({"Denied", "Failed"})


@dataclass(frozen=True)
class Removal:
    """One thing that names a person, and what remains of it: None where all of it goes."""

    thing: Object
    rest: Object | None

    @property
    def row(self) -> dict[str, object]:
        meta = self.thing["metadata"]
        return {
            "kind": self.thing["kind"],
            "namespace": meta.get("namespace"),
            "name": meta["name"],
            "removed": "all of it" if self.rest is None else "this person only",
        }


def leave(cluster: Cluster, chain: Chain, user: str, now: dt.datetime) -> list[dict[str, object]]:
    """Remove a person everywhere, recorded first; give what was removed, nothing the second time.

    Raises:
        ProblemError: The name is the system's.
    """
    refuse_reserved(user)
    found = tuple(removals(cluster, user, now))
    done = [each.row for each in found]
    with recorded(chain, Act("access.leaver", cluster.myself(), user, {"removed": done})):
        for each in found:
            if each.rest is None:
                cluster.delete(each.thing)
            else:
                cluster.replace(each.rest)
    return done


def removals(cluster: Cluster, user: str, now: dt.datetime) -> Iterator[Removal]:
    """Give everything that names a person: bindings, delegations, certificates asked for."""
    for kind in (ROLE_BINDING, CLUSTER_BINDING):
        for each in cluster.each(kind):
            found = without(each, user)
            if found:
                yield found
    day = now.astimezone().date()
    for each in cluster.each(DELEGATION):
        if delegation.state(each, day) != "over" and _decides(each, user):
            yield Removal(each, delegation.ended(each, day))
    for each in cluster.each(REQUEST):
        if _pending(each) and key(user) in _names(each):
            yield Removal(each, None)


def without(binding: Object, user: str) -> Removal | None:
    """Take a person out of a binding; what Kubernetes would make again stays, without them."""
    subjects = binding.get("subjects") or []
    rest = [each for each in subjects if not _is_user(each, user)]
    if key(marks(binding).get(BREAK_GLASS_USER, "")) == key(user):
        return Removal(binding, None)
    if len(rest) == len(subjects):
        return None
    keep = rest or is_system(binding)
    return Removal(binding, {**binding, "subjects": rest} if keep else None)


def still_valid(chain: Chain, user: str, now: dt.datetime) -> list[str]:
    """Give the ends of certificates that were made for a person and cannot be withdrawn."""
    return sorted(
        str(each.data["until"])
        for each in chain.records()
        if each.act == CERTIFICATE
        and key(each.about) == key(user)
        and str(each.data["until"]) >= now.astimezone(dt.UTC).strftime(MINUTE)
    )


def _is_user(subject: Object, user: str) -> bool:
    return subject["kind"] == "User" and key(subject["name"]) == key(user)


def _decides(found: Object, user: str) -> bool:
    return key(user) in {key(found["spec"]["by"]), key(found["spec"]["to"])}


def _pending(request: Object) -> bool:
    status = request.get("status") or {}
    types = {each["type"] for each in status.get("conditions") or ()}
    return "certificate" not in status and not types & _DECIDED


def _names(request: Object) -> set[str]:
    """Give who asked and for whom; a request that cannot be read is for nobody."""
    spec = request["spec"]
    try:
        found = x509.load_pem_x509_csr(base64.b64decode(spec["request"]))
    except (ValueError, binascii.Error):
        return {key(spec.get("username", ""))}
    names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return {key(spec.get("username", "")), *(key(str(each.value)) for each in names)}
