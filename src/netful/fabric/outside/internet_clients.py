"""Clients on the internet: an arbitrary one with its own public address, and those that the project declares."""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from itertools import count

from netful.fabric.kernel.netns import Netns, NetnsPool
from netful.fabric.kernel.node import LeafLink
from netful.fabric.outside.distance import Distance, delays_of
from netful.fabric.outside.internet import RESOLVER, Internet
from netful.fabric.position import Position, placed
from netful.model.access.internet_client import InternetClient
from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.model.names import service_names
from netful.model.network.addresses import (
    EDGE_CLIENT,
    INTERNET6_CLIENT,
    INTERNET_CLIENT,
    LAMBDA_SERVICE,
    service_address,
)
from netful.model.network.vpc import IPAddress


class InternetClients:
    """Positions of clients on the internet. Namespace thread only."""

    def __init__(self, internet: Internet, limbo: int, pool: NetnsPool) -> None:
        self._internet = internet
        self._limbo = limbo
        self._pool = pool
        self._numbers = count()
        self._taken: set[IPv4Address] = set()

    def any(self) -> Position:
        """Return the position of a client with a public address of its own."""
        number = next(self._numbers) % (int(LAMBDA_SERVICE) - int(INTERNET_CLIENT))
        addresses: list[IPAddress] = [INTERNET_CLIENT + number, INTERNET6_CLIENT + number]
        netns = self._pool.take()
        return placed("internet", netns, self._internet.join_client(netns, addresses), addresses, RESOLVER)

    def edge(self) -> Position:
        """Return the position from which CloudFront calls origins."""
        addresses: list[IPAddress] = [EDGE_CLIENT]
        netns = self._pool.take()
        return placed("cloudfront", netns, self._internet.join_client(netns, addresses), addresses, RESOLVER)

    def declared(self, client: InternetClient, cloud: Cloud) -> Position:
        """Return the position of a declared client: with an address of its block, and at its distance."""
        given = {eip.public_ip for eip in cloud.network.elastic_ips.values()}
        address = next((one for one in client.hosts if one not in self._taken and one not in given), None)
        if address is None:
            raise StackError(f"`{client.id}` has no free address", why=f"every one of {client.addresses} is in use")
        netns = self._pool.take()
        if client.region_ms:
            link, part = self._link_afar(client, netns, address, cloud)
        else:
            link, part = self._internet.join_client(netns, [address]), lambda: None
        self._taken.add(address)

        def leave() -> None:
            self._taken.discard(address)
            part()

        return placed(client.id, netns, link, [address], RESOLVER, leave)

    def _link_afar(
        self, client: InternetClient, netns: Netns, address: IPv4Address, cloud: Cloud
    ) -> tuple[LeafLink, Callable[[], None]]:
        between = Netns.create(self._limbo)
        link = self._internet.join_client(between, [address], bursts=False)
        distance = Distance(delays_of(client, _near(cloud)))
        distance.start(between, netns, link)

        def part() -> None:
            distance.close()
            between.close()

        return link, part


def _near(cloud: Cloud) -> Iterator[IPv4Address]:
    """Yield the addresses at edge distance: of resolvers, and of CloudFront."""
    yield RESOLVER
    for region in {cloud.region, *(api.region for api in cloud.apis.by_id.values())}:
        yield service_address(service_names.service("cloudfront"), region)
