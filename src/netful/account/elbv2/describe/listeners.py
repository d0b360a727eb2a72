"""Listeners and rules as `DescribeListeners` and `DescribeRules` return them."""

from collections.abc import Iterator
from typing import Any

from netful.account.elbv2.describe.actions import actions, conditions
from netful.account.elbv2.view import View
from netful.model.balancing.load_balancers import Listener
from netful.model.core import Unknown
from netful.model.load_balancing_arns import BALANCERS, LISTENERS, RULES, TRUST_STORES, default_rule

SECURE = ("HTTPS", "TLS")
"""Protocols of listeners that have certificates."""
DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"


def listener(view: View, listener: Listener, arn: str) -> dict[str, Any]:
    """Return the record of a listener."""
    secure = listener.protocol in SECURE
    policy = view.written(listener.id, "SslPolicy")
    return {
        "ListenerArn": arn,
        "LoadBalancerArn": view.arn(BALANCERS, listener.load_balancer_id),
        "Port": listener.port if isinstance(listener.port, int) else None,
        "Protocol": listener.protocol,
        "Certificates": certificates(view, listener)[:1],
        "SslPolicy": policy or (DEFAULT_POLICY if secure else None),
        "DefaultActions": actions(view, listener.default_actions),
        "AlpnPolicy": view.written(listener.id, "AlpnPolicy"),
        "MutualAuthentication": _mutual_authentication(view, listener),
    }


def _mutual_authentication(view: View, listener: Listener) -> dict[str, Any] | None:
    written = view.written(listener.id, "MutualAuthentication")
    if isinstance(written, Unknown):
        return None
    if not written:
        return {"Mode": "off"} if listener.protocol == "HTTPS" else None
    store = view.arn(TRUST_STORES, listener.mutual_authentication.trust_store_id)
    return {**written, "TrustStoreArn": store} if store else dict(written)


def certificates(view: View, listener: Listener) -> list[dict[str, Any]]:
    """Return the certificates of a listener, the default one first."""
    arns = [view.certificate_arn(one) for one in listener.certificates]
    return [{"CertificateArn": arn} for arn in arns if arn is not None]


def rules(view: View) -> Iterator[dict[str, Any]]:
    """Yield the rules of all listeners, lowest priority first, and each listener's default rule after its own."""
    for listener in view.cloud.balancing.listeners.values():
        listener_arn = view.arn(LISTENERS, listener.id)
        if listener_arn is None:
            continue
        for rule in sorted(view.cloud.balancing.rules_of(listener.id), key=lambda one: one.priority):
            yield {
                "RuleArn": view.arn(RULES, rule.id),
                "ListenerArn": listener_arn,
                "Priority": str(rule.priority),
                "Conditions": conditions(rule.conditions),
                "Actions": actions(view, rule.actions),
                "IsDefault": False,
                "Transforms": view.written(rule.id, "Transforms") or [*rule.transforms],
            }
        yield {
            "RuleArn": default_rule(listener_arn),
            "ListenerArn": listener_arn,
            "Priority": "default",
            "Conditions": [],
            "Actions": actions(view, listener.default_actions),
            "IsDefault": True,
            "Transforms": [],
        }
