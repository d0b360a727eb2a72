"""EC2's describe operations: one mechanism for every kind, and the few that follow another form."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from netful.account import reading
from netful.account.ec2 import (
    facts,
    insight_reads,
    instance_reads,
    launch_template_reads,
    service_reads,
    transit_gateway_reads,
)
from netful.account.ec2.describe.network_interfaces import LambdaInterface, lambda_interface
from netful.account.ec2.group_names import by_ids
from netful.account.ec2.kinds import KIND, KINDS, Kind
from netful.account.ec2.listing import Attribute, attribute, described, filtered, listed
from netful.account.ec2.properties import absent
from netful.account.ec2.world import Look, World
from netful.account.operations.query_api import Operation, Parameters
from netful.account.reading import Record
from netful.model.names.service_names import REGIONS, service
from netful.model.network.availability_zones import zone_ids

_VPC_ATTRIBUTES: Mapping[str, Attribute] = {
    "enableDnsSupport": lambda world, name, _vpc: {"Value": world.cloud.network.vpcs[name].enable_dns_support},
    "enableDnsHostnames": lambda world, name, _vpc: {"Value": world.cloud.network.vpcs[name].enable_dns_hostnames},
    "enableNetworkAddressUsageMetrics": lambda world, name, _vpc: {
        "Value": world.flag(name, "EnableNetworkAddressUsageMetrics")
    },
}


class Reads:
    """The operations that only look. `world` gives the cloud as it is now, `of_lambda` the interfaces of functions.

    `ended` are the records of things that do not exist any more, by the id member of their kind.
    """

    def __init__(
        self,
        world: Callable[[], World],
        of_lambda: Iterable[LambdaInterface],
        ended: Mapping[str, Iterable[Record]] = MappingProxyType({}),
    ) -> None:
        self._world = world
        self._of_lambda = of_lambda
        self._ended = ended

    def operations(self) -> dict[str, Operation]:
        """Return all of them, by name."""
        looks: dict[str, Look] = {
            **{kind.operation: self._describing(kind) for kind in KINDS},
            "DescribeTags": self._tags,
            **instance_reads.LOOKS,
            **launch_template_reads.LOOKS,
            **service_reads.LOOKS,
            **transit_gateway_reads.LOOKS,
            **insight_reads.LOOKS,
            **facts.LOOKS,
            **_LOOKS,
        }
        return {**reading.operations(looks, self._world), **absent.operations(self._world)}

    def _describing(self, kind: Kind) -> Look:
        def look(world: World, asked: Parameters) -> Record:
            asked = by_ids(world, asked) if kind.id == "GroupId" else asked
            return described(kind, world, world.known(asked, kind.ids), self._records(world, kind))

        return look

    def _records(self, world: World, kind: Kind) -> list[Record]:
        of_lambda = self._of_lambda if kind.id == "NetworkInterfaceId" else ()
        more = (*(lambda_interface(world, one) for one in of_lambda), *self._ended.get(kind.id, ()))
        return [*kind.records(world), *more]

    def _tags(self, world: World, asked: Parameters) -> Record:
        records = [
            {
                "ResourceId": record[kind.id],
                "ResourceType": kind.resource_type,
                "Key": tag["Key"],
                "Value": tag["Value"],
                "Tags": [tag],  # for filters of the form tag:KEY
            }
            for kind in KIND.values()
            for record in self._records(world, kind)
            for tag in record.get("Tags", ())
        ]
        return listed(_TAGS, asked, records)


_ACCOUNT_ATTRIBUTES = {
    "supported-platforms": ("VPC",), "max-instances": ("20",), "max-elastic-ips": ("5",), "vpc-max-elastic-ips": ("5",),
    "vpc-max-security-groups-per-interface": ("5",),
}  # fmt: skip
"""Attributes that accounts have without a request for more."""


_TAGS = Kind("DescribeTags")
_ZONES = Kind("DescribeAvailabilityZones")
_REGIONS = Kind("DescribeRegions")


def _availability_zones(world: World, asked: Parameters) -> Record:
    region = world.cloud.region
    records = [
        {
            "ZoneName": zone, "ZoneId": zone_id, "RegionName": region, "State": "available", "ZoneType": "availability-zone",
            "OptInStatus": "opt-in-not-required", "GroupName": region, "NetworkBorderGroup": region, "Messages": [],
        }
        for zone, zone_id in zone_ids(region).items()
    ]  # fmt: skip
    wanted = [*(asked.get("ZoneNames") or ()), *(asked.get("ZoneIds") or ())]
    found = [r for r in filtered(_ZONES, asked, records) if not wanted or {r["ZoneName"], r["ZoneId"]} & {*wanted}]
    return {"AvailabilityZones": found}


def _account_attributes(world: World, asked: Parameters) -> Record:
    default = next((str(world.id(name)) for name in world.cloud.network.vpcs if world.is_default(name)), "none")
    every = {"default-vpc": (default,), **_ACCOUNT_ATTRIBUTES}
    named = asked.get("AttributeNames") or every
    return {
        "AccountAttributes": [
            {"AttributeName": name, "AttributeValues": [{"AttributeValue": one} for one in every[name]]}
            for name in every
            if name in named
        ]
    }


def _regions(_world: World, asked: Parameters) -> Record:
    named = asked.get("RegionNames") or REGIONS
    records = [
        {"RegionName": name, "Endpoint": service("ec2").host(name), "OptInStatus": "opt-in-not-required"}
        for name in REGIONS
        if name in named
    ]
    return {"Regions": filtered(_REGIONS, asked, records)}


def _addresses_attribute(world: World, asked: Parameters) -> Record:
    records = KIND["AllocationId"].records(world)
    wanted = asked.get("AllocationIds")
    found = [{"AllocationId": r["AllocationId"], "PublicIp": r["PublicIp"]} for r in records]
    return {"Addresses": [one for one in found if not wanted or one["AllocationId"] in wanted]}


_LOOKS: Mapping[str, Look] = {
    "DescribeVpcAttribute": attribute("VpcId", _VPC_ATTRIBUTES),
    "DescribeAvailabilityZones": _availability_zones,
    "DescribeRegions": _regions,
    "DescribeAddressesAttribute": _addresses_attribute,
    "DescribeAccountAttributes": _account_attributes,
}
