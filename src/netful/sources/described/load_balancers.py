"""Described load balancers, as the resources of a template.

The ids of load balancers and target groups are their names, which are shorter than ARNs.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.balancing.load_balancers import LoadBalancer
from netful.model.core import Unknown, whole_number
from netful.model.network.addresses import elastic_ip
from netful.model.network.network_interface import NetworkInterface
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item
from netful.sources.readers.load_balancers import node

_AWS_OWN = 100  # the public addresses that AWS assigns come after those of netful's Elastic IPs
_TYPE = "AWS::ElasticLoadBalancingV2::"


def name_of(arn: str) -> str:
    """Return the name in the ARN of a load balancer (`…/net/NAME/HASH`) or a target group (`…/NAME/HASH`); else the text."""
    return arn.rsplit("/", 2)[-2] if arn.count("/") >= 2 else arn


def resources(description: Description) -> Iterator[Declaration]:
    """Yield the load balancers with their listeners, rules and target groups."""
    attributes = _attributes(description, "LoadBalancerAttributes", "LoadBalancerArn")
    for item in description.of("LoadBalancers"):
        arn, subnets = item.text("LoadBalancerArn"), [zone.text("SubnetId") for zone in item.parts("AvailabilityZones")]
        named = {"Name": item.text("LoadBalancerName"), "DNSName": item.text("DNSName"), "Subnets": subnets}
        yield name_of(arn), f"{_TYPE}LoadBalancer", item, {**item.data, **named, **attributes.get(arn, {})}
    for item in _listeners(description):
        balancer = {"LoadBalancerArn": name_of(item.text("LoadBalancerArn"))}
        yield listener_id(item), f"{_TYPE}Listener", item, {**item.data, **balancer}
    yield from _unknown_listeners(description)
    yield from _rules(description)
    yield from _target_groups(description)
    for item in description.of("TrustStores"):
        yield name_of(item.text("TrustStoreArn")), f"{_TYPE}TrustStore", item, {**item.data}


def nodes(
    description: Description, balancers: Mapping[str, LoadBalancer], listed: Iterable[NetworkInterface]
) -> dict[str, NetworkInterface]:
    """Return the nodes of load balancers whose interfaces were not listed: one for each subnet, with known addresses."""
    owned = {eni.owner_id for eni in listed}
    told = {
        (name_of(item.text("LoadBalancerArn")), zone.text("SubnetId")): address
        for item in description.of("LoadBalancers")
        for zone in item.parts("AvailabilityZones")
        for address in zone.parts("LoadBalancerAddresses")
    }
    found: dict[str, NetworkInterface] = {}
    for balancer in balancers.values():
        for subnet_id in balancer.subnet_ids if balancer.id not in owned else ():
            address = told.get((balancer.id, str(subnet_id)))
            id_ = f"eni-{balancer.id}-{subnet_id}"
            told_public, private = (
                address.address(name) if address else None for name in ("IpAddress", "PrivateIPv4Address")
            )
            public = None if balancer.internal else told_public or elastic_ip(_AWS_OWN + len(found) % _AWS_OWN)
            found[id_] = node(balancer, id_, subnet_id, public, private)
    return found


def _attributes(description: Description, key: str, id_key: str) -> dict[str, dict[str, Any]]:
    """Return the attributes of load balancers or target groups as a property of each, by ARN."""
    return {item.text(id_key): {key: item.data.get("Attributes")} for item in description.of(key)}


def _listeners(description: Description) -> Iterator[Item]:
    """Yield the listeners of all load balancers: listed together, or for each load balancer."""
    yield from description.of("Listeners")
    for group in description.of("LoadBalancerListeners"):
        yield from group.parts("Listeners")


def listener_id(item: Item) -> str:
    """Return the id of a described listener: its load balancer's name, and its port."""
    return f"{name_of(item.text('LoadBalancerArn'))}/{item.number('Port', 0)}"


def _unknown_listeners(description: Description) -> Iterator[Declaration]:
    """Yield a listener of which nothing is known for each load balancer whose listeners were not described.

    Each answer is about one load balancer, and an empty one does not name it: as many answers as balancers describe all.
    """
    described = {name_of(item.text("LoadBalancerArn")) for item in _listeners(description)}
    every = [item for item in description.of("LoadBalancers") if name_of(item.text("LoadBalancerArn")) not in described]
    if description.number_of_answers("Listeners") >= len(description.of("LoadBalancers")):
        return
    for item in every:
        arn = item.text("LoadBalancerArn")
        needed = f"the listeners of {name_of(arn)} (`aws elbv2 describe-listeners --load-balancer-arn {arn}`)"
        unknown = Unknown("its listeners were not described", (needed,))
        properties = {"LoadBalancerArn": name_of(arn), "Port": unknown, "Protocol": unknown}
        yield f"{name_of(arn)}/listeners", f"{_TYPE}Listener", item, properties


def _rules(description: Description) -> Iterator[Declaration]:
    """Yield the rules; the default one is the listener's own actions.

    AWS describes the default one too, so a listener of an application load balancer without any has others, which are unknown.
    """
    by_path = {
        item.text("ListenerArn").partition(":listener/")[2]: listener_id(item) for item in _listeners(description)
    }
    described = set()
    for item in description.of("Rules"):
        path, _, id_ = item.text("RuleArn").partition(":listener-rule/")[2].rpartition("/")
        described.add(path)
        if path in by_path and whole_number(item.text("Priority")) is not None:
            yield id_, f"{_TYPE}ListenerRule", item, {**item.data, "ListenerArn": by_path[path]}
    for item in _listeners(description):
        arn, id_ = item.text("ListenerArn"), listener_id(item)
        if ":listener/app/" in arn and arn.partition(":listener/")[2] not in described:
            needed = f"the rules of {id_} (`aws elbv2 describe-rules --listener-arn {arn}`)"
            unknown = Unknown("its rules were not described", (needed,))
            properties = {"ListenerArn": id_, "Priority": unknown, "Conditions": [unknown], "Actions": unknown}
            yield f"{id_}/rules", f"{_TYPE}ListenerRule", item, properties


def _target_groups(description: Description) -> Iterator[Declaration]:
    """Yield the target groups with their targets and the observed health."""
    health = {item.text("TargetGroupArn"): item for item in description.of("LoadBalancerTargetHealth")}
    attributes = _attributes(description, "TargetGroupAttributes", "TargetGroupArn")
    for item in description.of("TargetGroups"):
        arn = item.text("TargetGroupArn")
        seen = health[arn].parts("TargetHealthDescriptions") if arn in health else ()
        targets = [{**part.part("Target").data, **part.part("TargetHealth").data} for part in seen]
        known = targets if arn in health else None
        yield name_of(arn), f"{_TYPE}TargetGroup", item, {**item.data, "Targets": known, **attributes.get(arn, {})}
