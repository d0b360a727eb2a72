"""A daemon in small: one function service in a process of its own, for tests that end it or change its rights.

usage: python -m tests.helpers.lambda_driver [--user-namespace] [--follow] STATE SOURCE
With `--follow` it writes `log: LINE` for each line that the function logs. It ends with the invocation as JSON.
"""

import asyncio
import ctypes
import json
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000


def enter_user_namespace() -> None:
    uid, gid = os.getuid(), os.getgid()
    assert ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")


async def follow(service) -> None:
    async for event in service.logs("Fn").follow():
        sys.stdout.write(f"log: {event.message}")
        sys.stdout.flush()


def main() -> None:
    *options, state, source = sys.argv[1:]
    if "--user-namespace" in options:
        enter_user_namespace()
    from tests.helpers.lambda_bench import Bench, NamespaceThread

    async def body(service) -> None:
        following = asyncio.create_task(follow(service)) if "--follow" in options else None
        invocation = await service.invoke("Fn")
        if following:
            following.cancel()
        answer = {"payload": invocation.payload.decode(), "function_error": invocation.function_error}
        sys.stdout.write(json.dumps(answer))

    thread = NamespaceThread()
    Bench(Path(state), thread).run(source, body, timeout=30)
    thread.close()


if __name__ == "__main__":
    main()
