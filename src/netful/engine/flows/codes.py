"""Explanation codes: each with its meaning and a suggested change.

Codes without `NETFUL_` are AWS's own, from its Network Access and Reachability analyzers. Codes are never renamed or reused.
`docs/reference/explanation-codes.md` is generated from this table.
"""

from enum import StrEnum, auto
from typing import Self


class Code(StrEnum):
    """Explanation code of a hop; its value is its name.

    `hint` is the suggested change; the words in braces are filled in from the hop (`engine.trace.hints`).
    """

    meaning: str
    hint: str

    def __new__(cls, value: str, meaning: str = "", hint: str = "") -> Self:
        """Create a code with its documentation."""
        code = str.__new__(cls, value)
        code._value_, code.meaning, code.hint = value, meaning, hint
        return code

    @staticmethod
    def _generate_next_value_(name: str, _start: int, _count: int, _last_values: list[str]) -> str:
        """Return the name as the value of `auto()`."""
        return name

    # fmt: off

    # Names
    NETFUL_DNS_NO_RESOLVER = (auto(), "the VPC has `EnableDnsSupport: false`, so it has no resolver",
        "set `EnableDnsSupport: true` on the VPC")
    NETFUL_DNS_NXDOMAIN = (auto(), "no zone that the source can see has the name",
        "check the name; a private one needs a zone that this VPC is associated with")
    NETFUL_DNS_PRIVATE_ZONE_NXDOMAIN = (auto(), "a private hosted zone covers the name and has no such record: it hides public DNS",
        "add the record to the private zone, or give the zone a narrower name: it hides public DNS")
    NETFUL_DNS_RESOLVES_PUBLIC = (auto(), "remark: the VPC has an endpoint for the service, but the name resolves to the public address",
        "turn on the endpoint's private DNS, or the VPC's DNS host names")
    NETFUL_DNS_CAPTURED_BY_ENDPOINT = (auto(), "remark: the private DNS of an `execute-api` endpoint answers for *all* APIs of the region, public ones too",
        "call public APIs by a custom domain, or turn private DNS off")
    NETFUL_DNS_QUERY_LOST = (auto(), "the DNS query is a packet of the network here, and does not reach a server, or its answer does not return",
        "let DNS queries through at `{component}`")
    NETFUL_DNS_FIREWALL_BLOCKED = (auto(), "a rule of Route 53 Resolver DNS Firewall blocks the query for the name",
        "allow the name in `{component}` by a rule of lower priority number")
    NETFUL_DNS_FIREWALL_OVERRIDDEN = (auto(), "remark: a rule of Route 53 Resolver DNS Firewall blocks the query and leads the name to another host",
        "allow the name in `{component}` by a rule of lower priority number")

    # Security groups
    ENI_SG_RULES_MISMATCH = (auto(), "no rule of any of the interface's groups covers the packet",
        "add a rule for {service} to `{component}`")
    SG_HAS_NO_RULES = (auto(), "the groups have no rule for this direction at all",
        "add a rule for {service} to `{component}`")
    SG_REFERENCES_NOT_PRESERVED = (auto(), "a rule admits a group, but the packet's source was translated on the way and no longer shows it",
        "let `{component}` admit addresses instead of a group: the source's group is not visible after NAT or across a peering")
    SG_REFERENCING_SUPPORT = (auto(), "a rule admits a group of another VPC, and the transit gateway or an attachment does not support that",
        "set `SecurityGroupReferencingSupport: enable` on the transit gateway and both attachments, or let `{component}` admit addresses")

    # Network ACLs
    SUBNET_ACL_RESTRICTION = (auto(), "a rule denies the packet, or none allows it",
        "add a rule for {asks} to the network ACL `{component}`")
    REMAP_EPHEMERAL_PORT = (auto(), "the ACL opens only part of the ports that an answer may go to",
        "open ports 1024-65535 in `{component}`: Lambda and NAT gateways use all of them")
    NETFUL_RETURN_PATH_ACL = (auto(), "the request gets through, its answer does not: ACLs are stateless",
        "let the answers through: ports 1024-65535 in the network ACL `{component}`")

    # Routes
    NO_ROUTE_TO_DESTINATION = (auto(), "no route of the subnet's table covers the destination",
        "add a route to it, or an endpoint for the service")
    BAD_STATE_ROUTE = (auto(), "the most specific route is a blackhole: its target is gone or not attached",
        "fix the route in `{component}`: its target is gone, or attached to no VPC")
    NO_POSSIBLE_DESTINATION = (auto(), "the address is inside the VPC, and no interface has it",
        "no interface has this address: check it")
    NETFUL_APPLIANCE_LOOP = (auto(), "routing loop between endpoints with appliances (Gateway Load Balancer, Network Firewall)",
        "routing loop through `{component}`: give its subnet a route that leads out")
    FIREWALL_RULES_RESTRICTION = (auto(), "a rule of a network firewall drops the packet, or its default action does",
        "add a rule to the policy of `{component}` that passes {service}, before the one that drops it")
    NETFUL_FIREWALL_REJECTS = (auto(), "a rule of a network firewall rejects the connection: the client gets a reset",
        "add a rule to the policy of `{component}` that passes {service}, before the one that rejects it")
    NETFUL_FIREWALL_ONE_WAY = (auto(), "only one direction of a TCP connection passes a network firewall's endpoint, which drops the rest of it",
        "route both directions through the same endpoint of `{component}`, or none")
    NETFUL_RETURN_PATH_NO_ROUTE = (auto(), "the answer has no way back, or it comes back by a NAT gateway or an instance that has no such connection",
        "add the way back to the route table `{component}`")
    ENI_SOURCE_DEST_CHECK_RESTRICTION = (auto(), "a packet for another address reaches an interface that checks source and destination",
        "set `SourceDestCheck: false` on `{component}`, if it is meant to forward")

    # Internet and NAT gateways
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS = (auto(), "an internet gateway translates only sources with a public address; a function's interface never has one",
        "move it to a private subnet whose default route is a NAT gateway")
    IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS = (auto(), "the destination has no public address, so the internet cannot reach it",
        "give `{destination}` a public address in a public subnet, or reach it from inside its VPC")
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS = (auto(), "the destination is a private address, which does not exist on the internet",
        "add a route for this private address: to a peering, a transit gateway or a VPN")
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS = (auto(), "the destination is in 100.64.0.0/10, which does not exist on the internet",
        "add a route for this private address: to a peering, a transit gateway or a VPN")
    INGRESS_RTB_NO_PUBLIC_IP = (auto(), "the route table of an internet gateway leads to an appliance that has no public address",
        "give the appliance that `{component}` names an Elastic IP")
    VPC_BLOCK_PUBLIC_ACCESS_ENABLED = (auto(), "VPC Block Public Access of the account and Region blocks it at internet gateways",
        "exclude the subnet or its VPC from `{component}` by an `AWS::EC2::VPCBlockPublicAccessExclusion`")
    NETFUL_ENCRYPTION_ENFORCED = (auto(), "the VPC enforces encryption, and AWS refuses a gateway, a connection or a function in it that its control does not exclude",
        "exclude it in `{component}`")
    BAD_STATE_ATTACHMENT = (auto(), "the gateway is not attached to the VPC",
        "attach an internet gateway to `{component}`")
    NETFUL_NAT_IN_PRIVATE_SUBNET = (auto(), "the NAT gateway's own subnet has no way to the internet",
        "the NAT gateway's own subnet uses `{component}`: route 0.0.0.0/0 there to an internet gateway")
    NETFUL_NAT_SAME_SUBNET_LOOP = (auto(), "the default route of the NAT gateway's own subnet is that NAT gateway",
        "move the NAT gateway to a subnet of its own whose default route is an internet gateway")
    NGW_REQUIRES_SOURCE_IN_VPC = (auto(), "a NAT gateway serves its own VPC only",
        "a NAT gateway serves its own VPC only: give the source's VPC one")
    REGIONAL_NGW_ROUTE_AZ_RESTRICTION = (auto(), "a regional NAT gateway with addresses by zone has none for the sender's zone",
        "add the zone to `AvailabilityZoneAddresses` of `{component}`, or leave them out")
    NETFUL_NAT_NO_INBOUND = (auto(), "a NAT gateway accepts no connections",
        "a NAT gateway cannot be a destination; name the resource behind it")
    NETFUL_NAT64_WITHOUT_NAT = (auto(), "the address is one of NAT64 (64:ff9b::/96), and the packet passed no NAT gateway, which would translate it",
        "route 64:ff9b::/96 to a NAT gateway")
    NETFUL_NAT_IPV6 = (auto(), "the packet is IPv6, of which a NAT gateway takes only what is for 64:ff9b::/96",
        "route ::/0 to an egress-only internet gateway, and 64:ff9b::/96 alone to a NAT gateway")
    NETFUL_EIGW_IPV4 = (auto(), "the packet is IPv4, and an egress-only internet gateway carries IPv6 only",
        "route 0.0.0.0/0 to a NAT gateway: `{component}` carries IPv6 only")
    NETFUL_NO_IPV4_ADDRESS = (auto(), "one end has no IPv4 address, and the other has only IPv4",
        "give the other end an IPv6 address, or turn on `EnableDns64` of the subnet and route 64:ff9b::/96 to a NAT gateway")
    NETFUL_NO_IPV6_ADDRESS = (auto(), "the source has no IPv6 address, and the destination has only IPv6",
        "give `{component}` one: an IPv6 block for its subnet, and `Ipv6AllowedForDualStack`, `AssignIpv6AddressOnCreation` or a dual-stack load balancer")
    NETFUL_PRIVATE_ADDRESS = (auto(), "a private address cannot be reached from the internet",
        "only a VPC's own network reaches a private address: start inside it")

    # Endpoints and functions
    NETFUL_ENDPOINT_POLICY_DENY = (auto(), "the endpoint's policy does not allow the action; the caller sees a 403",
        "allow the action in the policy of `{component}`")
    NETFUL_ROLE_POLICY_DENY = (auto(), "the policies of the caller's role do not allow the action, and no policy of a resource does; the caller sees a 403",
        "allow `{asks}` in a policy of `{component}`")
    NETFUL_RESOURCE_POLICY_DENY = (auto(), "the resource's own policy denies the caller every action; the caller sees a 403",
        "call from where the policy of `{component}` admits it, such as through its endpoint, or except the caller in the statement")
    PROTOCOL_RESTRICTION = (auto(), "the target does not accept this protocol or port (endpoints: TCP on the service's ports; NAT gateways: TCP, UDP, ICMP)",
        "use a protocol and port that `{component}` accepts")
    VPCE_SERVICE_NOT_INSTALLED_IN_AZ = (auto(), "no load balancer of the endpoint's service has a node in the zone of its subnet, so AWS refuses the endpoint",
        "give the load balancer of its service a subnet in that zone, or `{component}` subnets in the load balancer's zones")
    GATEWAY_REJECTS_SPOOFED_TRAFFIC = (auto(), "a gateway endpoint serves its own VPC only, not packets from another VPC by a transit gateway",
        "give the source's own VPC a gateway endpoint: `{component}` serves no other")
    VPCE_GATEWAY_PROTOCOL_RESTRICTION = (auto(), "a gateway endpoint accepts TCP and ping only",
        "call `{component}` by TCP, on a port of its service")
    NETFUL_LAMBDA_NO_INBOUND = (auto(), "nothing can connect into a function",
        "invoke the function by the Lambda service: an event, an API, a function URL")
    NETFUL_FUNCTION_OUTSIDE_VPC = (auto(), "the function has no `VpcConfig`, so it reaches no private address",
        "give `{component}` a VpcConfig with subnets of the VPC where `{destination}` is")

    # Peering, transit gateways, VPN
    BAD_STATE = (auto(), "the connection is not active, or an interface is not in use: its instance is stopped, or it is not attached",
        "accept or create the connection `{component}` again")
    VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS = (auto(), "a virtual private gateway accepts packets of its own VPC only",
        "connect the source's VPC with on-premises by a VPN on the transit gateway: `{component}` serves its own VPC only")
    NETFUL_VPN_WITHOUT_ROUTE = (auto(), "no static route of the VPN connections leads to the destination",
        "add a static route to a VPN connection of `{component}`")
    PCX_REQUIRES_ADDRESS_IN_VPC_CIDR = (auto(), "a peering leads to the other VPC's addresses and no further",
        "a peering leads no further than its VPC: use a transit gateway or a peering of its own")
    TGW_ROUTE_AZ_RESTRICTION = (auto(), "the attachment has no subnet in the sender's zone",
        "add a subnet of that zone to the attachment: `{component}` serves no other zones")
    TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION = (auto(), "the attachment is associated with no table of the gateway",
        "associate `{component}` with a route table of its transit gateway")
    TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT = (auto(), "the gateway's table has no route for the destination",
        "add a route to `{component}`, or let the other attachment propagate to it")
    TGW_RTB_BAD_STATE_ROUTE = (auto(), "that route is a blackhole",
        "fix the route in `{component}`: it drops all matching packets")
    TGW_RTB_CANNOT_ROUTE = (auto(), "routing loop: the packet would pass the same gateways again and again",
        "routing loop between transit gateways: give `{component}` a route that leads out")
    NETFUL_CLIENT_VPN_NOT_AUTHORIZED = (auto(), "no authorization rule of the Client VPN endpoint covers the destination, so it drops the packet",
        "add an authorization rule for the destination to `{component}`")
    NETFUL_NOT_CONNECTED_ON_PREMISES = (auto(), "no VPN or transit gateway connects the VPC with on-premises",
        "attach a virtual private gateway with a VPN to `{component}`, or use a transit gateway")

    # Load balancers
    ELBV2_LISTENERS_MISMATCH = (auto(), "no listener has this protocol and port",
        "add a listener for {service} to `{component}`, or call a port that it has")
    ELBV2_LISTENER_HAS_NO_TG = (auto(), "the listener has no target",
        "register a target in `{component}`")
    ELB_INSTALLED_AZ_RESTRICTION = (auto(), "no target is in a zone that is enabled for the load balancer",
        "add a subnet of that zone to the load balancer, or register a target of `{component}` in a zone that it has")
    ELBV2_NO_TARGETS_IN_AZ = (auto(), "no target is in the zone, and cross-zone balancing is off",
        "turn cross-zone load balancing on, or register a target in that zone in `{component}`")
    NETFUL_TARGET_NOT_PERMITTED = (auto(), "load balancers may not invoke the function of a target group, so AWS does not register it",
        "add a permission for `elasticloadbalancing.amazonaws.com` to invoke `{component}`")
    NETFUL_FIXED_RESPONSE = (auto(), "the load balancer itself answers such a request with an error that the template defines",
        "make a rule of `{component}` forward such requests, or send a request that one of its rules forwards")
    NETFUL_LISTENER_UNAUTHORIZED = (auto(), "an application load balancer validates a token that the request does not have",
        "send `Authorization: Bearer TOKEN`, with a token of the issuer that `{component}` names")
    NETFUL_LISTENER_WITHOUT_SESSION = (auto(), "a rule of an application load balancer denies clients that have not signed in",
        "have clients sign in by a rule of `{component}` with `OnUnauthenticatedRequest: authenticate`")
    ELBV2_SOURCE_ADDRESS_PRESERVATION = (auto(), "a target calls itself through a balancer that keeps the client's address",
        "set `preserve_client_ip.enabled` to false on the target group of `{component}`")

    NETFUL_DISTRIBUTION_REFUSES = (auto(), "a CloudFront distribution answers 403: it is not enabled, or refuses the protocol or the method",
        "enable `{component}`, call it by HTTPS, or allow the method in the behaviour")
    NETFUL_HEADER_NOT_FORWARDED = (auto(), "an API requires a header that a CloudFront distribution before it does not forward",
        "forward it by the cache policy or the origin request policy, such as `AllViewerExceptHostHeader`, or let the origin have it as a custom header")
    NETFUL_ORIGIN_ACCESS_DENIED = (auto(), "the origin's own policy does not admit the requests of a CloudFront distribution; the viewer sees a 403",
        "let the policy of the origin admit `{component}`")

    NETFUL_HOST_NOT_SERVED = (auto(), "Lambda and S3 find a function URL or a bucket by the Host of a request, and this Host names none",
        "send the service's own name as Host; in CloudFront by the policy `AllViewerExceptHostHeader`")
    NETFUL_FUNCTION_URL_DENIED = (auto(), "neither a permission of the function nor the caller's policies allow the caller to invoke the function URL",
        "allow the caller `lambda:InvokeFunctionUrl` for the function of `{component}`")

    # APIs
    NETFUL_REQUEST_LOOP = (auto(), "request loop: load balancers or hosts forward the request to each other without end",
        "let `{component}` forward the request to a target that answers it")
    NETFUL_TLS_NAME_MISMATCH = (auto(), "the server's certificate is for other names",
        "call `{component}` by a name in its certificate, or give it a certificate for this name")
    NETFUL_TLS_PROTOCOL = (auto(), "one side speaks TLS, and the other plain HTTP",
        "give `{component}` and its clients the same protocol")
    NETFUL_API_HOST_UNKNOWN = (auto(), "the host names no API that is served at this door",
        "send `Host: API.execute-api.REGION.amazonaws.com` or `x-apigw-api-id: API`")
    NETFUL_API_PUBLIC_THROUGH_ENDPOINT = (auto(), "an interface endpoint for APIs serves private ones only",
        "call `{component}` by a custom domain, or turn off the private DNS of the endpoint")
    NETFUL_API_PRIVATE_FROM_OUTSIDE = (auto(), "a private API is not served from the internet",
        "call `{component}` from a VPC with an execute-api endpoint that its policy admits")
    NETFUL_API_NOT_ASSOCIATED = (auto(), "the `API-vpce-ID` name needs the API to be associated with that endpoint",
        "associate `{component}` with the endpoint that is called")
    NETFUL_API_DEFAULT_ENDPOINT_DISABLED = (auto(), "the API's own name is switched off",
        "call `{component}` by its custom domain")
    NETFUL_API_STRICT_SERVER_NAME = (auto(), "the endpoint access mode `STRICT` asks that the TLS server name of the connection is the Host of the request",
        "call `{component}` by its own name, or set `EndpointAccessMode: BASIC`")
    NETFUL_API_RESERVED_PATH = (auto(), "`/ping` or `/sping` of a custom domain, where API Gateway answers for itself: 200 `healthy`",
        "give the route another path: `/ping` and `/sping` never reach an API behind `{component}`")
    NETFUL_API_NO_BASE_PATH = (auto(), "no base path of the domain covers the path",
        "begin the path with a base path of `{component}`, or map this one to an API")
    NETFUL_API_NO_STAGE = (auto(), "the path does not begin with a stage of the API",
        "begin the path with a stage of `{component}`")
    NETFUL_API_NOT_DEPLOYED = (auto(), "the stage of the HTTP or WebSocket API has no deployment, so it has no route",
        "set `AutoDeploy: true` on `{component}`, or make it a deployment after the routes")
    NETFUL_API_NO_ROUTE = (auto(), "the stage has no route for this method and path",
        "check the method and the path: `netful show {component}` lists the routes")
    NETFUL_API_DOMAIN_POLICY_DENY = (auto(), "the policy of the private domain denies it",
        "allow `{asks}` for this caller in the policy of `{component}`")
    NETFUL_API_RESOURCE_POLICY_DENY = (auto(), "the API's resource policy denies it",
        "allow `{asks}` for this caller in the policy of `{component}`")
    NETFUL_API_PRIVATE_WITHOUT_POLICY = (auto(), "a private API without a resource policy admits no caller",
        "give `{component}` a policy that allows the endpoint")
    NETFUL_API_UNSIGNED = (auto(), "the route requires IAM credentials, and the request has none",
        "sign the request with IAM credentials (SigV4)")
    NETFUL_FILTERED = (auto(), "the web ACL of the stage, load balancer or distribution stops the request (AWS WAF)",
        "add an earlier allow rule to `{component}`, or narrow the blocking rule")
    NETFUL_API_OTHER_ACCOUNT = (auto(), "the caller is of another account, and the API has no resource policy that admits it",
        "give `{component}` a resource policy that allows it; an HTTP API admits only roles of its own account")
    NETFUL_API_IDENTITY_POLICY_DENY = (auto(), "the caller's own policies do not allow the call",
        "allow `execute-api:Invoke` in `{component}`")
    NETFUL_API_KEY_WITHOUT_PLAN = (auto(), "the route requires an API key, and no usage plan of the stage has one",
        "add a usage plan with a key for the stage of `{component}`")
    NETFUL_API_KEY_REFUSED = (auto(), "the request carries an API key that is of no usage plan of the stage",
        "send a key of a usage plan that has the stage")
    NETFUL_API_KEY_WITHOUT_AUTHORIZER = (auto(), "the route requires an API key that its Lambda authorizer returns, and it has no such authorizer",
        "set `ApiKeySourceType: HEADER` on `{component}`, or give the route a Lambda authorizer")
    NETFUL_API_THROTTLED = (auto(), "a rate, burst or quota of 0 rejects all requests",
        "raise the limit of `{component}` above 0")
    NETFUL_API_NO_INTEGRATION = (auto(), "the route has no integration",
        "give `{component}` an integration")
    NETFUL_API_NO_AUTHORIZER_PERMISSION = (auto(), "API Gateway may not invoke the authorizer's function",
        "add a permission for `apigateway.amazonaws.com` to invoke the function of `{component}`")
    NETFUL_API_NO_STAGE_VARIABLE = (auto(), "the authorizer identifies callers by a stage variable that the stage does not have",
        "add the variable to the stage, or take it out of the identity source of `{component}`")
    NETFUL_API_INVALID_INTEGRATION = (auto(), "API Gateway rejects the integration, so the template cannot be deployed; the rule quotes its error",
        "fix the integration of `{component}`: AWS refuses the template as it is")
    NETFUL_API_NO_PATH_MAPPING = (auto(), "a placeholder in the URI of the integration has no value, so every call is answered with 500",
        "map a parameter of the method of `{component}` to `integration.request.path.NAME`")
    NETFUL_API_PROXY_METHOD = (auto(), "the integration invokes the function by another method than POST, so every call is answered with 500",
        "set `IntegrationHttpMethod: POST` on the method of `{component}`")
    NETFUL_API_NO_RESPONSE = (auto(), "the integration or the method has no response for its status, so every call is answered with 500",
        "add an integration response to the method of `{component}`, and a method response for its status")
    NETFUL_API_NO_TEMPLATE = (auto(), "the integration passes no body through, and has no template, so every call is answered with 415",
        "add a request template to the method of `{component}`, or set `PassthroughBehavior: WHEN_NO_MATCH`")
    NETFUL_API_MAPPING_FAILS = (auto(), "a mapping of the integration fails for every request, so every call is answered with 500, of an HTTP API with 400",
        "fix the mapping template or the mapped parameters of `{component}`")
    NETFUL_FUNCTION_WITHOUT_TENANT = (auto(), "Lambda invokes a function with tenant isolation only for a tenant that the caller names",
        "map `integration.request.header.X-Amz-Tenant-Id` in a REST API: function URLs and HTTP APIs name no tenant to `{component}`")
    NETFUL_FUNCTION_WITHOUT_QUALIFIER = (auto(), "Lambda invokes a durable function only by a version or an alias",
        "call a version or an alias of `{component}`")
    NETFUL_FUNCTION_OFF = (auto(), "a reserved concurrency of 0 turns the function off: Lambda throttles every invocation",
        "raise `ReservedConcurrentExecutions` of `{component}` above 0, or leave it out")
    NETFUL_API_NO_INVOKE_PERMISSION = (auto(), "API Gateway may not invoke the function",
        "add a permission for `apigateway.amazonaws.com` to invoke `{component}`")
    NETFUL_API_ROLE_DENY = (auto(), "the role of the integration does not allow the call of the function or service",
        "allow it in a policy of `{component}`")
    NETFUL_API_ROLE_NOT_ASSUMED = (auto(), "API Gateway may not assume the role of the integration",
        "let `apigateway.amazonaws.com` assume `{component}` (`AssumeRolePolicyDocument`)")
    # fmt: on
