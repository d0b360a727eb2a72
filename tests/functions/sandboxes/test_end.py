"""The end: closing, and kill -9 of the daemon in the middle of an invocation, leave no process and no mount."""

import asyncio
import contextlib
import os
import select
import signal
import subprocess
from pathlib import Path

import pytest

from tests.helpers.lambda_bench import DRIVER
from tests.helpers.places import ROOT
from tests.helpers.processes import ENOUGH_SECONDS, children, descendants
from tests.helpers.texts import replaced

pytestmark = pytest.mark.packets

DAEMONISED = """
import os, subprocess, signal, sys
def handler(event, context):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (1, 2, 15):
                signal.signal(number, signal.SIG_IGN)
            print("orphan is there", flush=True)
            signal.pause()
        os._exit(0)
    os.wait()
    {then}
"""


def pids_below(pid: int) -> set[int]:
    return {below for below, _ in descendants(pid)} - {pid}


def pidfds_of(pids: set[int]) -> list[int]:
    """Open the processes that still run: a process of the machine's own may have ended since it was listed."""
    opened = []
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            opened.append(os.pidfd_open(pid))
    return opened


def wait_for_the_end_of(pidfds: list[int]) -> bool:
    return all(select.select([pidfd], [], [], ENOUGH_SECONDS)[0] for pidfd in pidfds)


def test_closing_ends_every_process(bench):
    others = pids_below(os.getpid())

    async def body(service):
        invoking = asyncio.create_task(service.invoke("Fn"))
        async for event in service.logs("Fn").follow():
            if "orphan" in event.message:
                break
        pidfds = pidfds_of(pids_below(os.getpid()) - others)
        assert len(pidfds) >= 4  # the zygote, pid 1, the runtime, its orphan
        await service.close()
        return pidfds, await invoking

    pidfds, invocation = bench.run(replaced(DAEMONISED, {"{then}": "signal.pause()"}), body, timeout=30)
    assert invocation.payload.endswith(b'Error: Runtime exited with error: signal: killed"}')
    assert wait_for_the_end_of(pidfds)
    assert all(attachment.closed for attachment in bench.attachments)


def test_an_orphan_ends_with_the_environment_of_a_timeout(bench):
    others = pids_below(os.getpid())

    async def body(service):
        invoking = asyncio.create_task(service.invoke("Fn"))
        async for event in service.logs("Fn").follow():
            if "orphan" in event.message:
                break
        (zygote,) = children(os.getpid()) - others
        pidfds = pidfds_of(pids_below(zygote))
        assert len(pidfds) >= 3
        await invoking
        return wait_for_the_end_of(pidfds)

    assert bench.run(replaced(DAEMONISED, {"{then}": "signal.pause()"}), body, timeout=5)


@pytest.mark.parametrize("options", [[], ["--user-namespace"]], ids=["root", "user namespace"])
def test_kill_of_the_daemon_leaves_nothing(tmp_path, options):
    source = replaced(DAEMONISED, {"{then}": "signal.pause()"})
    arguments = [*DRIVER, *options, "--follow", str(tmp_path), source]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        assert any("orphan" in line for line in daemon.stdout)
        pidfds = pidfds_of(pids_below(daemon.pid))
        assert len(pidfds) >= 4
        daemon.send_signal(signal.SIGKILL)
    assert wait_for_the_end_of(pidfds)
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
    assert not any((tmp_path / "root").iterdir())
