"""Values of `Ref` and `Fn::GetAtt` that follow from more than a name: a function for each, by type and attribute."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from netful.model.core import Unknown, is_true, whole_number
from netful.model.functions.compute import qualified
from netful.model.identity import FIREWALL, firewall_endpoint_id
from netful.model.names.generated.custom_domains import distribution_host, regional_host
from netful.model.names.generated.database_ids import database_id
from netful.model.names.generated.endpoint_dns import entries
from netful.model.names.generated.id_forms import HOSTED_ZONE, formed
from netful.model.names.generated.instance_dns import private_dns_name
from netful.model.names.generated.load_balancer_dns import dns_name
from netful.model.names.generated.managed_names import managed_label, managed_name
from netful.model.names.generated.master_secret import master_secret_name
from netful.model.names.generated.private_domains import managed_arn
from netful.model.names.generated.stream_arn import stream_arn
from netful.model.names.generated.subscription_arn import subscription_arn
from netful.model.names.service_names import service
from netful.model.network import managed_ports
from netful.model.resource_arns import WAF_TYPES, rule_path
from netful.sources.files.marked import MarkedList
from netful.sources.template import attributes
from netful.sources.template.definitions import with_definition
from netful.sources.template.resource_names import ResourceNames, decided_by_aws
from netful.sources.template.values import as_text, merged, unknowns_in

Computed = Callable[[ResourceNames, str], Any]
_CONSUMER, _CONSUMING_SINCE = "AWS::Kinesis::StreamConsumer", 1_700_000_000


def _private_dns_name(names: ResourceNames, logical_id: str) -> Any:
    """Return an instance's name by its address; AWS decides on a name with other options."""
    if names.resources.property(logical_id, "PrivateDnsNameOptions") is not None:
        return decided_by_aws(logical_id, "PrivateDnsName")
    address = names.resources.property(logical_id, "PrivateIpAddress")
    if address is None:
        return names.address(logical_id, "PrivateDnsName")
    return address if isinstance(address, Unknown) else private_dns_name(str(address), names.region(logical_id))


def _public_address(names: ResourceNames, logical_id: str) -> str:
    return names.lookup.public_addresses[names.resources.ids[logical_id]]


def _alias_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    return names.qualified_arn(logical_id, names.resources.property(logical_id, "Name") or "")


def _function_of_url(names: ResourceNames, logical_id: str) -> Any:
    """Return the ARN of a URL's function, whose alias is the URL's qualifier."""
    function = names.resources.property(logical_id, "TargetFunctionArn")
    if not isinstance(function, str) or function.startswith("arn:"):
        return function
    return names.arn(logical_id, attributes.ARNS["AWS::Lambda::Function"], function)


def _database_id(names: ResourceNames, logical_id: str) -> str:
    return database_id(names.resources.kind(logical_id), names.resources.ids[logical_id])


def _proxy_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    return names.arn(logical_id, attributes.PROXY_ARN, _database_id(names, logical_id))


def _master_secret(names: ResourceNames, logical_id: str) -> str | Unknown:
    """Return the ARN of the secret that RDS makes; a value of AWS's where the template asks for none."""
    kind, id_ = names.resources.kind(logical_id), names.resources.ids[logical_id]
    managed = is_true(names.resources.property(logical_id, "ManageMasterUserPassword"))
    name = master_secret_name(kind, id_, names.region(logical_id), names.account(logical_id)) if managed else None
    pattern = attributes.ARNS[attributes.OF_SECRETS]
    return (
        names.arn(logical_id, pattern, names.secret_end(logical_id, name))
        if name
        else decided_by_aws(logical_id, "MasterUserSecret.SecretArn")
    )


def _rule_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    """Return the ARN of a rule of EventBridge, which has the name of its bus."""
    bus, name = names.resources.property(logical_id, "EventBusName"), names.name(logical_id)
    unknowns = unknowns_in([bus, name])
    return merged(unknowns) if unknowns else names.arn(logical_id, attributes.RULE_ARN, rule_path(bus, str(name)))


