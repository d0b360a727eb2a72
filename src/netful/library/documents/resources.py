"""Document of `netful show`."""

from typing import Any, Literal

from msgspec import Struct


class MissingDocument(Struct):
    """Names without a value."""

    missing: list[str]


class ResourceDocument(Struct):
    """A resource of a template."""

    type: str
    aws_id: str | None
    construct_path: str | None
    origin: str
    properties: dict[str, Any]
    references: list[str]
    triggers: list[str]


class SubnetDocument(Struct):
    """A subnet."""

    id: str
    aws_id: str | None
    cidr_block: Any
    ipv6_cidr_block: Any
    availability_zone: Any
    kind: Literal["public", "private-nat", "isolated", "unknown"]
    route_table: str | None
    network_acl: str | None


class VpcDocument(Struct):
    """A VPC."""

    id: str
    aws_id: str | None
    cidr_blocks: Any
    ipv6_cidr_blocks: Any
    enable_dns_support: Any
    enable_dns_hostnames: Any
    subnets: list[SubnetDocument]


class InterfaceDocument(Struct):
    """A network interface."""

    id: str
    aws_id: str | None
    owner: str
    subnet: Any
    security_groups: Any
    functions: list[str]
    resource: str | None
    private_ip_address: Any
    ipv6_address: Any
    public_ip: Any


class EndpointDocument(Struct):
    """A VPC endpoint."""

    id: str
    aws_id: str | None
    service: Any
    type: str
    private_dns_enabled: Any
    subnets: Any
    route_tables: Any
    security_groups: Any


class ApiDocument(Struct):
    """An API with its effective settings."""

    id: str
    aws_id: str | None
    name: Any
    protocol: Literal["REST", "HTTP", "WEBSOCKET"]
    endpoint_type: Any
    exposure: str
    origin: str
    vpc_endpoints: Any
    definition: Any
    invoke_urls: list[str]
    domains: list[dict[str, Any]]
    routing_rules: list[dict[str, Any]]
    stages: list[Any]
    routes: list[dict[str, Any]]
    usage_plans: list[dict[str, Any]]


class UnreadDocument(Struct):
    """Something in the sources that netful does not understand."""

    resource: str
    what: str
    weight: str
    touches: list[str]
    origin: str


class ShowDocument(Struct):
    """`netful show`."""

    parameters: MissingDocument
    imports: MissingDocument
    warnings: list[str]
    unread: list[UnreadDocument]
    resources: dict[str, ResourceDocument]
    vpcs: list[VpcDocument]
    enis: list[InterfaceDocument]
    endpoints: list[EndpointDocument]
    apis: list[ApiDocument]
