"""Client VPN endpoints: an interface in each associated subnet, whose address the packets of their clients have.

Source: "How AWS Client VPN works". Authorization rules and routes of the endpoint are not read.
"""

from collections.abc import Mapping

from netful.model.core import known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Subnet
from netful.sources.parts import PartReader
from netful.sources.readers.managed import default_groups
from netful.sources.template.reading import Inventory


def interfaces(inventory: Inventory, subnets: Mapping[str, Subnet]) -> dict[str, NetworkInterface]:
    """Return the interface of each association, which has a public address."""
    endpoints = {reader.id: reader for reader in inventory.of("AWS::EC2::ClientVpnEndpoint")}
    found = []
    for reader in inventory.of("AWS::EC2::ClientVpnTargetNetworkAssociation"):
        subnet_id, endpoint = reader.required("SubnetId"), known_in(endpoints, reader.text("ClientVpnEndpointId"))
        groups = endpoint.known_texts("SecurityGroupIds") if endpoint else ()
        eni = NetworkInterface(
            id=f"eni-{reader.id}",
            owner=InterfaceOwner.SERVICE,
            owner_id=endpoint.id if endpoint else reader.id,
            subnet_id=subnet_id,
            security_group_ids=groups or default_groups(subnet_id, subnets),
            public_ip=inventory.public_address(),
            origin=reader.origin,
        )
        found.append(eni)
    return {eni.id: eni for eni in found}


READERS = (PartReader("network_interfaces", interfaces, needs=("subnets",)),)
