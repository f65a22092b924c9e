"""Tells in plain words what happens to requests and tenants, as events beside the objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from sen.operator.log import LOG
from stacks.models.objects import GROUP, VERSION
from stacks.problem import APART, Language, half

CONTROLLER = f"{GROUP}/operator"
LONGEST_NOTE = 1024
# By reason: Vietnamese, English. What is not here is told by the condition's own message.
WORDS: Mapping[str, tuple[str, str]] = {
    "Priced": ("Đã tính giá", "The price is known"),
    "Waiting": ("Đang chờ phê duyệt", "Waits for approval"),
    "Approved": ("Đã được phê duyệt đầy đủ", "All who must agree have agreed"),
    "Rejected": ("Bị từ chối", "It was rejected"),
    "Invalid": ("Yêu cầu không hợp lệ", "The request breaks a rule"),
    "QuotaShort": ("Không còn đủ hạn mức hoặc ngân sách", "Quota or budget do not suffice"),
    "Built": ("Đã dựng xong, sẵn sàng sử dụng", "It is built and ready"),
    "RunFailed": ("Lượt dựng không thành công, sẽ thử lại", "The run failed and is tried again"),
    "Offered": ("Đã đề nghị chuyển giao cho cơ quan khác", "It is offered to another agency"),
    "TransferWaits": ("Chưa thể chuyển giao", "It cannot be taken over yet"),
    "TakenOver": ("Đã tiếp nhận từ cơ quan khác", "It was taken over from another agency"),
    "HandedOver": ("Đã chuyển giao cho cơ quan khác", "Another agency has taken it over"),
    "Drift": ("Có người sửa tay, đã khôi phục", "It was edited by hand and put back"),
}
_BAD = frozenset({"Rejected", "Invalid", "QuotaShort", "RunFailed", "Drift"})
Object = Mapping[str, Any]
Condition = Mapping[str, Any]


class Asks(Protocol):
    """The part of `Rest` that events need."""

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Events:
    """Writes events; one that is not taken is lost, and nothing waits for it.

    Attributes:
        instance: Which operator tells.
        lost: Called for each that the API server did not take.
    """

    rest: Asks
    instance: str
    now: Callable[[], dt.datetime]
    lost: Callable[[], None]

    def changed(self, thing: Object, before: Sequence[Condition]) -> None:
        """Tell of each condition that says something new."""
        for each in news(before, (thing.get("status") or {}).get("conditions") or ()):
            self.tell(thing, str(each["type"]), str(each["reason"]), str(each.get("message", "")))

    def tell(self, thing: Object, action: str, reason: str, message: str = "") -> None:
        """Tell one thing about an object."""
        namespace = thing["metadata"].get("namespace") or "default"
        event = event_of(thing, action, reason, message, self.now())
        event["reportingInstance"] = self.instance[:128]
        try:
            self.rest.ask("POST", f"/apis/events.k8s.io/v1/namespaces/{namespace}/events", event)
        except (ApiException, HTTPError) as error:
            self.lost()
            LOG.warning("event not told: %s", getattr(error, "reason", type(error).__name__))


def news(before: Sequence[Condition], after: Sequence[Condition]) -> Iterator[Condition]:
    """Give the conditions whose status, reason or words are new; a later time alone is none."""
    known = {each["type"]: each for each in before}
    for each in after:
        old = known.get(each["type"], {})
        if any(old.get(part) != each.get(part) for part in ("status", "reason", "message")):
            yield each


def event_of(
    thing: Object, action: str, reason: str, message: str, now: dt.datetime
) -> dict[str, Any]:
    """Give the event, its words in Vietnamese and English."""
    meta = thing["metadata"]
    regarding = {
        "apiVersion": thing.get("apiVersion", f"{GROUP}/{VERSION}"),
        "kind": thing["kind"],
        "name": meta["name"],
        "namespace": meta.get("namespace", ""),
        "uid": meta.get("uid", ""),
        "resourceVersion": meta.get("resourceVersion", ""),
    }
    return {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {
            "generateName": f"{meta['name']}-",
            "namespace": meta.get("namespace") or "default",
        },
        "eventTime": now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "reportingController": CONTROLLER,
        "action": action,
        "reason": reason,
        "type": "Warning" if reason in _BAD else "Normal",
        "regarding": regarding,
        "note": note(reason, message),
    }


def note(reason: str, message: str) -> str:
    """Give the words: `Vietnamese: details / English: details`."""
    words = WORDS.get(reason)
    if words is None:
        return _cut(message or reason, LONGEST_NOTE)
    room = (LONGEST_NOTE - len(APART)) // 2
    details = (half(message, lang) for lang in Language)
    said = (": ".join(filter(None, pair)) for pair in zip(words, details, strict=True))
    return APART.join(_cut(each, room) for each in said)


def _cut(text: str, most: int) -> str:
    """Keep what fits into so many bytes."""
    while len(text.encode()) > most:
        text = f"{text[: len(text) - 2 - (len(text.encode()) - most) // 4]}…"
    return text
