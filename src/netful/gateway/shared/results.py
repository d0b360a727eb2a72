"""Results of Lambda authorizers that processes share. While the server is away, each process has its own."""

import hashlib
from contextlib import suppress
from typing import Any

import msgspec

from netful.gateway.admission.authorizer_results import Place, Results
from netful.gateway.shared.link import AwayError, Link, SpoiledError


class SharedResults(Results):
    """Results at a Valkey server; in this process while it is away."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    async def get(self, place: Place, now: float) -> dict[str, Any] | None:
        """Return the result of a place."""
        try:
            found = await self._link.ask(lambda: self._link.client.get(self._name(place)))
        except SpoiledError:
            return None
        except AwayError:
            return await super().get(place, now)
        return None if found is None else _decoded(found)

    async def put(self, place: Place, seconds: float, now: float, result: dict[str, Any]) -> None:
        """Keep a result."""
        written, millis = msgspec.json.encode(result), max(1, int(seconds * 1000))
        try:
            await self._link.ask(lambda: self._link.client.set(self._name(place), written, px=millis))
        except AwayError:
            await super().put(place, seconds, now, result)

    async def flush(self, stage_id: str) -> None:
        """Forget the results of a stage."""
        await super().flush(stage_id)
        with suppress(AwayError):
            await self._link.ask(lambda: self._link.forget(self._link.name("authorizer", stage_id, "*")))

    def _name(self, place: Place) -> str:
        """Return a name that does not reveal the identity, which may be a token."""
        digest = hashlib.blake2b(msgspec.msgpack.encode(place), digest_size=16).hexdigest()
        return self._link.name("authorizer", *place[:2], digest)


def _decoded(found: bytes) -> dict[str, Any] | None:
    """Return a result; None for what no gateway has written, which the next result replaces."""
    try:
        return msgspec.json.decode(found, type=dict[str, Any])
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
