"""Hints: suggested changes, by a hop's code and with the ids of its path."""

from collections.abc import Callable, Container, Iterator

from netful.engine.filters.group_references import Direction, in_reach
from netful.engine.filters.network_firewalls import NAME_OF_REQUEST
from netful.engine.flows.address_families import IPV4
from netful.engine.flows.blocks import is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.flow import End, contains
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop
from netful.engine.iam.policies import OF_REQUEST
from netful.engine.names import api_names
from netful.engine.network.route_targets.connections import no_connection
from netful.engine.trace.ends.destinations import HostDestination
from netful.engine.trace.question import Question
from netful.model.apis.domain import RoutingMode
from netful.model.cloud import Cloud
from netful.model.core import DEFAULT, Maybe, Unknown, known_in
from netful.model.names import service_names
from netful.model.names.hosted_zones import HostedZone
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import RouteTable
from netful.model.network.vpc_endpoints import EndpointType


def for_blocker(cloud: Cloud, hop: Hop, question: Question) -> str:
    """Return the suggested change for a denying hop; "" if its code has no hint."""
    if hop.code is None:
        return ""
    if hop.code in _ROUTES and (route := _to_other_vpc(cloud, hop, question)):
        return route
    by_question = _BY_QUESTION.get(hop.code)
    if by_question is not None:
        return by_question(cloud, hop, question)
    return hop.code.hint.format(
        component=hop.component,
        asks=hop.asks,
        service=hop.asks.split(" to ", maxsplit=1)[0],
        destination=question.destination,
    )


def for_missing(missing: tuple[str, ...], resources: Container[str] = ()) -> str:
    """Return the input to supply to settle an unknown path: also attributes of `resources`."""
    parameters = [name for name in missing if name.isidentifier() or name.partition(".")[0] in resources]
    keys = [name for name in missing if name.endswith(OF_REQUEST)]
    meanings = [name for name in missing if name.startswith("what `")]
    asked = (NAME_OF_REQUEST, _ADDRESS_OF_CLIENT)
    others = [name for name in missing if name not in (*parameters, *keys, *meanings, *asked)]
    parts = [" ".join(f"--param {name}=…" for name in parameters)] if parameters else []
    parts += [f"load the stack or account that contains {' and '.join(others)}"] if others else []
    parts += [f"compare {' and '.join(keys)} with the policy"] if keys else []
    parts += ["correct what is misspelled, or ask AWS's Reachability Analyzer"] if meanings else []
    parts += ["ask for a URL"] if NAME_OF_REQUEST in missing else []
    parts += ["ask from an address of the client, such as `192.168.1.5`"] if _ADDRESS_OF_CLIENT in missing else []
    return "to settle it: " + ", and ".join(parts)


def _group_rule(cloud: Cloud, hop: Hop, question: Question) -> str:
    service = hop.asks.split(" to ", maxsplit=1)[0]
    if hop.kind is HopKind.SG_OUT:
        there = _peers(cloud, hop, "out", question.destination) or "the destination"
        return f"let `{hop.component}` out to {there}: an egress rule for {service}"
    return f"let `{hop.component}` admit {service} from {_peers(cloud, hop, 'in', question.source) or 'the source'}"


def _peers(cloud: Cloud, hop: Hop, direction: Direction, asked: str) -> str:
    """Return the peers for a rule of a security group: the groups of the other end if a rule may refer to them, else its addresses."""
    if hop.flow is None:
        return ""
    near, far = hop.flow.source, hop.flow.destination
    if direction == "in":
        near, far = far, near
    ids: list[str] = []
    if near.interface is not None and far.interface is not None and not far.identity_lost:
        ids = [id_ for id_ in far.interface.security_group_ids if isinstance(id_, str)]
        ids = ids if in_reach(cloud, near.interface, far.interface, direction) else []
    return " or ".join(f"`{one}`" for one in ids) or _block(cloud, far, asked)


