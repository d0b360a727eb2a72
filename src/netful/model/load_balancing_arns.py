"""ARNs in load balancing: derived, so that a prediction, a restart and a running stack agree (control-plane §3.6).

| thing | after `arn:PARTITION:elasticloadbalancing:REGION:ACCOUNT:` |
|---|---|
| load balancer | `loadbalancer/app/NAME/HEX` (`net`, `gwy`) |
| target group | `targetgroup/NAME/HEX` |
| listener | `listener/app/NAME/HEX/HEX` |
| rule | `listener-rule/app/NAME/HEX/HEX/HEX` |
| trust store | `truststore/NAME/HEX` |

Resources have the ARNs that `Cloud.aws_ids` gives them. Things of a cloud without resources get ARNs of the same form here.
"""

from collections.abc import Mapping
from hashlib import sha256

from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.names.generated.load_balancer_dns import number_of

_LABELS = {LoadBalancerType.APPLICATION: "app", LoadBalancerType.NETWORK: "net", LoadBalancerType.GATEWAY: "gwy"}
BALANCERS, GROUPS, LISTENERS, RULES = "load_balancers", "target_groups", "listeners", "listener_rules"
TRUST_STORES = "trust_stores"
PREFIXES = {BALANCERS: "loadbalancer/", GROUPS: "targetgroup/", LISTENERS: "listener/", RULES: "listener-rule/",
            TRUST_STORES: "truststore/"}  # fmt: skip
_HEX = 16
ALLOWED_NAME = 32
"""Characters of the name of a load balancer or a target group."""

Arns = Mapping[str, Mapping[str, str]]
"""ARNs by the part of the cloud, then by the id in it."""


def arns(cloud: Cloud) -> Arns:
    """Return the ARNs of everything in load balancing but classic load balancers, which have none."""
    return cloud.derived("ARNs of load balancing", lambda: _arns(cloud))


def _arns(cloud: Cloud) -> Arns:
    own, ids = cloud.balancing, cloud.aws_ids
    start = cloud.arn("elasticloadbalancing", "")
    balancers = {
        one.id: one.arn
        or ids.get(one.id)
        or start + path(BALANCERS, one.id, f"{_LABELS[one.type]}/{_plain(one.name)}", number_of(one.id))
        for one in own.load_balancers.values()
        if one.type in _LABELS
    }
    groups = {
        one.id: one.arn or ids.get(one.id) or start + path(GROUPS, one.id, _group_name(cloud, one.id))
        for one in own.target_groups.values()
    }
    listeners = {
        one.id: ids.get(one.id) or start + path(LISTENERS, one.id, _end(balancers[str(one.load_balancer_id)]))
        for one in own.listeners.values()
        if str(one.load_balancer_id) in balancers
    }
    rules = {
        one.id: ids.get(one.id) or start + path(RULES, one.id, _end(listeners[str(one.listener_id)]))
        for one in own.listener_rules.values()
        if str(one.listener_id) in listeners
    }
    stores = {one: ids.get(one) or start + path(TRUST_STORES, one, _plain(one)) for one in own.trust_stores}
    return {BALANCERS: balancers, GROUPS: groups, LISTENERS: listeners, RULES: rules, TRUST_STORES: stores}


def path(part: str, id_: str, within: str, number: str = "") -> str:
    """Return the end of an ARN: an id of this form itself, else the place within which it is, and a hash."""
    prefix = PREFIXES[part]
    return id_ if id_.startswith(prefix) else f"{prefix}{within}/{number or hashed(id_)}"


def default_rule(listener_arn: str) -> str:
    """Return the ARN of a listener's default rule."""
    return f"{listener_arn.replace(':listener/', ':listener-rule/')}/{hashed(listener_arn)}"


def full_name(balancer_arn: str) -> str:
    """Return a load balancer's `app/NAME/HEX`, by which its interfaces are found."""
    return balancer_arn.partition(":loadbalancer/")[2]


def _plain(name: str) -> str:
    """Return a name without the character that separates the parts of an ARN."""
    return name.replace("/", "-")


def name_in(arn: str) -> str:
    """Return the name of a load balancer or a target group in its ARN."""
    return arn.split("/")[-2]


def _group_name(cloud: Cloud, group_id: str) -> str:
    """Return the name of a target group of a template: as written, else by its id."""
    resource = cloud.template.resources.get(group_id)
    name = resource.properties.get("Name") if resource else None
    return _plain(name if isinstance(name, str) else group_id)


def hashed(text: str) -> str:
    """Return 16 hexadecimal digits that follow from a text."""
    return sha256(text.encode()).hexdigest()[:_HEX]


def _end(arn: str) -> str:
    """Return what follows the type in an ARN."""
    return arn.split(":", 5)[5].partition("/")[2]
