"""Describe operations of what endpoints and rules refer to: services, and the entries of prefix lists."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.ec2.kinds import Kind
from netful.account.ec2.listing import filtered, page
from netful.account.ec2.view import View
from netful.account.ec2.world import World
from netful.account.query_api import Parameters
from netful.account.reading import Look
from netful.account.wire.errors import ApiError
from netful.model.core.unknown import Unknown
from netful.model.identity import ec2_id
from netful.model.names.service_names import GATEWAY_SERVICES, SERVICES
from netful.model.network.availability_zones import zone_ids

_SERVICES = Kind("DescribeVpcEndpointServices", "ServiceDetails", "ServiceName", "ServiceNames", ("", ""),
                 aliases={"service-type": "service-type.service-type"})  # fmt: skip
_NOT_FOUND = ("InvalidServiceName", "The Vpc Endpoint Service '{}' does not exist")


def _endpoint_services(view: View, asked: Parameters) -> Mapping[str, Any]:
    rows, wanted = [*_services(view)], asked.get("ServiceNames") or ()
    missing = next((name for name in wanted if name not in {row["ServiceName"] for row in rows}), None)
    if missing is not None:
        code, text = _NOT_FOUND
        raise ApiError(code, text.format(missing))
    found = filtered(_SERVICES, asked, [row for row in rows if not wanted or row["ServiceName"] in wanted])
    shown = page("ServiceDetails", asked, found)
    names = list(dict.fromkeys(row["ServiceName"] for row in shown["ServiceDetails"]))
    return {**shown, "ServiceNames": names}


def _services(view: View) -> Iterator[dict[str, Any]]:
    """Yield AWS's services, those with two types of endpoints twice, and the account's own."""
    region = view.cloud.region
    for code, service in SERVICES.items():
        for kind in ("Gateway", "Interface") if code in GATEWAY_SERVICES else ("Interface",):
            names = service.private_names(region) if kind == "Interface" else ()
            yield _service(view, f"com.amazonaws.{region}.{code}", kind, "amazon", names)
    for own in view.cloud.network.vpc_endpoint_services.values():
        named = () if own.private_dns_name is None else (str(view.id(own.private_dns_name)),)
        row = _service(view, own.service_name, "Interface", view.cloud.account_id, named)
        yield {**row, "ServiceId": view.id(own.id), "AcceptanceRequired": own.acceptance_required}


def _service(view: View, name: str, kind: str, owner: str, private: tuple[str, ...]) -> dict[str, Any]:
    return {
        "ServiceName": name,
        "ServiceId": ec2_id("vpce-svc", view.cloud.account_id, view.cloud.region, f"{name} {kind}"),
        "ServiceType": [{"ServiceType": kind}],
        "ServiceRegion": view.cloud.region,
        "AvailabilityZones": [*zone_ids(view.cloud.region)],
        "Owner": owner,
        "BaseEndpointDnsNames": [f"{name.rpartition('.')[2]}.{view.cloud.region}.vpce.amazonaws.com"],
        "PrivateDnsName": private[0] if private else None,
        "PrivateDnsNames": [{"PrivateDnsName": one} for one in private],
        "VpcEndpointPolicySupported": owner == "amazon",
        "AcceptanceRequired": False,
        "ManagesVpcEndpoints": False,
        "Tags": [],
        "SupportedIpAddressTypes": ["ipv4"],
    }


def _prefix_list_entries(view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return the entries of a list in its current version."""
    name = World(view.cloud, view).existing(asked, "PrefixListId")
    resource, found = view.cloud.template.resources.get(name), view.cloud.network.prefix_lists[name]
    texts = {
        one.get("Cidr"): one.get("Description")
        for one in (resource.properties.get("Entries") if resource else ()) or ()
    }
    blocks = (str(block) for block in found.cidr_blocks if not isinstance(block, Unknown))
    return page("Entries", asked, [{"Cidr": block, "Description": texts.get(block)} for block in blocks])


LOOKS: Mapping[str, Look[View]] = {
    "DescribeVpcEndpointServices": _endpoint_services,
    "GetManagedPrefixListEntries": _prefix_list_entries,
}
