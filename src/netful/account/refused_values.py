"""Values of properties that AWS refuses, whether a call or a template has them. A value that is not known is never one.

| table | a resource is refused if |
|---|---|
| `_FORMS` | a text has another form |
| `_RANGES` | an attribute of load balancing is outside of its range |
| `_PAIRS` | two of its properties exclude each other |
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.mismatch import Mismatch
from netful.model.core import Frozen, Resource, is_true, mappings, whole_number
from netful.model.network.protocols import TCP, UDP, number_of

_CHARACTERS = "a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*"
_DESCRIPTION = re.compile(r"[a-zA-Z0-9. _:/()#,@\[\]+=&;{}!$*-]{0,255}")
_DESCRIBED = f"Valid descriptions are strings less than 256 characters from the following set: {_CHARACTERS}"
_ENGINE = re.compile(r"(mysql|mariadb|postgres|aurora|oracle|sqlserver|db2|custom|docdb|neptune).*", re.IGNORECASE)
_INVALID, _COMBINATION, _ERROR = "InvalidParameterValue", "InvalidParameterCombination", "ValidationError"


class _Form(Frozen):
    """The form of a text in a property, and the error for another one: a format whose value is the text."""

    property: str
    form: re.Pattern[str]
    text: str


_RULE = _Form("Description", _DESCRIPTION, f"Invalid rule description. {_DESCRIBED}")
_NODES = _Form("CacheNodeType", re.compile(r"cache\..+"), "Invalid Cache Node Type: {}")
_ENGINES = _Form("Engine", _ENGINE, "Invalid DB engine: {}")
_FORMS: Mapping[str, tuple[_Form, ...]] = {
    "AWS::EC2::SecurityGroup": (
        _Form("GroupDescription", _DESCRIPTION, f"Invalid security group description. {_DESCRIBED}"),
    ),
    "AWS::EC2::SecurityGroupEgress": (_RULE,),
    "AWS::EC2::SecurityGroupIngress": (_RULE,),
    "AWS::ElastiCache::CacheCluster": (_NODES,),
    "AWS::ElastiCache::ReplicationGroup": (_NODES,),
    "AWS::RDS::DBCluster": (_ENGINES,),
    "AWS::RDS::DBInstance": (
        _ENGINES,
        _Form("DBInstanceClass", re.compile(r"db\..+"), "Invalid DB Instance class: {}"),
    ),
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

_ATTRIBUTES = ("ListenerAttributes", "LoadBalancerAttributes", "TargetGroupAttributes")
_BALANCING = "AWS::ElasticLoadBalancingV2::"
_GREATEST_WEIGHT = 999


def refused_values(resource: Resource) -> Iterator[Mismatch]:
    """Yield a resource for each value that AWS refuses."""
    own = resource.properties
    for one in _FORMS.get(resource.type, ()):
        value = own.get(one.property)
        if isinstance(value, str) and not one.form.fullmatch(value):
            yield Mismatch(resource.id, _INVALID, one.text.format(value))
    if resource.type == "AWS::EC2::SecurityGroup":
        for rule in (*mappings(own.get("SecurityGroupIngress")), *mappings(own.get("SecurityGroupEgress"))):
            yield from refused_values(Resource(resource.id, "AWS::EC2::SecurityGroupIngress", dict(rule)))
    if resource.type.startswith(_BALANCING):
        yield from (Mismatch(resource.id, _ERROR, text) for text in _of_balancing(own))
    code, refused, text = _PAIRS.get(resource.type, ("", _never, ""))
    if refused(own):
        yield Mismatch(resource.id, code, text)


def _of_balancing(own: Mapping[str, Any]) -> Iterator[str]:
    """Yield the reasons why load balancing refuses properties."""
    for attribute in (one for name in _ATTRIBUTES for one in mappings(own.get(name))):
        value, (least, most) = whole_number(attribute.get("Value")), _RANGES.get(str(attribute.get("Key")), (0, 0))
        if most and value is not None and not least <= value <= most:
            yield f"Attribute '{attribute['Key']}' must be between {least} and {most}, not '{value}'"
    for action in (*mappings(own.get("DefaultActions")), *mappings(own.get("Actions"))):
        forward = action.get("ForwardConfig")
        for group in mappings(forward.get("TargetGroups")) if isinstance(forward, Mapping) else ():
            weight = whole_number(group.get("Weight"))
            if weight is not None and not 0 <= weight <= _GREATEST_WEIGHT:
                yield f"Weight '{weight}' must be between 0 and {_GREATEST_WEIGHT}"


def _never(_own: Mapping[str, Any]) -> bool:
    return False


def _without_ports(own: Mapping[str, Any]) -> bool:
    return number_of(str(own.get("Protocol"))) in (TCP, UDP) and own.get("PortRange") is None


def _several_nodes(own: Mapping[str, Any]) -> bool:
    return str(own.get("Engine")).lower() in ("redis", "valkey") and (whole_number(own.get("NumCacheNodes")) or 1) > 1


def _failover_of_one(own: Mapping[str, Any]) -> bool:
    return is_true(own.get("AutomaticFailoverEnabled")) and whole_number(own.get("NumCacheClusters")) == 1


def _slow_check(own: Mapping[str, Any]) -> bool:
    timeout, interval = (whole_number(own.get(f"HealthCheck{name}Seconds")) for name in ("Timeout", "Interval"))
    return timeout is not None and interval is not None and timeout > interval


_PAIRS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], bool], str]] = {
    "AWS::EC2::NetworkAclEntry": (_INVALID, _without_ports, "The port range must be specified for TCP and UDP"),
    "AWS::ElastiCache::CacheCluster": (
        _INVALID,
        _several_nodes,
        "Cannot create a Redis cluster with a NumCacheNodes parameter greater than 1.",
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        _COMBINATION,
        _failover_of_one,
        "When using automatic failover, there must be at least 2 cache clusters in the replication group.",
    ),
    f"{_BALANCING}TargetGroup": (
        _ERROR,
        _slow_check,
        "The timeout of health checks must be smaller than or equal to their interval",
    ),
}
"""By type, the code of the error, the properties that exclude each other, and the text."""