def _to_other_vpc(cloud: Cloud, hop: Hop, question: Question) -> str:
    """Return the route to the VPC with the destination, by a peering or a transit gateway of both; "" if nothing connects them."""
    sender = _sender(hop) or next((one.interface for one in question.sources), None)
    table = _table_of(cloud, sender)
    address = hop.flow.destination.address if hop.flow else None
    if sender is None or table is None or address is None:
        return ""
    for connection, other_id in _connections(cloud, str(table.vpc_id)):
        other = known_in(cloud.network.vpcs, other_id)
        for block in other.known_blocks if other else ():
            if contains(block, address):
                if _is_implicit(table):
                    return f"add a route for {block} to `{connection}` in a route table of `{sender.subnet_id}`"
                return f"add a route for {block} to `{connection}` in the route table `{table.id}`"
    return ""


def _connections(cloud: Cloud, vpc_id: str) -> Iterator[tuple[str, Maybe[str]]]:
    """Yield the peerings of a VPC and the transit gateways that are known, each with a VPC at another end."""
    for peering in cloud.network.vpc_peering_connections.values():
        if peering.active and vpc_id in (peering.vpc_id, peering.peer_vpc_id):
            yield peering.id, peering.other_end(vpc_id)
    attachments = cloud.network.transit_gateway_attachments.values()
    attached = dict.fromkeys((one.transit_gateway_id, one.resource_id) for one in attachments)
    for gateway_id, other in attached:
        if isinstance(gateway_id, str) and other != vpc_id and (gateway_id, vpc_id) in attached:
            yield gateway_id, other


def _zone_elsewhere(cloud: Cloud, hop: Hop, question: Question) -> str:
    """Return the private zone with the name that the VPC of the source does not see."""
    source = next((one.interface for one in question.sources), None)
    vpc = cloud.network.vpc_of_interface(source) if source is not None else None
    host = hop.asks.rstrip(".").lower()
    zones = [one for one in cloud.names.hosted_zones.values() if one.private and _has(one, host)]
    if vpc is not None and zones:
        zone = max(zones, key=lambda one: len(one.name))
        return f"associate the private hosted zone `{zone.id}` with `{vpc.id}`, or check the name"
    return Code.NETFUL_DNS_NXDOMAIN.hint


def _has(zone: HostedZone, host: str) -> bool:
    """Return whether a zone has a record of a name, or may have one whose name is not known."""
    names = [one.name.lower() for one in zone.records]
    wild = any(name.startswith("*.") and host.endswith(name[1:]) for name in names)
    inside = bool(zone.name) and f".{host}".endswith(f".{zone.name.rstrip('.')}".lower())
    return inside and (host in names or wild or bool(zone.unnamed))


def _sender(hop: Hop) -> NetworkInterface | None:
    return hop.flow.source.interface if hop.flow else None


def _table_of(cloud: Cloud, interface: NetworkInterface | None) -> RouteTable | None:
    if interface is None or not isinstance(interface.subnet_id, str):
        return None
    return cloud.network.route_table_of(interface.subnet_id)


def _is_implicit(table: RouteTable) -> bool:
    """Return whether a table is the main one that AWS makes with a VPC, to which a template adds no route."""
    return table.main and table.origin == DEFAULT


def _way_out(cloud: Cloud, hop: Hop, question: Question) -> str:
    table = known_in(cloud.network.route_tables, hop.component)
    if _asks_private_api(cloud, question):
        return _API_ENDPOINT
    if not (service := _service_of(question)):
        if private := _of_private(hop):
            return private
        if table is not None and _is_implicit(table) and (sender := _sender(hop)):
            return f"associate `{sender.subnet_id}` with a route table that leads there: for the internet, to a NAT gateway"
        return "add a route to it: for the internet, one to a NAT gateway in a public subnet"
    for endpoint in cloud.network.endpoints_of(table.vpc_id) if table and isinstance(table.vpc_id, str) else ():
        if endpoint.type is EndpointType.GATEWAY and endpoint.service == service:
            return f"add `{hop.component}` to the route tables of the gateway endpoint `{endpoint.id}`"
    return endpoint_or_nat(service)


