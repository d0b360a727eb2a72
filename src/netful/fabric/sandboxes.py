"""Sandboxes in the network: behind a function's interfaces, or in the Lambda service's own network.

Namespace thread only, except `further_interfaces`.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address
from itertools import count

from netful.fabric.doors.doors import Doors
from netful.fabric.kernel.netns import Netns, NetnsPool
from netful.fabric.lambda_network.egress import Egress, Sandbox
from netful.fabric.lambda_network.further_interfaces import FurtherInterface
from netful.fabric.lambda_network.sandbox_interfaces import SandboxInterfaces
from netful.fabric.outside.internet import Internet
from netful.fabric.vpcs.built_vpcs import BuiltVpcs
from netful.model.core import StackError, Unknown
from netful.model.functions.function import Function
from netful.model.network.addresses import LAMBDA_SERVICE
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

SERVICE_RESOLVER = IPv4Address("169.254.78.1")
"""The resolver of functions outside a VPC; AWS does not guarantee its address (lambda §1.6)."""


class Sandboxes:
    """The places of sandboxes. Functions outside a VPC share one public address (lambda §1.1)."""

    def __init__(self, vpcs: BuiltVpcs, internet: Internet, doors: Doors, limbo: int, pool: NetnsPool) -> None:
        self._vpcs = vpcs
        self._limbo = limbo
        self._pool = pool
        self._turn = count()
        self._service_network = Egress(Netns.create(limbo), [LAMBDA_SERVICE], resolver=SERVICE_RESOLVER)
        node = self._service_network.node
        internet.join_client(node.netns, [LAMBDA_SERVICE]).configure(node.rtnetlink, [LAMBDA_SERVICE])
        doors.open_resolver("service network", None, node.netns, SERVICE_RESOLVER)

    def attach(self, function: Function) -> Sandbox:
        """Make the network of a new sandbox, behind the function's interfaces in turn.

        Raise StackError if the function has a VpcConfig whose interfaces could not be built.
        """
        enis = self.interfaces_of(function)
        eni = enis[next(self._turn) % len(enis)] if enis else None
        egress = self._egress(eni)
        if eni is not None:
            egress = self._vpcs.network_of(eni.subnet_id).further.place(self._vpcs.cloud, eni, egress)
        return egress.attach(self._pool)

    def attach_behind(self, eni: NetworkInterface | None) -> Sandbox:
        """Make the network of a sandbox behind an interface; None means a function outside any VPC."""
        return self._egress(eni).attach(self._pool)

    def resolver_of(self, function: Function) -> IPv4Address:
        """Return the name server of a function's sandboxes."""
        return self.resolver_behind(next(iter(self.interfaces_of(function)), None))

    def resolver_behind(self, eni: NetworkInterface | None) -> IPv4Address:
        """Return the name server of sandboxes behind an interface."""
        return self._vpcs.network_of(eni.subnet_id).router.resolver_address if eni else SERVICE_RESOLVER

    def interfaces_of(self, function: Function) -> list[NetworkInterface]:
        """Return the interfaces of a function's sandboxes; empty for a function outside any VPC."""
        if not function.in_vpc:
            return []
        enis = [eni for eni in self._shared_interfaces(function) if self._vpcs.owner_of(eni.id) is not None]
        if not enis:
            raise StackError(
                f"`{function.id}` has no network interface",
                origin=function.origin,
                why="its subnets or security groups are unknown, or its subnet has no free address",
                hint=f"netful show {function.id}",
            )
        return enis

    def _shared_interfaces(self, function: Function) -> Iterable[NetworkInterface]:
        """Return the interfaces of a function's subnets and groups; an older version may have others than `$LATEST`."""
        network = self._vpcs.cloud.network
        own = network.interfaces_of(function.id)
        fitting = [eni for eni in own if _fits(eni, function)]
        return fitting or [eni for eni in network.network_interfaces.values() if _fits(eni, function)] or own

    def further_interfaces(self, eni_id: str) -> list[FurtherInterface]:
        """Return the interfaces that Lambda has added to a shared one. Safe on any thread."""
        return [one for network in self._vpcs.networks for one in network.further.of(eni_id)]

    def own_interfaces(self) -> SandboxInterfaces:
        """Return the interfaces of Lambda's old design."""
        return SandboxInterfaces(self._vpcs.router_of, lambda: self._vpcs.routers, self._limbo, self._pool)

    def prepare(self) -> None:
        """Prepare namespaces, so that the next `attach` is quick; call it when idle."""
        self._pool.fill()

    def _egress(self, eni: NetworkInterface | None) -> Egress:
        owner = self._vpcs.owner_of(eni.id) if eni is not None else self._service_network
        if not isinstance(owner, Egress):
            raise StackError("no sandbox can run there", why="its subnet is unknown or has no free address")
        return owner

    def close(self) -> None:
        """Close the Lambda service's own network."""
        self._service_network.close()


def _fits(eni: NetworkInterface, function: Function) -> bool:
    subnets, groups = function.subnet_ids, function.security_group_ids
    if eni.owner is not InterfaceOwner.LAMBDA or isinstance(subnets, Unknown) or isinstance(groups, Unknown):
        return False
    same_provider = eni.capacity_provider == (function.capacity_provider or "")
    same_families = bool(eni.ipv6_address_count) == function.ipv6_allowed_for_dual_stack
    return (
        same_provider
        and (same_families or bool(eni.capacity_provider))
        and eni.subnet_id in subnets
        and frozenset(eni.security_group_ids) == frozenset(groups)
    )
