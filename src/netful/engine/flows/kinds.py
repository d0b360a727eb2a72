"""Kinds of hops: every step of a path, from a name to the integration of an API."""

from enum import StrEnum
from typing import Self


class Role(StrEnum):
    """Role of a hop in a diagram of its path."""

    STATION = "station"
    """Receives the packet or the request and processes it."""
    GATE = "gate"
    """Filter between two stations: it only allows or denies."""
    ACTION = "action"
    """Action of the station before it."""


_GATE, _ACTION = Role.GATE, Role.ACTION


class HopKind(StrEnum):
    """Kind of a hop, as `trace` prints it; `asks` documents it."""

    asks: str
    role: Role

    def __new__(cls, value: str, asks: str = "", role: Role = Role.STATION) -> Self:
        """Create a kind with its documentation."""
        kind = str.__new__(cls, value)
        kind._value_, kind.asks, kind.role = value, asks, role
        return kind

    NAME = "name", "the addresses of the name, resolved at the source", _GATE
    HOST = "host", "the host itself, for an instance that calls itself; for an API, whether the Host header names it"
    TLS = "tls", "whether both sides speak TLS, and the server's certificate is valid for the name", _GATE
    SG_OUT = "sg out", "the security groups of the sender", _GATE
    SG_IN = "sg in", "the security groups of the receiver", _GATE
    NACL_OUT = "nacl out", "the network ACL of a subnet that the packet leaves", _GATE
    NACL_IN = "nacl in", "the network ACL of a subnet that the packet enters", _GATE
    ROUTE = "route", "the route table of a subnet or a gateway; for an API, the method and the path", _GATE
    SERVICE = "service", "an address of every VPC that no rule filters: DNS, metadata, time"
    IGW = "igw", "the internet gateway, which translates public addresses"
    EIGW = "eigw", "the egress-only internet gateway of IPv6"
    BPA = "bpa", "VPC Block Public Access: whether the account admits it at internet gateways", _GATE
    ENCRYPTION = "encryption", "the encryption control of a VPC, which AWS enforces", _GATE
    NAT = "nat", "the NAT gateway, which translates the source to its own address"
    ENDPOINT = "endpoint", "the VPC endpoint: a service, or the appliances behind it"
    FIREWALL = "firewall", "the rules of a network firewall", _GATE
    PEERING = "peering", "the peering connection"
    TGW = "tgw", "the transit gateway's attachment"
    TGW_ROUTE = "tgw route", "the route table of a transit gateway", _GATE
    VPN = "vpn", "the virtual private gateway or the VPN connection"
    GATEWAY = "gateway", "the target of a route of a kind that is not modelled"
    CHECK = "check", "the source/destination check of an interface that a packet for another address reaches", _GATE
    ENI = "eni", "whether an interface has the address, and is in use"
    LAMBDA = "lambda", "the network of a function, which admits no connection; without a VPC it has the internet"
    LISTENER = "listener", "the listener of a load balancer, with its own answer if it has one"
    WAF = "waf", "the web ACL of a load balancer, a stage or a distribution"
    RULE = "rule", "the listener's rule that matches the request", _ACTION
    TRANSFORM = "transform", "the rule's changes to the request", _ACTION
    TARGET_GROUP = "target group", "the target group, with the chosen target", _ACTION
    TARGET = "target", "a target that is not reached over the network, or not at all"
    PROXY = "proxy", "a host that forwards the request"
    EDGE = "edge", "the CloudFront distribution, which asks an origin"
    POLICY = "policy", "the policy of an endpoint, an API or a domain, for the action that the question names", _ACTION
    STAGE = "stage", "the stage that the path begins with"
    AUTHORIZATION = "authorization", "the authorizer or the IAM policies of the caller"
    API_KEY = "api key", "the API key that a method requires"
    THROTTLE = "throttle", "the rate and burst limits, narrowest first"
    INTEGRATION = "integration", "the callee of the route, and the permission to call it"
    VPC_LINK = "vpc link", "the VPC link that leads to a load balancer or to registered instances"
    OUTSIDE = "outside", "a destination outside every VPC, with the address that it sees"
