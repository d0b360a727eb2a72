"""Load balancers as `DescribeLoadBalancers` returns them. They are active as soon as they exist."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from netful.account.elbv2.view import View
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.core import known_in, mappings
from netful.model.load_balancing_arns import name_in
from netful.model.network.network_interface import NetworkInterface

# The hosted zones of AWS's names: of application load balancers, of network load balancers.
_ZONES = {
    "us-east-1": ("Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"),
    "us-east-2": ("Z3AADJGX6KTTL2", "ZLMOA37VPKANP"),
    "us-west-1": ("Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"),
    "us-west-2": ("Z1H1FL5HABSF5", "Z18D5FSROUN65G"),
    "eu-central-1": ("Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"),
    "eu-west-1": ("Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"),
    "eu-west-2": ("ZHURV8PSTC4K8", "ZD4D7Y8KGAS4G"),
    "ap-northeast-1": ("Z14GRHDCWA56QT", "Z31USIVHYNEOWT"),
    "ap-southeast-2": ("Z1GM3OXH4ZPM65", "ZCT6FZBF4DROD"),
}


def load_balancer(view: View, balancer: LoadBalancer, arn: str) -> dict[str, Any]:
    """Return the record of a load balancer; classic ones belong to another API."""
    network = balancer.type is LoadBalancerType.NETWORK
    grouped = network and balancer.security_group_ids
    return {
        "LoadBalancerArn": arn,
        "LoadBalancerName": name_in(arn),
        "CreatedTime": view.created.of(arn),
        "DNSName": balancer.dns_name,
        "CanonicalHostedZoneId": zone_id(view.cloud.region, network=network),
        "Scheme": "internal" if balancer.internal else "internet-facing",
        "VpcId": view.ec2.id(balancer.vpc_id),
        "State": {"Code": "active"},
        "Type": str(balancer.type),
        "AvailabilityZones": [*_zones(view, balancer)],
        "SecurityGroups": view.ec2.ids(balancer.security_group_ids),
        "IpAddressType": balancer.ip_address_type,
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": ("on" if balancer.enforce_inbound_rules_on_private_link else "off")
        if grouped or not balancer.enforce_inbound_rules_on_private_link
        else None,
    }  # fmt: skip


def zone_id(region: str, *, network: bool) -> str:
    """Return the id of the hosted zone that has the names of a region's load balancers; a derived one for other regions."""
    if region in _ZONES:
        return _ZONES[region][network]
    return "Z" + sha256(f"{region} {network}".encode()).hexdigest()[:13].upper()


def _zones(view: View, balancer: LoadBalancer) -> Iterator[dict[str, Any]]:
    nodes = {eni.subnet_id: eni for eni in view.cloud.network.interfaces_of(balancer.id)}
    for subnet_id in balancer.subnet_ids:
        subnet, node = known_in(view.cloud.network.subnets, subnet_id), nodes.get(subnet_id)
        shown = balancer.type is LoadBalancerType.NETWORK and node is not None
        yield {
            "ZoneName": view.ec2.id(subnet.availability_zone) if subnet else None,
            "SubnetId": view.ec2.id(subnet_id),
            "LoadBalancerAddresses": [*_addresses(view, balancer, node)] if shown and node else [],
        }


def _addresses(view: View, balancer: LoadBalancer, node: NetworkInterface) -> Iterator[dict[str, Any]]:
    """Yield the addresses that a network load balancer was given: an Elastic IP, or one in an internal one's subnet."""
    eips = view.cloud.network.elastic_ips.values()
    own = next((eip for eip in eips if node.public_ip is not None and eip.public_ip == node.public_ip), None)
    if own is not None:
        yield {"IpAddress": str(own.public_ip), "AllocationId": view.ec2.id(own.id)}
    elif balancer.internal and _is_given(view, balancer, node):
        yield {"PrivateIPv4Address": str(node.private_ip_address)}


def _is_given(view: View, balancer: LoadBalancer, node: NetworkInterface) -> bool:
    places = mappings(view.written(balancer.id, "SubnetMappings"))
    return any(one.get("PrivateIPv4Address") == str(node.private_ip_address) for one in places)
