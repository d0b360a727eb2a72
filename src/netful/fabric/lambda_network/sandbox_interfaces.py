"""Lambda's network before 2019: interfaces of one function each, made at cold start (lambda §1.2).

An ENI serves as many sandboxes of its function as fit into 3 GB, uses an address of its subnet, and counts against the
region's quota. It stays for later sandboxes when its sandboxes end. It is removed when another resource needs its
address. Namespace thread only, except `Tenancy.end`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from ipaddress import IPv4Address, IPv4Network
from itertools import count

from netful.fabric.kernel.netns import Netns, NetnsPool
from netful.fabric.kernel.node import addresses_of
from netful.fabric.lambda_network.egress import Egress, Sandbox
from netful.fabric.routers.router import VpcRouter
from netful.model.allocation import free_addresses
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

INTERFACE_QUOTA = 350  # the quota of a region at that time
_SHARED_MB = 3072


class Shortage(Enum):
    """The reason why a sandbox got no interface."""

    ADDRESSES = auto()
    QUOTA = auto()


@dataclass(eq=False)
class _Interface:
    """One ENI, its egress in the kernel, and the number of its sandboxes."""

    eni: NetworkInterface
    router: VpcRouter
    egress: Egress
    tenants: int = 0


@dataclass(frozen=True)
class Tenancy:
    """A sandbox behind an interface; `made` is True if the interface was made for it."""

    sandbox: Sandbox
    made: bool
    _interface: _Interface = field(repr=False)

    def end(self) -> None:
        """Record the end of the sandbox. Call it once, on any thread."""
        self._interface.tenants -= 1


class SandboxInterfaces:
    """The interfaces of all functions. `router_of` gives the router of a subnet, `routers` all of them."""

    def __init__(
        self,
        router_of: Callable[[str], VpcRouter],
        routers: Callable[[], Sequence[VpcRouter]],
        limbo: int,
        pool: NetnsPool,
    ) -> None:
        self._router_of = router_of
        self._routers = routers
        self._limbo = limbo
        self._pool = pool
        self._made: list[_Interface] = []
        self._numbers = count(1)

    def attach(self, function: Function, subnets: dict[str, IPv4Network]) -> Tenancy | Shortage:
        """Put a new sandbox behind one of its function's interfaces, or behind a new one in one of these subnets."""
        share = max(1, _SHARED_MB // function.memory_size)
        own = [one for one in self._made if one.eni.owner_id == function.id and one.tenants < share]
        found = next(iter(own), None)
        made = found is None
        if found is None:
            fresh = self._make(function, subnets)
            if isinstance(fresh, Shortage):
                return fresh
            found = fresh
        found.tenants += 1
        return Tenancy(found.egress.attach(self._pool), made, found)

    def of(self, function_id: str) -> list[tuple[NetworkInterface, int]]:
        """Return a function's interfaces, each with the number of its sandboxes."""
        return [(one.eni, one.tenants) for one in self._made if one.eni.owner_id == function_id]

    @property
    def all(self) -> list[NetworkInterface]:
        """Every interface."""
        return [one.eni for one in self._made]

    def close(self) -> None:
        """Close all of them."""
        for one in self._made:
            one.egress.close()

    def _make(self, function: Function, subnets: dict[str, IPv4Network]) -> _Interface | Shortage:
        shortage = Shortage.ADDRESSES
        for subnet_id, block in self._in_turn(subnets):
            router = self._router_of(subnet_id)
            number = sum(len(one.interfaces) for one in self._routers())
            if number >= INTERFACE_QUOTA and not self._reclaim(self._made):
                shortage = Shortage.QUOTA
                continue
            address = _free_address(router, subnet_id, block)
            if address is None and self._reclaim(self._in_subnet(subnet_id)):
                address = _free_address(router, subnet_id, block)
            if address is not None:
                return self._build(self._interface(function, subnet_id, address), router)
        return shortage

    def _interface(self, function: Function, subnet_id: str, address: IPv4Address) -> NetworkInterface:
        groups = function.security_group_ids
        return NetworkInterface(
            id=f"eni-{function.id}-{next(self._numbers)}",
            owner=InterfaceOwner.LAMBDA,
            owner_id=function.id,
            subnet_id=subnet_id,
            security_group_ids=groups if isinstance(groups, tuple) else (),
            private_ip_address=address,
            function_ids=(function.id,),
            origin=function.origin,
        )

    def _build(self, eni: NetworkInterface, router: VpcRouter) -> _Interface:
        assert eni.private_ip_address is not None
        netns = Netns.create(self._limbo)
        egress = Egress(netns, [eni.private_ip_address])
        router.attach(eni, netns, live=True).configure(egress.node.rtnetlink, [eni.private_ip_address])
        self._made.append(_Interface(eni, router, egress))
        return self._made[-1]

    def _in_turn(self, subnets: dict[str, IPv4Network]) -> list[tuple[str, IPv4Network]]:
        """Return the subnets, the one with the fewest interfaces first."""
        numbers = {subnet_id: len(self._in_subnet(subnet_id)) for subnet_id in subnets}
        return sorted(subnets.items(), key=lambda item: numbers[item[0]])

    def _in_subnet(self, subnet_id: str) -> list[_Interface]:
        return [one for one in self._made if one.eni.subnet_id == subnet_id]

    def _reclaim(self, among: list[_Interface]) -> bool:
        """Remove one of these interfaces that has no sandbox; return False if every interface has one."""
        idle = next((one for one in among if not one.tenants), None)
        if idle is None:
            return False
        self._made.remove(idle)
        idle.router.detach(idle.eni.id, live=True)
        idle.egress.close()
        return True


def _free_address(router: VpcRouter, subnet_id: str, block: IPv4Network) -> IPv4Address | None:
    taken = {address for eni in router.interfaces if eni.subnet_id == subnet_id for address in addresses_of(eni)}
    return next(free_addresses(block, {address for address in taken if isinstance(address, IPv4Address)}), None)
