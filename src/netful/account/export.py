"""The account as a template: every resource with its resolved properties."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import BY_CALL, Frozen, Resource, Unknown, texts
from netful.model.functions.function import Function, Role
from netful.model.names.generated.generated_names import NAMINGS
from netful.model.network.vpc import DEFAULT_STACK
from netful.sources.account.stack_tags import own_properties
from netful.sources.readers.route_tables import MAIN_ROUTE_TABLE

_NO_LETTER = re.compile(r"[^A-Za-z0-9]")
_WAF = "AWS::WAFv2::"
_REST_API, _ROOT = "AWS::ApiGateway::RestApi", ".RootResourceId"
_ROUTE, _ATTACHMENT = "AWS::EC2::Route", "AWS::EC2::VPCGatewayAttachment"
_ID_MEMBER = re.compile(r".*(Id|Ids|Arn)")


def template_of(cloud: Cloud) -> dict[str, Any]:
    """Return the account as a template, which makes the like of it elsewhere.

    A value that is another resource's `Ref`, or contains it, refers to that resource again. The names that CloudFormation
    generated, what AWS makes for an account and values that are not known are left out.
    """
    chosen = {one.id: one for one in (*cloud.template.resources.values(), *_of_main_tables(cloud)) if _is_portable(one)}
    names = dict(_names(chosen))
    refs = {one.ref: names[one.id] for one in chosen.values() if isinstance(one.ref, str) and one.ref}
    of_waf = [id_ for id_, one in chosen.items() if one.type.startswith(_WAF)]
    arns = {cloud.aws_id(id_): f"{names[id_]}.Arn" for id_ in of_waf}  # `Ref` is not the ARN
    named = {id_: name for id_, name in names.items() if id_ not in refs}
    refs = {**_by_aws_id(cloud, chosen, names), **named, **refs, **arns}
    resources = {names[one.id]: _resource(one, names, refs) for one in chosen.values()}
    _order_routes(chosen.values(), names, resources)
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {**resources, **_made(cloud, resources)}}


def _made(cloud: Cloud, written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the functions and roles that calls made, which are not resources."""
    functions = [one for one in cloud.compute.functions.values() if one.id not in cloud.template.resources]
    roles = {f"{one.id} Role": one for one in cloud.access.roles.values() if one.origin == BY_CALL}
    limits = {f"{id_} Boundary": one.boundary for id_, one in roles.items() if isinstance(one.boundary, Mapping)}
    names = dict(_names([*written, *(one.id for one in functions), *roles, *limits]))
    by_role = {role.role_name: names[id_] for id_, role in roles.items()}
    return {
        **{names[id_]: _role(role, names.get(f"{id_} Boundary", "")) for id_, role in roles.items()},
        **{
            names[id_]: {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": text}}
            for id_, text in limits.items()
        },
        **{names[one.id]: _function(one, by_role) for one in functions},
    }


def _by_aws_id(cloud: Cloud, chosen: Mapping[str, Resource], names: Mapping[str, str]) -> dict[str, str]:
    """Return the logical ids of resources, and of the root of an API, by their ids at AWS."""
    found = {cloud.aws_id(id_): name for id_, name in names.items()}
    roots = {id_: names[id_] for id_, one in chosen.items() if one.type == _REST_API}
    return {**found, **{cloud.aws_id(f"{id_}.root"): f"{name}{_ROOT}" for id_, name in roots.items()}}


def _is_portable(resource: Resource) -> bool:
    """Return whether a resource has a type of CloudFormation's, and is not made by AWS for each account."""
    return resource.stack != DEFAULT_STACK and not resource.type.startswith(("Netful::", "Terraform::"))


def _of_main_tables(cloud: Cloud) -> Iterator[Resource]:
    """Yield associations of the subnets that have the main table which a call chose: templates cannot choose it."""
    for one in cloud.template.of_type(MAIN_ROUTE_TABLE):
        vpc, table = str(one.properties["VpcId"]), str(one.properties["RouteTableId"])
        own = {id_ for each in cloud.network.route_tables.values() for id_ in each.subnet_ids}
        for subnet in cloud.network.subnets_of(vpc):
            if subnet.id not in own:
                ids = {"RouteTableId": cloud.aws_id(table), "SubnetId": cloud.aws_id(subnet.id)}
                yield Resource(f"{subnet.id}.main-table", "AWS::EC2::SubnetRouteTableAssociation", ids)


def _names(ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each id with a logical id for it: its own, or one that no other has."""
    taken: set[str] = set()
    for id_ in ids:
        name = base = _NO_LETTER.sub("", id_) or "Resource"
        number = 2
        while name in taken:
            name, number = f"{base}{number}", number + 1
        taken.add(name)
        yield id_, name


def _resource(resource: Resource, names: Mapping[str, str], refs: Mapping[str, str]) -> dict[str, Any]:
    writer = _Writer(refs, frozenset(names[id_] for id_ in resource.references if id_ in names), not resource.stack)
    written = {
        name: writer.value(value, name)
        for name, value in own_properties(resource.properties).items()
        if not isinstance(value, Unknown) and not _is_generated(resource, name)
    }
    found: dict[str, Any] = {"Type": resource.type, "Properties": written}
    if resource.construct_path:
        found["Metadata"] = {"aws:cdk:path": resource.construct_path}
    needed = [names[id_] for id_ in resource.depends_on if id_ in names]
    return {**found, **({"DependsOn": needed} if needed else {})}


def _order_routes(chosen: Iterable[Resource], names: Mapping[str, str], written: Mapping[str, dict[str, Any]]) -> None:
    """Have routes that calls made wait until their internet gateway is attached, as the calls did."""
    attached = {one.properties.get("InternetGatewayId"): one.id for one in chosen if one.type == _ATTACHMENT}
    for one in chosen:
        attachment = attached.get(one.properties.get("GatewayId")) if one.type == _ROUTE and not one.stack else None
        if attachment is not None:
            written[names[one.id]]["DependsOn"] = [names[attachment]]


def _is_generated(resource: Resource, name: str) -> bool:
    """Return whether a property is the name that CloudFormation made, as its template sets none."""
    naming = NAMINGS.get(resource.type)
    return (
        bool(resource.stack)
        and naming is not None
        and name == naming.property
        and name not in resource.property_origins
    )


class _Writer(Frozen):
    """Writes the values of a resource. `refs` are names, with an attribute where `Ref` is another value, by what stands for them.

    A value refers to the resources in `referred`; of a resource that a call made (`by_call`), also by each id or ARN.
    """

    refs: Mapping[str, str]
    referred: frozenset[str]
    by_call: bool

    def value(self, value: Any, member: str) -> Any:
        """Return a value of a member without its unknown parts."""
        if isinstance(value, str):
            name = self.refs.get(value)
            known = name is not None and (self._is_referred(name) or (self.by_call and _ID_MEMBER.fullmatch(member)))
            return _reference(str(name)) if known else self._substituted(value)
        if isinstance(value, Mapping):
            parts = ((str(key), item) for key, item in value.items() if not isinstance(item, Unknown))
            return {key: self.value(item, key if _ID_MEMBER.fullmatch(key) else member) for key, item in parts}
        if isinstance(value, list | tuple):
            return [self.value(item, member) for item in value if not isinstance(item, Unknown)]
        return value

    def _is_referred(self, name: str) -> bool:
        return name.partition(".")[0] in self.referred

    def _substituted(self, text: str) -> Any:
        """Return a text with references in place of the ids and names that it contains, such as in an ARN."""
        inside = [
            (ref, name) for ref, name in self.refs.items() if self._is_referred(name) and ref != name and ref in text
        ]
        if not inside:
            return text
        found = text.replace("${", "${!")
        for ref, name in sorted(inside, key=lambda pair: -len(pair[0])):
            found = found.replace(ref, f"${{{name}}}")
        return {"Fn::Sub": found}


def _reference(name: str) -> dict[str, Any]:
    resource, _, attribute = name.partition(".")
    return {"Fn::GetAtt": [resource, attribute]} if attribute else {"Ref": resource}


def _role(role: Role, limit: str) -> dict[str, Any]:
    """Return a role that IAM's API made, with its boundary; its policies are inline, one for each version of their language."""
    properties: dict[str, Any] = {"RoleName": role.role_name, "AssumeRolePolicyDocument": role.assume_role_policy}
    if role.path != "/":
        properties["Path"] = role.path
    if role.managed_policy_arns:
        properties["ManagedPolicyArns"] = [*role.managed_policy_arns]
    if role.boundary:
        properties["PermissionsBoundary"] = {"Ref": limit} if limit else role.boundary
    if role.tags:
        properties["Tags"] = [{"Key": key, "Value": value} for key, value in role.tags.items()]
    policies: dict[str, list[Any]] = {}
    for one in role.statements:
        own = {name: value for name, value in one.items() if name != "Version"}
        policies.setdefault(one.get("Version", "2008-10-17"), []).append(own)
    if policies:
        properties["Policies"] = [
            {"PolicyName": f"{role.role_name}-{version}", "PolicyDocument": {"Version": version, "Statement": own}}
            for version, own in policies.items()
        ]
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _function(function: Function, roles: Mapping[str, str]) -> dict[str, Any]:
    """Return a function that Lambda's API made. Its code was uploaded and is not in the template."""
    vpc = {"SubnetIds": texts(function.subnet_ids), "SecurityGroupIds": texts(function.security_group_ids)}
    mounts = [{"Arn": one.access_point, "LocalMountPath": one.path} for one in function.file_mounts]
    own = roles.get(str(function.role).rpartition("/")[2])
    role = {"Fn::GetAtt": [own, "Arn"]} if own else function.role if isinstance(function.role, str) else ""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": function.function_name,
            "Code": {"S3Bucket": "uploaded", "S3Key": function.function_name},
            **{
                name: value
                for name, value in (
                    ("Handler", function.handler),
                    ("Runtime", function.runtime),
                )
                if isinstance(value, str) and value
            },
            **({"Role": role} if role else {}),
            "Timeout": function.timeout,
            "MemorySize": function.memory_size,
            "Environment": {"Variables": {k: v for k, v in function.environment.items() if isinstance(v, str)}},
            **({"VpcConfig": vpc} if vpc["SubnetIds"] else {}),
            **({"FileSystemConfigs": mounts} if mounts else {}),
            **({"KmsKeyArn": function.kms_key_arn} if function.kms_key_arn else {}),
            **({"DeadLetterConfig": {"TargetArn": function.dead_letter_arn}} if function.dead_letter_arn else {}),
        },
    }
