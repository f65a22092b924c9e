"""What the new side must reach before people are let in, and the agreement under which it may."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from playbooks.migration.cutover.word import say
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.order.ends import Port, Word
from playbooks.migration.order.host import HostEnd
from playbooks.migration.order.place import place
from playbooks.migration.steps import Gate
from stacks.models.base import Model

SECONDS_TO_REACH = 5
# bash opens a connection by itself: nothing needs to be installed, and nothing is sent.
REACH = "exec timeout {seconds} bash -c 'exec 3<>/dev/tcp/$0/$1' {address} {port}"
TIMED_OUT = 124
Agreement = Callable[[str], str | None]


class FlowOrder(Model):
    """A connection that the new side needs: to a bridge, another system, a mail relay."""

    name: Word
    source: HostEnd = Field(description="The new host from which it is opened.")
    address: Annotated[str, Field(pattern=r"^[A-Za-z0-9:][A-Za-z0-9.:-]*$")]
    port: Port
    agreement: Annotated[str, Field(pattern="^[a-z0-9.-]+/[a-z0-9.-]+$")] | None = Field(
        default=None, description="Namespace and name of the SharingAgreement that allows it."
    )


def flow_gate(order: FlowOrder, agreement: Agreement) -> Gate:
    """Demand that a connection can be opened from the new side, and that its agreement holds.

    Args:
        order: From where to where.
        agreement: Says what is wrong with an agreement today, None where it holds.
    """
    source = place(order.source)

    def closed() -> str | None:
        wrong = agreement(order.agreement) if order.agreement else None
        return wrong or _refused(source, order)

    return Gate(f"flow {order.name}", closed, say("gate-flow", name=order.name))


def _refused(source: FilesPlace, order: FlowOrder) -> str | None:
    words = REACH.format(
        seconds=SECONDS_TO_REACH, address=shlex.quote(order.address), port=order.port
    )
    text = f"({words}) 2>/dev/null; echo $?"
    code = int(source.run(text).split()[-1])
    if code == 0:
        return None
    why = "no-answer" if code == TIMED_OUT else "refused"
    return say(why, source=source.remote.address, target=f"{order.address}:{order.port}")
