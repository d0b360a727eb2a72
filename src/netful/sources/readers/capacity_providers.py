"""Capacity providers of Lambda Managed Instances (spec: newer-aws §8.1)."""

from collections.abc import Mapping

from netful.model.core import Unknown
from netful.model.functions.capacity_providers import CapacityProvider
from netful.model.names.partitions import partition
from netful.model.network.vpc import Subnet
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader


def capacity_providers(inventory: Inventory, subnets: Mapping[str, Subnet]) -> dict[str, CapacityProvider]:
    """Return the providers; in a subnet that gives public addresses their instances have one."""
    return {r.id: _provider(r, inventory, subnets) for r in inventory.of("AWS::Lambda::CapacityProvider")}


def _provider(reader: Reader, inventory: Inventory, subnets: Mapping[str, Subnet]) -> CapacityProvider:
    vpc_config, whole = reader.part("VpcConfig"), reader.get("VpcConfig")
    subnet_ids = whole if isinstance(whole, Unknown) else vpc_config.texts("SubnetIds")
    named = () if isinstance(subnet_ids, Unknown) else dict.fromkeys(s for s in subnet_ids if isinstance(s, str))
    public = (s for s in named if s in subnets and subnets[s].map_public_ip_on_launch)
    return CapacityProvider(
        id=reader.id,
        arn=_arn(reader, inventory),
        subnet_ids=subnet_ids,
        security_group_ids=whole if isinstance(whole, Unknown) else vpc_config.texts("SecurityGroupIds"),
        public_ips={subnet_id: inventory.public_address() for subnet_id in public},
        origin=reader.origin,
    )


def _arn(reader: Reader, inventory: Inventory) -> str:
    """Return the ARN, with the name that `Ref` gives; the id of a described provider is its ARN."""
    if reader.id.startswith("arn:"):
        return reader.id
    place = f"{partition(reader.region)}:lambda:{reader.region}:{reader.account_id}"
    return f"arn:{place}:capacity-provider:{inventory.resources[reader.id].ref or reader.id}"


READERS = (PartReader("capacity_providers", capacity_providers, needs=("subnets",)),)
