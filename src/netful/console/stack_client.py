"""Connection of the page to the daemon: requests over the control socket, without a thread for each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from netful.model.core import StackError
from netful.stack.control import wire
from netful.stack.control.client import start_hint
from netful.stack.control.folder import StackFolder


class StackClient:
    """Requests to a running stack; each request has its own connection."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def ask(self, verb: str, **arguments: Any) -> Any:
        """Return the result of a request. Raise the daemon's NetfulError."""
        async with self.stream(verb, **arguments) as messages:
            async for message in messages:
                if "error" in message:
                    raise wire.to_error(message["error"])
                if "result" in message:
                    return message["result"]
        raise StackError("the stack ended while it was asked", hint="netful status")

    @asynccontextmanager
    async def stream(self, verb: str, **arguments: Any) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Yield every message of a response while the block lasts."""
        try:
            reader, writer = await asyncio.open_unix_connection(sock=StackFolder(self.name).connected())
        except OSError:
            raise StackError(f"the stack `{self.name}` is not running", hint=start_hint(self.name)) from None
        try:
            writer.write(wire.encode({"verb": verb} | arguments))
            yield _messages(reader)
        finally:
            writer.close()


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[dict[str, Any]]:
    try:
        while True:
            length = wire.LENGTH.unpack(await reader.readexactly(wire.LENGTH.size))[0]
            message = wire.decode(await reader.readexactly(length))
            yield message
            if "event" not in message:
                return
    except (asyncio.IncompleteReadError, ConnectionError):
        return
