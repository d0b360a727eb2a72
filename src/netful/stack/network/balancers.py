"""Load balancers of a stack: their processes in the network, their URLs on the host, their entries in the status.

The host reaches an internet-facing load balancer as any client on the emulated internet does. A port of the loopback is
relayed to the public addresses of its nodes, through the internet gateway and the load balancer's security groups.
"""

import asyncio
import socket
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import IO, Any

from netful.balancer.consulted.claim_signer import ClaimSigner
from netful.balancer.health import TargetHealth
from netful.balancer.lambda_targets import Invoke
from netful.balancer.process import Spawn
from netful.balancer.service import RUN, BalancerService, Built, Place
from netful.fabric.fabric import Fabric
from netful.fabric.kernel.tethered import command_line
from netful.fabric.position import Position
from netful.model.balancing.load_balancers import Listener, LoadBalancer
from netful.model.cloud import Cloud
from netful.services.http.backend_requests import CallHost
from netful.services.relays.relay import Relay
from netful.services.tls.authority import Authority
from netful.stack.network.exec_namespace import kill
from netful.stack.network.networks import Networks
from netful.stack.network.web_places import WebClients
from netful.stack.running_cloud import FollowingPart

_ADDRESS = "127.0.0.1"
_SCHEMES = {"HTTP": "http", "HTTPS": "https", "TLS": "tls", "TCP": "tcp"}
_CONNECT_SECONDS = 10.0
_WORST_FIRST = ("unhealthy", "initial", "unavailable", "healthy")


