"""Described network interfaces and their owners."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address

from netful.model.balancing.load_balancers import LoadBalancer
from netful.model.core import Maybe
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPNetwork
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.described.load_balancers import name_of, nodes
from netful.sources.described.same_names import bare
from netful.sources.parts import PartReader

# The purpose of an interface, by AWS's `InterfaceType`, else by its description.
_TYPES = {
    "nat_gateway": InterfaceOwner.NAT_GATEWAY,
    "vpc_endpoint": InterfaceOwner.ENDPOINT,
    "lambda": InterfaceOwner.LAMBDA,
    "network_load_balancer": InterfaceOwner.LOAD_BALANCER,
    "load_balancer": InterfaceOwner.LOAD_BALANCER,
    "gateway_load_balancer": InterfaceOwner.LOAD_BALANCER,
    "transit_gateway": InterfaceOwner.OTHER,
    "efs": InterfaceOwner.SERVICE,
    "branch": InterfaceOwner.SERVICE,
    "api_gateway_managed": InterfaceOwner.SERVICE,
    "ec2_instance_connect_endpoint": InterfaceOwner.SERVICE,
}
_DESCRIPTIONS = (
    (re.compile(r"Interface for NAT Gateway (\S+)"), InterfaceOwner.NAT_GATEWAY),
    (re.compile(r"VPC Endpoint Interface (\S+)"), InterfaceOwner.ENDPOINT),
    (re.compile(r"ELB (\S+)"), InterfaceOwner.LOAD_BALANCER),
    (re.compile(r"AWS Lambda VPC ENI-(\S+)-[0-9a-f-]{36}"), InterfaceOwner.LAMBDA),
    (re.compile(r"Network Interface for Transit Gateway Attachment (\S+)"), InterfaceOwner.OTHER),
    (re.compile(r"RDSNetworkInterface()"), InterfaceOwner.DATABASE),
    (re.compile(r"ElastiCache (\S+)"), InterfaceOwner.CACHE),
    (re.compile(r"arn:aws[\w-]*:ecs:\S+attachment/(\S+)"), InterfaceOwner.SERVICE),
    (re.compile(r"EFS mount target for (\S+)"), InterfaceOwner.SERVICE),
    (re.compile(r"Mount target (\S+) for file system"), InterfaceOwner.SERVICE),
    (re.compile(r"ES (\S+)"), InterfaceOwner.SERVICE),
    (re.compile(r"Amazon EKS (\S+)"), InterfaceOwner.SERVICE),
    (re.compile(r"RedshiftNetworkInterface()"), InterfaceOwner.DATABASE),
    (re.compile(r"DAX (\S+)"), InterfaceOwner.CACHE),
    (re.compile(r"DMSNetworkInterface()"), InterfaceOwner.SERVICE),
    (re.compile(r"Route 53 Resolver: (\S+?):"), InterfaceOwner.SERVICE),
)

_OF_INSTANCE = {
    "Groups": "SecurityGroups",
    "PrivateIpAddress": "PrivateIpAddress",
    "SourceDestCheck": "SourceDestCheck",
    "SubnetId": "SubnetId",
    "VpcId": "VpcId",
}
"""Members of an interface, and those of its instance that stand for them if only the interface's id is described."""


def network_interfaces(
    description: Description, load_balancers: Mapping[str, LoadBalancer]
) -> dict[str, NetworkInterface]:
    """Return the interfaces of instances and of AWS's own resources."""
    owners, states = _owners_by_interface(description), _instance_states(description)
    functions, databases = description.of("Functions"), description.of("DBInstances")
    zones = {item.text("SubnetId"): item.text("AvailabilityZone") for item in description.of("Subnets")}
    found = {}
    for item in _listed(description):
        eni = _interface(item, owners, states)
        if eni.owner is InterfaceOwner.DATABASE:
            eni = replace(eni, owner_id=_database_of(eni, databases, zones) or eni.owner_id)
        if eni.owner is InterfaceOwner.LAMBDA:
            eni = _shared(eni, item, functions)
        found[eni.id] = eni
    owned = {eni.owner_id for eni in found.values()}
    bare = [item for item in databases if item.text("DBInstanceIdentifier") not in owned]
    found |= {eni.id: eni for item in bare for eni in _database(item, zones)}
    return found | nodes(description, load_balancers, found.values())


