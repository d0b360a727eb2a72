"""VPC Block Public Access in the kernel: the internet gateways that are closed to an interface (newer-aws §1.2)."""

from __future__ import annotations

from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.network.block_public_access import BlockMode, ExclusionMode
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Vpc


def gateways_closed_to(cloud: Cloud, vpc: Vpc, eni: NetworkInterface) -> Iterator[str]:
    """Yield the names of the sets of interfaces that an interface belongs to, one for each kind of gateway."""
    options = cloud.network.block_public_access_of(vpc)
    mode = options.internet_gateway_block_mode if options is not None else BlockMode.OFF
    excluded = {
        one.internet_gateway_exclusion_mode
        for one in cloud.network.block_public_access_exclusions.values()
        if vpc.id == one.vpc_id or eni.subnet_id == one.subnet_id
    }
    closed = mode in (BlockMode.INGRESS, BlockMode.BIDIRECTIONAL) and ExclusionMode.BIDIRECTIONAL not in excluded
    closed_outward = mode is BlockMode.BIDIRECTIONAL and not excluded & {*ExclusionMode}
    if closed_outward if eni.owner is InterfaceOwner.NAT_GATEWAY else closed:
        yield "off_internet"
    if closed_outward:
        yield "off_egress_only"