def _asks_private_api(cloud: Cloud, question: Question) -> bool:
    """Return whether a question is about a private API, to which no way over the internet leads."""
    own = api_names.own_name(cloud, question.target.host) if isinstance(question.target, HostDestination) else None
    api = cloud.apis.by_id.get(own.api_id) if own is not None else None
    return api is not None and api.private


def endpoint_or_nat(service: str, *others: str) -> str:
    """Return the change that lets a private subnet reach AWS services."""
    if not others:
        return f"add a VPC endpoint for `aws:{service}`, or a route to a NAT gateway"
    names = ", ".join(f"`aws:{one}`" for one in (service, *others))
    return f"add VPC endpoints for {names}, or a route to a NAT gateway"


def _private_subnet(cloud: Cloud, hop: Hop, question: Question) -> str:
    if _asks_private_api(cloud, question):
        return _API_ENDPOINT
    hint, sender = Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS.hint, _sender(hop)
    if sender is not None and sender.owner is InterfaceOwner.SERVICE:
        hint = f"set `AssignPublicIp: ENABLED` on `{sender.owner_id}`, or {hint}"
    elif sender is not None and sender.owner is InterfaceOwner.INSTANCE:
        hint = f"give `{sender.owner_id}` a public address, or {hint}"
    return _of_private(hop) or (f"{hint}, or add a VPC endpoint for the service" if _service_of(question) else hint)


def _from_outside(_cloud: Cloud, hop: Hop, question: Question) -> str:
    there = hop.flow.destination.interface if hop.flow else None
    name = there.owner_id if there is not None else question.destination
    if there is not None and there.owner in _NEVER_PUBLIC:
        return f"reach `{name}` from inside its VPC: it never has a public address"
    if hop.code is Code.BAD_STATE_ATTACHMENT:
        return Code.BAD_STATE_ATTACHMENT.hint.format(component=hop.component)
    if there is not None and there.owner is InterfaceOwner.LOAD_BALANCER:
        return f"set `Scheme: internet-facing` on `{name}` in public subnets, or reach it from inside its VPC"
    return Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS.hint.format(destination=name)


def _way_back(_cloud: Cloud, hop: Hop, _question: Question) -> str:
    sender = _sender(hop)
    if sender is not None and hop.flow and is_public(hop.flow.destination.address):
        return f"move `{sender.owner_id}` to a public subnet, whose default route is the internet gateway"
    if hop.kind is HopKind.ROUTE:
        return Code.NETFUL_RETURN_PATH_NO_ROUTE.hint.format(component=hop.component)
    return no_connection(hop.component, hop.origin).remedy


def _of_private(hop: Hop) -> str:
    """Return the hint for a private destination, to which no gateway of the internet leads; "" for another one."""
    address = hop.flow.destination.address if hop.flow else None
    private = address is not None and not is_public(address)
    return Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS.hint if private else ""


def _acl_rule(cloud: Cloud, hop: Hop, question: Question) -> str:
    service, acl = hop.asks.split(" to ", maxsplit=1)[0], hop.component
    if hop.flow is None:
        return Code.SUBNET_ACL_RESTRICTION.hint.format(asks=hop.asks, component=acl)
    if hop.kind is HopKind.NACL_OUT:
        there = _block(cloud, hop.flow.destination, question.destination)
        return f"allow {service} to {there} by an outbound rule of the network ACL `{acl}`, before any that denies it"
    there = _block(cloud, hop.flow.source, question.source)
    return f"allow {service} from {there} by an inbound rule of the network ACL `{acl}`, before any that denies it"


