"""Parts of a stack that AWS's services refuse: ids that do not exist, functions that Lambda does not create, networks and buckets in use."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments.changes import Seen
from netful.account.cloudformation.deployments.stack_view import inside, logical_id
from netful.account.ec2.kinds import KIND
from netful.account.ec2.view import View
from netful.functions.environments.admission import rejection
from netful.model.cloud import Cloud
from netful.model.core import words_of
from netful.model.names import service_names
from netful.model.names.generated.generated_names import NAMINGS
from netful.services.http.backend_requests import rest_request

_ID = re.compile(r"(?P<prefix>vpc|subnet|sg|rtb|igw|nat|eipalloc|acl|vpce|eni|pcx)-[0-9a-f]{8,17}")
_NOT_FOUND = {
    "vpc": "VpcId", "subnet": "SubnetId", "sg": "GroupId", "rtb": "RouteTableId", "igw": "InternetGatewayId",
    "nat": "NatGatewayId", "eipalloc": "AllocationId", "acl": "NetworkAclId", "vpce": "VpcEndpointId",
    "eni": "NetworkInterfaceId", "pcx": "VpcPeeringConnectionId",
}  # fmt: skip


def refuse_missing(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if a resource of a stack refers to something of EC2 that does not exist."""
    view = View(cloud)
    for resource in inside(cloud, stack):
        if not resource.type.startswith(("AWS::EC2::", "AWS::Lambda::", "AWS::ElasticLoadBalancing")):
            continue
        for text in words_of(resource.properties):
            found = _ID.fullmatch(text)
            if found and not view.has(text) and text not in cloud.template.resources:
                code, words = KIND[_NOT_FOUND[found["prefix"]]].not_found
                raise DeploymentError(handler_message(words.format(text), "Ec2", code), resource.id)


def refuse_functions(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if Lambda would not create a function of a stack."""
    for resource in inside(cloud, stack):
        function = cloud.compute.functions.get(resource.id)
        refused = rejection(cloud, function) if function else None
        if refused is not None:
            raise DeploymentError(handler_message(refused.problem.why, "Lambda"), resource.id)


def handler_message(text: str, service: str, code: str = "InvalidRequest") -> str:
    """Return the reason of a failure as CloudFormation words one of its handlers."""
    kind = "NotFound" if code.endswith(("NotFound", "Malformed")) else "InvalidRequest"
    return (
        f'Resource handler returned message: "{text} (Service: {service}, Status Code: 400, Request ID: '
        f'00000000-0000-0000-0000-000000000000)" (RequestToken: 00000000-0000-0000-0000-000000000000, HandlerErrorCode: {kind})'
    )


async def refuse_full_buckets(account: Account, stack: str, kept: Collection[str]) -> None:
    """Raise DeploymentError if a bucket of a stack that would be deleted has an object; `kept` stay."""
    host = service_names.service("s3").host(account.cloud.region)
    for resource in inside(account.cloud, stack):
        if resource.type != "AWS::S3::Bucket" or logical_id(resource) in kept or not isinstance(resource.ref, str):
            continue
        listed = await account.call_host(host, rest_request("GET", f"/{resource.ref}?list-type=2&max-keys=1"))
        if listed.status == 200 and b"<Key>" in listed.body:
            raise DeploymentError(
                "The bucket you tried to delete is not empty (Service: S3, Status Code: 409, Request ID: 0000000000000000)",
                resource.id,
            )


_IN_VPC = tuple(
    f"AWS::EC2::{name}"
    for name in ("NetworkAcl", "RouteTable", "SecurityGroup", "Subnet", "VPCEndpoint", "VPCGatewayAttachment")
)


def refuse_needed(cloud: Cloud, stack: str, kept: Collection[str]) -> None:
    """Raise DeploymentError if a network of a stack that would be deleted has something in it that stays; `kept` stay."""
    going = {one.id for one in inside(cloud, stack) if logical_id(one) not in kept}
    for name in _places_of_others(cloud, going):
        if name in going:
            text = f"'{cloud.aws_id(name)}' has dependencies and cannot be deleted."
            raise DeploymentError(handler_message(text, "Ec2", "DependencyViolation"), name)


def _places_of_others(cloud: Cloud, going: Collection[str]) -> Iterator[str]:
    """Yield the VPCs, subnets and groups of everything but some resources."""
    view = View(cloud)
    for one in view.of_type(*_IN_VPC):
        if one.id not in going:
            yield view.name(one.properties.get("VpcId"))
    for eni in cloud.network.network_interfaces.values():
        if not {*(eni.function_ids or (eni.owner_id,))} <= {*going}:
            yield from map(view.name, (eni.subnet_id, *eni.security_group_ids))


def refuse_custom_names(names: Iterable[str], before: Mapping[str, Seen], after: Mapping[str, Seen]) -> None:
    """Raise DeploymentError if a resource keeps a name of the template's own, which the replacement would have too."""
    for name in sorted(names):
        resource = after[name].resource
        naming = NAMINGS.get(resource.type)
        own = naming is not None and naming.property in resource.property_origins
        if (
            naming
            and own
            and before[name].resource.properties.get(naming.property) == resource.properties[naming.property]
        ):
            raise DeploymentError(
                f"CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename "
                f"{resource.properties[naming.property]} and update the stack again.",
                resource.id,
            )
