"""A cloud that only records: what a program registers and exports, by URN, without an engine."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import mocks, set_all_config, settings
from pulumi.runtime.stack import run_pulumi_func

ROOT = "pulumi:pulumi:Stack$"
STACK = "tenants-h26-dev"
PROJECT, ORGANIZATION = "sen", "organization"
ANSWER_SECONDS = 0.002


@dataclass(frozen=True)
class Registered:
    """A resource as the engine would get it; other resources are named by their keys.

    Attributes:
        inputs: Its inputs.
        after: What has to be there before it, by its own word.
        waited_for: What was there when the program asked for it.
        gone_with: What takes it along when it is deleted; then it is not deleted on its own.
        protected: Whether Pulumi refuses to delete it.
        provider: Key of the provider that makes it.
    """

    inputs: dict[str, Any]
    after: frozenset[str]
    waited_for: frozenset[str]
    gone_with: str
    protected: bool
    provider: str


@dataclass(frozen=True)
class Plan(Mapping[str, Registered]):
    """What a program registered, `parent type$type::name` → resource, and what it exported."""

    resources: dict[str, Registered]
    exports: dict[str, Any]

    def __getitem__(self, key: str) -> Registered:
        return self.resources[key]

    def __iter__(self) -> Any:
        return iter(self.resources)

    def __len__(self) -> int:
        return len(self.resources)


class Recorder(mocks.Mocks):
    """Answers each registration with its own inputs; a look-up is an error.

    The one exception is the stack's own outputs, as its last run left them.
    """

    def __init__(self, stack: str, before: Mapping[str, object]) -> None:
        self.stack, self.before = stack, dict(before)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            assert args.inputs["name"] == f"{ORGANIZATION}/{PROJECT}/{self.stack}"
            return args.name, {**args.inputs, "outputs": self.before}
        return f"{args.name}-id", args.inputs

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"a plan looks nothing up: {args.token}")


class Monitor(mocks.MockMonitor):
    """Keeps the options too: Pulumi's own monitor forgets them."""

    def __init__(self, stack: str, before: Mapping[str, object]) -> None:
        super().__init__(Recorder(stack, before))
        self.registered: dict[str, Registered] = {}

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - Pulumi's name
        with loop_of_its_own():
            return super().ReadResource(request)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - Pulumi's name
        waited_for = frozenset(self.registered)
        with loop_of_its_own():
            answer = super().RegisterResource(request)
        # An engine takes its time: who does not wait for an answer is seen not to.
        time.sleep(ANSWER_SECONDS)
        if request.type != "pulumi:pulumi:Stack":
            assert key(answer.urn) not in self.registered, f"registered twice: {answer.urn}"
            self.registered[key(answer.urn)] = Registered(
                inputs=dict(self.resources[answer.urn].state),
                after=frozenset(key(urn) for urn in request.dependencies),
                waited_for=waited_for,
                gone_with=key(request.deletedWith),
                protected=request.protect,
                provider=key(request.provider),
            )
        return answer


@contextmanager
def loop_of_its_own() -> Iterator[asyncio.AbstractEventLoop]:
    """Give this thread a loop and close it: Pulumi's mocks make one each thread and leave it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def key(urn: str) -> str:
    """Give `parent type$type::name` of a URN, or of a reference to a provider (`urn::id`)."""
    return "::".join(urn.split("::")[2:4]).removeprefix(ROOT)


class Cloud:
    """Runs a program as one stack, each time from nothing."""

    def plan(
        self,
        program: Callable[[], object],
        *,
        stack: str = STACK,
        config: Mapping[str, object] | None = None,
        before: Mapping[str, object] | None = None,
    ) -> Plan:
        """Give what the program registers and exports.

        Args:
            program: Registers resources.
            stack: Its name.
            config: What the stack is told.
            before: What its last run exported.
        """
        monitor = Monitor(stack, before or {})
        with loop_of_its_own() as loop:
            mocks.set_mocks(
                monitor.mocks, PROJECT, stack, monitor=monitor, organization=ORGANIZATION
            )
            set_all_config({name: json.dumps(value) for name, value in (config or {}).items()})
            try:
                exports = loop.run_until_complete(_run(program))
            finally:
                set_all_config({})
                settings.reset_options()
                loop.run_until_complete(loop.shutdown_default_executor())
        return Plan(monitor.registered, exports)


async def _run(program: Callable[[], object]) -> dict[str, Any]:
    await run_pulumi_func(lambda: program() and None)
    root = settings.get_root_resource()
    return {
        name: await pulumi.Output.from_input(value).future() for name, value in root.outputs.items()
    }
