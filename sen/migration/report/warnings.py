"""What a reader of a wave's report must know before anything else."""

from __future__ import annotations

from collections.abc import Iterator

from sen.migration.account import Phase, SystemAccount, WaveAccount
from sen.migration.report.words import WavePen


def warnings(account: WaveAccount, pen: WavePen) -> Iterator[str]:
    """Give what is not proven, and what did not go as it was agreed; or say that nothing is."""
    found = [*_of_wave(account, pen)]
    for each in account.systems:
        found += [*_of_system(each, pen)]
    yield from found or [pen("warn-none")]


def _of_wave(account: WaveAccount, pen: WavePen) -> Iterator[str]:
    if account.trust.broken is not None:
        yield pen("warn-chain", number=account.trust.broken)
    people = {each.person for each in account.agreements if not each.withdrawn}
    if len(people) < account.approvals:
        yield pen("warn-agreed", count=len(people), asked=account.approvals)


def _of_system(one: SystemAccount, pen: WavePen) -> Iterator[str]:
    if one.unproven:
        yield pen("warn-unproven", system=one.system, count=one.unproven)
    yield from _waiting(one, pen)
    if one.proof is not None and one.proof.differing:
        yield pen("warn-differs", system=one.system, count=pen.number(one.proof.differing))
    doubts = sum(sum(each.doubts.values()) for each in one.texts)
    if doubts:
        yield pen("warn-doubt", system=one.system, count=pen.number(doubts))
    if any(_switched(each) for each in one.phases):
        yield from _unasked(one, pen)


def _waiting(one: SystemAccount, pen: WavePen) -> Iterator[str]:
    if one.predicted_ms is None:
        yield pen("warn-unrehearsed", system=one.system)
    elif one.downtime_ms and one.downtime_ms > one.predicted_ms[1]:
        spans = {"real": pen.span(one.downtime_ms), "most": pen.span(one.predicted_ms[1])}
        yield pen("warn-longer", system=one.system, **spans)


def _unasked(one: SystemAccount, pen: WavePen) -> Iterator[str]:
    if one.proof is None:
        yield pen("warn-unverified", system=one.system)
    if not any(each.looked_at for each in one.smoke):
        yield pen("warn-smoke", system=one.system)
    if not one.backups:
        yield pen("warn-backup", system=one.system)


def _switched(phase: Phase) -> bool:
    return phase.name == "cut over" and phase.did("open")
