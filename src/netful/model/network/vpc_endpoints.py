"""VPC endpoints, and endpoint services (spec: vpc-network §5)."""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from msgspec import field

from netful.model.core import Identified, Maybe, Unknown

ADDRESS_TYPES = ("ipv4", "ipv6", "dualstack")
"""The address types that an endpoint can have."""


class EndpointType(StrEnum):
    """AWS's `VpcEndpointType`."""

    INTERFACE = "Interface"
    GATEWAY = "Gateway"
    OTHER = "GatewayLoadBalancer"
    RESOURCE = "Resource"
    SERVICE_NETWORK = "ServiceNetwork"


class VpcEndpoint(Identified):
    """An endpoint. Interface ones have `subnet_ids` and groups, gateway ones `route_table_ids`.

    `service` is the part after the region in `service_name` (`ssm`, `ecr.api`, `execute-api`), empty if the name is
    not one of AWS's own. `ip_address_type` is `ipv4`, `ipv6` or `dualstack`; "" means that of its subnets. `service_region` is
    the Region of the service where the template names it: if it is another one, the endpoint has no zonal names (§5.7).
    `dns_record_ip_type` is the type of the addresses that its names have, "" that of the endpoint. `firewall_id` is the
    network firewall that it leads to. `dns_names` are its names where AWS has described them. `ipv4_addresses` and `ipv6_addresses` are fixed ones by subnet. `assumptions` are reported on every path through it.
    """

    vpc_id: Maybe[str]
    service_name: Maybe[str]
    service: str
    type: EndpointType
    subnet_ids: tuple[Maybe[str], ...] = ()
    security_group_ids: tuple[Maybe[str], ...] = ()
    route_table_ids: tuple[Maybe[str], ...] = ()
    private_dns_enabled: bool = False
    policy_document: dict[str, Any] | Unknown | None = None
    private_dns_only_for_inbound_resolver: bool = False
    ip_address_type: str = ""
    service_region: str = ""
    dns_record_ip_type: str = ""
    firewall_id: str = ""
    dns_names: tuple[str, ...] = ()
    ipv4_addresses: Mapping[str, IPv4Address] = field(default_factory=dict)
    ipv6_addresses: Mapping[str, IPv6Address] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()


class VpcEndpointService(Identified):
    """A service that consumers reach by PrivateLink; network load balancers serve it."""

    service_name: str
    load_balancer_ids: tuple[Maybe[str], ...] = ()
    acceptance_required: bool = True
    private_dns_name: Maybe[str] | None = None
