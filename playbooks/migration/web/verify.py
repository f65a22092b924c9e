"""Whether the new host has the application whole: files, settings, timers, and an answer."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable, Mapping

from playbooks.migration.files.compare import ATTRIBUTES, digest
from playbooks.migration.files.manifest import manifests, shown
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.transfer import transfer
from playbooks.migration.verify import Check, Difference
from playbooks.migration.verify.difference import compared
from playbooks.migration.web.plan import WebPlan

SECONDS = 30
_LINT = (
    "find . -xdev -type f -name '*.php' -print0 | xargs -0 -r -n 1 -P 2 sh -c "
    '\'php -l "$1" >/dev/null 2>&1 || printf "%s\\0" "$1"\' sh'
)


def files(source: FilesPlace, target: FilesPlace, changed: Mapping[bytes, bytes]) -> list[Check]:
    """Compare all files: those that were changed with what they had to become.

    Raises:
        ProblemError: A host is not reached, or files change while they are read.
    """
    was, after = manifests(source, target)
    before = dict(was)
    for name, data in changed.items():
        before[name] = _shape(before.get(name, ""), data)
    expected, found = ({shown(k): v for k, v in each.items()} for each in (before, after))
    content = compared("files", dict(expected), dict(found), digest(before))
    names = {shown(name) for name in changed}
    lines = (each.partition(" ")[2].strip() for each in transfer(target, source, ATTRIBUTES).items)
    other = [Difference(line, "changed") for line in lines if line not in names]
    return [content, Check.of("attributes", len(before), other)]


def lint(target: FilesPlace, unchecked: Iterable[str] = ()) -> Check:
    """Let PHP read every file; those that it cannot are named.

    Raises:
        ProblemError: The host is not reached.
    """
    known = set(unchecked)
    said = target.run(f"cd {target.quoted} && {_LINT} || true").split(b"\0")
    wrong = [shown(each.removeprefix(b"./")) for each in said if each]
    count = (
        f"cd {target.quoted} && find . -xdev -type f -name '*.php' -print0 | tr -cd '\\0' | wc -c"
    )
    differing = [Difference(each, "changed") for each in sorted(wrong) if each not in known]
    return Check.of("php", int(target.run(count)), differing)


def nginx(target: FilesPlace) -> Check:
    """Let nginx judge all its settings.

    Raises:
        ProblemError: The host is not reached.
    """
    good = target.run("if nginx -t -q 2>/dev/null; then echo good; fi").strip()
    return Check.of("nginx", 1, [] if good else [Difference("nginx -t", "changed")])


def answers(target: FilesPlace, plan: WebPlan) -> Check:
    """Ask the site on its own host, by its name.

    Raises:
        ProblemError: The host is not reached.
    """
    port = plan.port or (443 if plan.certificate else 80)
    scheme = "https" if plan.certificate else "http"
    wrong = []
    for each in plan.answers:
        asked = [
            *("curl", "-s", "-k", "-o", "/dev/null", "-w", "%{http_code}", "-m", str(SECONDS)),
            *("--resolve", f"{plan.site}:{port}:127.0.0.1"),
            f"{scheme}://{plan.site}:{port}{each.path}",
        ]
        said = target.run(f"{shlex.join(asked)} || true").decode().strip()
        if said != str(each.status):
            wrong.append(Difference(f"{each.path}: {said}, not {each.status}", "changed"))
    return Check.of("site", len(plan.answers), wrong)


def _shape(before: str, data: bytes) -> str:
    """Give a line of the manifest with another size and sum; see `manifest`."""
    kind, mode, owner, *_ = [*before.split(" "), "", "", ""]
    return f"{kind} {mode} {owner} {len(data)}  {hashlib.sha256(data).hexdigest()}"