def _block(cloud: Cloud, end: End, asked: str) -> str:
    """Return the addresses for which a network ACL needs a rule: the subnet of an interface, an address of the question, or the internet."""
    subnet = known_in(cloud.network.subnets, end.interface.subnet_id) if end.interface is not None else None
    if subnet is not None and end.address is not None:
        # A load balancer's node may show its client's address, which no block of its subnet contains.
        for block in (subnet.cidr_block, subnet.ipv6_cidr_block):
            if block and not isinstance(block, Unknown) and contains(block, end.address):
                return str(block)
    if end.address is None or str(end) in asked or not is_public(end.address):
        return str(end)
    return "0.0.0.0/0" if end.address.version == IPV4 else "::/0"


def _answers(_cloud: Cloud, hop: Hop, _question: Question) -> str:
    service = hop.asks.split(" ", maxsplit=1)[0]
    what = "ports 1024-65535" if "/" in service else service
    if hop.kind is HopKind.NACL_OUT:
        return f"let the answers through: an outbound rule for {what} in the network ACL `{hop.component}`"
    return f"let the answers through: an inbound rule for {what} in the network ACL `{hop.component}`"


def _base_paths(cloud: Cloud, hop: Hop, _question: Question) -> str:
    domain = cloud.apis.domain_names[hop.component]
    mappings = api_names.mappings_of(cloud, domain) if domain.routing_mode is not RoutingMode.ROUTING_RULE_ONLY else ()
    names = ", ".join(f"`/{one.base_path}`" for one in mappings if isinstance(one.base_path, str))
    if names:
        return f"begin the path with a base path of `{hop.component}` ({names}), or map this one to an API"
    return f"map a base path of `{hop.component}` to an API, or add a routing rule that fits the path"


def _stages(cloud: Cloud, hop: Hop, _question: Question) -> str:
    stages = [stage.stage_name for stage in cloud.apis.stages_of(hop.component)]
    names = ", ".join(f"`/{name}`" for name in stages if isinstance(name, str))
    hint = Code.NETFUL_API_NO_STAGE.hint.format(component=hop.component)
    return f"{hint}: {names}" if names else hint


def _service_of(question: Question) -> str:
    """Return the AWS service that a question is about, by its own name or by that of a bucket, a table and the like; "" for one without endpoints."""
    label = question.target.label if isinstance(question.target, HostDestination) else question.destination
    known = question.destination.startswith("aws:") or service_names.is_listed(label)
    return label if known and label not in (question.destination, *_WITHOUT_ENDPOINTS) else ""


_ADDRESS_OF_CLIENT = "the address of the client"
_API_ENDPOINT = "add a VPC endpoint for `aws:execute-api` with private DNS: only an endpoint leads to a private API"
_WITHOUT_ENDPOINTS = ("lambda-url",)
_NEVER_PUBLIC = (InterfaceOwner.ENDPOINT, InterfaceOwner.CACHE)
_BY_QUESTION: dict[Code, Callable[[Cloud, Hop, Question], str]] = {
    Code.NETFUL_DNS_NXDOMAIN: _zone_elsewhere,
    Code.ENI_SG_RULES_MISMATCH: _group_rule,
    Code.SG_HAS_NO_RULES: _group_rule,
    Code.NO_ROUTE_TO_DESTINATION: _way_out,
    Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS: _private_subnet,
    Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS: _from_outside,
    Code.BAD_STATE_ATTACHMENT: _from_outside,
    Code.SUBNET_ACL_RESTRICTION: _acl_rule,
    Code.NETFUL_RETURN_PATH_ACL: _answers,
    Code.NETFUL_RETURN_PATH_NO_ROUTE: _way_back,
    Code.NETFUL_API_NO_BASE_PATH: _base_paths,
    Code.NETFUL_API_NO_STAGE: _stages,
}
"""Codes whose hint also depends on the question."""
_ROUTES = (
    Code.NO_ROUTE_TO_DESTINATION,
    Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
    Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS,
    Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS,
    Code.NETFUL_RETURN_PATH_NO_ROUTE,
)
"""Codes of packets that another route of their subnet's table would bring to a connected VPC."""