def _schedule_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    """Return the ARN of a schedule of EventBridge Scheduler, which has the name of its group."""
    group, name = names.resources.property(logical_id, "GroupName") or "default", names.name(logical_id)
    unknowns = unknowns_in([group, name])
    return merged(unknowns) if unknowns else names.arn(logical_id, attributes.SCHEDULE_ARN, f"{group}/{name}")


def _job_definition_arn(_names: ResourceNames, logical_id: str) -> Unknown:
    """Return an ARN with a revision, which Batch counts."""
    return decided_by_aws(logical_id, "JobDefinitionArn")


def _glue_database(names: ResourceNames, logical_id: str) -> Any:
    """Return the name of a database of Glue, which is often a part of another property."""
    written = names.resources.property(logical_id, "DatabaseInput")
    name = written.get("Name") if isinstance(written, Mapping) else written
    own = names.resources.property(logical_id, "DatabaseName") or name
    return own if isinstance(own, str | Unknown) else names.name(logical_id)


def _version_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    return names.qualified_arn(logical_id, _version(names, logical_id))


def _version(names: ResourceNames, logical_id: str) -> str:
    """Return the number of a version: its place among the function's versions in the template."""
    own = names.resources
    functions = {
        name: qualified(str(own.property(name, "FunctionName")))[0]
        for name in own
        if own.kind(name) == own.kind(logical_id)
    }
    return str([n for n, function in functions.items() if function == functions[logical_id]].index(logical_id) + 1)


def _machine_version_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    """Return the ARN of a version of a state machine, whose number is its place among the machine's versions in the template."""
    own, machine = names.resources, names.resources.property(logical_id, "StateMachineArn")
    if machine is None or isinstance(machine, Unknown):
        return machine or decided_by_aws(logical_id, "Arn")
    versions = [name for name in own if own.kind(name) == own.kind(logical_id)]
    number = [n for n in versions if own.property(n, "StateMachineArn") == machine].index(logical_id) + 1
    return f"{machine}:{number}"


def _consumer_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    """Return the ARN of a consumer of a stream, with a time of its creation that netful chose."""
    stream, name = (names.resources.property(logical_id, one) for one in ("StreamARN", "ConsumerName"))
    if not isinstance(stream, str) or not isinstance(name, str):
        return decided_by_aws(logical_id, "ConsumerARN")
    return f"{stream}/consumer/{name}:{_CONSUMING_SINCE}"


def _machine_alias_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    """Return the ARN of an alias: that of its versions' state machine, with its name."""
    own = names.resources
    routes = own.property(logical_id, "RoutingConfiguration") or [own.property(logical_id, "DeploymentPreference")]
    first = routes[0] if isinstance(routes, list) and routes else None
    version = first.get("StateMachineVersionArn") if isinstance(first, Mapping) else None
    if not isinstance(version, str):
        return version if isinstance(version, Unknown) else decided_by_aws(logical_id, "Arn")
    name = as_text(own.property(logical_id, "Name") or logical_id, own.origin(logical_id))
    return name if isinstance(name, Unknown) else f"{version.rpartition(':')[0]}:{name}"


def _machine_revision(names: ResourceNames, logical_id: str) -> str:
    """Return an id that changes with the state machine: on AWS a new version replaces the one of another revision."""
    properties = with_definition(names.resources.resource(logical_id)).properties
    return str(UUID(sha256(repr(properties).encode()).hexdigest()[:32]))


def _files_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    """Return the ARN of a file system of S3 Files, or of an access point below that of its file system."""
    own, point = names.aws_id(logical_id), names.resources.kind(logical_id).endswith("AccessPoint")
    system = names.resources.property(logical_id, "FileSystemId") if point else own
    if not isinstance(system, str):
        return system if isinstance(system, Unknown) else decided_by_aws(logical_id, "Arn")
    end = f"/access-point/{own}" if point else ""
    return names.arn(logical_id, attributes.S3_FILES_ARN, system.rpartition("/")[2] + end)


