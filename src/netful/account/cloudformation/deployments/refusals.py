"""Parts of a stack that AWS's services refuse: ids that do not exist, functions that Lambda does not create, networks and buckets in use."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments.changes import Seen
from netful.account.cloudformation.deployments.existing_names import already_exists
from netful.account.cloudformation.deployments.stack_view import inside, logical_id, members
from netful.account.cloudformation.records import STACK
from netful.account.cloudformation.templates.parameters import require_names
from netful.account.cloudformation.templates.template_text import invalid, parsed, section, unresolved
from netful.account.ec2.kinds import kind_of_id
from netful.account.ec2.view import View
from netful.account.refused.network_mismatches import mismatches
from netful.account.wire.errors import ApiError
from netful.engine.events.event_source_mappings import MAPPING
from netful.engine.events.mapping_refusals import mapping_refusal
from netful.functions.code.package import archive_refusal
from netful.functions.environments.admission import rejection
from netful.model.cloud import Cloud
from netful.model.core import Resource, words_of
from netful.model.names import service_names
from netful.model.names.generated.generated_names import NAMINGS, physical_name
from netful.services.http.backend_requests import rest_request


def refuse_missing(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if a resource of a stack refers to something of EC2 that does not exist."""
    view = View(cloud)
    for resource in inside(cloud, stack):
        if not resource.type.startswith(("AWS::EC2::", "AWS::Lambda::", "AWS::ElasticLoadBalancing")):
            continue
        here = cloud.account_of(resource.id), cloud.region_of(resource.id)
        for text in _own_words(resource.properties, here):
            kind = kind_of_id(text)
            if kind and not view.has(text) and text not in cloud.template.resources:
                code, words = kind.not_found
                raise DeploymentError(handler_message(words.format(text), "Ec2", code), resource.id)


_ELSEWHERE = {
    "PeerVpcId": ("PeerOwnerId", "PeerRegion"),
    "SourceSecurityGroupId": ("SourceSecurityGroupOwnerId",),
}
"""Properties with the id of something, and those with its account and region, which may be others."""

_FREE = frozenset({"Description", "Environment", "GroupDescription", "Tags", "TagSpecifications"})
"""Properties whose texts AWS does not read: an id in one refers to nothing."""


def _own_words(value: object, here: Collection[str]) -> Iterator[str]:
    """Yield the texts in a value that AWS reads, without ids of what is in another account or region than `here`."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name in _FREE:
                continue
            places = (value.get(one) for one in _ELSEWHERE.get(str(name), ()))
            if all(place is None or place in here for place in places):
                yield from _own_words(item, here)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _own_words(item, here)
    else:
        yield from words_of(value)


def refuse_functions(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if Lambda would not create a function or an event source mapping of a stack."""
    for resource in inside(cloud, stack):
        function = cloud.compute.functions.get(resource.id)
        refused = rejection(cloud, function) if function else None
        if refused is not None:
            raise DeploymentError(handler_message(refused.problem.why, "Lambda"), resource.id)
        why = mapping_refusal(cloud, resource) if resource.type == MAPPING else ""
        if function and function.code.local_path and Path(function.code.local_path).is_file():
            why = archive_refusal(Path(function.code.local_path))
        if why:
            raise DeploymentError(handler_message(why, "Lambda"), resource.id)


_OF_REVISIONS = "AWS::ECS::TaskDefinition"
"""The type whose replacement is the next revision of the same name."""

_OF_SEVERAL = ("AWS::Cognito::UserPool", "AWS::ECS::Service", _OF_REVISIONS, "AWS::Events::Rule")
"""Types with a name that several resources of an account may have."""


_SECURITY_GROUP = "AWS::EC2::SecurityGroup"
_NAMED = {
    "AWS::ApiGateway::DomainName": "DomainName",
    "AWS::ApiGatewayV2::DomainName": "DomainName",
    "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupName",
    "AWS::EC2::KeyPair": "KeyName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    _SECURITY_GROUP: "GroupName",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
}
"""Types beside those of `NAMINGS` whose resources may have a name of the template's own, and its property."""


def refuse_nested_parameters(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if the template of a nested stack does not have the parameters that its parent gives it."""
    for resource in inside(cloud, stack):
        file = resource.properties.get("TemplateURL") if resource.type == STACK else None
        if not isinstance(file, str) or not Path(file).is_file():
            continue
        try:
            declared = section(parsed(Path(file).read_text(encoding="utf-8")), "Parameters")
            require_names(declared, section(resource.properties, "Parameters"))
        except ApiError as error:
            raise DeploymentError(error.message, resource.id) from error


def refuse_unresolved(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if a resource of a nested stack refers to one whose condition is false."""
    ids = {one.id for one in inside(cloud, stack)}
    for one in cloud.template.dangling_references:
        if one.owner in ids:
            raise DeploymentError(unresolved([one.target], "Resources").message, one.owner)


def refuse_taken_names(cloud: Cloud, stack: str, before: Cloud) -> None:
    """Raise DeploymentError if a new resource of a stack has the name of another one, also of one that the deployment removes."""
    names = {id_: _place_of_name(both, one) for both in (before, cloud) for id_, one in both.template.resources.items()}
    taken = Counter(names.values())
    for resource in members(cloud, stack):
        place = names[resource.id]
        if place is not None and taken[place] > 1 and resource.id not in before.template.resources:
            raise DeploymentError(already_exists(resource.type, place[-1]), resource.id)


def _place_of_name(cloud: Cloud, resource: Resource) -> tuple[str, ...] | None:
    """Return the account, region, type, VPC and name in which no other resource may be; None for a type without such names."""
    name = resource.properties.get(_NAMED[resource.type]) if resource.type in _NAMED else physical_name(resource)
    if resource.type in _OF_SEVERAL or not isinstance(name, str):
        return None
    vpc = str(cloud.named(str(resource.properties.get("VpcId")))) if resource.type == _SECURITY_GROUP else ""
    return cloud.account_of(resource.id), cloud.region_of(resource.id), resource.type, vpc, name


def refuse_mismatches(cloud: Cloud, stack: str, before: Cloud) -> None:
    """Raise DeploymentError if AWS refuses a new or changed resource of a stack for the network that it belongs to."""
    for one in mismatches(before, cloud, [resource.id for resource in inside(cloud, stack)]):
        service = cloud.template.resources[one.resource_id].type.split("::")[1].replace("EC2", "Ec2")
        raise DeploymentError(
            handler_message(one.worded(cloud), service, one.code or "InvalidRequest"), one.resource_id
        )


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


def refuse_other_types(before: Mapping[str, Seen], after: Mapping[str, Seen]) -> None:
    """Raise ApiError if a resource would have another type than before: an update makes no other one under its logical id."""
    names = [name for name in after if name in before and before[name].resource.type != after[name].resource.type]
    if names:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of the following resources: "
            f"[{', '.join(names)}]"
        )


def refuse_custom_names(names: Iterable[str], before: Mapping[str, Seen], after: Mapping[str, Seen]) -> None:
    """Raise DeploymentError if a resource keeps a name of the template's own, which the replacement would have too."""
    for name in sorted(names):
        resource = after[name].resource
        if resource.type == _OF_REVISIONS:
            continue
        naming = NAMINGS.get(resource.type)
        own = naming.property if naming else _NAMED.get(resource.type, "")
        if own in resource.property_origins and before[name].resource.properties.get(own) == resource.properties[own]:
            raise DeploymentError(
                f"CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename "
                f"{resource.properties[own]} and update the stack again.",
                resource.id,
            )
