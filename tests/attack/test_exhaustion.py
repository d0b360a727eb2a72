"""Machines that run out of something: every invocation gets an answer, and later ones are served as before."""

import asyncio
import collections
import resource
from pathlib import Path

import pytest

from netful.fabric.kernel.thread import NamespaceThread
from netful.functions.environments.service import FunctionService
from netful.functions.invocations.invocation import InvokeRefused
from tests.helpers.lambda_bench import Bench

pytestmark = pytest.mark.packets
SLOW = "import time\ndef handler(event, context):\n    time.sleep(0.3)\n    return 1\n"
AT_ONCE = 40


@pytest.mark.parametrize("free", [10, 20, 35, 62, 100])
def test_no_descriptor_is_left(tmp_path: Path, free: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    answers: collections.Counter[str] = collections.Counter()

    async def invoke(service: FunctionService) -> None:
        try:
            done = await service.invoke("Fn")
        except InvokeRefused as refused:
            answers[refused.code] += 1
        else:
            answers[done.function_error or "served"] += 1

    async def body(service: FunctionService) -> None:
        await service.invoke("Fn")
        used = len([*Path("/proc/self/fd").iterdir()])  # noqa: ASYNC240  # it takes no time
        resource.setrlimit(resource.RLIMIT_NOFILE, (used + free, hard))
        try:
            await asyncio.gather(*(invoke(service) for _ in range(AT_ONCE)))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert (await service.invoke("Fn")).payload == b"1"

    thread = NamespaceThread()
    try:
        Bench(tmp_path, thread).run(SLOW, body, timeout=5)
    finally:
        thread.close()
    assert answers.total() == AT_ONCE
    assert answers["served"] > 0
    assert answers.keys() <= {"served", "ServiceException", "Unhandled"}