def _zone_of_namespace(names: ResourceNames, logical_id: str) -> str:
    return formed(HOSTED_ZONE, *names.place(logical_id), names.resources.id_seed(logical_id))


def _waf_id(names: ResourceNames, logical_id: str) -> str:
    return names.aws_id(logical_id).rpartition("/")[2]


def _waf_ref(names: ResourceNames, logical_id: str) -> str:
    """Return `NAME|ID|SCOPE`."""
    scope, name, id_ = (
        names.aws_id(logical_id).rpartition(":")[2].split("/", 1)[0],
        *names.aws_id(logical_id).split("/")[-2:],
    )
    return f"{name}|{id_}|{'CLOUDFRONT' if scope == 'global' else 'REGIONAL'}"


def _subscription_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    named = [names.resources.property(logical_id, name) for name in ("TopicArn", "Protocol", "Endpoint")]
    if unknowns := unknowns_in(named):
        return merged(unknowns)
    return subscription_arn(*map(str, named))


def _stream_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    """Return the ARN of a table's stream; AWS has none for a table without one."""
    if names.resources.property(logical_id, "StreamSpecification") is None:
        return decided_by_aws(logical_id, "StreamArn")
    table = names.own_arn(logical_id)
    return table if isinstance(table, Unknown) else stream_arn(table)


def _ipv6_blocks(names: ResourceNames, logical_id: str) -> MarkedList | Unknown:
    blocks = names.lookup.ipv6_blocks.get(names.aws_id(logical_id), ())
    return names.listed(logical_id, *blocks) if blocks else decided_by_aws(logical_id, "Ipv6CidrBlocks")


def _private_domain_arn(names: ResourceNames, logical_id: str) -> str | Unknown:
    name = as_text(names.resources.property(logical_id, "DomainName") or "", names.resources.origin(logical_id))
    return name if isinstance(name, Unknown) else managed_arn(*names.place(logical_id), name, names.aws_id(logical_id))


def _balancer_name(names: ResourceNames, logical_id: str) -> str:
    own, kind = names.resources, names.resources.kind(logical_id)
    if isinstance(known := own.property(logical_id, "DNSName"), str):  # of a deployed one
        return known
    name = own.property(logical_id, attributes.LOAD_BALANCERS[kind])
    of_type = str(as_text(own.property(logical_id, "Type") or "", own.origin(logical_id)))
    internal, label = own.property(logical_id, "Scheme") == "internal", name if isinstance(name, str) else None
    return dns_name(own.ids[logical_id], names.region(logical_id), of_type, internal=internal, name=label)


def _full_name(names: ResourceNames, logical_id: str) -> str:
    """Return the end of the ARN of a load balancer or a target group, as metrics name it."""
    return names.aws_id(logical_id).rpartition(":")[2].removeprefix("loadbalancer/")


def _dns_entries(names: ResourceNames, logical_id: str) -> MarkedList | Unknown:
    """Return `HOSTED-ZONE:NAME` for each name of an endpoint (vpc-network §5.2)."""
    own, subnets = names.resources, names.resources.property(logical_id, "SubnetIds")
    service, id_, region = own.property(logical_id, "ServiceName"), names.aws_id(logical_id), names.region(logical_id)
    decided = decided_by_aws(logical_id, "DnsEntries")
    if not isinstance(service, str):
        return decided
    if not isinstance(subnets, list):  # the first is the regional name, and the others follow from the subnets
        regional, zone = next(entries(id_, service, region, [], private_dns=False))
        return names.listed(logical_id, f"{zone}:{regional}", decided)
    placed = (own.property(name, "AvailabilityZone") for name in names.with_ids(subnets))
    zones = [zone for zone in placed if isinstance(zone, str)]
    private_dns = own.property(logical_id, "PrivateDnsEnabled") is True
    found = entries(id_, service, region, zones, private_dns=private_dns)
    return names.listed(logical_id, *(f"{zone}:{name}" for name, zone in found))


