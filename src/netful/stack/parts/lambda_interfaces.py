"""Network interfaces of Lambda as EC2 describes them (lambda §1.3, §1.9).

A shared interface is `attaching` while Lambda creates it, and exists for as long as a function uses it. AWS takes up to 20
minutes to delete it after that, so EC2 describes it for some time longer. With its subnet it is gone: AWS deletes a subnet only
after its interfaces.
"""

import time
from collections.abc import Callable, Iterator

from netful.account.ec2.describe.network_interfaces import LambdaInterface
from netful.functions.environments.service import FunctionService
from netful.model.cloud import Cloud
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.stack.network.lambda_network import LambdaDesign
from netful.stack.network.networks import Networks


class LingeringInterfaces:
    """Interfaces that no function uses any more, kept for as long as AWS takes to delete them."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._until: dict[NetworkInterface, float] = {}

    def follow(self, before: Cloud, after: Cloud) -> None:
        """Add the interfaces that a change of the cloud leaves unused."""
        kept = {_place(eni) for eni in after.network.network_interfaces.values()}
        for eni in before.network.network_interfaces.values():
            if eni.owner is InterfaceOwner.LAMBDA and eni.private_ip_address and _place(eni) not in kept:
                self._until[eni] = self._clock() + self._seconds
        self._until = {
            eni: end
            for eni, end in self._until.items()
            if _place(eni) not in kept and eni.subnet_id in after.network.subnets
        }

    def __iter__(self) -> Iterator[LambdaInterface]:
        now = self._clock()
        return iter([LambdaInterface(eni) for eni, end in self._until.items() if end > now])


def _place(eni: NetworkInterface) -> tuple[object, ...]:
    return eni.id, eni.subnet_id


class LambdaInterfaces:
    """All interfaces of a stack's functions."""

    def __init__(
        self,
        cloud: Cloud,
        design: LambdaDesign,
        lingering: LingeringInterfaces,
        networks: Networks,
        functions: Callable[[], FunctionService],
    ) -> None:
        self._cloud = self._settled = cloud
        self._design = design
        self._lingering = lingering
        self._networks = networks
        self._functions = functions

    def follow(self, cloud: Cloud) -> None:
        """Describe the interfaces of another cloud from now on."""
        self._cloud = cloud

    def settle(self) -> None:
        """Keep the interfaces that a change has left unused for a while."""
        self._lingering.follow(self._settled, self._cloud)
        self._settled = self._cloud

    def __iter__(self) -> Iterator[LambdaInterface]:
        if self._design is LambdaDesign.PER_SANDBOX:
            assert self._networks.own_interfaces is not None
            yield from (LambdaInterface(eni, per_sandbox=True) for eni in self._networks.own_interfaces.all)
            return
        functions = self._functions()
        for eni in self._cloud.network.network_interfaces.values():
            made = any(function_id not in functions.problems for function_id in eni.function_ids)
            status = functions.lifecycle.interface(eni.id)
            if eni.owner is InterfaceOwner.LAMBDA and eni.private_ip_address is not None and made and status:
                yield LambdaInterface(eni, status)
                for one in self._networks.fabric.sandboxes.further_interfaces(eni.id):
                    yield LambdaInterface(one.eni, status if one.ready else "attaching")
        yield from self._lingering

    def of(self, function: Function) -> list[str]:
        """Return a function's interfaces for the status. Interfaces of its own come with the number of sandboxes behind them."""
        assert self._networks.own_interfaces is not None
        own = self._networks.own_interfaces.of(function.id)
        hyperplane = self._design is LambdaDesign.HYPERPLANE
        shared = self._cloud.network.interfaces_of(function.id) if hyperplane else ()
        further = [one.eni for eni in shared for one in self._networks.fabric.sandboxes.further_interfaces(eni.id)]
        return [
            *(f"{eni.id} {eni.private_ip_address}" for eni in (*shared, *further) if eni.private_ip_address),
            *(f"{eni.id} {eni.private_ip_address} sandboxes={tenants}" for eni, tenants in own),
        ]

    def are_missing(self, function: Function) -> bool:
        """Return whether a function in a VPC has no interface with an address."""
        enis = self._cloud.network.interfaces_of(function.id)
        return function.in_vpc and not any(eni.private_ip_address for eni in enis)

    def why_none(self, function: Function) -> str:
        """Return why a function in a VPC has no interface yet; "" if it has one."""
        if self.are_missing(function):
            return "it has no network interface"
        waits = self._design is LambdaDesign.PER_SANDBOX and function.in_vpc and not self.of(function)
        return "an interface is made at its first invocation" if waits else ""
