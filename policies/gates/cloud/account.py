"""Reads an account page by page, and remembers what it was not allowed to see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from policies.partial import UNKNOWN

API = "cloud.sen.gov.vn/v1"
Thing = dict[str, Any]
Answer = Mapping[str, Any]
NOTHING = frozenset[str]()


@dataclass(frozen=True)
class Unread:
    """What could not be looked at.

    Attributes:
        what: Service, operation and resource: `s3:GetBucketPolicy evidence`.
        code: The service's error code, or the class of the error when no answer came.
    """

    what: str
    code: str


@dataclass
class Account:
    """One account in one region, through a session; a service's client is made when it is asked."""

    session: Any
    region: str
    endpoint_url: str | None = None
    unread: list[Unread] = field(default_factory=list)
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        if service not in self._clients:
            self._clients[service] = self.session.client(
                service,
                region_name=self.region,
                endpoint_url=self.endpoint_url,
                config=Config(retries={"mode": "standard", "max_attempts": 3}),
            )
        return self._clients[service]

    def pages(self, service: str, operation: str, key: str, **given: object) -> Iterator[Any]:
        """Give the members of a listing, page by page, each as it comes.

        Args:
            service: Name of the service.
            operation: Name of the client's method.
            key: Where an answer keeps its members.
            given: Arguments of the operation.
        """
        try:
            for page in self._answers(service, operation, given):
                yield from page.get(key) or ()
        except (ClientError, BotoCoreError) as error:
            self._remember(service, operation, given, error)

    def whole_pages(self, service: str, operation: str, **given: object) -> Iterator[Answer]:
        """Give the answers of a listing whose pages hold several kinds of members."""
        try:
            yield from self._answers(service, operation, given)
        except (ClientError, BotoCoreError) as error:
            self._remember(service, operation, given, error)

    def ask(
        self, service: str, operation: str, absent: frozenset[str] = NOTHING, **given: object
    ) -> Answer | None:
        """Give one answer; empty when the service says that nothing is set, None when unreadable.

        Args:
            service: Name of the service.
            operation: Name of the client's method.
            absent: Error codes by which the service says that nothing is set.
            given: Arguments of the operation.
        """
        try:
            answer: Answer = getattr(self.client(service), operation)(**given)
        except (ClientError, BotoCoreError) as error:
            if code_of(error) in absent:
                return {}
            self._remember(service, operation, given, error)
            return None
        return answer

    def _answers(
        self, service: str, operation: str, given: Mapping[str, object]
    ) -> Iterable[Answer]:
        client = self.client(service)
        if client.can_paginate(operation):
            answers: Iterable[Answer] = client.get_paginator(operation).paginate(**given)
            return answers
        return [getattr(client, operation)(**given)]

    def _remember(
        self, service: str, operation: str, given: Mapping[str, object], error: Exception
    ) -> None:
        name = "".join(part.capitalize() for part in operation.split("_"))
        named = " ".join(str(value) for value in given.values() if isinstance(value, str))
        self.unread.append(Unread(f"{service}:{name} {named}".strip(), code_of(error)))


def code_of(error: Exception) -> str:
    """Give the service's code of an error; what never reached the service goes by its class."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "")) or type(error).__name__
    return type(error).__name__


def described(kind: str, name: str, tags: Iterable[Answer], spec: Answer) -> Thing:
    """Put a description into the shape that rules read; what is None is left out."""
    labels = {str(each["Key"]): str(each.get("Value", "")) for each in tags}
    return {
        "apiVersion": API,
        "kind": kind,
        "metadata": {"name": name, "labels": labels},
        "spec": {key: value for key, value in spec.items() if value is not None},
    }


def part(answer: Answer | None, read: Callable[[Answer], Any]) -> Any:  # noqa: ANN401 - any part
    """Read a part of an answer; of an answer that was refused nothing is known."""
    return UNKNOWN if answer is None else read(answer)
