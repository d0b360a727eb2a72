"""Values of properties that AWS refuses, whether a call or a template has them. A value that is not known is never one.

| table | a resource is refused if |
|---|---|
| `_FORMS` | a text has another form |
| `_RANGES` | an attribute of load balancing is outside of its range |
| `_OWN_HEADERS` | an origin of a distribution adds a header that CloudFront sets, removes or keeps for itself |
| `_VARIABLE` | an environment variable of a function has a name of another form |
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
    host_of_url,
    is_true,
    listed,
    mapping,
    mappings,
    texts,
    whole_number,
)
from netful.model.network.protocols import TCP, UDP, number_of

_CHARACTERS = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
_DESCRIPTION = re.compile(r"[a-zA-Z0-9. _:/()#,@\[\]+=&;{}!$*-]{0,255}")
_DESCRIBED = f"Valid descriptions are strings less than 256 characters from the following set: {_CHARACTERS}"
_NAMED = _DESCRIBED.replace("descriptions", "names")
_ALLOWED = f"write less than 256 characters of the set `{_CHARACTERS}`"
_ENGINE = re.compile(r"(mysql|mariadb|postgres|aurora|oracle|sqlserver|db2|custom|docdb|neptune).*", re.IGNORECASE)
_INVALID, _COMBINATION, _ERROR = "InvalidParameterValue", "InvalidParameterCombination", "ValidationError"
_ARGUMENT = "InvalidArgument"


class RefusedValue(Frozen):
    """A property that AWS refuses: the code of the error, the reason, what to change, and AWS's own text, if it is known."""

    property: str
    code: str
    reason: str
    hint: str
    error: str = ""


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
    re.compile(r"(?!sg-).*", re.DOTALL | re.IGNORECASE),
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

_RANGES = {
    "client_keep_alive.seconds": (60, 604_800),
    "deregistration_delay.timeout_seconds": (0, 3_600),
    "idle_timeout.timeout_seconds": (1, 4_000),
    "stickiness.app_cookie.duration_seconds": (1, 604_800),
    "stickiness.lb_cookie.duration_seconds": (1, 604_800),
    "tcp.idle_timeout.seconds": (60, 6_000),
}
"""The least and the greatest value of attributes of load balancers, target groups and listeners."""
_CHECKS = {
    "HealthCheckIntervalSeconds": (5, 300),
    "HealthCheckTimeoutSeconds": (2, 120),
    "HealthyThresholdCount": (2, 10),
    "UnhealthyThresholdCount": (2, 10),
}
"""The least and the greatest value of properties of health checks."""

_VARIABLE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")
_IN_LETTERS = "write at least two letters of ASCII, digits or `_`, and begin with a letter"
_OWN_HEADERS = re.compile(
    r"cache-control|connection|content-length|cookie|host|if-.+|max-forwards|pragma|proxy-.+|range|request-range|te|trailer"
    r"|transfer-encoding|upgrade|via|x-amz-.+|x-edge-.+|x-real-ip",
    re.IGNORECASE,
)
_CERTIFICATES_AT = "us-east-1"
_FIFO = ".fifo"
_FIFO_NAME = "end the name in `.fifo` and make it FIFO, or neither"
_STORAGE_OF_SNAPSHOTS = 512
_LOCAL = ("", "localhost", "127.0.0.1", "::1")
_DISTRIBUTION = "AWS::CloudFront::Distribution"

_ATTRIBUTES = ("ListenerAttributes", "LoadBalancerAttributes", "TargetGroupAttributes")
_BALANCING = "AWS::ElasticLoadBalancingV2::"
_GREATEST_WEIGHT = 999
_LARGEST, _SMALLEST = 12, 22
"""The lengths of the prefix of a Client VPN's block."""
_COOKIES, _ADDRESSES = ("lb_cookie", "app_cookie"), ("source_ip",)
_STICKY = {"HTTP": _COOKIES, "HTTPS": _COOKIES, "TCP": _ADDRESSES, "UDP": _ADDRESSES, "TCP_UDP": _ADDRESSES}
"""The types of stickiness, by a target group's protocol."""
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
    if resource.type == "AWS::Lambda::Function":
        yield from _of_function(own)
    if resource.type.startswith(_BALANCING):
        yield from _of_balancing(own)
    config = own.get("DistributionConfig") if resource.type == _DISTRIBUTION else None
    if isinstance(config, Mapping):
        yield from _of_distribution(config)
    for one, is_refused in _PAIRS.get(resource.type, ()):
        if is_refused(own):
            yield one


