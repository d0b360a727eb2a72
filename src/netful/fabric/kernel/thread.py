"""The namespace thread: the one thread that enters namespaces.

Rules:
1. Every setns, netlink and nft call of the fabric runs here; sockets made here are served elsewhere.
2. It lives as long as the process, in a namespace of its own without links ("limbo"): it never goes back to the
   host's network, which a process without root could not re-enter anyway (fabric §6).
3. Nothing is awaited between entering a namespace and coming back.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from netful.fabric.kernel import syscalls

P = ParamSpec("P")
T = TypeVar("T")


class NamespaceThread:
    """Runs calls one after another on the namespace thread."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="namespaces")
        self.limbo: int = self._executor.submit(_enter_limbo).result()

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call there and wait for it."""
        return self._executor.submit(function, *args, **kwargs).result()

    def submit(self, function: Callable[[], None]) -> None:
        """Run a call there some time; nothing waits for it."""
        self._executor.submit(function)

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call there without blocking the event loop."""
        return await asyncio.wrap_future(self._executor.submit(function, *args, **kwargs))

    def close(self) -> None:
        """End the thread; processes that it started with a parent-death signal end with it."""
        self._executor.shutdown(wait=True)
        os.close(self.limbo)


def _enter_limbo() -> int:
    syscalls.unshare(syscalls.CLONE_NEWNET)
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
