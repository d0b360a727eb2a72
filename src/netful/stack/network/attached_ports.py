"""Ports of resources at which servers of the user's own answer: each connection is relayed to the user's machine."""

import asyncio
from collections.abc import Iterator
from functools import partial

from netful.engine.tasks.places import is_placed
from netful.fabric.position import Position
from netful.hosts.attachments import port_of
from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.model.functions.programs import Attachment
from netful.services.relays.relay import Relay, Streams
from netful.stack.network.networks import Networks

_Place = tuple[str, int]  # an interface and a port


class AttachedPorts:
    """The relays of a cloud. `problems` are the reasons why a resource has none, by its id."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._attached: dict[_Place, Attachment] = {}
        self._open: dict[_Place, tuple[Position, Relay]] = {}
        self.problems: dict[str, str] = {}

    async def end(self, cloud: Cloud) -> None:
        """Close the ports that nothing is attached to in a cloud, so that its programs can have them."""
        self._attached, self.problems = dict(_wanted(cloud)), {}
        for place in [*self._open]:
            position = await self._position(place) if place in self._attached else None
            if position is None or position.netns is not self._open[place][0].netns:
                self._open.pop(place)[1].close()

    async def begin(self) -> None:
        """Open the ports; those that are open already stay, and lead to the place that they have now."""
        for place in self._attached.keys() - self._open.keys():
            position = await self._position(place)
            if position is not None:
                sock = await self._networks.listen(position, place[1])
                self._open[place] = position, await Relay.serve_by(sock, partial(self._dial, place))

    async def _position(self, place: _Place) -> Position | None:
        try:
            return await self._networks.interface(place[0])
        except StackError as refusal:
            self.problems[self._attached[place].resource] = refusal.why or refusal.what
            return None

    async def _dial(self, place: _Place) -> Streams:
        attached = self._attached[place]
        return await asyncio.open_connection(attached.host, attached.far_port)

    def close(self) -> None:
        """Close all ports."""
        for _, relay in self._open.values():
            relay.close()
        self._open.clear()


def _wanted(cloud: Cloud) -> Iterator[tuple[_Place, Attachment]]:
    for attached in cloud.compute.attachments.values():
        for eni in cloud.network.interfaces_of(attached.resource):
            if not eni.idle and is_placed(cloud, eni):
                yield (eni.id, port_of(cloud, attached)), attached