def _of_form(type_: str, own: Mapping[str, Any]) -> Iterator[RefusedValue]:
    for one in _FORMS.get(type_, ()):
        value = own.get(one.property)
        if isinstance(value, str) and not one.form.fullmatch(value):
            reason = f"`{one.property}` has the value `{value}`"
            yield RefusedValue(one.property, one.code, reason, one.hint, one.error(value))


def _of_function(own: Mapping[str, Any]) -> Iterator[RefusedValue]:
    """Yield the names of environment variables that Lambda refuses."""
    for name in mapping(mapping(own.get("Environment")).get("Variables")):
        if not _VARIABLE.fullmatch(str(name)):
            reason = f"an environment variable has the name `{name}`"
            yield RefusedValue("Environment", "InvalidParameterValueException", reason, _IN_LETTERS)


def _of_balancing(own: Mapping[str, Any]) -> Iterator[RefusedValue]:
    """Yield the properties that load balancing refuses."""
    for name, (least, most) in _CHECKS.items():
        value = whole_number(own.get(name))
        if value is not None and not least <= value <= most:
            yield RefusedValue(name, _ERROR, f"`{name}` must be between {least} and {most}, not {value}", _IN_RANGE)
    for name in _ATTRIBUTES:
        for one in mappings(own.get(name)):
            value, (least, most) = whole_number(one.get("Value")), _RANGES.get(str(one.get("Key")), (0, 0))
            if most and value is not None and not least <= value <= most:
                reason = f"attribute `{one['Key']}` must be between {least} and {most}, not {value}"
                yield RefusedValue(name, _ERROR, reason, _IN_RANGE)
    for name in ("DefaultActions", "Actions"):
        for action in mappings(own.get(name)):
            forward = action.get("ForwardConfig")
            for group in mappings(forward.get("TargetGroups")) if isinstance(forward, Mapping) else ():
                weight = whole_number(group.get("Weight"))
                if weight is not None and not 0 <= weight <= _GREATEST_WEIGHT:
                    reason = f"weight {weight} is not between 0 and {_GREATEST_WEIGHT}"
                    yield RefusedValue(name, _ERROR, reason, _IN_RANGE)


def _of_distribution(config: Mapping[str, Any]) -> Iterator[RefusedValue]:
    """Yield the properties that CloudFront refuses."""
    for origin in mappings(config.get("Origins")):
        names = (str(one.get("HeaderName")) for one in mappings(origin.get("OriginCustomHeaders")))
        for name in filter(_OWN_HEADERS.fullmatch, names):
            reason = f"origin `{origin.get('Id')}` adds the header `{name}`"
            yield RefusedValue("DistributionConfig", _ARGUMENT, reason, "add a header with another name")
    shown = config.get("ViewerCertificate")
    arn = shown.get("AcmCertificateArn") if isinstance(shown, Mapping) else None
    parts = arn.split(":") if isinstance(arn, str) else []
    region = parts[3] if parts[1:3] == ["aws", "acm"] and len(parts) > 3 else _CERTIFICATES_AT
    if region != _CERTIFICATES_AT:
        reason = f"the viewers' certificate is in {region}"
        hint = f"use a certificate of ACM in {_CERTIFICATES_AT}"
        yield RefusedValue("DistributionConfig", "InvalidViewerCertificate", reason, hint)
    if texts(config.get("Aliases")) and is_true(mapping(shown).get("CloudFrontDefaultCertificate")):
        reason, hint = "it has aliases, and no certificate for them", f"name a certificate of ACM in {_CERTIFICATES_AT}"
        yield RefusedValue("DistributionConfig", "InvalidViewerCertificate", reason, hint)


