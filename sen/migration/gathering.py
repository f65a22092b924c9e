"""Gathers what is told of a wave from its journals and from the chain of evidence alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from playbooks.migration.cutover.gates import Rehearsal, predicted
from playbooks.migration.order import SystemOrder, WaveOrder
from sen.evidence.chain import Chain
from sen.evidence.record import FIRST, Record
from sen.evidence.verification import verify
from sen.migration import said
from sen.migration.account import Agreement, Standing, SystemAccount, Trial, WaveAccount
from sen.migration.course import moment, phases
from sen.migration.expected import expected
from sen.migration.finding import HostLevel, Span, Trust
from sen.migration.ledger import AGREED, REHEARSED, WITHDRAWN
from sen.migration.proof import texts, unproven, verifications
from sen.migration.standing import IS_OVER, standing_of
from sen.migration.wiping import wiped

HARDENED = "migration.harden"


def gathered(order: WaveOrder, chain: Chain, folder: Path, at: dt.datetime) -> WaveAccount:
    """Gather a wave; the journals of all waves lie in the folder.

    Raises:
        ProblemError: A line of a journal or of the chain cannot be read.
    """
    lines = list(chain.lines())
    every = list(chain.records())
    mine = _mine(order, every)
    return WaveAccount(
        wave=order.wave,
        order=order.digest(),
        start=order.start,
        end=order.end,
        hold_days=order.hold_days,
        approvals=order.approvals,
        at=at,
        agreements=tuple(_agreements(order, mine)),
        earlier=sum(1 for each in mine if each.act == AGREED and not _of(each, order)),
        systems=tuple(_system(order, each, mine, folder) for each in order.systems),
        hosts=tuple(_hosts(order, every)),
        spans=tuple(_spans(mine)),
        trust=_trust(lines, every),
    )


def records_of(order: WaveOrder, chain: Chain) -> list[Record]:
    """Give the records of a wave, and of the hosts that its parts go to.

    Raises:
        ProblemError: A line of the chain cannot be read.
    """
    every = list(chain.records())
    chosen = {each.sequence for each in _mine(order, every)}
    chosen |= {each.sequence for each in _hardened(order, every)}
    return [each for each in every if each.sequence in chosen]


def _mine(order: WaveOrder, records: Sequence[Record]) -> list[Record]:
    return [each for each in records if _is_about(each.about, order.wave)]


def _is_about(about: str, wave: str) -> bool:
    return about == wave or about.startswith(f"{wave}/")


def _of(record: Record, order: WaveOrder) -> bool:
    return record.data.get("order") == order.digest()


def _agreements(order: WaveOrder, records: Sequence[Record]) -> list[Agreement]:
    found: list[Agreement] = []
    for each in records:
        if each.act == AGREED and _of(each, order):
            document = said.said(said.AGREED, each).document
            found.append(Agreement(each.by, document, moment(each.at), each.sequence))
        elif each.act == WITHDRAWN and _of(each, order):
            found = [_without(one, each) for one in found]
    return found


def _without(agreement: Agreement, record: Record) -> Agreement:
    """Give an agreement after a person has taken theirs back."""
    if agreement.person != record.by or agreement.withdrawn:
        return agreement
    reason = said.said(said.WITHDRAWN, record).reason
    return replace(agreement, withdrawn=moment(record.at), reason=reason)


def _system(
    order: WaveOrder, system: SystemOrder, records: Sequence[Record], folder: Path
) -> SystemAccount:
    name = f"{order.wave}/{system.system}"
    place = folder / name
    course = phases(place, expected(records, f"{order.wave}/{system.system}"))
    trials = tuple(_trials(order, system, records))
    switched = [each for each in course if each.name == "cut over" and each.did("open")]
    standing = standing_of(course, rehearsed=any(each.passed for each in trials))
    opened = switched[-1].ended if switched and standing in IS_OVER else None
    checks, smoke = verifications(name, records)
    return SystemAccount(
        system=system.system,
        tenant=system.tenant,
        standing=standing,
        trials=trials,
        predicted_ms=_predicted(trials, switched[-1].begun if switched else None),
        downtime_ms=switched[-1].waited_ms if switched else None,
        phases=course,
        verifications=checks,
        smoke=smoke,
        texts=tuple(texts(name, records)),
        opened=opened,
        hold_until=opened + order.hold if opened else None,
        finished=course[-1].ended if standing is Standing.FINISHED else None,
        unproven=unproven(name, place, records),
        wiped=tuple(wiped(name, records)),
        backups=len(system.backups),
    )


def _trials(order: WaveOrder, system: SystemOrder, records: Sequence[Record]) -> Iterator[Trial]:
    for each in records:
        if each.act != REHEARSED or not _of(each, order):
            continue
        data = said.said(said.REHEARSED, each)
        if data.system == system.system:
            took, side = data.downtime_ms, data.tenant
            yield Trial(moment(each.at), each.by, data.passed, took, each.sequence, side)


def _predicted(trials: Sequence[Trial], before: dt.datetime | None) -> tuple[int, int] | None:
    """Give the interval as it was known before the switch."""
    known = [
        Rehearsal(each.at, each.passed, each.downtime_ms / 1000, "")
        for each in trials
        if before is None or each.at < before
    ]
    found = predicted(known, "")
    return (round(found[0] * 1000), round(found[1] * 1000)) if found else None


def _hosts(order: WaveOrder, records: Sequence[Record]) -> list[HostLevel]:
    """Give the last result of each host that a part of the wave goes to."""
    found: dict[str, HostLevel] = {}
    for each in _hardened(order, records):
        data = said.said(said.HARDENED, each)
        found[each.about] = HostLevel(
            host=each.about,
            level=data.level,
            before=data.before,
            after=data.after,
            remaining=data.remaining,
            at=moment(each.at),
            sequence=each.sequence,
        )
    return list(found.values())


def _hardened(order: WaveOrder, records: Sequence[Record]) -> Iterator[Record]:
    wanted = set(_targets(order.model_dump(mode="json")["systems"]))
    for each in records:
        if each.act == HARDENED and wanted & {each.about, str(each.data.get("address"))}:
            yield each


def _targets(node: object) -> Iterator[str]:
    """Give the host of every target, of whatever kind of part."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(_list(node)):
        if key == "target" and isinstance(value, dict):
            yield str(value.get("host"))
        yield from _targets(value)


def _list(node: object) -> list[object]:
    return node if isinstance(node, list) else []


def _spans(records: Sequence[Record]) -> Iterator[Span]:
    numbers: dict[str, list[int]] = {}
    for each in records:
        numbers.setdefault(each.about, []).append(each.sequence)
    for about, found in numbers.items():
        yield Span(about, found[0], found[-1], len(found))


def _trust(lines: Sequence[bytes], records: Sequence[Record]) -> Trust:
    verdict = verify(lines)
    head = records[-1].hash if records else FIRST
    return Trust(len(records), head, verdict.broken.number if verdict.broken else None)
