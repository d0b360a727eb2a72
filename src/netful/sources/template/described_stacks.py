"""Stacks of described accounts, and the templates that they were deployed from.

A template has its resources by logical ids, the account beside it by the ids that AWS gave to them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from msgspec import field

from netful.model.balancing.balancing import Balancing
from netful.model.core import Frozen, Output
from netful.model.identity import has_id, is_id_of
from netful.model.load_balancing_arns import name_in
from netful.model.names.generated.generated_names import NAMINGS
from netful.model.network.network import Network
from netful.model.resource_arns import ARN_TYPES, BALANCING_TYPES
from netful.sources.account.described_stack import DescribedResource, DescribedStack, Place
from netful.sources.template.template import Template

_MADE_IN = ("AWS::EC2::Instance", "AWS::EC2::NatGateway", "AWS::EC2::NetworkInterface")
"""Types with an address in a subnet, which AWS chooses where none is written."""

_NAMED_OTHERWISE = ("AWS::ECS::TaskDefinition", "AWS::SecretsManager::Secret")
"""Types whose ids do not end with their names."""


_NAMED_IN_ARN = tuple(f"AWS::ElasticLoadBalancingV2::{kind}" for kind in ("LoadBalancer", "TargetGroup", "TrustStore"))
"""Types whose name is the part of the ARN before its end."""


class DescribedStacks(Frozen):
    """The stacks of described accounts, by place and name. `outputs` are those of the stacks, the others what the accounts have."""

    stacks: Mapping[Place, Mapping[str, DescribedStack]] = field(default_factory=dict)
    network: Network = field(default_factory=Network)
    balancing: Balancing = field(default_factory=Balancing)
    outputs: Sequence[Output] = ()

    def known(self, template: Template, name: str, place: Place) -> Template:
        """Return a template with what an account has of its stack: the ids, names and addresses that AWS chose.

        The stack has this name, or is the only one that shares at least half of its and the template's resources.
        """
        stacks = self.stacks.get(place, {})
        found = name if name in stacks and _shared(template, stacks[name].resources) else _only_like(template, stacks)
        if not found:
            return template
        if found != name:
            template.warnings.append(f"{template.file}: read as the stack `{found}`, which the account has")
        stack = stacks[found].resources
        if not any(one.type for one in stack.values()):
            listing = f"`aws cloudformation describe-stack-resources --stack-name {found}`"
            template.warnings.append(
                f"{template.file}: only tags show what the stack `{found}` has, so its functions and others without tags stand "
                f"there twice; save {listing}"
            )
        given = {id_: stack[id_].id for id_ in _shared(template, stack)}
        made = {id_: dict(self._made(template, id_, stack, given)) for id_ in template.resources}
        return replace(template, stack=found, deployed=stack, given_ids=given, made_values=made)

    def values(self, name: str, place: Place) -> Mapping[str, str]:
        """Return the values of the parameters of a stack, and of the pseudo parameter with its name; nothing without it."""
        own = {"AWS::StackName": name} if name in self.stacks.get(place, {}) else {}
        return {**self._named(name, place).parameters, **own}

    def _named(self, name: str, place: Place) -> DescribedStack:
        return self.stacks.get(place, {}).get(name, DescribedStack())

    def nested(self, stack: str, logical_id: str, place: Place) -> str:
        """Return the name of a nested stack; "" if no account has it."""
        resource = self._named(stack, place).resources.get(logical_id)
        return resource.id.split("/")[1] if resource and resource.id.count("/") == 2 else ""

    def _made(
        self, template: Template, logical_id: str, stack: Mapping[str, DescribedResource], given: Mapping[str, str]
    ) -> Iterator[tuple[str, Any]]:
        """Yield the properties that the template leaves to AWS, as the account has them."""
        network, own = self.network, given.get(logical_id, "")
        kind, written = (
            str(template.resources[logical_id]["Type"]),
            template.resources[logical_id].get("Properties") or {},
        )
        naming = NAMINGS.get(kind)
        if naming and logical_id in stack and naming.property not in written and kind not in _NAMED_OTHERWISE:
            yield naming.property, _name_in(stack[logical_id].id)
        if kind in _NAMED_IN_ARN and own and "Name" not in written:
            yield "Name", name_in(own)
        for balancer in self.balancing.load_balancers.values():
            if own and balancer.arn == own:
                yield "DNSName", balancer.dns_name
        if own and own in network.elastic_ips:
            yield "Address", str(network.elastic_ips[own].public_ip)
        if own in network.subnets and not isinstance(written.get("AvailabilityZone"), str):
            yield "AvailabilityZone", network.subnets[own].availability_zone
        subnet_id = _meant(written.get("SubnetId"), given)
        chosen = own and kind in _MADE_IN and "PrivateIpAddress" not in written
        for eni in network.network_interfaces.values() if chosen else ():
            if own in (eni.id, eni.owner_id) and eni.subnet_id == subnet_id and eni.private_ip_address:
                yield "PrivateIpAddress", str(eni.private_ip_address)
        if written.get("AmazonProvidedIpv6CidrBlock"):
            vpc = network.vpcs.get(_meant(written.get("VpcId"), given))
            for block in vpc.ipv6_cidr_blocks[:1] if vpc else ():
                yield "Ipv6CidrBlock", str(block)


def _shared(template: Template, stack: Mapping[str, DescribedResource]) -> list[str]:
    """Return the logical ids of a template's resources that a stack has, as far as AWS gives ids to their types."""
    kinds = {name: str(one["Type"]) for name, one in template.resources.items()}
    return [name for name, kind in kinds.items() if name in stack and is_id_of(kind, "", "", stack[name].id)]


def _only_like(template: Template, stacks: Mapping[str, DescribedStack]) -> str:
    """Return the only stack that shares at least half of the resources with ids, of its own and of a template's; "" without one."""
    own = sum(_has_id(str(one["Type"])) for one in template.resources.values())
    alike = [
        name
        for name, stack in stacks.items()
        if 2 * len(_shared(template, stack.resources))
        >= max(2, own, sum(not one.type or _has_id(one.type) for one in stack.resources.values()))
    ]
    return alike[0] if len(alike) == 1 else ""


def _has_id(kind: str) -> bool:
    return has_id(kind) and (kind not in ARN_TYPES or kind in BALANCING_TYPES)


def _name_in(id_: str) -> str:
    """Return the name that is a physical id, or that ends an ARN or a URL."""
    return re.split("[/:]", id_)[-1] if id_.startswith(("arn:", "https:")) else id_


def _meant(written: Any, given: Mapping[str, str]) -> str:
    """Return the id that a property refers to; "" if it is not known before the template is resolved."""
    return given.get(written.get("Ref", ""), "") if isinstance(written, Mapping) else str(written or "")
