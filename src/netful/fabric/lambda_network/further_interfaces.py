"""More interfaces for a subnet and set of groups, where the first one carries all the connections that it can (lambda §1.3).

Lambda then adds another one with an address of its own: new sandboxes leave by it, those that run stay where they are.
Whether one is needed is looked at when a sandbox is attached, since what opens no connections needs none. One goes when the
first one goes, or when something else of the VPC needs its address. Namespace thread only, but for `of`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Address, IPv6Network
from itertools import count

from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import addresses_of
from netful.fabric.kernel.options import Options
from netful.fabric.lambda_network.egress import Egress
from netful.fabric.routers.router import VpcRouter
from netful.model.allocation import free_addresses
from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPAddress

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FurtherInterface:
    """One that was added, what it is in the kernel, and when it can be used."""

    eni: NetworkInterface
    egress: Egress
    ready_at: float

    @property
    def ready(self) -> bool:
        """Whether sandboxes can leave by it."""
        return self.ready_at <= time.monotonic()


class FurtherInterfaces:
    """Those of one VPC."""

    def __init__(self, router: VpcRouter, limbo: int, options: Options) -> None:
        self._router = router
        self._limbo = limbo
        self._options = options
        self._made: dict[str, list[FurtherInterface]] = {}  # by the first one's id

    def place(self, cloud: Cloud, first: NetworkInterface, egress: Egress) -> Egress:
        """Where a new sandbox leaves: by the first interface that can carry more, which may have to be made."""
        if egress.connections < self._options.eni_connections:
            return egress
        made = self._made.setdefault(first.id, [])
        usable = [egress, *(one.egress for one in made if one.ready)]
        spare = next((one for one in usable if one.connections < self._options.eni_connections), None)
        if spare is None and all(one.ready for one in made) and (fresh := self._make(cloud, first, len(made) + 2)):
            made.append(fresh)
            spare = fresh.egress if fresh.ready else None
        return spare or min(usable, key=lambda one: one.connections)

    def of(self, eni_id: str) -> tuple[FurtherInterface, ...]:
        """Those that were added to an interface."""
        return tuple(self._made.get(eni_id, ()))

    def follow(self, wanted: Mapping[str, NetworkInterface], kept: frozenset[str]) -> None:
        """Go by the VPC's interfaces that are to be; of the first ones, `kept` stay as they are."""
        taken = {(eni.subnet_id, address) for eni in wanted.values() for address in addresses_of(eni)}
        for first_id, made in self._made.items():
            stay = [
                one
                for one in made
                if first_id in kept and not any((one.eni.subnet_id, a) in taken for a in addresses_of(one.eni))
            ]
            for one in made:
                if one not in stay:
                    self._router.detach(one.eni.id)
                    one.egress.close()
            made[:] = [self._renewed(one, wanted[first_id]) for one in stay]

    def close(self) -> None:
        """Let go of them all."""
        for made in self._made.values():
            for one in made:
                one.egress.close()

    def _renewed(self, one: FurtherInterface, first: NetworkInterface) -> FurtherInterface:
        """One that has the groups that the first one has now."""
        eni = replace(one.eni, security_group_ids=first.security_group_ids, function_ids=first.function_ids)
        self._router.renew(eni)
        return replace(one, eni=eni)

    def _make(self, cloud: Cloud, first: NetworkInterface, number: int) -> FurtherInterface | None:
        eni = self._addressed(cloud, replace(first, id=f"{first.id}-{number}", public_ip=None))
        if eni is None:
            log.warning("`%s` carries all that it can, and its subnet has no address for another interface", first.id)
            return None
        netns = Netns.create(self._limbo)
        egress = Egress(netns, addresses_of(eni), ports=self._options.eni_ports)
        self._router.attach(eni, netns, live=True).configure(egress.node.rtnetlink, addresses_of(eni))
        return FurtherInterface(eni, egress, time.monotonic() + self._options.eni_seconds)

    def _addressed(self, cloud: Cloud, eni: NetworkInterface) -> NetworkInterface | None:
        """The interface with the last free address of its subnet: the first ones are for what the template makes."""
        subnet = cloud.network.subnets[str(eni.subnet_id)]
        others = (other for other in self._router.interfaces if other.subnet_id == subnet.id)
        taken: set[IPAddress] = {address for other in others for address in addresses_of(other)}
        block, block6 = subnet.cidr_block, subnet.ipv6_cidr_block
        free = [a for a in free_addresses(block, set()) if a not in taken] if isinstance(block, IPv4Network) else []
        if not free:
            return None
        address6 = _last_free(block6, taken) if eni.ipv6_address and isinstance(block6, IPv6Network) else None
        return replace(eni, private_ip_address=free[-1], ipv6_address=address6)


def _last_free(block: IPv6Network, taken: set[IPAddress]) -> IPv6Address:
    return next(block[-1 - n] for n in count() if block[-1 - n] not in taken)
