"""Values of properties that AWS refuses, whether a call or a template has them. A value that is not known is never one.

| table | a resource is refused if |
|---|---|
| `_FORMS` | a text has another form |
| `_OF_TYPES` | the module of its service finds a value |
| `_PAIRS` | two of its properties exclude each other |
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.model.core import (
    Frozen,
    Resource,
    Unknown,
    every_part,
    host_of_url,
    is_true,
    listed,
    mappings,
    whole_number,
)
from netful.model.json_texts import json_or
from netful.model.network.protocols import TCP, UDP, number_of
from netful.sources.refused import distributions, functions, load_balancing
from netful.sources.refused.distributions import HOME
from netful.sources.refused.refused_value import RefusedTogether, RefusedValue

_CHARACTERS = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
_DESCRIPTION = re.compile(r"[a-zA-Z0-9. _:/()#,@\[\]+=&;{}!$*-]{0,255}")
_DESCRIBED = f"Valid descriptions are strings less than 256 characters from the following set: {_CHARACTERS}"
_NAMED = _DESCRIBED.replace("descriptions", "names")
_ALLOWED = f"write less than 256 characters of the set `{_CHARACTERS}`"
_ENGINE = re.compile(
    r"mysql|mariadb|postgres|aurora(-mysql|-postgresql)?|docdb|neptune|(oracle|sqlserver|db2|custom)-.+", re.IGNORECASE
)
_INVALID, _COMBINATION, _ERROR = "InvalidParameterValue", "InvalidParameterCombination", "ValidationError"


class _Form(Frozen):
    """The form of a text in a property, what to write, and AWS's text for another one."""

    property: str
    form: re.Pattern[str]
    hint: str
    error: Callable[[str], str]
    code: str = _INVALID


_RULE = _Form("Description", _DESCRIPTION, _ALLOWED, lambda _: f"Invalid rule description. {_DESCRIBED}")
_GROUP = _Form(
    "GroupDescription", _DESCRIPTION, _ALLOWED, lambda _: f"Invalid security group description. {_DESCRIBED}"
)
_NAME = _Form("GroupName", _DESCRIPTION, _ALLOWED, lambda name: f"Invalid value '{name}' for groupName. {_NAMED}")
_BALANCER_NAME = _Form(
    "Name",
    re.compile(r"(?!internal-|-)[a-zA-Z0-9-]+(?<!-)"),
    "write letters of ASCII, digits and `-` in between, not beginning with `internal-`",
    "The load balancer name '{}' is not valid".format,
    "ValidationError",
)
_TARGETS_NAME = _Form(
    "Name",
    re.compile(r"(?!-)[a-zA-Z0-9-]+(?<!-)"),
    "write letters of ASCII, digits and `-` in between",
    "The target group name '{}' is not valid".format,
    "ValidationError",
)
_OWN_NAME = _Form(
    "GroupName",
    re.compile(r"(?!sg-).*", re.DOTALL),
    "write a name that does not begin with `sg-`",
    "Invalid value '{}' for groupName. Group names may not be in the form of `sg-*`.".format,
)
_BLOCK = _Form(
    "CidrIp",
    re.compile(r"[^:]*"),
    "write a block of IPv6 in `CidrIpv6`",
    "CIDR block {} is malformed".format,
)
_NODES = _Form(
    "CacheNodeType",
    re.compile(r"cache\..+"),
    "name a type such as `cache.t4g.micro`",
    "Invalid Cache Node Type: {}".format,
)
_ENGINES = _Form("Engine", _ENGINE, "name an engine such as `mysql` or `postgres`", "Invalid DB engine: {}".format)
_CLASSES = _Form(
    "DBInstanceClass",
    re.compile(r"db\..+"),
    "name a class such as `db.t4g.micro`",
    "Invalid DB Instance class: {}".format,
)
_PARAMETER = _Form(
    "Name",
    re.compile(r"[a-zA-Z0-9_./-]+"),
    "write letters of ASCII, digits and `_.-/`",
    lambda _: "Parameter name: can be formed as a mix of letters, numbers and the following 4 symbols .-_/",
)
_FORMS: Mapping[str, tuple[_Form, ...]] = {
    "AWS::EC2::SecurityGroup": (_GROUP, _NAME, _OWN_NAME),
    "AWS::EC2::SecurityGroupEgress": (_RULE, _BLOCK),
    "AWS::EC2::SecurityGroupIngress": (_RULE, _BLOCK),
    "AWS::ElastiCache::CacheCluster": (_NODES,),
    "AWS::ElastiCache::ReplicationGroup": (_NODES,),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (_BALANCER_NAME,),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (_TARGETS_NAME,),
    "AWS::RDS::DBCluster": (_ENGINES,),
    "AWS::RDS::DBInstance": (_ENGINES, _CLASSES),
    "AWS::SSM::Parameter": (_PARAMETER,),
}

