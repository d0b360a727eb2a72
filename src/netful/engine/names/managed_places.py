"""Interface where a database or cache runs: one of those in the subnets of its group (hosts §1.6).

The engine's verdicts hold for each of them, because AWS chooses. A running stack has chosen: the interface in the zone that
the template names, else the first one. A member of a cluster is where its cluster is.
"""

from __future__ import annotations

from dataclasses import replace

from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface

# Types with one running server, with the property of its availability zone.
_ZONES = {
    "AWS::RDS::DBInstance": "AvailabilityZone",
    "AWS::RDS::DBCluster": "",
    "AWS::ElastiCache::CacheCluster": "PreferredAvailabilityZone",
    "AWS::ElastiCache::ReplicationGroup": "",
    "AWS::ElastiCache::ServerlessCache": "",
    "AWS::MemoryDB::Cluster": "",
}


def place_of(cloud: Cloud, owner_id: str) -> NetworkInterface | None:
    """Return the interface where a database or cache runs; None for other resources, and without an address."""
    resource = cloud.template.resources.get(server_of(cloud, owner_id))
    if resource is None or resource.type not in _ZONES:
        return None
    there = [eni for eni in cloud.network.interfaces_of(resource.id) if eni.private_ip_address is not None]
    zone = resource.properties.get(_ZONES[resource.type])
    chosen = (eni for eni in there if zone and cloud.network.zone_of_interface(eni) == zone)
    return next(chosen, next(iter(there), None))


def server_of(cloud: Cloud, resource_id: str) -> str:
    """Return the id of the resource whose server a resource is: a member's is its cluster, if that is loaded."""
    resource = cloud.template.resources.get(resource_id)
    cluster = resource.properties.get("DBClusterIdentifier") if resource else None
    if resource is None or resource.type != "AWS::RDS::DBInstance" or not isinstance(cluster, str):
        return resource_id
    return cluster if cluster in cloud.template.resources else resource_id


def where_it_runs(cloud: Cloud, answer: DnsAnswer) -> DnsAnswer:
    """Return an answer with the one address where the named database or cache runs; any other answer as it is."""
    place = place_of(cloud, answer.managed_id) if answer.managed_id and answer.addresses else None
    if place is None:
        return answer
    own = cloud.network.interfaces_of(answer.managed_id)
    is_public = any(eni.public_ip in answer.addresses for eni in own)
    address = place.public_ip if is_public else place.private_ip_address
    return replace(answer, addresses=(address,)) if address else answer
