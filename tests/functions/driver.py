"""A daemon in small: one function service in a process of its own, for tests that end it or change its rights.

usage: driver.py [--user-namespace] STATE SOURCE
Prints `log: LINE` for each line that the function logs, when `STATE/follow` exists; then the invocation as JSON.
"""

from __future__ import annotations

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
        print("log:", event.message, end="", flush=True)


def main() -> None:
    *options, state, source = sys.argv[1:]
    if "--user-namespace" in options:
        enter_user_namespace()
    from conftest import Bench, NamespaceThread

    async def body(service) -> None:
        following = asyncio.create_task(follow(service)) if Path(state, "follow").exists() else None
        invocation = await service.invoke("Fn")
        if following:
            following.cancel()
        print(json.dumps({"payload": invocation.payload.decode(), "function_error": invocation.function_error}))

    thread = NamespaceThread()
    Bench(Path(state), thread).run(source, body, timeout=30)
    thread.close()


if __name__ == "__main__":
    main()
