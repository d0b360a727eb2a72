"""Writes of load balancers."""

from collections.abc import Mapping, Sequence
from typing import Any

from netful.account.changes import Remove
from netful.account.elbv2.describe import attributes
from netful.account.elbv2.kinds import found, record
from netful.account.elbv2.view import View
from netful.account.elbv2.world import (
    BALANCER,
    CERTIFICATES,
    Asked,
    Change,
    answered,
    changed,
    check_name,
    created,
    fresh_hex,
    group_ids,
)
from netful.account.wire.errors import ApiError
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.core import Resource
from netful.model.load_balancing_arns import BALANCERS, LISTENERS
from netful.model.network.vpc import Subnet

_LABELS = {"application": "app", "network": "net"}
_ADDRESS_TYPES_6 = "dualstack"
_TWO_ZONES = 2
_PROTECTED = "Load balancer '{}' cannot be deleted because deletion protection is enabled"
_SERVING = "Load balancer '{}' cannot be deleted because it is currently associated with another service"


def create_load_balancer(view: View, asked: Asked) -> Change:
    """CreateLoadBalancer: it is active, with its interfaces, before the call is answered."""
    name, kind = str(asked["Name"]), asked.get("Type", "application")
    check_name(name, "load balancer")
    if kind not in _LABELS:
        raise ApiError("OperationNotPermitted", f"load balancers of type '{kind}' do not run here")
    scheme = asked.get("Scheme", "internet-facing")
    subnets, places = _places(view, asked, kind)
    if scheme == "internet-facing":
        _check_gateway(view, subnets[0])
    properties = {
        "Name": name, "Type": kind, "Scheme": scheme, **places,
        "SecurityGroups": _groups(view, subnets[0], asked["SecurityGroups"]) if asked.get("SecurityGroups") else None,
        "IpAddressType": _address_type(asked, subnets) if asked.get("IpAddressType") else None,
        "Tags": asked.get("Tags"),
    }  # fmt: skip
    id_ = f"loadbalancer/{_LABELS[kind]}/{name}/{fresh_hex()}"
    id_, edits = created(view, BALANCERS, BALANCER, id_, properties, "DuplicateLoadBalancerName")
    return Change(edits, answered(BALANCERS, id_))


def _places(view: View, asked: Asked, kind: str) -> tuple[list[Subnet], dict[str, Any]]:
    """Return the subnets of a request, and the properties that name them."""
    mappings: Sequence[Mapping[str, Any]] = asked.get("SubnetMappings") or ()
    ids = asked.get("Subnets") or [one.get("SubnetId") for one in mappings]
    if not ids:
        raise ApiError("ValidationError", "You must specify either subnets or subnet mappings")
    subnets = [_subnet(view, one) for one in ids]
    zones = {str(subnet.availability_zone) for subnet in subnets}
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise ApiError("InvalidConfigurationRequest", "All subnets must belong to the same VPC")
    if len(zones) < len(subnets):
        text = "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
        raise ApiError("InvalidConfigurationRequest", text)
    if kind == "application" and len(zones) < _TWO_ZONES:
        text = "At least two subnets in two different Availability Zones must be specified"
        raise ApiError("ValidationError", text)
    names = [subnet.id for subnet in subnets]
    if not mappings:
        return subnets, {"Subnets": names, "SubnetMappings": None}
    placed = [{**one, "SubnetId": name, **_allocation(view, one)} for one, name in zip(mappings, names, strict=True)]
    return subnets, {"SubnetMappings": placed, "Subnets": None}


def _subnet(view: View, asked: object) -> Subnet:
    subnet = view.cloud.network.subnets.get(view.ec2.names.get(str(asked), str(asked)))
    if subnet is None:
        raise ApiError("SubnetNotFound", f"The subnet ID '{asked}' does not exist")
    return subnet


def _allocation(view: View, mapping: Mapping[str, Any]) -> dict[str, str]:
    asked = mapping.get("AllocationId")
    if not asked:
        return {}
    name = view.ec2.names.get(asked, asked)
    if name not in view.cloud.network.elastic_ips:
        raise ApiError("AllocationIdNotFound", f"The allocation IDs '{asked}' do not exist")
    return {"AllocationId": name}


def _check_gateway(view: View, subnet: Subnet) -> None:
    gateways = view.cloud.network.internet_gateways.values()
    if not any(gateway.vpc_id == subnet.vpc_id for gateway in gateways):
        raise ApiError("InvalidSubnet", f"VPC {view.ec2.id(subnet.vpc_id)} has no internet gateway")


def _groups(view: View, subnet: Subnet, asked: Sequence[str]) -> list[str]:
    names = group_ids(view, asked)
    if any(view.cloud.network.security_groups[name].vpc_id != subnet.vpc_id for name in names):
        raise ApiError("InvalidConfigurationRequest", "One or more security groups are not in the VPC of the subnets")
    return names


