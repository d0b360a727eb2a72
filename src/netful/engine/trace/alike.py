"""Sources that have the same answer to every question: they start from the same place, and sign their requests alike.

A policy sees the role of a function. It sees the function's name too if it names sessions.
"""

from collections.abc import Hashable, Iterable, Mapping

from netful.engine.iam import resource_policies
from netful.engine.trace.unread import by_name
from netful.model.cloud import Cloud
from netful.model.functions.function import Function

_OF_SESSIONS = ":assumed-role/"


def sharing(cloud: Cloud, sources: Iterable[str]) -> tuple[Mapping[str, Hashable], ...]:
    """Return the sources, grouped by the place that they start from, each with its signer."""
    groups: dict[Hashable, dict[str, Hashable]] = {}
    for source in sources:
        start, signer = alike(cloud, source)
        groups.setdefault(start, {})[source] = signer
    return tuple(groups.values())


def alike(cloud: Cloud, source: str) -> tuple[Hashable, Hashable]:
    """Return the place that a source starts from, and its signer: equal ones have the same answers.

    The place is its interfaces, or the region of a function outside a VPC; for a source with unread contents, itself.
    """
    function = cloud.compute.functions.get(source)
    interfaces = tuple(eni.id for eni in cloud.network.interfaces_of(source))
    outside = ("outside", cloud.region_of(source)) if function is not None and not function.in_vpc else source
    start = source if source in by_name(cloud) else interfaces or outside
    return start, _signer(cloud, function) if function else None


def _signer(cloud: Cloud, function: Function) -> Hashable:
    """Return what policies see of a function, with its type and the condition that it is there, which assumptions see."""
    resource = cloud.template.resources.get(function.id)
    role = function.role if isinstance(function.role, str) else ""
    session = function.id if cloud.derived(__name__, lambda: _names_sessions(cloud)) else ""
    there = (resource.type, resource.presumption) if resource else None
    return role, session, cloud.account_of(function.id), there


def _names_sessions(cloud: Cloud) -> bool:
    """Return whether a policy of a resource, an endpoint or an API names the sessions of roles."""
    endpoints = (one.policy_document for one in cloud.network.vpc_endpoints.values())
    apis = (one.policy for one in cloud.apis.rest_apis.values())
    policies = (*endpoints, *apis, *resource_policies.documents(cloud).values())
    return any(_OF_SESSIONS in str(one) for one in policies)