def _firewall_endpoints(names: ResourceNames, logical_id: str) -> MarkedList | Unknown:
    """Return the zones and ids of a firewall's endpoints (`ZONE:ID`), in the order of its subnets."""
    own, mappings = names.resources, names.resources.property(logical_id, "SubnetMappings")
    if not isinstance(mappings, list):
        return decided_by_aws(logical_id, "EndpointIds")
    seed, found = own.id_seed(logical_id), []
    for number, mapping in enumerate(mappings, 1):
        subnets = names.with_ids([mapping.get("SubnetId") if isinstance(mapping, Mapping) else None])
        zone = next((own.property(subnet, "AvailabilityZone") for subnet in subnets), None)
        named = zone if isinstance(zone, str) else f"{names.region(logical_id)}{'abcdef'[number % 6 - 1]}"
        found.append(f"{named}:{firewall_endpoint_id(*names.place(logical_id), seed, number)}")
    return names.listed(logical_id, *found)


def _amqp_endpoints(names: ResourceNames, logical_id: str) -> MarkedList | Unknown:
    """Return the URL of a broker of RabbitMQ; a broker of ActiveMQ has another for each instance."""
    own, (kind, attribute) = names.resources, ("AWS::AmazonMQ::Broker", "AmqpEndpoints")
    label = managed_label(kind, own.ids[logical_id], partial(own.property, logical_id))
    name = managed_name(kind, attribute, label, names.region(logical_id))
    if str(own.property(logical_id, "EngineType")).lower() != "rabbitmq":
        return decided_by_aws(logical_id, attribute)
    return names.listed(logical_id, f"amqps://{name}:{managed_ports.port_of(kind, {})}")


def _read_endpoints(names: ResourceNames, logical_id: str) -> MarkedList:
    """Return a name for each node of a replication group: the primary's, and then the reader's for each replica."""
    own, kind = names.resources, names.resources.kind(logical_id)
    label = managed_label(kind, own.ids[logical_id], partial(own.property, logical_id))
    primary, reader = (
        managed_name(kind, f"{which}EndPoint.Address", label, names.region(logical_id))
        for which in ("Primary", "Reader")
    )
    replicas = whole_number(own.property(logical_id, "ReplicasPerNodeGroup"))
    count = whole_number(own.property(logical_id, "NumCacheClusters"), 1) - 1 if replicas is None else replicas
    return names.listed(logical_id, primary, *(count * [reader]))


def _api_endpoint(names: ResourceNames, logical_id: str) -> str | Unknown:
    """Return the URL of an API, without a stage."""
    protocol = names.resources.property(logical_id, "ProtocolType")
    if isinstance(protocol, Unknown):
        return protocol
    scheme = "wss" if protocol == "WEBSOCKET" else "https"
    return f"{scheme}://{names.aws_id(logical_id)}.{service('execute-api').host(names.region(logical_id))}"


def _regional_host(names: ResourceNames, logical_id: str) -> Any:
    return _host_of(names, logical_id, "RegionalDomainName", "EDGE")


def _edge_host(names: ResourceNames, logical_id: str) -> Any:
    return _host_of(names, logical_id, "DistributionDomainName", "REGIONAL")


def _host_of(names: ResourceNames, logical_id: str, attribute: str, without: str) -> Any:
    """Return the host of a custom domain; domains of one endpoint type do not have it."""
    endpoint = names.resources.property(logical_id, "EndpointConfiguration")
    if isinstance(endpoint, Mapping) and endpoint.get("Types") == [without]:
        why = f"`{logical_id}` has no `{attribute}`: its endpoint type is {without}"
        return Unknown(why, (f"{logical_id}.{attribute}",))
    name = names.name(logical_id)
    if isinstance(name, Unknown):
        return name
    edge = attribute == "DistributionDomainName"
    return distribution_host(name) if edge else regional_host(name, names.region(logical_id))


