"""Groups that rules refer to: a rule names one of its own VPC, or of a VPC that a peering or a transit gateway connects."""

from collections.abc import Iterator

from netful.account.refused.mismatch import Mismatch, attached_vpcs
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network.network import Network
from netful.model.network.security_groups import PeerKind, SecurityGroup


def unrelated_groups(before: Cloud, after: Cloud) -> Iterator[Mismatch]:
    """Yield the resources with a new rule that refers to a group of a VPC without a connection to the rule's own."""
    network = after.network
    for group in network.security_groups.values():
        old = known_in(before.network.security_groups, group.id)
        known = {rule.peer for rule in (*old.ingress, *old.egress)} if old is not None else set()
        for rule in (*group.ingress, *group.egress):
            peer = network.security_groups.get(str(rule.peer)) if rule.peer_kind is PeerKind.GROUP else None
            if peer is not None and rule.peer not in known and not _are_related(network, group, peer):
                id_ = rule.id if rule.id in after.template.resources else group.id
                text = "You have specified two resources that belong to different networks."
                yield Mismatch(id_, "InvalidGroup.NotFound", text)


def _are_related(network: Network, group: SecurityGroup, peer: SecurityGroup) -> bool:
    """Return whether the VPCs of two groups are one or are connected, as far as they are known."""
    ends = {group.vpc_id, *group.associated_vpc_ids}, {peer.vpc_id, *peer.associated_vpc_ids}
    if not ends[0].isdisjoint(ends[1]) or any(one is None or isinstance(one, Unknown) for end in ends for one in end):
        return True
    connected = [{one.vpc_id, one.peer_vpc_id} for one in network.vpc_peering_connections.values()]
    connected += [set(attached_vpcs(network, id_)) for id_ in network.transit_gateways]
    return any(
        all(not end.isdisjoint(one) for end in ends) or any(isinstance(each, Unknown) for each in one)
        for one in connected
    )
