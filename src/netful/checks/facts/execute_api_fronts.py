"""Load balancers in front of the execute-api endpoint: access to a private API from other networks (api-gateway §2.5)."""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Certainty
from netful.engine.names.api_names import endpoints_of
from netful.model.balancing.load_balancers import Listener, LoadBalancer, TargetGroup
from netful.model.core import Frozen, Unknown
from netful.model.network.vpc_endpoints import VpcEndpoint

_HTTPS = 443


class Front(Frozen):
    """A listener that forwards to a target group of the endpoint's addresses."""

    balancer: LoadBalancer
    listener: Listener
    group: TargetGroup
    endpoint: VpcEndpoint
    certainty: Certainty


def fronts(facts: Facts) -> Iterator[Front]:
    """Return every listener whose targets are, or may be, an execute-api endpoint's."""
    cloud = facts.cloud
    endpoints = endpoints_of(cloud)
    for listener in cloud.balancing.listeners.values():
        balancer = cloud.balancing.load_balancers.get(str(listener.load_balancer_id))
        for group in cloud.balancing.groups_of(*cloud.balancing.every_action_of(listener)):
            for endpoint in endpoints:
                certainty = _targets(facts, group, endpoint)
                if balancer and certainty:
                    yield Front(balancer, listener, group, endpoint, certainty)


def _targets(facts: Facts, group: TargetGroup, endpoint: VpcEndpoint) -> Certainty | None:
    """Return how certain it is that the targets are the endpoint's interfaces: by address, or by the template's references."""
    if group.target_type != "ip":
        return None
    addresses = {str(eni.private_ip_address) for eni in facts.cloud.network.interfaces_of(endpoint.id)}
    if any(target.id in addresses for target in group.targets):
        return Certainty.PROVEN
    resource = facts.cloud.template.resources.get(group.id)
    needs = [need for target in group.targets if isinstance(target.id, Unknown) for need in target.id.needs]
    if (resource and endpoint.id in resource.references) or any(need.startswith(endpoint.id) for need in needs):
        return Certainty.PROVEN
    return Certainty.LIKELY if group.port == _HTTPS and all(isinstance(t.id, Unknown) for t in group.targets) else None
