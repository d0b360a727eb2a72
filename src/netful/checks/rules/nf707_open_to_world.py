"""NF707: an administrative or database port is open to every address.

Attackers probe ports for administration and databases within minutes after these get a public address.

Instead: Admit the security group of the clients that need the port, and reach machines by Session Manager or a VPN.
"""

from ipaddress import IPv4Network, IPv6Network

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.flows.address_families import IPV4, IPV6
from netful.engine.routing.subnet_kinds import subnet_kind
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS, TCP
from netful.model.network.security_groups import SecurityGroup, SecurityGroupRule

_PORTS = {
    22: "ssh", 23: "telnet", 445: "smb", 1433: "sql server", 1521: "oracle", 2375: "docker", 2379: "etcd", 2049: "nfs",
    3306: "mysql", 3389: "rdp", 5432: "postgresql", 5439: "redshift", 5900: "vnc", 5985: "winrm", 6379: "redis",
    9092: "kafka", 9200: "elasticsearch", 11211: "memcached", 27017: "mongodb",
}  # fmt: skip
_SHELLS = {"ssh", "telnet", "rdp", "vnc", "winrm"}


@Rule.of("administrative or database port open to the world", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for group in facts.cloud.network.security_groups.values():
        opened = [(rule, _exposed(rule)) for rule in group.ingress]
        found = {port: (name, rule) for rule, names in reversed(opened) for port, name in names.items()}
        served = [found[port] for port in sorted(found) if _is_served(facts.cloud, group.id, port)]
        if served:
            yield _problem(facts.cloud, group, served)


def _problem(cloud: Cloud, group: SecurityGroup, served: list[tuple[str, SecurityGroupRule]]) -> Problem:
    """Return the problem of a group: high if the internet reaches a member, low if it cannot, medium if that is unknown."""
    names = [name for name, _ in served]
    rule = served[0][1]
    many = f"{', '.join(names[:3])} and {len(names) - 3} more" if len(names) > 3 else ", ".join(names)
    versions: set[int] = {rule.peer.version for _, rule in served if isinstance(rule.peer, IPv4Network | IPv6Network)}
    hidden = _hidden(cloud, group, versions)
    public = not hidden and any(_is_public(cloud, eni, versions) for eni in cloud.network.members_of(group.id))
    shell = "; for a shell use Session Manager, which needs no open port" if _SHELLS & {*names} else ""
    return Problem(
        group.id,
        rule.origin,
        f"`{group.id}` admits {many} from {rule.peer}, though {hidden}"
        if hidden
        else f"`{group.id}` admits {many} from {rule.peer}",
        f"admit a group or your own addresses{shell}",
        Certainty.PROVEN if public or hidden else Certainty.LIKELY,
        severity=Severity.HIGH if public else Severity.LOW if hidden else Severity.MEDIUM,
    )


def _hidden(cloud: Cloud, group: SecurityGroup, versions: set[int]) -> str:
    """Return the reason why the internet does not reach a member of a group by some IP versions, "" if it may."""
    gateways = [gateway.vpc_id for gateway in cloud.network.internet_gateways.values()]
    if group.vpc_id in cloud.network.vpcs and not any(
        vpc == group.vpc_id or isinstance(vpc, Unknown) for vpc in gateways
    ):
        return "its VPC has no internet gateway"
    forwarding = any(
        balancer.type is LoadBalancerType.NETWORK and not balancer.internal
        for balancer in cloud.balancing.load_balancers.values()
    )
    members = cloud.network.members_of(group.id)
    placed = all(eni.subnet_id in cloud.network.subnets for eni in members)
    if members and placed and not forwarding and not any(_is_public(cloud, eni, versions) for eni in members):
        return "the internet does not reach its members"
    return ""


def _is_public(cloud: Cloud, eni: NetworkInterface, versions: set[int]) -> bool:
    """Return whether an interface has a public address of some version, in a subnet with a route to the internet if known."""
    has = {IPV4: bool(eni.public_addresses()), IPV6: eni.ipv6_address is not None or bool(eni.ipv6_address_count)}
    spoken = [version for version in versions if has[version]]
    if not isinstance(eni.subnet_id, str):
        return bool(spoken)
    return any(subnet_kind(cloud, eni.subnet_id, version) in ("public", "unknown") for version in spoken)


def _is_served(cloud: Cloud, group_id: str, port: int) -> bool:
    """Return whether a port may be served; a load balancer serves only the ports of its listeners."""
    members = cloud.network.members_of(group_id)
    balancers = {eni.owner_id for eni in members if eni.owner is InterfaceOwner.LOAD_BALANCER}
    if not members or any(eni.owner_id not in balancers for eni in members):
        return True
    listeners = [each for id_ in balancers for each in cloud.balancing.listeners_of(id_)]
    return any(isinstance(each.port, Unknown) or each.port == port for each in listeners)


def _exposed(rule: SecurityGroupRule) -> dict[int, str]:
    """Return the ports, with their names, that a rule opens to every address."""
    if (
        not isinstance(rule.peer, IPv4Network | IPv6Network)
        or rule.peer.prefixlen
        or rule.ip_protocol not in (TCP, ALL_PROTOCOLS)
    ):
        return {}
    whole = rule.ip_protocol == ALL_PROTOCOLS
    return {port: name for port, name in _PORTS.items() if whole or rule.from_port <= port <= rule.to_port}
