"""Sources in the syntax of the command line.

| form | source |
|---|---|
| `LogicalId`, or a construct's path in the CDK application | every interface of a function, instance or other resource; for a function outside a VPC, Lambda's own network |
| `LogicalId` of an App Runner service | the interfaces of its VPC connector; without one, a client on the internet |
| `LogicalId` of a connection of EventBridge, or of what calls by one | the interfaces of its resource gateway; without one, a client on the internet |
| `LogicalId` of a build, a job of Glue and the like without a VPC | a client on the internet |
| `subnet:SubnetId+SgId[+SgId…]` | a hypothetical interface |
| `10.0.1.5`, `10.0.1.0/24` | the interfaces that have these addresses, else a client on-premises, behind a connection to a network that was not loaded, or on the internet |
| `internet`, `internet6`, `on-premises` | a client outside |
| a name that `netful.toml` defines for clients | a client on the internet with an address of theirs |
| `endpoint:EndpointId`, `endpoint:EndpointId+signed` | a client that has reached this endpoint, without or with IAM credentials |
| any of these except `subnet:`, with `+NAME` | a source whose requests are signed by an identity that `netful.toml` declares |
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from difflib import get_close_matches
from ipaddress import IPv4Address, ip_network

from netful.engine.flows.blocks import is_public
from netful.engine.flows.flow import network_of
from netful.engine.network import on_premises, unloaded_networks
from netful.engine.tasks.places import refuse_without_tasks
from netful.engine.trace.ends import in_aws_network
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.core import Maybe, QuestionError, Resource, Unknown, at, known_in
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPNetwork

_APP_RUNNER, _CONNECTOR = "AWS::AppRunner::Service", "AWS::AppRunner::VpcConnector"
_CONNECTION = "AWS::Events::Connection"
_CALLS_BY = {
    "AWS::Events::ApiDestination": _CONNECTION,
    "AWS::StepFunctions::StateMachine": _CONNECTION,
    _CONNECTION: "AWS::VpcLattice::ResourceConfiguration",
    "AWS::VpcLattice::ResourceConfiguration": "AWS::VpcLattice::ResourceGateway",
}
"""The type of the resource that follows on the way of HTTP calls, by type; the last one has interfaces."""
_PASSIVE = (InterfaceOwner.NAT_GATEWAY, InterfaceOwner.ENDPOINT)
_DELIVERED_BY_AWS = frozenset({
    "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::Events::Rule", "AWS::Events::EventBus", "AWS::Scheduler::Schedule",
    "AWS::DynamoDB::Table", "AWS::Kinesis::Stream", "AWS::Pipes::Pipe", "AWS::Lambda::EventSourceMapping",
})  # fmt: skip
_INTERNET = {4: Outside.INTERNET, 6: Outside.INTERNET6}
FORMS = "a function or resource, `subnet:SubnetId+SgId`, an address, `internet` or `on-premises`"


def sources_of(cloud: Cloud, text: str, *, public: bool = False) -> tuple[Source, ...]:
    """Return the sources of packets to what is `public` or not that a FROM names; raise QuestionError if it names none."""
    place, _, identity = text.rpartition("+")
    if identity in cloud.access.identities and not text.startswith("subnet:"):
        return tuple(replace(one, signed=True, identity=identity) for one in sources_of(cloud, place, public=public))
    if text in _OUTSIDE:
        return (_OUTSIDE[text](cloud),)
    if text in cloud.access.clients:
        return (Source(text, outside=Outside.INTERNET, address=cloud.access.clients[text].addresses),)
    if text.startswith("endpoint:"):
        return (_at_endpoint(cloud, text),)
    if text.startswith("subnet:"):
        return (Source(text, _hypothetical(cloud, text)),)
    named = cloud.named(text)
    if named in cloud.compute.functions:
        return _of_function(cloud, cloud.compute.functions[named])
    network = network_or_none(text)
    if network is not None:
        return _of_address(cloud, text, network)
    if egress := _of_app_runner(cloud, cloud.template.resources.get(named)):
        return egress
    if in_aws := in_aws_network.source_of(cloud.template.resources.get(named), public=public):
        return (in_aws,)
    found = cloud.network.places_of(named) or tuple(e for e in (cloud.network.network_interfaces.get(named),) if e)
    if found and all(eni.owner in _PASSIVE for eni in found):
        what = f"`{text}` cannot start connections, it only accepts them"
        raise QuestionError(what, origin=found[0].origin, hint="start from a function or an instance")
    if not found:
        resource = cloud.template.resources.get(named)
        if called := _of_connection(cloud, resource):
            return called
        refuse_without_tasks(cloud, resource)
        if resource is not None and resource.type in _DELIVERED_BY_AWS:
            what = f"no packets of a VPC start at `{text}`: AWS delivers its events inside its own network"
            raise QuestionError(what, origin=resource.origin, hint="start from a function or an instance")
        subnet = f"start from `subnet:{text}+SgId`, with the groups of what would run there"
        hint = subnet if named in cloud.network.subnets else close(cloud, text, FORMS, others=())
        raise QuestionError(f"`{text}` is not a place that a path can start from", hint=hint)
    return tuple(Source(named, eni) for eni in _sending(found))


def _sending(found: tuple[NetworkInterface, ...]) -> tuple[NetworkInterface, ...]:
    """Return the interfaces that a resource sends from: of an instance, the primary one."""
    first = min(eni.device_index for eni in found)
    return tuple(eni for eni in found if eni.device_index == first)


def _at_endpoint(cloud: Cloud, text: str) -> Source:
    """Return a client at an endpoint. The endpoint need not be loaded, since APIs are often called through other accounts' ones."""
    name, plus, flag = text.removeprefix("endpoint:").partition("+")
    if plus and flag != "signed":
        raise QuestionError(
            f"`{text}` ends in `+{flag}`",
            hint="write `endpoint:EndpointId`, or end it in `+signed` or `+NAME` of an identity in netful.toml",
        )
    name = cloud.named(name)
    endpoint_id = name if name.startswith("vpce-") else _known_id(cloud, name, cloud.network.vpc_endpoints, "endpoint")
    return Source(text, endpoint_id=name if isinstance(endpoint_id, Unknown) else endpoint_id, signed=bool(plus))


