"""Load balancers: listeners, rules, target groups (spec: api-gateway §ALB; vpc-network §2.6)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import field

from netful.model.balancing.mutual_authentication import OFF, MutualAuthentication
from netful.model.core import Frozen, Identified, Maybe, whole_number


class LoadBalancerType(StrEnum):
    """AWS's `Type`; a classic one has none."""

    CLASSIC = "classic"
    APPLICATION = "application"
    NETWORK = "network"
    GATEWAY = "gateway"


WITHOUT_PUBLIC_IPV4 = "dualstack-without-public-ipv4"
"""The address type of a load balancer that faces the internet by IPv6 alone."""


class LoadBalancer(Identified):
    """A load balancer. Its nodes are the interfaces with `owner_id` = its id, one per subnet.

    `attributes` are AWS's key-value pairs as written. `cross_zone`: a node also uses targets of other zones.
    `enforce_inbound_rules_on_private_link` is an NLB setting: False exempts traffic through PrivateLink (VPC links
    too) from the NLB's groups.
    """

    name: str
    dns_name: str
    type: LoadBalancerType
    internal: bool
    vpc_id: Maybe[str] | None = None
    subnet_ids: tuple[Maybe[str], ...] = ()
    security_group_ids: tuple[Maybe[str], ...] = ()
    cross_zone: bool = True
    enforce_inbound_rules_on_private_link: bool = True
    ip_address_type: str = "ipv4"
    attributes: Mapping[str, str] = field(default_factory=dict)
    arn: str = ""

    def is_named(self, host: str) -> bool:
        """Return whether a host name is its own, with an optional `dualstack.` prefix (as in console and CDK aliases)."""
        return self.zone_named(host) is not None

    def zone_named(self, host: str) -> str | None:
        """Return the zone prefix of a network load balancer's name, "" without one; None if the name is another's."""
        name, own = host.lower().rstrip(".").removeprefix("dualstack."), self.dns_name.lower()
        if name == own:
            return ""
        zone, _, rest = name.partition(".")
        return zone if rest == own and self.type is LoadBalancerType.NETWORK else None


class Action(Frozen):
    """An action of a listener or a rule: `forward`, `redirect`, `fixed-response`, `authenticate-…`.

    `config` is AWS's own configuration of the action, as written.
    """

    type: str
    target_group_ids: tuple[Maybe[str], ...] = ()
    weights: tuple[int, ...] = ()
    config: Maybe[dict[str, Any]] | None = None