def _listed(description: Description) -> Iterator[Item]:
    """Yield every interface: those that were listed, else those in the instances' descriptions."""
    listed = description.of("NetworkInterfaces")
    yield from listed
    known = {item.text("NetworkInterfaceId") for item in listed}
    for instance in description.instances():
        for part in instance.parts("NetworkInterfaces"):
            if part.text("NetworkInterfaceId") not in known:
                attachment = {**part.part("Attachment").data, "InstanceId": instance.text("InstanceId")}
                of_instance = {name: instance.data[key] for name, key in _OF_INSTANCE.items() if key in instance.data}
                if public := instance.text("PublicIpAddress"):
                    of_instance["Association"] = {"PublicIp": public}
                yield replace(part, data={**of_instance, **part.data, "Attachment": attachment})


def _instance_states(description: Description) -> dict[str, str]:
    """Return the state of each instance."""
    return {item.text("InstanceId"): item.text("State", "Name") for item in description.instances()}


def _database_of(eni: NetworkInterface, databases: list[Item], zones: Mapping[str, str]) -> str | None:
    """Return the only database with an interface's groups in its subnet; AWS does not state which database it is."""
    groups = set(eni.security_group_ids)
    found = [item for item in databases if groups == {*_groups_of(item)} and eni.subnet_id in _places(item, zones)]
    return found[0].text("DBInstanceIdentifier") if len(found) == 1 else None


def _database(item: Item, zones: Mapping[str, str]) -> Iterator[NetworkInterface]:
    """Yield the interface of a database that no listed interface could be matched with, in a subnet of its zone."""
    id_ = item.text("DBInstanceIdentifier")
    for subnet_id in _places(item, zones)[:1]:
        yield NetworkInterface(
            f"eni-{id_}", InterfaceOwner.DATABASE, id_, subnet_id, tuple(_groups_of(item)), origin=item.origin
        )


def _groups_of(database: Item) -> Iterator[str]:
    return (group.text("VpcSecurityGroupId") for group in database.parts("VpcSecurityGroups"))


def _places(database: Item, zones: Mapping[str, str]) -> list[str]:
    """Return the subnets of a database, or of its standby: those of its zones, if these are known."""
    every = [part.text("SubnetIdentifier") for part in database.part("DBSubnetGroup").parts("Subnets")]
    first, second = database.text("AvailabilityZone"), database.text("SecondaryAvailabilityZone")
    own = [[each for each in every if zone and zones.get(each) == zone] for zone in (first, second)]
    return [*own[0], *own[1]] or every


def _owners_by_interface(description: Description) -> dict[str, tuple[InterfaceOwner, str]]:
    """Return the owners that the resources themselves name."""
    owners = {}
    for item in description.of("VpcEndpoints"):
        for eni_id in item.texts("NetworkInterfaceIds"):
            owners[eni_id] = (InterfaceOwner.ENDPOINT, item.text("VpcEndpointId"))
    for item in description.of("NatGateways"):
        for address in item.parts("NatGatewayAddresses"):
            owners[address.text("NetworkInterfaceId")] = (InterfaceOwner.NAT_GATEWAY, item.text("NatGatewayId"))
    return owners


def _owner(item: Item, owners: Mapping[str, tuple[InterfaceOwner, str]]) -> tuple[InterfaceOwner, str]:
    id_, instance = item.text("NetworkInterfaceId"), item.text("Attachment", "InstanceId")
    if instance:
        return InterfaceOwner.INSTANCE, instance
    if id_ in owners:
        return owners[id_]
    for pattern, kind in _DESCRIPTIONS:
        match = pattern.match(item.text("Description"))
        if match:
            owner_id = name_of(match[1]) if kind is InterfaceOwner.LOAD_BALANCER else match[1]
            return kind, owner_id or id_
    return _TYPES.get(item.text("InterfaceType"), InterfaceOwner.OTHER), id_


