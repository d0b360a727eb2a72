"""Counts of rate-based rules of web ACLs, of all processes together.

AWS counts with a delay of some seconds. Here too a process gets the counts of the others with a delay: it sends its own
counts to the server as soon as it can, and the answer contains theirs. No request waits for it. While the server is away,
each process counts alone.
"""

import asyncio
import hashlib
from collections import Counter
from typing import Any

from netful.gateway.shared.link import AwayError, Link, SpoiledError

_INSTANCES = 10_000
_MARGIN_SECONDS = 5


class _Instance:
    """One instance of a rule: the server's counts by second, and the counts that are not sent yet."""

    __slots__ = ("known", "seconds", "unsent")

    def __init__(self) -> None:
        self.known: dict[int, int] = {}
        self.unsent: Counter[int] = Counter()
        self.seconds = 0

    def count(self, seconds: int, at: int) -> int:
        self.unsent[at] += 1
        self.seconds = max(seconds, self.seconds)
        old, new = at - seconds, at + _MARGIN_SECONDS  # later than that are counts from before the clock was set back
        return sum(n for counts in (self.known, self.unsent) for second, n in counts.items() if old < second <= new)

    def sent(self, counts: Counter[int], known: dict[int, int]) -> None:
        self.unsent -= counts
        self.known = known


class SharedRates:
    """Counts at a Valkey server."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._instances: dict[tuple[str, ...], _Instance] = {}
        self._unsent: dict[tuple[str, ...], None] = {}
        self._sending: asyncio.Task[None] | None = None

    def count(self, instance: tuple[str, ...], seconds: int, now: float) -> int:
        """Count a request at a time of day; return the count of all processes with it, as far as this process knows it."""
        found = self._instances.pop(instance, None) or _Instance()
        if len(self._instances) >= _INSTANCES:
            del self._instances[next(iter(self._instances))]
        self._instances[instance] = found  # move to the end: the instance that was seen longest ago is dropped first
        number = found.count(seconds, int(now))
        self._unsent[instance] = None
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send(int(now)))
        return number

    async def settled(self) -> None:
        """Wait until the server has all counts, or is away."""
        while self._sending is not None:
            await self._sending

    async def _send(self, at: int) -> None:
        try:
            while self._unsent:
                instance = next(iter(self._unsent))
                del self._unsent[instance]
                found = self._instances.get(instance)
                if found is not None:
                    await self._send_of(instance, found, at)
        except AwayError:
            self._unsent.clear()  # the instances keep their counts, which go with the next request
        finally:
            self._sending = None

    async def _send_of(self, instance: tuple[str, ...], found: _Instance, at: int) -> None:
        old = at - found.seconds
        counts = Counter({second: number for second, number in found.unsent.items() if second > old})
        for second in found.unsent.keys() - counts.keys():
            del found.unsent[second]
        key = self._name(instance)

        def exchange() -> Any:
            pipe = self._link.client.pipeline(transaction=False)
            for second, number in counts.items():
                pipe.hincrby(key, str(second), number)
            pipe.expire(key, found.seconds + _MARGIN_SECONDS)
            gone = [str(second) for second in found.known if second <= old]
            if gone:
                pipe.hdel(key, *gone)
            pipe.hgetall(key)
            return pipe.execute()

        try:
            answers = await self._link.ask(exchange)
        except SpoiledError:
            await self._link.ask(lambda: self._link.client.delete(key))
            answers = await self._link.ask(exchange)
        numbers = answers[-1].items()
        found.sent(counts, {int(second): int(n) for second, n in numbers if second.isdigit() and n.isdigit()})

    def _name(self, instance: tuple[str, ...]) -> str:
        """Return a name that does not reveal the counted value, which may be a secret header."""
        digest = hashlib.blake2b("\0".join(instance).encode(), digest_size=16).hexdigest()
        return self._link.name("rate", digest)
