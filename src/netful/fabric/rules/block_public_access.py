"""VPC Block Public Access in the kernel: the internet gateways that are closed to an interface (newer-aws §1.2)."""

from collections.abc import Iterator

from netful.fabric.kernel.node import addresses_of
from netful.fabric.rules.words import SUFFIXES
from netful.model.cloud import Cloud
from netful.model.core import Maybe
from netful.model.network.block_public_access import BlockMode, ExclusionMode
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPAddress, Vpc


def closed_behind_firewalls(cloud: Cloud, vpc: Vpc, eni: NetworkInterface) -> Iterator[tuple[str, IPAddress]]:
    """Yield the sets of addresses that an interface's addresses belong to: a firewall's link does not show who sends."""
    for name in gateways_closed_to(cloud, vpc, eni.subnet_id, outward=eni.owner is InterfaceOwner.NAT_GATEWAY):
        for address in addresses_of(eni):
            if address.version == 6 or name == "off_internet":
                yield f"inspected_{name}{SUFFIXES[address.version]}", address


def gateways_closed_to(cloud: Cloud, vpc: Vpc, subnet_id: Maybe[str] | None, *, outward: bool) -> Iterator[str]:
    """Yield the names of the sets that an interface of a subnet belongs to, one for each kind of gateway.

    `outward`: it is a NAT gateway's. A subnet of None is that of a regional one.
    """
    options = cloud.network.block_public_access_of(vpc)
    mode = options.internet_gateway_block_mode if options is not None else BlockMode.OFF
    excluded = {
        one.internet_gateway_exclusion_mode
        for one in cloud.network.block_public_access_exclusions.values()
        if vpc.id == one.vpc_id or (subnet_id is not None and subnet_id == one.subnet_id)
    }
    closed = mode in (BlockMode.INGRESS, BlockMode.BIDIRECTIONAL) and ExclusionMode.BIDIRECTIONAL not in excluded
    closed_outward = mode is BlockMode.BIDIRECTIONAL and not excluded & {*ExclusionMode}
    if closed_outward if outward else closed:
        yield "off_internet"
    if closed_outward:
        yield "off_egress_only"
