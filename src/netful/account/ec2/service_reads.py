"""Describe operations of what endpoints and rules refer to: services, and the entries of prefix lists."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.ec2.kinds import Kind
from netful.account.ec2.listing import described, page
from netful.account.ec2.world import Look, World
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.wire.errors import ApiError
from netful.model.core import Unknown
from netful.model.identity import ec2_id
from netful.model.names.generated.endpoint_dns import suffix_of
from netful.model.names.service_names import GATEWAY_SERVICES, SERVICES
from netful.model.network.availability_zones import zone_ids

_SERVICES = Kind("DescribeVpcEndpointServices", "ServiceName", not_found=(
    "InvalidServiceName", "The Vpc Endpoint Service '{}' does not exist"
), aliases={"service-type": "service-type.service-type"})  # fmt: skip


def _endpoint_services(world: World, asked: Parameters) -> Record:
    shown = described(_SERVICES, world, asked, [*_services(world)])
    names = list(dict.fromkeys(row["ServiceName"] for row in shown["ServiceDetails"]))
    return {**shown, "ServiceNames": names}


def _services(world: World) -> Iterator[dict[str, Any]]:
    """Yield AWS's services, those with two types of endpoints twice, and the account's own."""
    region = world.cloud.region
    for code, service in SERVICES.items():
        for kind in ("Gateway", "Interface") if code in GATEWAY_SERVICES else ("Interface",):
            names = service.private_names(region) if kind == "Interface" else ()
            yield _service(world, f"com.amazonaws.{region}.{code}", kind, "amazon", names)
    for own in world.cloud.network.vpc_endpoint_services.values():
        named = () if own.private_dns_name is None else (str(world.id(own.private_dns_name)),)
        row = _service(world, own.service_name, "Interface", world.cloud.account_id, named)
        yield {**row, "ServiceId": world.id(own.id), "AcceptanceRequired": own.acceptance_required}


def _service(world: World, name: str, kind: str, owner: str, private: tuple[str, ...]) -> dict[str, Any]:
    return {
        "ServiceName": name,
        "ServiceId": ec2_id("vpce-svc", world.cloud.account_id, world.cloud.region, f"{name} {kind}"),
        "ServiceType": [{"ServiceType": kind}],
        "ServiceRegion": world.cloud.region,
        "AvailabilityZones": [*zone_ids(world.cloud.region)],
        "Owner": owner,
        "BaseEndpointDnsNames": [suffix_of(name, world.cloud.region)],
        "PrivateDnsName": private[0] if private else None,
        "PrivateDnsNames": [{"PrivateDnsName": one} for one in private],
        "VpcEndpointPolicySupported": owner == "amazon",
        "AcceptanceRequired": False,
        "ManagesVpcEndpoints": False,
        "Tags": [],
        "SupportedIpAddressTypes": ["ipv4"],
    }


def _prefix_list_entries(world: World, asked: Parameters) -> Record:
    """Return the entries of a list in its current version."""
    name = world.existing(asked, "PrefixListId")
    version = world.record("PrefixListId", name).get("Version")
    if asked.get("TargetVersion", version) != version:
        raise ApiError(
            "UnsupportedOperation", f"netful keeps the current version of a prefix list alone, which is {version}"
        )
    texts = {one.get("Cidr"): one.get("Description") for one in world.said(name).get("Entries") or ()}
    found = world.cloud.network.prefix_lists[name].cidr_blocks
    blocks = (str(block) for block in found if not isinstance(block, Unknown))
    return page("Entries", asked, [{"Cidr": block, "Description": texts.get(block)} for block in blocks])


LOOKS: Mapping[str, Look] = {
    "DescribeVpcEndpointServices": _endpoint_services,
    "GetManagedPrefixListEntries": _prefix_list_entries,
}