_FIFO = ".fifo"
_WAITING = re.compile(r"arn:[^:]*:states:.+\.(sync(:2)?|waitForTaskToken)")
_FIFO_NAME = "end the name in `.fifo` and make it FIFO, or neither"
_LOCAL = ("", "localhost", "127.0.0.1", "::1")
_LARGEST, _SMALLEST = 12, 22
"""The lengths of the prefix of a Client VPN's block."""
_LEAST_DAYS, _MOST_DAYS = 7, 30
_RULES = {
    "SecurityGroupIngress": "AWS::EC2::SecurityGroupIngress",
    "SecurityGroupEgress": "AWS::EC2::SecurityGroupEgress",
}


def refused_values(resource: Resource) -> Iterator[RefusedValue]:
    """Yield the values of a resource that AWS refuses."""
    own = resource.properties
    yield from _of_form(resource.type, own)
    for name, type_ in _RULES.items() if resource.type == "AWS::EC2::SecurityGroup" else ():
        for rule in mappings(own.get(name)):
            yield from (replace(one, property=name) for one in _of_form(type_, rule))
    for type_, of_type in _OF_TYPES.items():
        if resource.type.startswith(type_):
            yield from of_type(own)
    yield from (one for one in _PAIRS.get(resource.type, ()) if one.when(own))


def _of_form(type_: str, own: Mapping[str, Any]) -> Iterator[RefusedValue]:
    for one in _FORMS.get(type_, ()):
        value = own.get(one.property)
        if isinstance(value, str) and not one.form.fullmatch(value):
            reason = f"`{one.property}` has the value `{value}`"
            yield RefusedValue(one.property, one.code, reason, one.hint, one.error(value))


def _several_nodes(own: Mapping[str, Any]) -> bool:
    return str(own.get("Engine")).lower() in ("redis", "valkey") and (whole_number(own.get("NumCacheNodes")) or 1) > 1


def _fails_alone(own: Mapping[str, Any]) -> bool:
    several = is_true(own.get("MultiAZEnabled")) or (whole_number(own.get("NumNodeGroups")) or 1) > 1
    return several and str(own.get("AutomaticFailoverEnabled")).lower() == "false"


def _too_many_entries(own: Mapping[str, Any]) -> bool:
    most = whole_number(own.get("MaxEntries"))
    return most is not None and len(mappings(own.get("Entries"))) > most


def _entries_of_other_family(own: Mapping[str, Any]) -> bool:
    separator = {"IPv4": ":", "IPv6": "."}.get(str(own.get("AddressFamily")))
    blocks = (one.get("Cidr") for one in mappings(own.get("Entries")))
    return separator is not None and any(isinstance(block, str) and separator in block for block in blocks)


def _lacks_address(own: Mapping[str, Any]) -> bool:
    """Return whether a zonal, public NAT gateway has no Elastic IP. Descriptions have several in a list."""
    zonal = own.get("AvailabilityMode", "zonal") == "zonal" and own.get("AvailabilityZoneAddresses") is None
    given = own.get("AllocationId") or own.get("NatGatewayAddresses")
    return zonal and own.get("ConnectivityType", "public") == "public" and given is None


def _clients_of_other_size(own: Mapping[str, Any]) -> bool:
    size = whole_number(str(own.get("ClientCidrBlock")).rpartition("/")[2])
    return size is not None and not _LARGEST <= size <= _SMALLEST