class Balancers(FollowingPart):
    """The load balancers of one stack. `web_calls` are theirs to close."""

    def __init__(
        self,
        cloud: Cloud,
        folder: Path,
        networks: Networks,
        authority: Authority,
        web_calls: WebClients[str],
        invoke: Invoke,
        call_host: CallHost,
        signer: ClaimSigner,
    ) -> None:
        self._networks = networks
        self._cloud = cloud
        self._relays: dict[str, tuple[Relay, int]] = {}
        self._client: Position | None = None
        self._web_calls = web_calls
        self._service = BalancerService(
            folder / "balancers",
            self._spawn_at,
            authority,
            invoke,
            networks.set_unhealthy,
            call_host,
            self._web_calls.ask,
            signer,
        )

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Run the load balancers of another cloud."""
        self._cloud = cloud
        built = await self._networks.on_thread(_built)
        await self._service.follow(cloud, built)
        await self._web_calls.settle()
        wanted = {each.id: each for each in cloud.balancing.listeners.values() if self._is_public(each)}
        for id_ in self._relays.keys() - wanted.keys():
            self._relays.pop(id_)[0].close()
        for listener in wanted.values():
            if listener.id not in self._relays:
                self._relays[listener.id] = await self._relay(listener.id)

    @property
    def warnings(self) -> list[str]:
        """Return warnings for load balancers that do not run."""
        return self._service.warnings

    def entries(self) -> Iterator[dict[str, Any]]:
        """Return `load_balancers` of `netful status`."""
        for balancer in self._cloud.balancing.load_balancers.values():
            listeners = self._cloud.balancing.listeners_of(balancer.id)
            urls = [url for each in listeners if (url := self._url(each))]
            yield {
                "resource": balancer.id,
                "dns_name": balancer.dns_name,
                "type": str(balancer.type),
                "state": "running" if balancer.type in RUN else "not running",
                "url": next((url for url in urls if url.startswith("http")), next(iter(urls), None)),
                "listeners": [
                    {"resource": each.id, "protocol": each.protocol, "port": each.port, "url": self._url(each)}
                    for each in listeners
                    if isinstance(each.port, int)
                ],
                "targets": [
                    {name: value for name, value in asdict(one).items() if name != "rising"}
                    for one in self._health(balancer)
                ],
            }

    def _health(self, balancer: LoadBalancer) -> list[TargetHealth]:
        found = self._worst(eni.id for eni in self._cloud.network.interfaces_of(balancer.id))
        return [found[key] for key in sorted(found)]

    def target_health(self) -> dict[tuple[str, str], TargetHealth]:
        """Return the health of the targets of all load balancers, by group and target."""
        return self._worst([*self._service.health])

    async def drained(self) -> None:
        """Wait until each request that began before the last change was answered."""
        await self._service.drained()

    def _worst(self, nodes: Iterable[str]) -> dict[tuple[str, str], TargetHealth]:
        """Return the health that some nodes find, by group and target: if nodes differ, the worst result."""
        found: dict[tuple[str, str], TargetHealth] = {}
        every = [one for id_ in nodes for one in self._service.health.get(id_, ())]
        for one in sorted(every, key=lambda each: _WORST_FIRST.index(each.state)):
            found.setdefault((one.group, one.target), one)
        return found

    def _is_public(self, listener: Listener) -> bool:
        balancer = self._cloud.balancing.load_balancers.get(str(listener.load_balancer_id))
        faces = balancer is not None and not balancer.internal and balancer.type in RUN
        return faces and isinstance(listener.port, int) and listener.protocol in _SCHEMES

    def _url(self, listener: Listener) -> str | None:
        relay = self._relays.get(listener.id)
        return f"{_SCHEMES[listener.protocol]}://{_ADDRESS}:{relay[1]}" if relay else None

    async def _relay(self, listener_id: str) -> tuple[Relay, int]:
        """Relay a free port of the host to a listener, by its nodes in turn."""
        if self._client is None:
            self._client = await self._networks.stand(lambda fabric: fabric.positions.internet())
        turns = cycle(range(1 << 16))

        async def dial() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            listener = self._cloud.balancing.listeners[listener_id]
            nodes = self._cloud.network.interfaces_of(str(listener.load_balancer_id))
            addresses = [eni.public_ip for eni in nodes if eni.public_ip is not None]
            assert self._client is not None
            if not addresses:
                raise ConnectionRefusedError
            sock = await self._networks.socket(self._client, socket.SOCK_STREAM)
            where = (str(addresses[next(turns) % len(addresses)]), listener.port)
            try:
                await asyncio.wait_for(asyncio.get_running_loop().sock_connect(sock, where), _CONNECT_SECONDS)
            except (OSError, TimeoutError, asyncio.CancelledError):
                sock.close()
                raise
            return await asyncio.open_connection(sock=sock)

        host = socket.create_server((_ADDRESS, 0))
        host.setblocking(False)  # noqa: FBT003  # the socket's own interface
        return await Relay.serve_by(host, dial), host.getsockname()[1]

    def _spawn_at(self, eni_id: str) -> Spawn:
        async def spawn(
            command: list[str], folder: Path, output: IO[bytes], errors: IO[bytes]
        ) -> subprocess.Popen[bytes]:
            return await self._networks.make(partial(_spawn, eni_id, command, folder, output, errors), kill)

        return spawn

    async def close(self) -> None:
        """End all load balancers and relays."""
        for relay, _ in self._relays.values():
            relay.close()
        await self._service.close()
        await self._web_calls.close()
        if self._client is not None:
            await self._networks.release(self._client)


def _spawn(
    eni_id: str, command: list[str], folder: Path, output: IO[bytes], errors: IO[bytes], fabric: Fabric
) -> subprocess.Popen[bytes]:
    """Start a command at an interface. Call this on the namespace thread: the command ends with that thread."""
    with fabric.vpcs.namespace_of(eni_id).inside():
        return subprocess.Popen(
            command_line(command), cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )


def _built(fabric: Fabric) -> Built:
    """Return the interfaces that are in the network."""
    vpcs = fabric.vpcs
    every = [id_ for network in vpcs.networks for id_ in network.owners]
    return {id_: Place(vpcs.namespace_of(id_), vpcs.service_links(id_)) for id_ in every}
