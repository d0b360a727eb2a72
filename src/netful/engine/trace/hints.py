"""What to change: one sentence a code, with the ids of the path in it."""

from __future__ import annotations

from netful.engine.flows.path import Hop
from netful.engine.trace.question import Question

HINTS = {
    "NETFUL_REQUEST_LOOP": "let `{component}` pass the request on to something that answers it",
    "NETFUL_DNS_NO_RESOLVER": "set `EnableDnsSupport: true` on the VPC",
    "NETFUL_DNS_NXDOMAIN": "check the name; a private one needs a zone that this VPC is associated with",
    "NETFUL_DNS_PRIVATE_ZONE_NXDOMAIN": "add the record to the private zone, or give the zone a narrower name: it hides public DNS",
    "ENI_SG_RULES_MISMATCH": "{sg}",
    "SG_HAS_NO_RULES": "{sg}",
    "SG_REFERENCES_NOT_PRESERVED": "let `{component}` admit addresses instead of a group: translated or from afar, the source shows none",
    "SUBNET_ACL_RESTRICTION": "add a rule for {asks} to the network ACL `{component}`",
    "REMAP_EPHEMERAL_PORT": "open ports 1024-65535 in `{component}`: Lambda and NAT gateways use all of them",
    "NETFUL_RETURN_PATH_ACL": "let the answers through: ports 1024-65535 in the network ACL `{component}`",
    "NETFUL_RETURN_PATH_NO_ROUTE": "add the way back to the route table `{component}`",
    "NO_ROUTE_TO_DESTINATION": "{route}",
    "BAD_STATE_ROUTE": "mend the route in `{component}`: its target is gone, or attached to no VPC",
    "BAD_STATE_ATTACHMENT": "attach an internet gateway to `{component}`",
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS": "{igw}",
    "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS": "give `{destination}` a public address, or reach it from inside its VPC",
    "NETFUL_NAT_IN_PRIVATE_SUBNET": "the NAT gateway's own subnet uses `{component}`: route 0.0.0.0/0 there to an internet gateway",
    "NETFUL_NAT_SAME_SUBNET_LOOP": "move the NAT gateway to a subnet of its own whose default route is an internet gateway",
    "NETFUL_LAMBDA_NO_INBOUND": "invoke the function by the Lambda service: an event, an API, a function URL",
    "NETFUL_NAT_NO_INBOUND": "nothing can be reached at a NAT gateway; name what is behind it",
    "NETFUL_FUNCTION_OUTSIDE_VPC": "give `{component}` a VpcConfig with subnets of the VPC where `{destination}` is",
    "NETFUL_PRIVATE_ADDRESS": "only a VPC's own network reaches a private address: start inside it",
    "NETFUL_ENDPOINT_POLICY_DENY": "allow the action in the policy of `{component}`",
    "ENI_SOURCE_DEST_CHECK_RESTRICTION": "set `SourceDestCheck: false` on `{component}`, if it is meant to forward",
    "NO_POSSIBLE_DESTINATION": "no interface has this address: check it",
    "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR": "a peering leads no further than its VPC: use a transit gateway or a peering of its own",
    "NGW_REQUIRES_SOURCE_IN_VPC": "a NAT gateway serves its own VPC only: give the source's VPC one",
    "PROTOCOL_RESTRICTION": "ask for a protocol and port that `{component}` takes",
    "GATEWAY_REJECTS_SPOOFED_TRAFFIC": "give the source's own VPC a gateway endpoint: `{component}` serves no other",
    "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS": "lead the source's VPC on-premises by a VPN on the transit gateway: `{component}` serves its own VPC only",
    "VPCE_GATEWAY_PROTOCOL_RESTRICTION": "ask `{component}` by TCP, on a port of its service",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS": "add a route for this private address: to a peering, a transit gateway or a VPN",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS": "add a route for this private address: to a peering, a transit gateway or a VPN",
    "TGW_ROUTE_AZ_RESTRICTION": "add a subnet of that zone to the attachment: `{component}` serves no other zones",
    "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION": "associate `{component}` with a route table of its transit gateway",
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT": "add a route to `{component}`, or let the other attachment propagate to it",
    "TGW_RTB_BAD_STATE_ROUTE": "mend the route in `{component}`: it drops what it takes",
    "NETFUL_APPLIANCE_LOOP": "the route tables send it to `{component}` again and again: give its subnet a route that leads out",
    "TGW_RTB_CANNOT_ROUTE": "the transit gateways send it round in a circle: give `{component}` a route that leads out",
    "NETFUL_NOT_CONNECTED_ON_PREMISES": "attach a virtual private gateway with a VPN to `{component}`, or use a transit gateway",
    "NETFUL_NO_IPV6_ADDRESS": "{ipv6}",
    "NETFUL_TLS_NAME_MISMATCH": "call `{component}` by a name that its certificate is for, or give it one for this name",
    "NETFUL_API_HOST_UNKNOWN": "send `Host: API.execute-api.REGION.amazonaws.com` or `x-apigw-api-id: API`",
    "NETFUL_API_PUBLIC_THROUGH_ENDPOINT": "call `{component}` by a custom domain, or turn off the private DNS of the endpoint",
    "NETFUL_API_PRIVATE_FROM_OUTSIDE": "call `{component}` from a VPC with an execute-api endpoint that its policy admits",
    "NETFUL_API_NOT_ASSOCIATED": "associate `{component}` with the endpoint that is called",
    "NETFUL_API_DEFAULT_ENDPOINT_DISABLED": "call `{component}` by its custom domain",
    "NETFUL_API_RESERVED_PATH": "give the route another path: `/ping` and `/sping` never reach an API behind `{component}`",
    "NETFUL_API_NO_BASE_PATH": "map a base path of `{component}` to an API",
    "NETFUL_API_NO_STAGE": "begin the path with a stage of `{component}`",
    "NETFUL_API_NO_ROUTE": "check the method and the path: `netful show {component}` lists the routes",
    "NETFUL_API_DOMAIN_POLICY_DENY": "allow `{asks}` for this caller in the policy of `{component}`",
    "NETFUL_API_RESOURCE_POLICY_DENY": "allow `{asks}` for this caller in the policy of `{component}`",
    "NETFUL_API_PRIVATE_WITHOUT_POLICY": "give `{component}` a policy that allows the endpoint",
    "NETFUL_API_UNSIGNED": "sign the request with IAM credentials (SigV4)",
    "NETFUL_FILTERED": "have a rule of `{component}` allow it before, or narrow the one that stops it",
    "NETFUL_API_OTHER_ACCOUNT": "give `{component}` a resource policy that allows it; of an HTTP API only its own account's roles may call",
    "NETFUL_API_IDENTITY_POLICY_DENY": "allow `execute-api:Invoke` in `{component}`",
    "NETFUL_API_KEY_WITHOUT_PLAN": "add a usage plan with a key for the stage of `{component}`",
    "NETFUL_API_THROTTLED": "raise the limit of `{component}` above 0",
    "NETFUL_API_NO_INTEGRATION": "give `{component}` an integration",
    "NETFUL_API_NO_AUTHORIZER_PERMISSION": "add a permission for `apigateway.amazonaws.com` to invoke the function of `{component}`",
    "NETFUL_API_INVALID_INTEGRATION": "mend the integration of `{component}`: AWS refuses the template as it is",
    "NETFUL_API_NO_INVOKE_PERMISSION": "add a permission for `apigateway.amazonaws.com` to invoke `{component}`",
    "ELBV2_LISTENERS_MISMATCH": "add a listener for {service} to `{component}`, or ask on a port that it has",
    "NETFUL_FIXED_RESPONSE": "have a rule of `{component}` forward such requests, or ask as one of its rules wants it",
    "ELBV2_LISTENER_HAS_NO_TG": "register a target in `{component}`",
    "ELBV2_NO_TARGETS_IN_AZ": "turn cross-zone load balancing on, or register a target in that zone in `{component}`",
    "ELBV2_SOURCE_ADDRESS_PRESERVATION": "set `preserve_client_ip.enabled` to false on the target group of `{component}`",
    "BAD_STATE": "accept or create the connection `{component}` again",
}