class Listener(Identified):
    """A port that a load balancer listens on. `attributes` are AWS's key-value pairs as written."""

    load_balancer_id: Maybe[str]
    port: Maybe[int]
    protocol: str
    default_actions: tuple[Action, ...] = ()
    certificates: tuple[Maybe[str], ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    mutual_authentication: MutualAuthentication = OFF

    @property
    def default_group_ids(self) -> list[str]:
        """The target groups of its default actions."""
        return [str(id_) for action in self.default_actions for id_ in action.target_group_ids]


CONDITION_CONFIGS = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
"""The members that contain the values of a rule's condition in AWS's format, besides `Values`."""


class RuleCondition(Frozen):
    """One condition of a rule: `host-header`, `path-pattern`, `http-header`, `query-string`, … `name` is a header's.

    It holds if any of its `values`, which have wildcards, or of its `regexes` matches. For a query, a value is
    `KEY=VALUE` or `VALUE`.
    """

    field: str
    values: tuple[Maybe[str], ...] = ()
    name: str = ""
    regexes: tuple[Maybe[str], ...] = ()


class ListenerRule(Identified):
    """A rule of an ALB's listener. The lowest priority comes first; all conditions must hold."""

    listener_id: Maybe[str]
    priority: int
    conditions: tuple[RuleCondition, ...] = ()
    actions: tuple[Action, ...] = ()
    transforms: tuple[Any, ...] = ()


_NOT_IN_USE = "Target.NotInUse"


class Target(Frozen):
    """A registered target: an instance, an address, a function or an ALB. `health` is AWS's word, "" if unknown."""

    id: Maybe[str]
    port: Maybe[int] | None = None
    availability_zone: str = ""
    health: str = ""
    reason: str = ""

    @property
    def receives(self) -> bool:
        """Return whether new connections may go to it, even if no target is healthy. One of a group that no listener had may."""
        return "draining" not in self.health and (self.health != "unused" or self.reason == _NOT_IN_USE)


class Registration(Frozen):
    """A service or a fleet that registers its members as targets. `port`: None means the group's own port.

    `last_port`: ECS uses a port from `port` to this one; None means that it is `port`.
    """

    id: str
    port: Maybe[int] | None = None
    last_port: int | None = None


class TargetGroup(Identified):
    """A group of targets. `registered_by` is the resource that registers targets, if the template defines one.

    `empty`: the template states that it has no targets. `health_check_enabled` and the times of a check (seconds) are
    None for AWS's default, which depends on the type.
    """

    target_type: str = "instance"
    protocol: str = ""
    port: Maybe[int] | None = None
    vpc_id: Maybe[str] | None = None
    targets: tuple[Target, ...] = ()
    registered_by: tuple[Registration, ...] = ()
    empty: bool = False
    preserve_client_ip: bool | None = None
    health_check_protocol: str = ""
    health_check_port: str = "traffic-port"
    health_check_path: str = "/"
    health_check_enabled: bool | None = None
    health_check_interval: int | None = None
    health_check_timeout: int | None = None
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    matcher: str = "200"
    protocol_version: str = "HTTP1"
    ip_address_type: str = "ipv4"
    attributes: Mapping[str, str] = field(default_factory=dict)
    arn: str = ""

    @property
    def ip_version(self) -> int:
        """The family of the addresses of its targets."""
        return 6 if self.ip_address_type == "ipv6" else 4

    @property
    def shows_clients(self) -> bool:
        """Return whether targets of a network load balancer see the client's address.

        By default targets of type `ip` with TCP or TLS do not.
        """
        if self.preserve_client_ip is not None:
            return self.preserve_client_ip
        return self.target_type != "ip" or "UDP" in self.protocol

    @property
    def targets_in_use(self) -> tuple[Target, ...]:
        """The healthy targets; all that may receive connections if none is known to be healthy."""
        healthy = tuple(target for target in self.targets if target.health == "healthy")
        return healthy or tuple(target for target in self.targets if target.receives)

    def expects(self, status: int) -> bool:
        """Return whether a health check accepts a status: `Matcher` has codes and ranges of them."""
        ranges = (part.strip().partition("-") for part in self.matcher.split(","))
        bounds = ((whole_number(first), whole_number(last or first)) for first, _, last in ranges)
        return any(least is not None and most is not None and least <= status <= most for least, most in bounds)

    @property
    def has_proxy_protocol(self) -> bool:
        """Return whether a network load balancer sends the proxy protocol's header before the client's data."""
        return self.attributes.get("proxy_protocol_v2.enabled") == "true"


def crosses_zones(balancer: LoadBalancer, group: TargetGroup) -> bool:
    """Return whether a node uses a group's targets in other zones.

    The group's setting comes before the load balancer's.
    """
    own = group.attributes.get("load_balancing.cross_zone.enabled", "use_load_balancer_configuration")
    return own == "true" if own in ("true", "false") else balancer.cross_zone


def ends_connections(groups: Mapping[str, TargetGroup], listener: Listener) -> bool:
    """Return whether a network load balancer's listener terminates clients' connections and opens its own to targets.

    It does so for TLS, to send the proxy protocol's header, and for targets with IPv6 addresses; other packets are forwarded.
    """
    own = [groups[id_] for id_ in listener.default_group_ids if id_ in groups]
    opened = any(group.has_proxy_protocol or group.ip_version == 6 for group in own)
    return listener.protocol == "TLS" or (opened and listener.protocol == "TCP")
