"""The namespace thread: the only thread that enters namespaces.

Rules:
1. Every setns, netlink and nft call of the fabric runs here; sockets made here are served elsewhere.
2. It lives as long as the process, in its own namespace without links ("limbo"). It never returns to the host's
   network, which a process without root could not re-enter anyway (fabric §6).
3. Code never awaits between entering a namespace and returning.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
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
        """Run a function on the thread and wait for its result."""
        return self._executor.submit(function, *args, **kwargs).result()

    def submit(self, function: Callable[[], None]) -> None:
        """Run a function on the thread at some time; nothing waits for it."""
        self._executor.submit(function)

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function on the thread without blocking the event loop."""
        return await asyncio.wrap_future(self._executor.submit(function, *args, **kwargs))

    async def make(
        self, dispose: Callable[[T], object], function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a call that makes something; where its caller is cancelled, `dispose` gets there what it made."""
        making = self._executor.submit(function, *args, **kwargs)

        def made(done: Future[T]) -> None:
            if not done.cancelled() and done.exception() is None:
                with contextlib.suppress(RuntimeError):  # the thread has ended, and all that it made goes with it
                    self._executor.submit(dispose, done.result())

        try:
            return await asyncio.wrap_future(making)
        except asyncio.CancelledError:
            making.add_done_callback(made)
            raise

    async def finish(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call to its end, also where its caller is cancelled meanwhile."""
        return await asyncio.shield(self.call(function, *args, **kwargs))

    def close(self) -> None:
        """End the thread; processes that it started with a parent-death signal end with it."""
        self._executor.shutdown(wait=True)
        os.close(self.limbo)


def _enter_limbo() -> int:
    syscalls.unshare(syscalls.CLONE_NEWNET)
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