def _of_function(cloud: Cloud, function: Function) -> tuple[Source, ...]:
    if not function.in_vpc:
        return (Source(function.id, outside=Outside.LAMBDA),)
    return tuple(Source(function.id, eni) for eni in cloud.network.interfaces_of(function.id) or _unplaced(function))


def _of_app_runner(cloud: Cloud, service: Resource | None) -> tuple[Source, ...]:
    """Return the interfaces of a service's VPC connector, or a client on the internet without one; none if the connector is not known."""
    if service is None or service.type != _APP_RUNNER:
        return ()
    egress = at(service.properties, "NetworkConfiguration.EgressConfiguration") or {}
    if egress.get("EgressType", "DEFAULT") == "DEFAULT":
        return (Source(service.id, outside=Outside.INTERNET),)
    named = (cloud.named(str(egress.get("VpcConnectorArn"))), *service.references)
    connectors = (one for one in named if getattr(cloud.template.resources.get(one), "type", "") == _CONNECTOR)
    return tuple(Source(service.id, eni) for one in connectors for eni in cloud.network.places_of(one))


def _of_connection(cloud: Cloud, caller: Resource | None) -> tuple[Source, ...]:
    """Return the interfaces by which EventBridge and Step Functions call a private web server; a client on the internet without any."""
    if caller is None or caller.type not in _CALLS_BY:
        return ()
    last = caller
    while last.type in _CALLS_BY:
        named = filter(None, map(cloud.template.resources.get, last.references))
        following = next((one for one in named if one.type == _CALLS_BY[last.type]), None)
        if following is None:
            public = last.type == _CONNECTION and "InvocationConnectivityParameters" not in last.properties
            return (Source(caller.id, outside=Outside.INTERNET),) if public else ()
        last = following
    return tuple(Source(caller.id, eni) for eni in cloud.network.places_of(last.id))


def _unplaced(function: Function) -> Iterable[NetworkInterface]:
    """Yield the interfaces of a function whose subnets or groups are not known, with the parts that are known."""
    subnets = function.subnet_ids if not isinstance(function.subnet_ids, Unknown) else (function.subnet_ids,)
    groups = function.security_group_ids
    known = groups if not isinstance(groups, Unknown) else (groups,)
    for subnet_id in subnets:
        yield NetworkInterface(
            id=f"eni-{function.id}",
            owner=InterfaceOwner.LAMBDA,
            owner_id=function.id,
            subnet_id=subnet_id,
            security_group_ids=known,
            function_ids=(function.id,),
            origin=function.origin,
        )


def network_or_none(text: str) -> IPNetwork | None:
    """Return the address or range that a text denotes, IPv6 also in brackets; None if it denotes none."""
    try:
        return ip_network(text[1:-1] if text.startswith("[") and text.endswith("]") else text, strict=False)
    except ValueError:
        return None


def _of_address(cloud: Cloud, text: str, network: IPNetwork) -> tuple[Source, ...]:
    """Return the interfaces that have an address or one in a range, else a client outside."""
    found = _within(cloud, network)
    if found:
        return tuple(Source(text, eni, address=_secondary(eni, network)) for eni in found)
    if not on_premises.is_there(cloud, network) and unloaded_networks.may_have(cloud, network):
        return (Source(text, outside=Outside.UNLOADED, address=network),)
    if on_premises.is_there(cloud, network) or on_premises.may_be_there(cloud, network):
        return (Source(text, outside=Outside.ON_PREMISES, address=network),)
    if is_public(network):
        return (Source(text, outside=_INTERNET[network.version], address=network),)
    raise QuestionError(f"`{text}` is the address of no interface", hint="`netful show` lists the addresses")