_IN_RANGE = "set a value in this range"


def _several_nodes(own: Mapping[str, Any]) -> bool:
    return str(own.get("Engine")).lower() in ("redis", "valkey") and (whole_number(own.get("NumCacheNodes")) or 1) > 1


def _fails_alone(own: Mapping[str, Any]) -> bool:
    several = is_true(own.get("MultiAZEnabled")) or (whole_number(own.get("NumNodeGroups")) or 1) > 1
    return several and str(own.get("AutomaticFailoverEnabled")).lower() == "false"


def _slow_check(own: Mapping[str, Any]) -> bool:
    timeout, interval = (whole_number(own.get(f"HealthCheck{name}Seconds")) for name in ("Timeout", "Interval"))
    return timeout is not None and interval is not None and timeout > interval


def _unchecked(own: Mapping[str, Any]) -> bool:
    off = own.get("HealthCheckEnabled") is not None and str(own["HealthCheckEnabled"]).lower() == "false"
    return off and own.get("TargetType", "instance") in ("alb", "instance", "ip")


def _hides_clients_of_packets(own: Mapping[str, Any]) -> bool:
    written = {str(one.get("Key")): str(one.get("Value")) for one in mappings(own.get("TargetGroupAttributes"))}
    return written.get("preserve_client_ip.enabled") == "false" and own.get("Protocol") in ("UDP", "TCP_UDP")


def _sticks_otherwise(own: Mapping[str, Any]) -> bool:
    """Return whether clients are to stick to targets by a way that the protocol does not have."""
    written = {str(one.get("Key")): one.get("Value") for one in mappings(own.get("TargetGroupAttributes"))}
    way, protocol = written.get("stickiness.type"), own.get("Protocol")
    if not is_true(written.get("stickiness.enabled")) or not isinstance(way, str) or protocol is None:
        return False
    return way not in _STICKY.get(str(protocol), (way,))


def _checked_by_tcp(own: Mapping[str, Any]) -> bool:
    return own.get("HealthCheckProtocol") == "TCP" and own.get("Protocol") in ("HTTP", "HTTPS")


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


def _unfit_for_snapshots(own: Mapping[str, Any]) -> bool:
    storage = whole_number(mapping(own.get("EphemeralStorage")).get("Size")) or _STORAGE_OF_SNAPSHOTS
    mounts = bool(mappings(own.get("FileSystemConfigs")))
    on = mapping(own.get("SnapStart")).get("ApplyOn") == "PublishedVersions"
    return on and (mounts or storage > _STORAGE_OF_SNAPSHOTS)


def _asks_options(own: Mapping[str, Any]) -> bool:
    return "OPTIONS" in listed(mapping(own.get("Cors")).get("AllowMethods"))


def _certified_elsewhere(own: Mapping[str, Any]) -> bool:
    arn = own.get("CertificateArn")
    region = arn.split(":")[3] if isinstance(arn, str) and arn.startswith("arn:aws:acm:") else _CERTIFICATES_AT
    return region != _CERTIFICATES_AT


def _calls_back_in_the_clear(own: Mapping[str, Any]) -> bool:
    urls = (one for one in listed(own.get("CallbackURLs")) if isinstance(one, str))
    return any(one.startswith("http://") and host_of_url(one) not in _LOCAL for one in urls)


def _lacks_trust_store(own: Mapping[str, Any]) -> bool:
    clients = mapping(own.get("MutualAuthentication"))
    return clients.get("Mode") == "verify" and clients.get("TrustStoreArn") is None


