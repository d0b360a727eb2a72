"""EKS: the groups that AWS makes with clusters and node groups, and the groups of nodes and of pods on Fargate.

Source: "View Amazon EKS security group requirements for clusters", and `remoteAccess` of `CreateNodegroup`.
"""

from collections.abc import Iterator
from typing import TypeAlias

from netful.model.core import Maybe, Unknown
from netful.model.identity import CLUSTER_GROUP, REMOTE_ACCESS_GROUP
from netful.model.network.protocols import ALL_PROTOCOLS, TCP
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.model.network.vpc import ANYWHERE, ANYWHERE_IPV6, IPNetwork
from netful.sources.template.reading import Inventory, Reader

CLUSTER, NODES = "AWS::EKS::Cluster", "AWS::EKS::Nodegroup"
PLACED = (CLUSTER, "AWS::EKS::FargateProfile")
_SSH = 22

_Peer: TypeAlias = tuple[PeerKind, Maybe[IPNetwork | str]]


def made_groups(inventory: Inventory) -> Iterator[SecurityGroup]:
    """Yield the group of each cluster, and the one for SSH of each node group that asks for it."""
    for cluster in inventory.of(CLUSTER):
        id_ = f"{cluster.id}.{CLUSTER_GROUP}"
        subnet_ids = cluster.part("ResourcesVpcConfig").known_texts("SubnetIds")
        yield _group(inventory, cluster, id_, subnet_ids, (_rule(f"{id_}.ingress", (PeerKind.GROUP, id_)),))
    for nodes in inventory.of(NODES):
        if _has_remote_access(nodes):
            id_ = f"{nodes.id}.{REMOTE_ACCESS_GROUP}"
            sources = nodes.part("RemoteAccess").known_texts("SourceSecurityGroups")
            peers: list[_Peer] = [(PeerKind.GROUP, source) for source in sources]
            peers = peers or [(PeerKind.CIDR, ANYWHERE)]
            ingress = tuple(_rule(f"{id_}.ingress-{number}", peer, _SSH) for number, peer in enumerate(peers, 1))
            yield _group(inventory, nodes, id_, nodes.known_texts("Subnets"), ingress)


def groups_of(inventory: Inventory, reader: Reader) -> tuple[Maybe[str], ...]:
    """Return the groups that AWS gives to a cluster, to pods, or to nodes whose launch template names none."""
    ssh = (f"{reader.id}.{REMOTE_ACCESS_GROUP}",) if _has_remote_access(reader) else ()
    return (_cluster_group(inventory, reader), *ssh)


def _cluster_group(inventory: Inventory, reader: Reader) -> Maybe[str]:
    named = reader.id if reader.type == CLUSTER else reader.required("ClusterName")
    if isinstance(named, Unknown):
        return named
    cluster = next((one for one in inventory.of(CLUSTER) if named in (one.id, one.get("Name"))), None)
    what = f"the security group of cluster `{named}`"
    return f"{cluster.id}.{CLUSTER_GROUP}" if cluster else Unknown(f"{what} is not loaded", (what,))


def _has_remote_access(reader: Reader) -> bool:
    return reader.type == NODES and reader.part("RemoteAccess").has("Ec2SshKey")


def _group(
    inventory: Inventory,
    reader: Reader,
    id_: str,
    subnet_ids: tuple[Maybe[str], ...],
    ingress: tuple[SecurityGroupRule, ...],
) -> SecurityGroup:
    subnet_id = next(iter(subnet_ids), None)
    subnet = next((one for one in inventory.of("AWS::EC2::Subnet") if one.id == subnet_id), None)
    what = f"the VPC of {reader.id}"
    out = (_rule(f"{id_}.egress", (PeerKind.CIDR, ANYWHERE)), _rule(f"{id_}.egress6", (PeerKind.CIDR, ANYWHERE_IPV6)))
    vpc_id = subnet.text("VpcId") if subnet else Unknown(f"{what} is not loaded", (what,))
    return SecurityGroup(id_, vpc_id, ingress=ingress, egress=out, origin=reader.origin)


def _rule(id_: str, peer: _Peer, port: int | None = None) -> SecurityGroupRule:
    protocol = ALL_PROTOCOLS if port is None else TCP
    return SecurityGroupRule(id_, protocol, port or -1, port or -1, *peer)
