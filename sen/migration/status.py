"""How a wave's object says that it stands, from what is told of the wave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playbooks.migration.order import WaveOrder
from sen.migration.account import Standing, SystemAccount, WaveAccount
from sen.migration.objects import Object, Waves
from stacks.models.objects.status import Condition
from stacks.models.objects.wave import WavePhase, WaveSpec, WaveStatus, WaveSystem

OVER = frozenset({Standing.HELD, Standing.FINISHED})
BETWEEN = frozenset({Standing.SWITCHING, Standing.RETURNING})
BEGUN = OVER | {Standing.FILLED}


def phase(standings: Sequence[Standing]) -> WavePhase:
    """Give the wave's phase from where its systems stand."""
    every = set(standings)
    ways = (
        (WavePhase.MOVING, bool(every & BETWEEN)),
        (WavePhase.FAILED, Standing.TAKEN_BACK in every),
        (WavePhase.FINISHED, every == {Standing.FINISHED}),
        (WavePhase.HELD, every <= OVER),
        (WavePhase.ROLLED_BACK, Standing.ROLLED_BACK in every),
        (WavePhase.MOVING, bool(every & BEGUN)),
        (WavePhase.REHEARSED, every == {Standing.REHEARSED}),
    )
    return next((found for found, holds in ways if holds), WavePhase.PLANNED)


def status(account: WaveAccount, before: Mapping[str, Any], generation: int) -> WaveStatus:
    """Give the whole status; a condition that did not change keeps its time."""
    times = {each["type"]: each for each in before.get("conditions") or ()}
    return WaveStatus(
        observedGeneration=generation,
        phase=phase([each.standing for each in account.systems]),
        moved=sum(1 for each in account.systems if each.standing in OVER),
        conditions=tuple(
            Condition(
                type=kind,
                status=str(bool(holds)),
                reason=kind if holds else f"Not{kind}",
                message=message,
                lastTransitionTime=_since(times.get(kind), holds=holds, now=account.at),
                observedGeneration=generation,
            )
            for kind, holds, message in _conditions(account)
        ),
    )


def _conditions(account: WaveAccount) -> Iterator[tuple[str, bool, str]]:
    people = {each.person for each in account.agreements if not each.withdrawn}
    agreed = f"{len(people)}/{account.approvals}: {', '.join(sorted(people))}".removesuffix(": ")
    yield "Rehearsed", *_all(account, lambda each: each.predicted_ms is not None)
    yield "Approved", len(people) >= account.approvals, agreed
    yield "CutOver", *_all(account, lambda each: each.standing in OVER)
    yield "Verified", *_all(account, _verified)
    back = [each.system for each in account.systems if each.standing is Standing.ROLLED_BACK]
    yield "RolledBack", bool(back), ", ".join(back)
    yield "Finished", *_all(account, lambda each: each.standing is Standing.FINISHED)


def _verified(one: SystemAccount) -> bool:
    return one.proof is not None and one.proof.looked_at > 0 and one.proof.differing == 0


def _all(account: WaveAccount, holds: Any) -> tuple[bool, str]:  # noqa: ANN401 - a claim
    """Say whether something holds of every system, and of which it does not."""
    lacking = [each.system for each in account.systems if not holds(each)]
    return not lacking, ", ".join(lacking)


def _since(before: Mapping[str, Any] | None, *, holds: bool, now: dt.datetime) -> dt.datetime:
    if before is None or before["status"] != str(holds):
        return now
    return dt.datetime.fromisoformat(before["lastTransitionTime"])


def keep(order: WaveOrder, account: WaveAccount, waves: Waves) -> None:
    """Write a wave's status; a wave that no plan made is made from its order.

    Raises:
        MissingPartError: The API server does not answer.
        ProblemError: It does not know the kind yet.
    """
    there = waves.get(order.wave)
    if there is None:
        waves.put(order.wave, of_order(order))
        there = waves.get(order.wave) or _nothing()
    before, generation = there.get("status") or {}, int(there["metadata"].get("generation", 1))
    waves.tell(order.wave, status(account, before, generation))


def of_order(order: WaveOrder) -> WaveSpec:
    """Give the object of a wave that was never planned: it is a plan of its own."""
    return WaveSpec(
        plan=order.wave,
        window=order.wave,
        starts=order.start,
        ends=order.end,
        systems=tuple(WaveSystem(id=each.system, tenant=each.tenant) for each in order.systems),
    )


def _nothing() -> Object:
    return {"metadata": {}}
