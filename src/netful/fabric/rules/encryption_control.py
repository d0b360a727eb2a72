"""VPC encryption controls in the kernel: the links that a VPC that enforces encryption does not have on AWS (newer-aws §10.3)."""

from collections.abc import Iterator, Mapping

from netful.fabric.rules.ruleset import EGRESS_ONLY_LINK, IGW_LINK
from netful.model.cloud import Cloud
from netful.model.network.encryption_control import Exclusion
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Vpc

_OF_OWNERS = {InterfaceOwner.LAMBDA: Exclusion.LAMBDA, InterfaceOwner.NAT_GATEWAY: Exclusion.NAT_GATEWAY}


def refused_links(
    cloud: Cloud, vpc: Vpc, borders: Mapping[str, str], passages: Mapping[str, str], translators: Mapping[str, str]
) -> Iterator[str]:
    """Yield the links of gateways that are refused. `borders` and `translators` have links by ids, `passages` ids by links."""
    control = cloud.network.encryption_control_of(vpc.id)
    if control is not None and control.refuses(Exclusion.INTERNET_GATEWAY):
        yield IGW_LINK
    if control is not None and control.refuses(Exclusion.EGRESS_ONLY_INTERNET_GATEWAY):
        yield EGRESS_ONLY_LINK
    if control is not None and control.refuses(Exclusion.NAT_GATEWAY):
        yield from translators.values()
    for id_, link in borders.items():
        peering = cloud.network.vpc_peering_connections.get(id_)
        ends = (vpc.id,) if peering is None else (str(peering.vpc_id), str(peering.peer_vpc_id))
        if peering is not None and _is_encrypted(cloud, ends):
            continue
        what = Exclusion.VPN_GATEWAY if peering is None else Exclusion.PEERING
        if any(own is not None and own.refuses(what) for own in map(cloud.network.encryption_control_of, ends)):
            yield link
    for link, gateway_id in passages.items():
        gateway = cloud.network.transit_gateways.get(gateway_id)
        if control is not None and control.enforces and gateway is not None and not gateway.encryption_support:
            yield link


def _is_encrypted(cloud: Cloud, ends: tuple[str, ...]) -> bool:
    """Return whether both ends of a peering enforce encryption, in one Region."""
    controls = [cloud.network.encryption_control_of(end) for end in ends]
    regions = {cloud.network.vpcs[end].region for end in ends if end in cloud.network.vpcs}
    return all(one is not None and one.enforces for one in controls) and len(regions) == 1


def is_refused(cloud: Cloud, vpc: Vpc, eni: NetworkInterface) -> bool:
    """Return whether an interface is refused: a function's, a NAT gateway's, or a mount target's of EFS."""
    control = cloud.network.encryption_control_of(vpc.id)
    resource = cloud.template.resources.get(eni.owner_id)
    what = _OF_OWNERS.get(eni.owner)
    if what is None and resource is not None and resource.type == "AWS::EFS::MountTarget":
        what = Exclusion.EFS
    return control is not None and what is not None and control.refuses(what)
