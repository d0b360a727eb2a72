"""EC2 behind a stack's doors: describes the stack's network interfaces, and keeps what they are in; the rest is the back end's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

from netful.model.cloud import Cloud
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.services.front.network_interfaces import ACTION, DescribedInterface, describe, refused
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Request, Response
from netful.stack.parts.lambda_interfaces import LambdaInterface

# What deletes a subnet or a group of the template: its parameter, where it is in the cloud, how EC2 says that it is in use.
_DELETIONS = {
    "DeleteSecurityGroup": ("GroupId", "security_groups", "resource {} has a dependent object"),
    "DeleteSubnet": ("SubnetId", "subnets", "The subnet '{}' has dependencies and cannot be deleted."),
}
# EC2's type of an interface, and its description, by what it belongs to.
_OF_OWNER = {
    InterfaceOwner.ENDPOINT: ("vpc_endpoint", "VPC Endpoint Interface {}"),
    InterfaceOwner.NAT_GATEWAY: ("nat_gateway", "Interface for NAT Gateway {}"),
    InterfaceOwner.LOAD_BALANCER: ("interface", "ELB {}"),
    InterfaceOwner.DATABASE: ("interface", "RDSNetworkInterface"),
    InterfaceOwner.CACHE: ("interface", "ElastiCache {}"),
}
_OF_THE_ACCOUNT = frozenset({InterfaceOwner.INSTANCE, InterfaceOwner.OTHER})


class Ec2Door:
    """The handler for the service `ec2`. `of_lambda` are the interfaces of functions, as they are at each look."""

    def __init__(self, cloud: Cloud, of_lambda: Iterable[LambdaInterface], call_host: CallHost) -> None:
        self._cloud = cloud
        self._of_lambda = of_lambda
        self._call_host = call_host

    def follow(self, cloud: Cloud) -> None:
        """Answer for another cloud from now on."""
        self._cloud = cloud

    async def handle(self, request: Request) -> Response:
        """Answer a request to EC2's host."""
        text = request.body.decode(errors="replace") if request.method == "POST" else request.query
        asked = dict(parse_qsl(text, keep_blank_values=True))
        action, cloud = asked.get("Action", ""), self._cloud
        if action == ACTION:
            return describe(asked, self._interfaces())
        parameter, part, in_use = _DELETIONS.get(action, ("", "", ""))
        if part and asked.get(parameter) in cloud.part(part):
            return self._not_deleted(asked[parameter], in_use)
        return await self._call_host(f"ec2.{cloud.region}.amazonaws.com", request)

    def _not_deleted(self, id_: str, in_use: str) -> Response:
        """The template's subnets and groups stay: for the interfaces in them, or because the template has them."""
        if any(id_ == one.subnet_id or id_ in {group for group, _ in one.groups} for one in self._interfaces()):
            return refused("DependencyViolation", in_use.format(id_))
        return refused(
            "UnsupportedOperation",
            f"netful does not delete '{id_}': take it out of the template, and run `netful up` again",
        )

    def _interfaces(self) -> Iterator[DescribedInterface]:
        cloud = self._cloud
        for eni in cloud.network.network_interfaces.values():
            if eni.owner is not InterfaceOwner.LAMBDA and eni.private_ip_address is not None:
                kind, text = _OF_OWNER.get(eni.owner, ("interface", ""))
                requester = "" if eni.owner in _OF_THE_ACCOUNT else f"amazon-{eni.owner}"
                yield _described(cloud, eni, (kind, text.format(eni.owner_id), requester, "in-use"))
        for one in self._of_lambda:
            yield _described(cloud, one.eni, _told_of_lambda(cloud, one))


def _told_of_lambda(cloud: Cloud, one: LambdaInterface) -> tuple[str, str, str, str]:
    """Its type, description, requester and status."""
    owner = one.eni.owner_id.partition(":")[0]  # it may be a version's
    function = cloud.compute.functions.get(owner)
    name = function.function_name if function else owner
    number = uuid.uuid5(uuid.NAMESPACE_OID, one.eni.id)
    requester = f"{_role(function)}:awslambda_0_{number.int % 10**15:015}"
    if one.per_sandbox:
        return "interface", f"AWS Lambda VPC ENI: {number}", f"{requester}:{name}", one.status
    return "lambda", f"AWS Lambda VPC ENI-{name}-{number}", requester, one.status


def _role(function: Function | None) -> str:
    """A role's id, made up from its name."""
    name = str(function.role) if function else ""
    return "AROA" + uuid.uuid5(uuid.NAMESPACE_OID, name).hex[:17].upper()


def _described(cloud: Cloud, eni: NetworkInterface, told: tuple[str, str, str, str]) -> DescribedInterface:
    kind, description, requester, status = told
    subnet = cloud.network.subnets.get(str(eni.subnet_id))
    groups = [cloud.network.security_groups.get(str(id_)) for id_ in eni.security_group_ids]
    addresses = [address for address in (eni.private_ip_address, *eni.secondary_private_ip_addresses) if address]
    return DescribedInterface(
        id=eni.id,
        description=description,
        interface_type=kind,
        status=status,
        requester_id=requester,
        subnet_id=str(eni.subnet_id),
        vpc_id=str(subnet.vpc_id) if subnet else "",
        zone=str(subnet.availability_zone) if subnet else "",
        owner_id=cloud.account_id,
        private_ips=tuple(str(address) for address in addresses),
        public_ip=str(eni.public_ip or ""),
        groups=tuple((group.id, group.group_name) for group in groups if group is not None),
        source_dest_check=eni.source_dest_check,
    )
