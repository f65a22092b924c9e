"""A cloud that only records: what a program registers, by URN, without an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime import mocks, settings
from pulumi.runtime.stack import run_pulumi_func

Plan = dict[str, dict[str, Any]]


class Recorder(mocks.Mocks):
    """Answers each registration with its own inputs; a look-up is an error."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}-id", args.inputs

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"a plan looks nothing up: {args.token}")


class Cloud:
    """Runs a program and gives `parent type$type::name` → inputs."""

    def plan(self, program: Callable[[], object]) -> Plan:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        monitor = mocks.MockMonitor(Recorder())
        mocks.set_mocks(Recorder(), project="sen", stack="tenants-h26-dev", monitor=monitor)

        async def run() -> None:
            await run_pulumi_func(lambda: program() and None)

        try:
            loop.run_until_complete(run())
        finally:
            settings.reset_options()
            asyncio.set_event_loop(None)
            loop.close()
        return {
            urn.split("::", 2)[2]: dict(registered.state)
            for urn, registered in monitor.resources.items()
        }


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()