def _secondary(eni: NetworkInterface, network: IPNetwork) -> IPNetwork | None:
    """Return the source's secondary private address, if the question names it or its public address; else None."""
    address = network.network_address
    private = next((own for public, own in eni.public_addresses().items() if public == address), None) or address
    return network_of(private) if private in eni.secondary_private_ip_addresses else None


def _within(cloud: Cloud, network: IPNetwork) -> tuple[NetworkInterface, ...]:
    if network.prefixlen == network.max_prefixlen:
        return cloud.network.interfaces_with(network.network_address)
    every = cloud.network.network_interfaces.values()
    return tuple(eni for eni in every if any(a in network for a in (eni.private_ip_address, eni.ipv6_address) if a))


def _on_premises(cloud: Cloud) -> Source:
    """Return a client in the first block that is known to be on-premises."""
    return Source("on-premises", outside=Outside.ON_PREMISES, address=next(iter(on_premises.blocks(cloud)), None))


_OUTSIDE: dict[str, Callable[[Cloud], Source]] = {
    "internet": lambda _cloud: Source("internet", outside=Outside.INTERNET),
    "internet6": lambda _cloud: Source("internet6", outside=Outside.INTERNET6),
    "on-premises": _on_premises,
}


def _hypothetical(cloud: Cloud, text: str) -> NetworkInterface:
    """Return the interface that `subnet:SubnetId+SgId` describes, with a private address only."""
    name, *group_names = text.removeprefix("subnet:").split("+")
    if not name or not group_names or not all(group_names):
        raise QuestionError(
            f"`{text}` names no security group", hint="write `subnet:SubnetId+SgId` or `subnet:SubnetId+default`"
        )
    subnet_id = _known_id(cloud, name, cloud.network.subnets, "subnet")
    return replace(
        NetworkInterface(f"eni-{text}", InterfaceOwner.OTHER, text, subnet_id),
        security_group_ids=tuple(_group(cloud, subnet_id, group) for group in group_names),
        private_ip_address=_free_address(cloud, subnet_id),
    )


def _group(cloud: Cloud, subnet_id: Maybe[str], name: str) -> Maybe[str]:
    if name != "default":
        return _known_id(cloud, name, cloud.network.security_groups, "security group")
    vpc = cloud.network.vpc_of(subnet_id) if isinstance(subnet_id, str) else None
    group = cloud.network.default_security_group_of(vpc.id) if vpc else None
    return group.id if group else f"{subnet_id if isinstance(subnet_id, str) else 'unknown'}.default"


def _known_id(cloud: Cloud, name: str, loaded: Iterable[str], kind: str) -> Maybe[str]:
    """Return an id that was loaded, the value of a parameter, or an id that a parameter's value contains."""
    name = cloud.named(name)
    if name in loaded:
        return name
    if name in cloud.template.parameters:
        return cloud.template.parameters[name]
    values = [value for value in cloud.template.parameters.values() if isinstance(value, str)]
    if any(name == part.strip() for value in values for part in value.split(",")):
        return name
    raise QuestionError(
        f"there is no {kind} `{name}`", hint=closest(name, loaded) or f"`netful show` lists every {kind}"
    )


def _free_address(cloud: Cloud, subnet_id: Maybe[str]) -> IPv4Address | None:
    """Return the highest usable address of the subnet, which represents any free one."""
    subnet = known_in(cloud.network.subnets, subnet_id)
    return None if subnet is None or isinstance(subnet.cidr_block, Unknown) else subnet.cidr_block[-2]


def close(cloud: Cloud, text: str, otherwise: str, others: Iterable[str] | None = None) -> str:
    """Return a hint: the most similar names, else the accepted forms. `others` are names besides those of places, all if None."""
    owners = (eni.owner_id for eni in cloud.network.network_interfaces.values())
    names = dict.fromkeys(
        (
            *cloud.compute.functions,
            *cloud.access.clients,
            *owners,
            *cloud.network.vpc_endpoints,
            *(cloud.template.resources if others is None else others),
        )
    )
    names.pop(text, None)
    return closest(text, names) or otherwise


def closest(text: str, names: Iterable[str]) -> str:
    """Return a question for the most similar names; "" if none is similar."""
    folded = {name.lower(): name for name in names}
    found = get_close_matches(text.lower(), folded, n=2, cutoff=0.6)
    return "did you mean " + " or ".join(f"`{folded[name]}`" for name in found) + "?" if found else ""
