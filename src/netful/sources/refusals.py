"""Resources that AWS refuses, although netful can build them. The rows of `_ROWS` are what it looks for.

Only what a source states is compared: a zone or a block that is not known is never the reason.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from ipaddress import IPv4Network

from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, known_in, mappings
from netful.model.network.block_restrictions import is_restricted
from netful.model.network.vpc import Subnet, ZoneSource
from netful.model.network.vpc_endpoints import EndpointType
from netful.model.unread import Unread, Weight
from netful.sources.refused import (
    addresses,
    databases,
    distributions,
    endpoints,
    firewall_policies,
    listeners,
    managed,
    messages,
    networks,
    path_parts,
    records,
    repeated,
    routes,
    targets,
    tasks,
)
from netful.sources.refused.values import refused_values
from netful.sources.refused.zones import in_one_zone

Found = Iterator[tuple[str, str]]
"""The resources that AWS refuses, each with the reason."""


class Refusal(Frozen):
    """A resource that AWS refuses: the property that is the cause, the reason, and what to change. `users` are not created either.

    `code` is the code of AWS's error, "" for a service's usual one, and `error` is its text, if it is known. `late`: AWS takes
    the call, and what it makes fails after it. `lacks`: the cause is that something is not there.
    """

    resource_id: str
    property: str
    reason: str
    hint: str
    users: tuple[str, ...] = ()
    code: str = ""
    error: str = ""
    late: bool = False
    lacks: bool = False


class _Row(Frozen):
    """One rule of AWS. `lacks`: it refuses a resource for what is not there, so what may be there counts.

    `named_in` is the property by which other resources are in the refused one.
    """

    find: Callable[[Cloud], Found]
    property: str
    hint: str
    lacks: bool = False
    named_in: str = ""
    code: str = ""
    late: bool = False


def refusals(cloud: Cloud) -> Iterator[Refusal]:
    """Yield the resources of templates and plans that AWS refuses.

    Resources whose conditions are not known may exclude each other, so none of them is a reason.
    """
    sure = _without_uncertain(cloud)
    for row in _ROWS:
        for id_, reason in row.find(cloud if row.lacks else sure):
            if id_ in cloud.template.resources and not cloud.template.resources[id_].is_uncertain:
                users = tuple(_users(cloud, id_, row.named_in))
                yield Refusal(id_, row.property, reason, row.hint, users, row.code, late=row.late, lacks=row.lacks)
    for resource in cloud.template.resources.values():
        for value in refused_values(resource) if not resource.is_uncertain else ():
            yield Refusal(resource.id, value.property, value.reason, value.hint, (), value.code, value.error)


def before_deployment(cloud: Cloud) -> Iterator[Refusal]:
    """Yield the refusals of what is in stacks: AWS has accepted what it describes, and what a plan or a state has its id of.

    What they lack may be elsewhere.
    """
    resources = cloud.template.resources
    described = any(not one.stack for one in resources.values())
    for one in refusals(cloud):
        resource = resources[one.resource_id]
        if resource.stack and not (one.lacks and (described or resource.given_id)):
            yield one


def _users(cloud: Cloud, id_: str, named_in: str) -> Iterator[str]:
    """Yield the other resources that name a resource in a property."""
    for one in cloud.template.resources.values():
        name = one.properties.get(named_in)
        if one.id != id_ and isinstance(name, str) and cloud.named(name) == id_:
            yield one.id


def _without_uncertain(cloud: Cloud) -> Cloud:
    uncertain = {id_ for id_, one in cloud.template.resources.items() if one.is_uncertain}
    if not uncertain:
        return cloud
    parts = {
        name: {
            id_: one
            for id_, one in part.items()
            if id_ not in uncertain and getattr(one, "attachment_id", "") not in uncertain
        }
        for name, part in cloud.parts()
        if isinstance(part, Mapping)
    }
    return cloud.having(**parts)


def with_refusals(cloud: Cloud) -> Cloud:
    """Return a cloud with warnings about what AWS refuses, and with assumptions on the paths of that."""
    found = [
        (cloud.template.resources[one.resource_id].origin_of(one.property), one) for one in before_deployment(cloud)
    ]
    if not found:
        return cloud
    warnings = (f"{origin}: {one.reason}: AWS refuses `{one.resource_id}`" for origin, one in found)
    unread = (
        Unread(one.resource_id, one.property, Weight.ASSUMED, (one.resource_id, *one.users), origin=origin,
               assumption=f"AWS accepts `{one.resource_id}`, although {one.reason}")
        for origin, one in found
    )  # fmt: skip
    template = cloud.template
    return cloud.having(warnings=(*template.warnings, *warnings), unread=(*template.unread, *unread))


def _further_blocks(cloud: Cloud) -> Found:
    of_type = cloud.template.of_type("AWS::EC2::VPCCidrBlock")
    written = {
        (str(cloud.named(str(one.properties.get("VpcId")))), str(one.properties.get("CidrBlock"))): one.id
        for one in of_type
    }
    for vpc in cloud.network.vpcs.values():
        own: list[IPv4Network] = []
        for block in vpc.cidr_blocks:
            if not isinstance(block, IPv4Network):
                continue
            id_ = written.get((vpc.id, str(block)), vpc.id)
            other = next((one for one in own if one.overlaps(block)), None)
            if other is not None:
                yield id_, f"{block} overlaps {other}, which `{vpc.id}` has already"
            elif is_restricted(own[:1], block):
                yield id_, f"{block} is restricted beside {own[0]} of `{vpc.id}`"
            own.append(block)


def _crowded(cloud: Cloud, subnet_ids: Iterable[Maybe[str]]) -> str:
    """Return that two subnets are in one zone, as their zones are written; "" if they are not."""
    first: dict[tuple[ZoneSource, str], Subnet] = {}
    for subnet in (known_in(cloud.network.subnets, id_) for id_ in subnet_ids):
        if subnet is None or not subnet.zone or subnet.zone_source is ZoneSource.NONE:
            continue
        other = first.setdefault((subnet.zone_source, subnet.zone), subnet)
        if other is not subnet:
            return f"`{other.id}` and `{subnet.id}` are both in {subnet.zone}"
    return ""


def _endpoint_zones(cloud: Cloud) -> Found:
    for endpoint in cloud.network.vpc_endpoints.values():
        if endpoint.type is EndpointType.INTERFACE and (reason := _crowded(cloud, endpoint.subnet_ids)):
            yield endpoint.id, reason


def _firewall_zones(cloud: Cloud) -> Found:
    for firewall in cloud.template.of_type("AWS::NetworkFirewall::Firewall"):
        subnets = mappings(firewall.properties.get("SubnetMappings"))
        if reason := _crowded(cloud, [cloud.named(str(one.get("SubnetId"))) for one in subnets]):
            yield firewall.id, reason


def _attachment_zones(cloud: Cloud) -> Found:
    for attachment in cloud.network.transit_gateway_attachments.values():
        if reason := _crowded(cloud, attachment.subnet_ids):
            yield attachment.id, reason


def _balancer_zones(cloud: Cloud) -> Found:
    for balancer in cloud.balancing.load_balancers.values():
        if balancer.type in (LoadBalancerType.APPLICATION, LoadBalancerType.NETWORK):
            if reason := _crowded(cloud, balancer.subnet_ids):
                yield balancer.id, reason
            elif balancer.type is LoadBalancerType.APPLICATION and in_one_zone(cloud, balancer.subnet_ids):
                yield balancer.id, f"`{balancer.id}` has one subnet"


def _inbound_only(cloud: Cloud) -> Found:
    for endpoint in cloud.network.vpc_endpoints.values():
        private = endpoint.private_dns_enabled and endpoint.private_dns_only_for_inbound_resolver
        if not (private and isinstance(endpoint.vpc_id, str) and endpoint.vpc_id in cloud.network.vpcs):
            continue
        others = cloud.network.endpoints_of(endpoint.vpc_id)
        if not any(one.type is EndpointType.GATEWAY and one.service == endpoint.service for one in others):
            lacks = f"`{endpoint.vpc_id}` has no gateway endpoint of {endpoint.service}"
            yield endpoint.id, f"its private DNS is for inbound Resolver endpoints alone, and {lacks}"


def _dedicated(cloud: Cloud) -> Found:
    for function in cloud.compute.functions.values():
        ids = function.subnet_ids if isinstance(function.subnet_ids, tuple) else ()
        vpcs = (cloud.network.vpc_of(id_) for id_ in ids if isinstance(id_, str))
        dedicated = next((vpc for vpc in vpcs if vpc is not None and vpc.dedicated), None)
        if dedicated is not None:
            yield function.id, f"`{dedicated.id}` has dedicated tenancy"


_OF_HTTP_API = re.compile(r"arn:[^:]*:apigateway:[^:]*::/apis/(?P<api>[^/]+)/stages/.+")


def _scope(cloud: Cloud, web_acl: Maybe[str]) -> str:
    """Return the scope of a web ACL; "" if it is not known."""
    resource = cloud.template.resources.get(str(web_acl))
    return str(resource.properties.get("Scope", "")) if resource else ""


def _regional_associations(cloud: Cloud) -> Found:
    for association in cloud.access.web_acl_associations.values():
        if _scope(cloud, association.web_acl_arn) == "CLOUDFRONT":
            yield association.id, f"the scope of `{association.web_acl_arn}` is CLOUDFRONT"


def _http_apis(cloud: Cloud) -> Found:
    for association in cloud.access.web_acl_associations.values():
        found = _OF_HTTP_API.fullmatch(str(association.resource_arn))
        if found:
            yield association.id, f"`{cloud.named(found['api'])}` is not a REST API: its stages have no web ACL"


def _distribution_acls(cloud: Cloud) -> Found:
    for distribution in cloud.names.distributions.values():
        if _scope(cloud, distribution.web_acl or "") == "REGIONAL":
            yield distribution.id, f"the scope of `{distribution.web_acl}` is REGIONAL"


_OF_GROUPS = "forward to a target group whose protocol fits the listener"
_FITTING = "redirect to another protocol, port, host or path, sign clients in at a listener of HTTPS, and forward alone from a network load balancer"
_IN_VPC = "forward to a target group in the VPC of the load balancer"
_OF_ONE = "make a target group for each load balancer"
_WITH_GATEWAY = "attach an internet gateway to the VPC"
_VALUE = "InvalidParameterValue"
_IN_ZONES = "keep one subnet in each zone"
_ROWS = (
    _Row(_further_blocks, "CidrBlock", "take a block that does not overlap, of the same private range"),
    _Row(repeated.internet_gateways, "VpcId", "attach one internet gateway to a VPC"),
    _Row(_endpoint_zones, "SubnetIds", _IN_ZONES),
    _Row(_attachment_zones, "SubnetIds", _IN_ZONES),
    _Row(_firewall_zones, "SubnetMappings", _IN_ZONES),
    _Row(_balancer_zones, "Subnets", "name one subnet in each zone, for an application load balancer in at least two zones"),
    _Row(networks.of_vpcs, "SubnetIds", "name parts of one VPC", lacks=True),
    _Row(repeated.zone_names, "Name", "put the records into one zone"),
    _Row(repeated.gateway_endpoints, "RouteTableIds", "keep one gateway endpoint of a service on each route table"),
    _Row(_inbound_only, "DnsOptions", "add the gateway endpoint, or set `PrivateDnsOnlyForInboundResolverEndpoint: AllResolvers` (`false` in Terraform and in calls)", lacks=True),
    _Row(_regional_associations, "WebACLArn", "associate a web ACL of the scope REGIONAL; a distribution names one of CLOUDFRONT itself"),
    _Row(_http_apis, "ResourceArn", "put a CloudFront distribution with a web ACL before the API, or make it a REST API"),
    _Row(path_parts.of_apis, "Body", "write letters of ASCII, digits and `._-:`, or a parameter in braces as the whole part"),
    _Row(targets.linked_urls, "IntegrationUri", "name the ARN of a listener in `IntegrationUri`", code="BadRequestException"),
    _Row(_distribution_acls, "DistributionConfig", "name a web ACL of the scope CLOUDFRONT"),
    _Row(distributions.vpc_origins, "VpcOriginEndpointConfig", "use an application load balancer, or a network load balancer with a group and no listener of TLS"),
    _Row(distributions.edge_functions, "DistributionConfig", "associate a numbered version of a function in us-east-1, without `VpcConfig`, `Environment` and `Layers`"),
    _Row(listeners.protocols, "Protocol", "use HTTP and HTTPS for an application load balancer, and TCP, UDP or TLS for a network load balancer"),
    _Row(listeners.certificates, "Protocol", "name a certificate in `Certificates`"),
    _Row(partial(listeners.of_actions, listeners.forwards), "DefaultActions", _OF_GROUPS),
    _Row(partial(listeners.of_rules, listeners.forwards), "Actions", _OF_GROUPS),
    _Row(partial(listeners.of_actions, listeners.unfit), "DefaultActions", _FITTING),
    _Row(partial(listeners.of_rules, listeners.unfit), "Actions", _FITTING),
    _Row(partial(listeners.of_actions, targets.apart), "DefaultActions", _IN_VPC),
    _Row(partial(listeners.of_rules, targets.apart), "Actions", _IN_VPC),
    _Row(targets.instances, "Targets", "register instances of the group's own VPC, and those of others by their addresses (`TargetType: ip`)"),
    _Row(targets.addresses, "Targets", "name private addresses, and set `AvailabilityZone: all` for those outside of the VPC"),
    _Row(targets.balancers, "Targets", "use the port of one of the load balancer's listeners", lacks=True),
    _Row(tasks.instance_groups, "LoadBalancers", "set `TargetType: ip` in the target group"),
    _Row(tasks.missing_containers, "LoadBalancers", "name a container of the task definition, and a port of its `PortMappings`"),
    _Row(tasks.public_addresses, "NetworkConfiguration", "set `AssignPublicIp: DISABLED` and route through a NAT gateway, or use the launch type FARGATE"),
    _Row(messages.dead_letters, "RedrivePolicy", "take a dead letter queue of the same kind", code="InvalidParameterValue"),
    _Row(messages.repeated_subscriptions, "Endpoint", "make one subscription, with a filter for all the messages", code="InvalidParameter"),
    _Row(messages.subscriptions, "Endpoint", "subscribe standard queues to standard topics, and FIFO queues to FIFO topics", code="InvalidParameter"),
    _Row(messages.notifications, "NotificationConfiguration", "notify standard queues and topics, and each event of an object once; EventBridge and topics send to several", code="InvalidArgument"),
    _Row(databases.subnet_groups, "SubnetIds", "name subnets in at least two zones", named_in="DBSubnetGroupName"),
    _Row(databases.tokens, "AuthToken", "set `TransitEncryptionEnabled: true`"),
    _Row(addresses.unreachable, "InstanceId", _WITH_GATEWAY, lacks=True, code="Gateway.NotAttached"),
    _Row(addresses.nat_gateways, "SubnetId", _WITH_GATEWAY, lacks=True, code="Gateway.NotAttached", late=True),
    _Row(addresses.load_balancers, "Scheme", _WITH_GATEWAY, lacks=True),
    _Row(addresses.databases, "PubliclyAccessible", f"{_WITH_GATEWAY}, and enable DNS support and DNS hostnames", lacks=True),
    _Row(repeated.transit_attachments, "VpcId", "name all subnets in one attachment"),
    _Row(repeated.vpn_gateways, "VpnGatewayId", "keep one virtual private gateway for each VPC"),
    _Row(repeated.mount_targets, "SubnetId", "keep one mount target in each zone"),
    _Row(repeated.peered_blocks, "PeerVpcId", "take blocks that do not overlap, or connect the two by PrivateLink", late=True),
    _Row(partial(listeners.of_actions, repeated.balancers), "DefaultActions", _OF_ONE),
    _Row(partial(listeners.of_rules, repeated.balancers), "Actions", _OF_ONE),
    _Row(routes.of_gateways, "RouteTableId", "route blocks of the VPC and of its subnets alone, to interfaces or Gateway Load Balancer endpoints"),
    _Row(routes.of_instances, "InstanceId", "name the interface in `NetworkInterfaceId`", code="InvalidInstanceID"),
    _Row(repeated.listener_ports, "Port", "take another port, or add a rule to the listener", code="DuplicateListener"),
    _Row(repeated.priorities, "Priority", "give each rule of a listener a priority of its own", code="PriorityInUse"),
    _Row(repeated.addresses, "AllocationId", "allocate an Elastic IP for each NAT gateway", code="Resource.AlreadyAssociated", late=True),
    _Row(repeated.group_names, "GroupName", "give each group of a VPC a name of its own, or none", code="InvalidGroup.Duplicate"),
    _Row(repeated.rules_of_groups, "GroupId", "keep one of the two rules", code="InvalidPermission.Duplicate"),
    _Row(repeated.resolver_rules, "DomainName", "put all servers into one rule, or associate one of the two rules", code="ResourceExistsException"),
    _Row(addresses.private, "PrivateIpAddress", "take an address of the subnet that AWS does not reserve", code=_VALUE),
    _Row(endpoints.to_balancers, "TargetArns", "name a network load balancer; its target may be the application load balancer", late=True),
    _Row(endpoints.to_appliances, "SubnetIds", "make an endpoint for each subnet"),
    _Row(endpoints.of_resolver, "IpAddresses", "give it addresses in at least two subnets", code="InvalidRequestException"),
    _Row(endpoints.of_rules, "ResolverEndpointId", "name an outbound endpoint", code="InvalidRequestException"),
    _Row(firewall_policies.orders, "FirewallPolicy", "set one `RuleOrder` in the policy and in all its stateful rule groups; priorities and default actions need STRICT_ORDER", named_in="FirewallPolicyArn", code="InvalidRequestException"),
    _Row(managed.subnet_counts, "SubnetIds", "name one subnet for each zone that its mode demands"),
    _Row(managed.brokers, "NumberOfBrokerNodes", "set a multiple of the number of subnets", code="BadRequestException"),
    _Row(managed.endpoints, "ResourcesVpcConfig", "set `EndpointPrivateAccess: true`, and give the clients a way to the VPC", code="InvalidParameterException"),
    _Row(records.of_zones, "Name", "write a name in the zone, one record for each name and type, an alias instead of a CNAME at the zone's own name", code="InvalidChangeBatch"),
    _Row(tasks.network_modes, "NetworkConfiguration", "name the subnets if the network mode is awsvpc, and only then", code="InvalidParameterException"),
    _Row(tasks.settings, "HealthCheckGracePeriodSeconds", "leave the grace period out, and set the strategy REPLICA for Fargate", code="InvalidParameterException"),
    _Row(tasks.definitions, "NetworkMode", "set `NetworkMode: awsvpc` for Fargate, and one number for both ports", code="ClientException"),
    _Row(tasks.sizes, "Memory", "set a pair that Fargate has, such as 256 and 512, 512 and 1024, 1024 and 2048", code="ClientException"),
    _Row(_dedicated, "VpcConfig", "put the function into a VPC of default tenancy, and peer the two"),
)  # fmt: skip