_Pair = tuple[RefusedValue, Callable[[Mapping[str, Any]], bool]]
_PAIRS: Mapping[str, tuple[_Pair, ...]] = {
    "AWS::ApiGateway::DomainName": (
        (
            RefusedValue(
                "CertificateArn",
                "BadRequestException",
                "the certificate of an edge-optimized domain is in another Region",
                f"use a certificate of ACM in {_CERTIFICATES_AT}, or `RegionalCertificateArn` and the endpoint type REGIONAL",
            ),
            _certified_elsewhere,
        ),
    ),
    "AWS::Cognito::UserPoolClient": (
        (
            RefusedValue(
                "CallbackURLs",
                "InvalidParameterException",
                "a URL for the browser's way back is of HTTP, and not at `localhost`",
                "use a URL of HTTPS",
            ),
            _calls_back_in_the_clear,
        ),
    ),
    "AWS::Lambda::Alias": (
        (
            RefusedValue(
                "ProvisionedConcurrencyConfig",
                "InvalidParameterValueException",
                "it has provisioned concurrency for `$LATEST`",
                "name the number of a version in `FunctionVersion`",
                "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
            ),
            lambda own: own.get("FunctionVersion") == "$LATEST" and bool(own.get("ProvisionedConcurrencyConfig")),
        ),
    ),
    "AWS::Lambda::Function": (
        (
            RefusedValue(
                "SnapStart",
                "InvalidParameterValueException",
                f"SnapStart has no file systems, and at most {_STORAGE_OF_SNAPSHOTS} MB in `/tmp`",
                f"leave `SnapStart` out, or the file systems and more than {_STORAGE_OF_SNAPSHOTS} MB",
            ),
            _unfit_for_snapshots,
        ),
    ),
    "AWS::Lambda::Url": (
        (
            RefusedValue(
                "Cors",
                "ValidationException",
                "`AllowMethods` has OPTIONS, which is longer than 6 letters",
                "leave OPTIONS out: Lambda answers preflights itself",
            ),
            _asks_options,
        ),
    ),
    "AWS::SNS::Topic": (
        (
            RefusedValue(
                "TopicName",
                "InvalidParameter",
                "FIFO topics, and no others, have names that end in `.fifo`",
                _FIFO_NAME,
            ),
            _ends_otherwise("FifoTopic", "TopicName"),
        ),
    ),
    "AWS::SQS::Queue": (
        (
            RefusedValue(
                "QueueName", _INVALID, "FIFO queues, and no others, have names that end in `.fifo`", _FIFO_NAME
            ),
            _ends_otherwise("FifoQueue", "QueueName"),
        ),
    ),
    "AWS::EC2::NatGateway": (
        (
            RefusedValue(
                "AllocationId",
                "MissingParameter",
                "a public NAT gateway has no Elastic IP",
                "set `AllocationId`, or `ConnectivityType: private`",
                "The request must contain the parameter AllocationId",
            ),
            _lacks_address,
        ),
        (
            RefusedValue(
                "ConnectivityType", _COMBINATION, "a regional NAT gateway is private", "leave `ConnectivityType` out"
            ),
            lambda own: own.get("AvailabilityMode") == "regional" and own.get("ConnectivityType") == "private",
        ),
    ),
    "AWS::EC2::NetworkAclEntry": (
        (
            RefusedValue("PortRange", _INVALID, "the port range must be specified for TCP and UDP", "set `PortRange`"),
            lambda own: number_of(str(own.get("Protocol"))) in (TCP, UDP) and own.get("PortRange") is None,
        ),
    ),
    "AWS::EC2::Route": (
        (
            RefusedValue(
                "EgressOnlyInternetGatewayId",
                _INVALID,
                "an egress-only internet gateway is for IPv6 destinations",
                "route IPv4 to a NAT gateway",
                "an egress-only internet gateway is for IPv6 destinations",
            ),
            lambda own: bool(own.get("EgressOnlyInternetGatewayId") and own.get("DestinationCidrBlock")),
        ),
    ),
    "AWS::EC2::ClientVpnEndpoint": (
        (
            RefusedValue(
                "ClientCidrBlock",
                _INVALID,
                "the block of its clients is not of a size from /22 to /12",
                "set a block from /22 to /12",
            ),
            _clients_of_other_size,
        ),
    ),
    "AWS::EC2::PrefixList": (
        (
            RefusedValue("Entries", _INVALID, "it has more entries than `MaxEntries`", "set a greater `MaxEntries`"),
            _too_many_entries,
        ),
        (
            RefusedValue(
                "Entries", _INVALID, "an entry is not of its `AddressFamily`", "make a list for each address family"
            ),
            _entries_of_other_family,
        ),
    ),
    "AWS::ElastiCache::CacheCluster": (
        (
            RefusedValue(
                "NumCacheNodes",
                _INVALID,
                "a Redis cluster has a `NumCacheNodes` greater than 1",
                "set `NumCacheNodes: 1`, or make a replication group",
                "Cannot create a Redis cluster with a NumCacheNodes parameter greater than 1.",
            ),
            _several_nodes,
        ),
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        (
            RefusedValue(
                "AutomaticFailoverEnabled",
                _COMBINATION,
                "it has several zones or shards, and no automatic failover",
                "set `AutomaticFailoverEnabled: true`",
            ),
            _fails_alone,
        ),
        (
            RefusedValue(
                "AutomaticFailoverEnabled",
                _COMBINATION,
                "automatic failover requires at least 2 cache clusters",
                "set `NumCacheClusters: 2`, or no automatic failover",
                "When using automatic failover, there must be at least 2 cache clusters in the replication group.",
            ),
            lambda own: is_true(own.get("AutomaticFailoverEnabled")) and whole_number(own.get("NumCacheClusters")) == 1,
        ),
    ),
    f"{_BALANCING}Listener": (
        (
            RefusedValue(
                "MutualAuthentication",
                _ERROR,
                "it verifies the certificates of clients, and has no trust store",
                "set `TrustStoreArn`, or `Mode: passthrough`",
            ),
            _lacks_trust_store,
        ),
    ),
    f"{_BALANCING}TargetGroup": (
        (
            RefusedValue(
                "TargetGroupAttributes",
                "InvalidConfigurationRequest",
                "the protocol of the group does not have its `stickiness.type`",
                "set `lb_cookie` or `app_cookie` for HTTP and HTTPS, and `source_ip` for TCP and UDP",
            ),
            _sticks_otherwise,
        ),
        (
            RefusedValue(
                "Protocol",
                _ERROR,
                "a group whose target is an application load balancer has the protocol TCP",
                "set `Protocol: TCP`",
            ),
            lambda own: (
                own.get("TargetType") == "alb" and own.get("Protocol", "TCP") in ("UDP", "TCP_UDP", "HTTP", "HTTPS")
            ),
        ),
        (
            RefusedValue(
                "Targets",
                _ERROR,
                "it has several functions",
                "make a target group for each function; a listener's action forwards to several",
            ),
            lambda own: own.get("TargetType") == "lambda" and len(mappings(own.get("Targets"))) > 1,
        ),
        (
            RefusedValue(
                "HealthCheckTimeoutSeconds",
                _ERROR,
                "the timeout of health checks is longer than their interval",
                "set a shorter `HealthCheckTimeoutSeconds`",
            ),
            _slow_check,
        ),
        (
            RefusedValue(
                "HealthCheckEnabled",
                _ERROR,
                "health checks are off, and its targets are no functions",
                "set `HealthCheckEnabled: true`",
            ),
            _unchecked,
        ),
        (
            RefusedValue(
                "HealthCheckProtocol",
                _ERROR,
                "health checks of a group of HTTP or HTTPS cannot be by TCP",
                "set `HealthCheckProtocol: HTTP`",
            ),
            _checked_by_tcp,
        ),
        (
            RefusedValue(
                "TargetGroupAttributes",
                _ERROR,
                "targets of UDP always see their clients' addresses",
                "leave `preserve_client_ip.enabled` out",
            ),
            _hides_clients_of_packets,
        ),
    ),
}
"""By type, the refused properties, and whether these properties exclude each other."""
