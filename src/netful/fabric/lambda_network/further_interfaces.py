"""More interfaces for a subnet and set of groups, when the first one carries its maximum of connections (lambda §1.3).

Lambda then adds another interface with its own address. New sandboxes use it; running sandboxes keep theirs. The need
is checked when a sandbox is attached, since an interface without new sandboxes needs no addition. An added interface
is removed with the first one, or when another resource of the VPC needs its address. Namespace thread only, except
`of`.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace

from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import addresses_of
from netful.fabric.kernel.options import Options
from netful.fabric.lambda_network.egress import Egress
from netful.fabric.routers.router import VpcRouter
from netful.fabric.routers.spare_addresses import with_spare_addresses
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.network.network_interface import NetworkInterface

log = logging.getLogger(__name__)


class FurtherInterface(Frozen, dict=True):
    """An added interface, its egress in the kernel, and the time from which it is usable."""

    eni: NetworkInterface
    egress: Egress
    ready_at: float

    @property
    def ready(self) -> bool:
        """Return whether sandboxes can use it."""
        return self.ready_at <= time.monotonic()


class FurtherInterfaces:
    """The added interfaces of one VPC."""

    def __init__(self, router: VpcRouter, limbo: int, options: Options) -> None:
        self._router = router
        self._limbo = limbo
        self._options = options
        self._made: dict[str, list[FurtherInterface]] = {}  # by the first interface's id

    def place(self, cloud: Cloud, first: NetworkInterface, egress: Egress) -> Egress:
        """Return the egress of a new sandbox: of the first interface with free capacity, which may have to be made."""
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
        """Return the interfaces that were added to an interface."""
        return tuple(self._made.get(eni_id, ()))

    def follow(self, wanted: Mapping[str, NetworkInterface], kept: frozenset[str]) -> None:
        """Follow the VPC's wanted interfaces; the first ones in `kept` are unchanged."""
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
        """Close all of them."""
        for made in self._made.values():
            for one in made:
                one.egress.close()

    def _renewed(self, one: FurtherInterface, first: NetworkInterface) -> FurtherInterface:
        """Return the interface with the present groups of the first one."""
        eni = replace(one.eni, security_group_ids=first.security_group_ids, function_ids=first.function_ids)
        self._router.renew(eni)
        return replace(one, eni=eni)

    def _make(self, cloud: Cloud, first: NetworkInterface, number: int) -> FurtherInterface | None:
        subnet = cloud.network.subnets[str(first.subnet_id)]
        eni = replace(first, id=f"{first.id}-{number}", public_ip=None)
        eni = with_spare_addresses(eni, subnet, self._router.interfaces, ipv6=first.ipv6_address is not None)
        if eni.private_ip_address is None:
            log.warning(
                "`%s` has reached its connection limit, and its subnet has no address for another interface", first.id
            )
            return None
        netns = Netns.create(self._limbo)
        egress = Egress(netns, addresses_of(eni), ports=self._options.eni_ports)
        self._router.attach(eni, netns, live=True).configure(egress.node.rtnetlink, addresses_of(eni))
        return FurtherInterface(eni, egress, time.monotonic() + self._options.eni_seconds)
