"""What answers on any port of the internet that has no service: it says back what it hears."""

from __future__ import annotations

import asyncio
from typing import cast

_IDLE_SECONDS = 350.0
_BUFFER = 64 * 1024


class Echo(asyncio.Protocol):
    """Sends back every byte; reads no faster than the client does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=_BUFFER)
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._timer = self._loop.call_later(_IDLE_SECONDS, self._check_idle)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self._last = self._loop.time()
        self._transport.write(data)

    def pause_writing(self) -> None:
        """The client does not read."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._transport.resume_reading()

    def connection_lost(self, _exc: Exception | None) -> None:
        """The client is gone."""
        self._timer.cancel()

    def _check_idle(self) -> None:
        left = self._last + _IDLE_SECONDS - self._loop.time()
        if left <= 0:
            self._transport.close()
        else:
            self._timer = self._loop.call_later(left, self._check_idle)
