"""Handler of an AWS API whose code is imported by its first request: most stacks are never asked for most APIs."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import Any

from netful.services.http.message import Request, Response


class HandlerOnDemand:
    """The handler that a function of a module makes, by `module:function`, from some arguments."""

    def __init__(self, maker: str, *arguments: Any) -> None:
        self._maker = maker
        self._arguments = arguments
        self._making: asyncio.Task[Any] | None = None

    async def made(self) -> Any:
        """Return the handler. What could not be made is tried again."""
        if self._making is None or _has_failed(self._making):
            self._making = asyncio.create_task(self._make())
        return await asyncio.shield(self._making)

    async def _make(self) -> Any:
        module, _, name = self._maker.partition(":")
        maker: Callable[..., Any] = getattr(await asyncio.to_thread(import_module, module), name)
        return maker(*self._arguments)

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        response: Response = await (await self.made()).handle(request)
        return response

    async def close(self) -> None:
        """Close the handler if it was made."""
        if self._making is None:
            return
        await asyncio.wait([self._making])
        if not _has_failed(self._making):
            await self._making.result().close()


def _has_failed(making: asyncio.Task[Any]) -> bool:
    return making.done() and (making.cancelled() or making.exception() is not None)