def _ends_otherwise(flag: str, name: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return a test for a name of a FIFO queue or topic that does not end in `.fifo`, or of another one that does."""

    def test(own: Mapping[str, Any]) -> bool:
        text, fifo = own.get(name), own.get(flag)
        return isinstance(text, str) and not isinstance(fifo, Unknown) and text.endswith(_FIFO) is not is_true(fifo)

    return test


def _certified_elsewhere(own: Mapping[str, Any]) -> bool:
    arn, *place = str(own.get("CertificateArn")).split(":")[:4]
    return arn == "arn" and place[:2] == ["aws", "acm"] and place[2:] != [HOME]


def _waits_too_short_or_long(own: Mapping[str, Any]) -> bool:
    days = whole_number(own.get("PendingWindowInDays"))
    return days is not None and not _LEAST_DAYS <= days <= _MOST_DAYS


def _calls_back_in_the_clear(own: Mapping[str, Any]) -> bool:
    urls = (one for one in listed(own.get("CallbackURLs")) if isinstance(one, str))
    return any(one.startswith("http://") and host_of_url(one) not in _LOCAL for one in urls)


def _waits_in_express(own: Mapping[str, Any]) -> bool:
    written = own.get("DefinitionString")
    definition = json_or(written) if isinstance(written, str) else own.get("Definition")
    tasks = (str(one.get("Resource")) for one in every_part(definition) if isinstance(one, Mapping))
    return own.get("StateMachineType") == "EXPRESS" and any(map(_WAITING.fullmatch, tasks))


_PAIRS: Mapping[str, tuple[RefusedTogether, ...]] = {
    **functions.PAIRS,
    **load_balancing.PAIRS,
    "AWS::ApiGateway::DomainName": (
        RefusedTogether(
            "CertificateArn",
            "BadRequestException",
            "the certificate of an edge-optimized domain is in another Region",
            f"use a certificate of ACM in {HOME}, or `RegionalCertificateArn` and the endpoint type REGIONAL",
            when=_certified_elsewhere,
        ),
    ),
    "AWS::Cognito::UserPoolClient": (
        RefusedTogether(
            "CallbackURLs",
            "InvalidParameterException",
            "a URL for the browser's way back is of HTTP, and not at `localhost`",
            "use a URL of HTTPS",
            when=_calls_back_in_the_clear,
        ),
    ),
    "AWS::KMS::Key": (
        RefusedTogether(
            "PendingWindowInDays",
            "ValidationException",
            f"a key waits {_LEAST_DAYS} to {_MOST_DAYS} days for its deletion",
            f"write a number from {_LEAST_DAYS} to {_MOST_DAYS}",
            when=_waits_too_short_or_long,
        ),
    ),
    "AWS::SNS::Topic": (
        RefusedTogether(
            "TopicName",
            "InvalidParameter",
            "FIFO topics, and no others, have names that end in `.fifo`",
            _FIFO_NAME,
            when=_ends_otherwise("FifoTopic", "TopicName"),
        ),
    ),
    "AWS::StepFunctions::StateMachine": (
        RefusedTogether(
            "StateMachineType",
            "InvalidDefinition",
            "an express workflow does not wait for jobs (`.sync`) or callbacks (`.waitForTaskToken`)",
            "set the type STANDARD, or call the service without waiting",
            when=_waits_in_express,
        ),
    ),
    "AWS::SQS::Queue": (
        RefusedTogether(
            "QueueName",
            _INVALID,
            "FIFO queues, and no others, have names that end in `.fifo`",
            _FIFO_NAME,
            when=_ends_otherwise("FifoQueue", "QueueName"),
        ),
    ),
    "AWS::EC2::NatGateway": (
        RefusedTogether(
            "AllocationId",
            "MissingParameter",
            "a public NAT gateway has no Elastic IP",
            "set `AllocationId`, or `ConnectivityType: private`",
            "The request must contain the parameter AllocationId",
            when=_lacks_address,
        ),
        RefusedTogether(
            "ConnectivityType",
            _COMBINATION,
            "a regional NAT gateway is private",
            "leave `ConnectivityType` out",
            when=lambda own: own.get("AvailabilityMode") == "regional" and own.get("ConnectivityType") == "private",
        ),
    ),
    "AWS::EC2::NetworkAclEntry": (
        RefusedTogether(
            "PortRange",
            _INVALID,
            "the port range must be specified for TCP and UDP",
            "set `PortRange`",
            when=lambda own: number_of(str(own.get("Protocol"))) in (TCP, UDP) and own.get("PortRange") is None,
        ),
    ),
    "AWS::EC2::Route": (
        RefusedTogether(
            "EgressOnlyInternetGatewayId",
            _INVALID,
            "an egress-only internet gateway is for IPv6 destinations",
            "route IPv4 to a NAT gateway",
            "an egress-only internet gateway is for IPv6 destinations",
            when=lambda own: bool(own.get("EgressOnlyInternetGatewayId") and own.get("DestinationCidrBlock")),
        ),
    ),
    "AWS::EC2::ClientVpnEndpoint": (
        RefusedTogether(
            "ClientCidrBlock",
            _INVALID,
            "the block of its clients is not of a size from /22 to /12",
            "set a block from /22 to /12",
            when=_clients_of_other_size,
        ),
    ),
    "AWS::EC2::PrefixList": (
        RefusedTogether(
            "Entries",
            _INVALID,
            "it has more entries than `MaxEntries`",
            "set a greater `MaxEntries`",
            when=_too_many_entries,
        ),
        RefusedTogether(
            "Entries",
            _INVALID,
            "an entry is not of its `AddressFamily`",
            "make a list for each address family",
            when=_entries_of_other_family,
        ),
    ),
    "AWS::ElastiCache::CacheCluster": (
        RefusedTogether(
            "NumCacheNodes",
            _INVALID,
            "a Redis cluster has a `NumCacheNodes` greater than 1",
            "set `NumCacheNodes: 1`, or make a replication group",
            "Cannot create a Redis cluster with a NumCacheNodes parameter greater than 1.",
            when=_several_nodes,
        ),
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        RefusedTogether(
            "AutomaticFailoverEnabled",
            _COMBINATION,
            "it has several zones or shards, and no automatic failover",
            "set `AutomaticFailoverEnabled: true`",
            when=_fails_alone,
        ),
        RefusedTogether(
            "AutomaticFailoverEnabled",
            _COMBINATION,
            "automatic failover requires at least 2 cache clusters",
            "set `NumCacheClusters: 2`, or no automatic failover",
            "When using automatic failover, there must be at least 2 cache clusters in the replication group.",
            when=lambda own: (
                is_true(own.get("AutomaticFailoverEnabled")) and whole_number(own.get("NumCacheClusters")) == 1
            ),
        ),
    ),
}
"""By type, the refused properties, and whether these properties exclude each other."""
_OF_TYPES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[RefusedValue]]] = {
    "AWS::CloudFront::Distribution": distributions.values,
    "AWS::ElasticLoadBalancingV2::": load_balancing.values,
    "AWS::Lambda::Function": functions.values,
}
"""The refused values of a resource, by the beginning of its type."""
