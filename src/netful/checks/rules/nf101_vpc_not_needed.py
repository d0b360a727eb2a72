"""NF101: a function is in a VPC but uses nothing there.

In a VPC a function loses Lambda's own access to the internet. It needs a NAT gateway or endpoints, which cost money
every hour, and interfaces, which take a minute to create and longer to delete. It gains nothing if all its destinations
are public.

Instead: Leave `VpcConfig` out. Attach a function to a VPC only to reach addresses there.
"""

from ipaddress import IPv4Network, IPv6Network

from netful.checks.facts.permissions import called_actions
from netful.checks.facts.uses import ROTATION, Use
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.flows.blocks import is_public
from netful.engine.iam.action_endpoints import endpoints_of
from netful.model.core import Unknown
from netful.model.functions.function import Function
from netful.model.names.service_names import service_of_host
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.security_groups import PeerKind


@Rule.of("function is in a VPC without need", Severity.LOW)
def check(facts: Facts) -> Problems:
    for function in facts.attached_functions:
        used = facts.uses[function.id]
        if not used or any(use.in_vpc or use.assumed for use in used) or _may_use_more(facts, function):
            continue
        names = ", ".join(sorted({use.destination for use in used}))
        yield Problem.of(
            function,
            f"`{function.id}` is in a VPC, but uses only public destinations: {names}",
            "remove its `VpcConfig`, unless it is there for an endpoint policy or a fixed address",
            Certainty.LIKELY,
        )


def _may_use_more(facts: Facts, function: Function) -> bool:
    """Return whether an unknown value, a file system, a private API or address, a permission, a rotation or an egress rule may need the VPC."""
    resource = facts.cloud.template.resources.get(function.id)
    mounts = resource is not None and "FileSystemConfigs" in resource.properties
    private = any(_is_api(use.destination) or _is_inside(facts, function, use) for use in facts.uses[function.id])
    unknown = any(isinstance(value, Unknown) for value in function.environment.values())
    role = facts.cloud.access.role_of(function)
    hosts = any(not endpoints_of(action) for action in called_actions(role)) if role else False
    rotates = any(function.id in one.references for one in facts.cloud.template.of_type(ROTATION))
    return mounts or private or unknown or hosts or rotates or _opens_inside(facts, function)


def _opens_inside(facts: Facts, function: Function) -> bool:
    """Return whether a group of the function has an egress rule to a private block, or to a group of another server."""
    network = facts.cloud.network
    groups = [network.security_groups.get(group_id) for group_id in facts.groups_of(function)]
    for rule in (rule for group in groups if group for rule in group.egress):
        if isinstance(rule.peer, IPv4Network | IPv6Network):
            if rule.peer.prefixlen and rule.peer.is_private:
                return True
        elif rule.peer_kind is PeerKind.GROUP:
            members = network.members_of(str(rule.peer))
            if not members or any(eni.owner is not InterfaceOwner.ENDPOINT for eni in members):
                return True
    return not all(groups)


def _is_inside(facts: Facts, function: Function, use: Use) -> bool:
    """Return whether the host of a URL has a private address in the function's VPC, or one that is not known there."""
    known = not use.service and facts.vpc_of(function) is not None
    path = facts.path(function.id, use.question) if known else None
    return any(hop.flow and not is_public(hop.flow.destination.address) for hop in (path.hops if path else ()))


def _is_api(destination: str) -> bool:
    known = service_of_host(destination.removeprefix("https://").partition("/")[0])
    return known is not None and known[0].code == "execute-api"