def for_blocker(hop: Hop, question: Question) -> str:
    """What to change for a hop that denies; "" when nobody can change it."""
    template = HINTS.get(hop.code, "")
    return template.format(
        component=hop.component,
        asks=hop.asks,
        service=hop.asks.split(" to ", maxsplit=1)[0],
        destination=question.destination,
        sg=_group_rule(hop, question),
        route=_way_out(question),
        ipv6=_ipv6(hop),
        igw=_not_in_public_subnet(question),
    )


def for_missing(missing: tuple[str, ...]) -> str:
    """What to supply for an unknown path."""
    parameters = [name for name in missing if name.isidentifier()]
    others = [name for name in missing if name not in parameters]
    parts = [" ".join(f"--param {name}=…" for name in parameters)] if parameters else []
    parts += [f"load the stack or account that knows {' and '.join(others)}"] if others else []
    return "to settle it: " + ", and ".join(parts)


def _group_rule(hop: Hop, question: Question) -> str:
    service = hop.asks.split(" to ", maxsplit=1)[0]
    if hop.kind == "sg out":
        return f"let `{hop.component}` out to it: an egress rule for {service}"
    ids = [g for s in question.starts[:1] if s.interface for g in s.interface.security_group_ids if isinstance(g, str)]
    return f"let `{hop.component}` admit {service} from {' or '.join(f'`{g}`' for g in ids) or 'the source'}"


def _way_out(question: Question) -> str:
    if question.destination.startswith("aws:"):
        service = ":".join(question.destination.split(":")[:2])  # the action, if any, has nothing to do with it
        return f"add a VPC endpoint for `{service}`, or a route to a NAT gateway"
    return "add a route to it: for the internet, one to a NAT gateway in a public subnet"


def _not_in_public_subnet(question: Question) -> str:
    if question.destination.startswith("aws:"):
        return "move it to a private subnet whose default route is a NAT gateway, or add a VPC endpoint for the service"
    return "move it to a private subnet whose default route is a NAT gateway"


def _ipv6(hop: Hop) -> str:
    return (
        f"give `{hop.component}` one: an IPv6 block for its subnet, and `Ipv6AllowedForDualStack`,"
        " `AssignIpv6AddressOnCreation` or a dual-stack load balancer"
    )
