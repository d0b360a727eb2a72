"""VPC endpoints and prefix lists as EC2's describe operations return them."""

from collections.abc import Iterator

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import Unknown
from netful.model.names.arns import aws_arn
from netful.model.names.generated.endpoint_dns import entries
from netful.model.network.vpc import PrefixList
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

BY_AWS = "com.amazonaws"
"""The beginning of the names of AWS's own prefix lists."""

_FULL_ACCESS = {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}


def vpc_endpoint(view: View, endpoint: VpcEndpoint) -> Record:
    """Return the record of an endpoint."""
    interface = endpoint.type is EndpointType.INTERFACE
    return {
        "VpcEndpointType": str(endpoint.type),
        "VpcId": view.id(endpoint.vpc_id),
        "ServiceName": view.id(endpoint.service_name),
        "State": "available",
        "PolicyDocument": endpoint.policy_document or _FULL_ACCESS,
        "RouteTableIds": view.ids(endpoint.route_table_ids),
        "SubnetIds": view.ids(endpoint.subnet_ids),
        "Groups": [*_groups(view, endpoint)],
        "IpAddressType": endpoint.ip_address_type or "ipv4",
        "PrivateDnsEnabled": endpoint.private_dns_enabled,
        "RequesterManaged": bool(endpoint.firewall_id),
        "ServiceRegion": endpoint.service_region or view.cloud.region,
        "NetworkInterfaceIds": [view.id(eni.id) for eni in view.cloud.network.interfaces_of(endpoint.id)],
        "DnsEntries": [*_entries(view, endpoint)] if interface else [],
        "DnsOptions": {
            "DnsRecordIpType": endpoint.dns_record_ip_type or endpoint.ip_address_type or "ipv4"
            if interface
            else "service-defined",
            "PrivateDnsOnlyForInboundResolverEndpoint": endpoint.private_dns_only_for_inbound_resolver,
        },
        "CreationTimestamp": SOME_TIME,
        "OwnerId": view.cloud.account_id,
    }


def _groups(view: View, endpoint: VpcEndpoint) -> Iterator[Record]:
    for group_id in endpoint.security_group_ids:
        group = view.cloud.network.security_groups.get(str(group_id))
        yield {"GroupId": view.id(group_id), "GroupName": (group.group_name if group else "") or view.id(group_id)}


def _entries(view: View, endpoint: VpcEndpoint) -> Iterator[Record]:
    """Yield the endpoint's names with their hosted zones."""
    if isinstance(endpoint.service_name, Unknown):
        return
    network = view.cloud.network
    zones = dict.fromkeys(network.zone_of_interface(eni) for eni in network.interfaces_of(endpoint.id))
    private = endpoint.private_dns_enabled and bool(endpoint.service)
    found = entries(
        view.cloud.aws_id(endpoint.id),
        endpoint.service_name,
        view.cloud.region,
        [z for z in zones if z],
        private_dns=private,
    )
    yield from ({"DnsName": name, "HostedZoneId": zone} for name, zone in found)


def prefix_list(view: View, one: PrefixList) -> Record:
    """Return the record of a prefix list, as `DescribePrefixLists` returns it."""
    blocks = [str(block) for block in one.cidr_blocks if not isinstance(block, Unknown)]
    return {"PrefixListId": view.id(one.id), "PrefixListName": _name(view, one), "Cidrs": blocks}


def managed_prefix_list(view: View, one: PrefixList) -> Record:
    """Return the record of a prefix list, as `DescribeManagedPrefixLists` returns it."""
    by_aws = one.name.startswith(BY_AWS) and view.resource(one.id) is None
    owner = "AWS" if by_aws else view.cloud.account_id
    return {
        "PrefixListName": _name(view, one),
        "PrefixListArn": aws_arn("ec2", view.cloud.region, owner.lower(), f"prefix-list/{view.id(one.id)}"),
        "AddressFamily": "IPv6" if any(":" in str(block) for block in one.cidr_blocks) else "IPv4",
        "MaxEntries": None if by_aws else int(view.said(one.id).get("MaxEntries") or len(one.cidr_blocks)),
        "Version": None if by_aws else _version(view, one),
        "OwnerId": owner,
        "State": "create-complete" if by_aws or _version(view, one) == 1 else "modify-complete",
    }


def _name(view: View, one: PrefixList) -> object:
    """Return the name of a prefix list; one of a template can be unknown."""
    return view.said(one.id).get("PrefixListName", one.name)


def _version(view: View, one: PrefixList) -> int:
    return int(view.said(one.id).get("Version") or 1)
