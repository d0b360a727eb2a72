"""Servers at the doors of the network, on the event loop: HTTP, DNS and echo."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from ipaddress import ip_address

from netful.dns import Resolver, View, ViewOf
from netful.dns import serve as serve_dns
from netful.engine.names import dns64, managed_places, on_premises_names, unloaded_names
from netful.engine.names.resolution import DnsAnswer, resolve
from netful.engine.tasks import places as task_places
from netful.engine.trace import dns_queries
from netful.engine.trace.ends.source_words import sources_of
from netful.engine.trace.ends.sources import Outside
from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.doors.doors import OpenDoor, Purpose
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.network.addresses import host_address
from netful.services.front.reception import Listens
from netful.services.front.routing import is_served
from netful.services.http.serving import Listening, Serving
from netful.services.relays.echo import Echo, EchoDatagrams
from netful.services.relays.real_internet import RealInternet, RelayingServer
from netful.stack.network.networks import Networks
from netful.stack.running_cloud import FollowingPart


class EchoServer(Frozen, dict=True):
    """Echo server for the internet's other ports, TCP and UDP."""

    stream: Listening
    datagrams: EchoDatagrams

    def close(self) -> None:
        """Stop answering."""
        self.stream.close()
        self.datagrams.close()


Served = Listening | Resolver


class ServedDoors(FollowingPart):
    """Servers of every open door of the network: the porter serves HTTP, this class the rest.

    `slow` are the delays of resolvers' answers in seconds, by VPC. `left` gives the cloud whose names are answered: without what has
    failed.
    """

    def __init__(self, cloud: Cloud, networks: Networks, porter: Listens, internet: RealInternet | None) -> None:
        self._cloud = cloud
        self._networks = networks
        self._porter = porter
        self._internet = internet
        self._served: dict[OpenDoor, Served] = {}
        self.slow: Mapping[str, float] = {}
        self.left: Callable[[Cloud], Cloud] = lambda cloud: cloud
        self._named = cloud

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Serve the doors that the network has open for this cloud, and close the others."""
        self._cloud = cloud
        self._named = self.left(cloud)
        doors = {*self._networks.fabric.doors}
        for door in self._served.keys() - doors:
            self._served.pop(door).close()
        for door in doors - self._served.keys():
            self._served[door] = await self._serve(door)
        for server in self._served.values():
            if isinstance(server, Resolver):
                server.forget()

    async def _serve(self, door: OpenDoor) -> Served:
        loop = asyncio.get_running_loop()
        if door.purpose is Purpose.ECHO:
            assert door.datagrams is not None
            stream = await self._serve_stream(door, Serving(Echo))
            return EchoServer(stream, EchoDatagrams(loop, door.datagrams))
        if door.purpose is Purpose.DNS:
            assert door.datagrams is not None
            vpc_id = door.door.vpc_id or ""
            delay = lambda: self.slow.get(vpc_id, 0.0)  # noqa: E731  # as it is when a query comes
            return await serve_dns(loop, door.datagrams, door.socket, self._views(door.door), delay)
        tls = door.purpose is Purpose.HTTPS
        if self._is_relayed(door):
            return await self._serve_stream(door, self._porter.serving(door.door, tls=tls))
        return await self._porter.listen(door.door, door.socket, tls=tls)

    def _is_relayed(self, door: OpenDoor) -> bool:
        """Return whether the real internet may be behind a door."""
        return self._internet is not None and door.door.kind is DoorKind.INTERNET

    async def _serve_stream(self, door: OpenDoor, serving: Serving) -> Listening:
        """Serve a TCP door here, or relay it to the real internet if that is behind it."""
        if self._internet is not None and self._is_relayed(door):
            return RelayingServer(door.socket, self._internet, serving)
        return await serving.listen(door.socket)

    def _views(self, door: Door) -> ViewOf:
        """Return the views of a resolver's clients: those in subnets with DNS64 see more addresses."""
        plain, through_nat64 = (partial(self._resolve, door, translated=each) for each in (False, True))

        def view_of(client: str) -> View:
            subnet = self._cloud.network.subnet_at(door.vpc_id, ip_address(client)) if door.vpc_id else None
            return through_nat64 if subnet and dns64.is_on(self._cloud, subnet.id) else plain

        return view_of

    def _resolve(self, door: Door, name: str, query_type: str, *, translated: bool) -> DnsAnswer:
        if door.kind is DoorKind.ON_PREMISES:
            (client,) = sources_of(self._named, Outside.ON_PREMISES)
            answer = on_premises_names.resolve(self._named, name, (query_type,))
        else:
            client = None
            answer = resolve(self._named, door.vpc_id, name, query_types=(query_type,))
        if dns_queries.are_lost(self._named, client, answer):
            answer = replace(answer, status="TIMEOUT", addresses=(), ipv6_addresses=())
        answer = task_places.where_tasks_are(self._named, managed_places.where_it_runs(self._named, answer))
        host = name.lower().rstrip(".")
        if self._internet and answer.status == "UNKNOWN" and unloaded_names.may_be_public(host):
            answer = DnsAnswer(name, (host_address(host),))
        if self._internet and answer.addresses == (host_address(host),) and not is_served(self._cloud, host):
            self._internet.remember(host, str(answer.addresses[0]))
        return dns64.synthesized(answer) if translated else answer

    async def close(self) -> None:
        """Stop serving."""
        for server in self._served.values():
            server.close()
