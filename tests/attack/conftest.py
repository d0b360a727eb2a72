"""Hostile functions beside an honest one: what attacks must not change for other clients."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from netful.fabric.kernel.thread import NamespaceThread
from netful.functions.environments.service import FunctionService
from netful.functions.invocations.invocation import Invocation
from tests.helpers.lambda_bench import Bench
from tests.helpers.places import ROOT

sys.path.append(str(ROOT / "bench"))
import hostile_functions

HONEST = "def handler(event, context):\n    return event['n'] + 1\n"
SECONDS = 2
ROUNDS = 20

Attack = Callable[..., tuple[Invocation, str]]


@pytest.fixture
def attack(tmp_path: Path) -> Iterator[Attack]:
    """Run a hostile function while another client invokes an honest one: its invocation, and its log."""
    thread = NamespaceThread()
    bench = Bench(tmp_path, thread)

    def run(name: str, *, rounds: int = ROUNDS, event: dict[str, Any] | None = None, **changes: Any) -> Any:
        async def body(service: FunctionService) -> tuple[Invocation, str]:
            assert await honest(service, 0) == 1
            payload = json.dumps({"seconds": SECONDS, **(event or {})}).encode()
            hostile = asyncio.ensure_future(service.invoke("Fn", payload))
            for number in range(rounds):
                assert await asyncio.wait_for(honest(service, number), 10) == number + 1
            return await asyncio.wait_for(hostile, 40), service.logs("Fn").text

        settings = {"timeout": 30, "memory_size": 512, **changes}
        return bench.run(hostile_functions.source(name), body, others={"Honest": HONEST}, **settings)

    yield run
    thread.close()


async def honest(service: FunctionService, number: int) -> int:
    """Invoke the honest function."""
    done = await service.invoke("Honest", json.dumps({"n": number}).encode())
    result: int = json.loads(done.payload)
    return result