def _idle(item: Item, owner: InterfaceOwner, state: str) -> str:
    """Return the reason why an interface is idle: its instance does not run, or it is not attached."""
    if owner is InterfaceOwner.INSTANCE and state not in ("", "running", "pending"):
        return f"its instance is {state}"
    loose = owner in (InterfaceOwner.INSTANCE, InterfaceOwner.OTHER) and item.text("Status") == "available"
    return "it is attached to nothing" if loose else ""


def _interface(
    item: Item, owners: Mapping[str, tuple[InterfaceOwner, str]], states: Mapping[str, str]
) -> NetworkInterface:
    owner, owner_id = _owner(item, owners)
    six = sorted(item.parts("Ipv6Addresses"), key=lambda one: not one.flag("IsPrimaryIpv6"))
    secondary = [a.address("PrivateIpAddress") for a in item.parts("PrivateIpAddresses") if not a.flag("Primary")]
    return NetworkInterface(
        id=item.text("NetworkInterfaceId"),
        owner=owner,
        owner_id=owner_id,
        subnet_id=item.text("SubnetId"),
        security_group_ids=_groups(item),
        private_ip_address=item.address("PrivateIpAddress"),
        secondary_private_ip_addresses=tuple(address for address in secondary if address is not None),
        ipv6_address=six[0].ipv6_address("Ipv6Address") if six else None,
        ipv6_address_count=len(six),
        public_ip=item.address("Association", "PublicIp"),
        secondary_public_ips=tuple(_secondary_public(item)),
        idle=_idle(item, owner, states.get(owner_id, "")),
        device_index=item.part("Attachment").number("DeviceIndex", 0),
        source_dest_check=item.flag("SourceDestCheck"),
        delegated_prefixes=tuple(_delegated(item, six[1:])),
        origin=item.origin,
    )


def _delegated(item: Item, further: list[Item]) -> Iterator[IPNetwork]:
    """Yield the prefixes that are delegated to an interface, and its further IPv6 addresses."""
    prefixes = [(part, name) for name in ("Ipv4Prefix", "Ipv6Prefix") for part in item.parts(f"{name}es")]
    for part, name in (*prefixes, *((part, "Ipv6Address") for part in further)):
        block = part.network(name)
        if block is not None:
            yield block


def _groups(item: Item) -> tuple[Maybe[str], ...]:
    if "Groups" not in item.data:
        return (item.left_out("Groups", "NetworkInterfaceId"),)
    return tuple(group.text("GroupId") for group in item.parts("Groups"))


def _secondary_public(item: Item) -> Iterator[tuple[IPv4Address, IPv4Address]]:
    for part in item.parts("PrivateIpAddresses"):
        private, public = part.address("PrivateIpAddress"), part.address("Association", "PublicIp")
        if private is not None and public is not None and not part.flag("Primary"):
            yield private, public


def _shared(eni: NetworkInterface, item: Item, functions: list[Item]) -> NetworkInterface:
    """Return a Lambda interface with the functions that have its subnet and its set of groups.

    One with other groups than those of the function in its description is that of a version, or of earlier settings.
    """
    groups = {group.text("GroupId") for group in item.parts("Groups")}
    users = [
        function.text("FunctionName")
        for function in functions
        if eni.subnet_id in function.part("VpcConfig").texts("SubnetIds")
        and groups == set(function.part("VpcConfig").texts("SecurityGroupIds"))
    ]
    known = "Groups" in item.data and eni.owner_id in {bare(one.text("FunctionName")) for one in functions}
    return replace(eni, function_ids=tuple(users), owner_id=users[0] if users else eni.id if known else eni.owner_id)


READERS = (PartReader("network_interfaces", network_interfaces, needs=("load_balancers",)),)