def _address_type(asked: Asked, subnets: Sequence[Subnet]) -> str:
    kind = str(asked["IpAddressType"])
    if kind.startswith(_ADDRESS_TYPES_6) and any(subnet.ipv6_cidr_block is None for subnet in subnets):
        raise ApiError("InvalidSubnet", "You must specify subnets with an associated IPv6 CIDR block")
    return kind


def delete_load_balancer(view: View, asked: Asked) -> Change:
    """DeleteLoadBalancer, with its listeners and their rules; one that is not there is not an error."""
    arn = str(asked["LoadBalancerArn"])
    name = view.name(BALANCERS, arn)
    if name is None:
        if ":loadbalancer/" not in arn:
            raise ApiError("ValidationError", f"'{arn}' is not a valid load balancer ARN")
        return Change()
    balancing = view.cloud.balancing
    if attributes.of_balancer(balancing.load_balancers[name]).get("deletion_protection.enabled") == "true":
        raise ApiError("OperationNotPermitted", _PROTECTED.format(arn))
    if any(name in service.load_balancer_ids for service in view.cloud.network.vpc_endpoint_services.values()):
        raise ApiError("ResourceInUse", _SERVING.format(arn))
    listeners = [one.id for one in balancing.listeners_of(name)]
    return Change((*map(Remove, of_listeners(view, listeners)), Remove(name)))


def of_listeners(view: View, listeners: Sequence[str]) -> list[str]:
    """Return listeners with their rules and certificates."""
    rules = [one.id for name in listeners for one in view.cloud.balancing.rules_of(name)]
    return [*(one.id for name in listeners for one in certificates_of(view, name)), *rules, *listeners]


def certificates_of(view: View, listener: str) -> list[Resource]:
    """Return the resources that add certificates to a listener."""
    every = view.cloud.template.of_type(CERTIFICATES)
    return [one for one in every if view.name(LISTENERS, one.properties.get("ListenerArn")) == listener]


def set_subnets(view: View, asked: Asked) -> Change:
    """SetSubnets: nodes come and go."""
    balancer = _balancer(view, asked)
    subnets, places = _places(view, asked, str(balancer.type))
    if subnets[0].vpc_id != balancer.vpc_id:
        raise ApiError("InvalidConfigurationRequest", "All subnets must belong to the VPC of the load balancer")
    kind = {"IpAddressType": _address_type(asked, subnets)} if asked.get("IpAddressType") else {}
    return Change(
        (changed(view, balancer.id, **places, **kind),), _members(balancer.id, "AvailabilityZones", "IpAddressType")
    )


def set_security_groups(view: View, asked: Asked) -> Change:
    """SetSecurityGroups."""
    balancer = _balancer(view, asked)
    if balancer.type is LoadBalancerType.NETWORK and not balancer.security_group_ids:
        text = "A network load balancer that was created without security groups cannot have any"
        raise ApiError("InvalidConfigurationRequest", text)
    subnet = view.cloud.network.subnets[str(balancer.subnet_ids[0])]
    properties: dict[str, Any] = {"SecurityGroups": _groups(view, subnet, asked["SecurityGroups"])}
    enforced = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    if asked.get(enforced):
        properties[enforced] = asked[enforced]

    def answer(after: View) -> Mapping[str, Any]:
        found = record(after, BALANCERS, after.arns[BALANCERS][balancer.id])
        return {"SecurityGroupIds": found["SecurityGroups"], enforced: found[enforced]}

    return Change((changed(view, balancer.id, **properties),), answer)


def set_ip_address_type(view: View, asked: Asked) -> Change:
    """SetIpAddressType: nodes get IPv6 addresses, or lose them."""
    balancer = _balancer(view, asked)
    kind = _address_type(asked, [view.cloud.network.subnets[str(one)] for one in balancer.subnet_ids])
    return Change((changed(view, balancer.id, IpAddressType=kind),), _members(balancer.id, "IpAddressType"))


def _balancer(view: View, asked: Asked) -> LoadBalancer:
    balancer: LoadBalancer = found(view, BALANCERS, asked)
    return balancer


def _members(name: str, *members: str) -> Any:
    """Return the answer with some members of a load balancer's record."""

    def answer(after: View) -> Mapping[str, Any]:
        found = record(after, BALANCERS, after.arns[BALANCERS][name])
        return {member: found[member] for member in members}

    return answer


WRITES = {
    "CreateLoadBalancer": create_load_balancer,
    "DeleteLoadBalancer": delete_load_balancer,
    "SetSubnets": set_subnets,
    "SetSecurityGroups": set_security_groups,
    "SetIpAddressType": set_ip_address_type,
}
