"""ARNs that are the ids of resources: of load balancing, WAF, network firewalls and ECS, and of the versions of layers."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from netful.model.core import Frozen
from netful.model.names.arns import aws_arn
from netful.model.names.generated.id_forms import is_uuid, uuid_of

Property = Callable[[str], Any]
"""Returns a property of a resource."""

_NO_LABEL, _LONGEST_LABEL = re.compile(r"[^A-Za-z0-9-]+"), 32


class _Arns(Frozen):
    """ARNs in a region of an account. Clients find a load balancer's nodes by the end of its ARN."""

    account_id: str
    region: str

    def of(self, kind: str, name: str, property_: Property) -> str:
        """Return the ARN of a resource."""
        if kind in _WAF:
            return self.waf(_WAF[kind], name, property_)
        if kind in _OTHERS:
            return _OTHERS[kind](self, name, property_)
        made = name.partition("/")[0] in _MADE  # the API's: their names are the ends of their ARNs
        return self._arn(name) if made else _BALANCING[kind](self, name, property_)

    def waf(self, path: str, name: str, property_: Property) -> str:
        scope = "global" if property_("Scope") == "CLOUDFRONT" else "regional"
        end = name if is_uuid(name) else uuid_of(f"{self.account_id}/{self.region}/{path}/{name}")
        return self._arn(f"{scope}/{path}/{_label(property_, name)}/{end}", "wafv2")

    def layer_version(self, name: str, property_: Property) -> str:
        given = property_("LayerName")
        label = given if isinstance(given, str) else _NO_LABEL.sub("-", name)
        return self._arn(f"layer:{label}:{property_('Version') or 1}", "lambda")

    def network_firewall(self, path: str, named_by: str, name: str, property_: Property) -> str:
        if name.startswith("arn:"):  # of a described account
            return name
        given = property_(named_by)
        return self._arn(f"{path}/{given if isinstance(given, str) else name}", "network-firewall")

    def firewall(self, name: str, property_: Property) -> str:
        return self.network_firewall("firewall", "FirewallName", name, property_)

    def firewall_policy(self, name: str, property_: Property) -> str:
        return self.network_firewall("firewall-policy", "FirewallPolicyName", name, property_)

    def firewall_rule_group(self, name: str, property_: Property) -> str:
        kind = "stateless" if property_("Type") == "STATELESS" else "stateful"
        return self.network_firewall(f"{kind}-rulegroup", "RuleGroupName", name, property_)

    def service(self, name: str, property_: Property) -> str:
        cluster, given = str(property_("Cluster") or "default").rpartition("/")[2], property_("ServiceName")
        return self._arn(f"service/{cluster}/{given if isinstance(given, str) else name}", "ecs")

    def task_definition(self, name: str, property_: Property) -> str:
        given, replaced = property_("Family"), name.partition("/")[2]  # see `identity.seed`
        revision = property_("Revision") or 1 + (int(replaced) if replaced.isdecimal() else 0)
        return self._arn(f"task-definition/{given if isinstance(given, str) else name}:{revision}", "ecs")

    def balancer(self, name: str, property_: Property) -> str:
        kind = _KINDS.get(str(property_("Type")), "app")
        return self._given(property_, "LoadBalancerArn") or self._arn(
            f"loadbalancer/{kind}/{_label(property_, name)}/{_hex(name)}"
        )

    def target_group(self, name: str, property_: Property) -> str:
        return self._given(property_, "TargetGroupArn") or self._arn(
            f"targetgroup/{_label(property_, name)}/{_hex(name)}"
        )

    def listener(self, name: str, property_: Property) -> str:
        given = self._given(property_, "ListenerArn")
        return given or self._below(property_("LoadBalancerArn"), "loadbalancer", "listener", name)

    def rule(self, name: str, property_: Property) -> str:
        given = self._given(property_, "RuleArn")
        return given or self._below(property_("ListenerArn"), "listener", "listener-rule", name)

    def trust_store(self, name: str, property_: Property) -> str:
        return self._given(property_, "TrustStoreArn") or self._arn(
            f"truststore/{_label(property_, name)}/{_hex(name)}"
        )

    def _given(self, property_: Property, name: str) -> str:
        """Return the ARN of a resource of a described account, "" for one of a template."""
        given = property_(name)
        return given if isinstance(given, str) else ""

    def _below(self, above: Any, kind: str, own: str, name: str) -> str:
        """Return the ARN of what belongs to a load balancer or a listener; one that is not known gives `app/NAME`."""
        _, found, end = str(above).partition(f":{kind}/")
        return self._arn(f"{own}/{end if found else f'app/{_hex(str(above))}'}/{_hex(name)}")

    def _arn(self, end: str, service: str = "elasticloadbalancing") -> str:
        return aws_arn(service, self.region, self.account_id, end)


_KINDS = {"network": "net", "gateway": "gwy"}
_MADE = ("loadbalancer", "targetgroup", "listener", "listener-rule", "truststore")
_BALANCING: Mapping[str, Callable[[_Arns, str, Property], str]] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _Arns.balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _Arns.target_group,
    "AWS::ElasticLoadBalancingV2::Listener": _Arns.listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _Arns.rule,
    "AWS::ElasticLoadBalancingV2::TrustStore": _Arns.trust_store,
}
_WAF: Mapping[str, str] = {
    "AWS::WAFv2::IPSet": "ipset",
    "AWS::WAFv2::RegexPatternSet": "regexpatternset",
    "AWS::WAFv2::RuleGroup": "rulegroup",
    "AWS::WAFv2::WebACL": "webacl",
}
_OTHERS: Mapping[str, Callable[[_Arns, str, Property], str]] = {
    "AWS::ECS::Service": _Arns.service,
    "AWS::ECS::TaskDefinition": _Arns.task_definition,
    "AWS::Lambda::LayerVersion": _Arns.layer_version,
    "AWS::NetworkFirewall::Firewall": _Arns.firewall,
    "AWS::NetworkFirewall::FirewallPolicy": _Arns.firewall_policy,
    "AWS::NetworkFirewall::RuleGroup": _Arns.firewall_rule_group,
}
WAF_TYPES, BALANCING_TYPES = frozenset(_WAF), frozenset(_BALANCING)
ARN_TYPES = BALANCING_TYPES | WAF_TYPES | frozenset(_OTHERS)
"""The types whose ids are ARNs that have parts of their properties."""


def arn_of(kind: str, account_id: str, region: str, name: str, property_: Property) -> str:
    """Return the ARN of a resource of one of these types."""
    return _Arns(account_id, region).of(kind, name, property_)


def is_balancing_arn(kind: str, text: str) -> bool:
    """Return whether a text may be the ARN that AWS gave to a resource of a type of load balancing."""
    parts, ends = text.split(":", 5), dict(zip(_BALANCING, _MADE, strict=True))
    return text.startswith("arn:") and len(parts) == 6 and parts[5].partition("/")[0] == ends.get(kind)


def rule_path(bus: object, name: str) -> str:
    """Return a rule of EventBridge as its ARN has it: its name, after that of a bus other than the default."""
    own = str(bus or "default").rpartition("/")[2]
    return name if own == "default" else f"{own}/{name}"


def _label(property_: Property, name: str) -> str:
    """Return the name of a thing in its ARN."""
    given = property_("Name")
    return given if isinstance(given, str) else _NO_LABEL.sub("-", name)[:_LONGEST_LABEL].strip("-")


def _hex(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:16]