COMPUTED: dict[tuple[str, str], Computed] = {
    ("AWS::ApiGateway::DomainName", "DistributionDomainName"): _edge_host,
    ("AWS::ApiGateway::DomainName", "RegionalDomainName"): _regional_host,
    ("AWS::ApiGateway::DomainNameV2", "DomainNameArn"): _private_domain_arn,
    ("AWS::ApiGateway::DomainNameV2", "DomainNameId"): ResourceNames.aws_id,
    ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): _api_endpoint,
    ("AWS::DynamoDB::GlobalTable", "StreamArn"): _stream_arn,
    ("AWS::DynamoDB::Table", "StreamArn"): _stream_arn,
    ("AWS::EC2::VPC", "Ipv6CidrBlocks"): _ipv6_blocks,
    (_CONSUMER, "ConsumerARN"): _consumer_arn,
    ("AWS::Lambda::Url", "FunctionArn"): _function_of_url,
    ("AWS::Events::Rule", "Arn"): _rule_arn,
    ("AWS::Scheduler::Schedule", "Arn"): _schedule_arn,
    ("AWS::EC2::VPCEndpoint", "DnsEntries"): _dns_entries,
    ("AWS::EC2::EIP", "PublicIp"): _public_address,
    ("AWS::AmazonMQ::Broker", "AmqpEndpoints"): _amqp_endpoints,
    ("AWS::ElastiCache::ReplicationGroup", "ReadEndPoint.Addresses.List"): _read_endpoints,
    ("AWS::ElastiCache::ServerlessCache", "ReaderEndpoint.Port"): lambda _names, _id: str(managed_ports.READER_PORT),
    (FIREWALL, "EndpointIds"): _firewall_endpoints,
    ("AWS::EC2::Instance", "PrivateDnsName"): _private_dns_name,
    ("AWS::NetworkFirewall::VpcEndpointAssociation", "EndpointId"): ResourceNames.aws_id,
    **{(kind, "MasterUserSecret.SecretArn"): _master_secret for kind in attributes.DATABASES},
    **dict.fromkeys(attributes.DATABASE_IDS, _database_id),
    ("AWS::RDS::DBProxy", "DBProxyArn"): _proxy_arn,
    ("AWS::Lambda::Version", "FunctionArn"): _version_arn,
    ("AWS::Lambda::Version", "Version"): _version,
    ("AWS::S3Files::AccessPoint", "AccessPointArn"): _files_arn,
    ("AWS::S3Files::FileSystem", "FileSystemArn"): _files_arn,
    ("AWS::StepFunctions::StateMachine", "StateMachineRevisionId"): _machine_revision,
    ("AWS::StepFunctions::StateMachineAlias", "Arn"): _machine_alias_arn,
    ("AWS::StepFunctions::StateMachineVersion", "Arn"): _machine_version_arn,
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName"): _full_name,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"): _full_name,
    **{
        (kind, attribute): _balancer_name
        for kind in attributes.LOAD_BALANCERS
        for attribute in ("DNSName", "CanonicalHostedZoneName")
    },
    **{(kind, "HostedZoneId"): _zone_of_namespace for kind in attributes.NAMESPACES},
    **{(kind, "Id"): _waf_id for kind in WAF_TYPES},
}
REFS: dict[str, Computed] = {
    "AWS::ApiGateway::DomainNameV2": _private_domain_arn,
    "AWS::Batch::JobDefinition": _job_definition_arn,
    "AWS::EC2::EIP": _public_address,
    "AWS::Glue::Database": _glue_database,
    _CONSUMER: _consumer_arn,
    "AWS::Lambda::Alias": _alias_arn,
    "AWS::Lambda::Version": _version_arn,
    "AWS::SNS::Subscription": _subscription_arn,
    "AWS::StepFunctions::StateMachineAlias": _machine_alias_arn,
    "AWS::StepFunctions::StateMachineVersion": _machine_version_arn,
    "AWS::SQS::Queue": lambda names, logical_id: names.derived(logical_id, "QueueUrl"),
    **dict.fromkeys(WAF_TYPES, _waf_ref),
}
