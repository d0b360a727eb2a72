"""References of the equivalent template to attributes of planned resources."""

import re
from collections.abc import Iterable
from typing import Any

from netful.model.names.partitions import partition
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.plan.references import AttributeReference, Found
from netful.sources.terraform.types.resource_types import (
    ATTRIBUTES,
    DEFAULTS,
    FIREWALLS,
    IPV6_BLOCK,
    NEEDED,
    TYPES,
    kind_of,
)
from netful.sources.terraform.types.rows import camel

VERSION = ".version"
"""End of the logical id of the version that a function publishes."""

_INVOCATION = "lambda:path/2015-03-31/functions/"
_INVOKED = {"invoke_arn": "arn", "qualified_invoke_arn": "qualified_arn"}
_INDEX = re.compile(r"\[\d+\]")
_ENTRY = re.compile(r'dns_entry\[(\d+)\](?:\.dns_name|\["dns_name"\])?')
_ROOT = "root_resource_id"
_ARNS_OF_STATEMENTS = ("identifiers", "not_resources", "resources")
_MADE_UP = re.compile(r"arn:.+|[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}|.+\.(?:amazonaws\.com(?:\.cn)?|cloudfront\.net)")
"""An ARN, an id or the name of a host that AWS generates: these are unique. Several objects may share a name."""


_OF_KINDS = {kind: tuple(name for other, name in ATTRIBUTES if other == kind) for kind, _ in ATTRIBUTES}
"""Attributes by type."""


def given_by_aws(resources: Iterable[Planned]) -> dict[str, AttributeReference]:
    """Return the attributes that known ids, ARNs and names of AWS are of; the id of a VPC's default resource is the VPC's attribute.

    A type that only extends another resource has the id or the ARN of that, such as `aws_sns_topic_policy`.
    """
    of_kinds = [(one, name) for one in resources for name in _OF_KINDS.get(kind_of(one.type), ())]
    both = [(one, name) for one in resources if kind_of(one.type) not in DEFAULTS for name in ("arn", "id")]
    beside, own = ([each for each in both if (kind_of(each[0].type) in TYPES) is read] for read in (False, True))
    adopted = [(one, "id") for one in resources if kind_of(one.type) in DEFAULTS]
    return {
        value: AttributeReference(one, name)
        for one, name in (*beside, *adopted, *of_kinds, *own)
        if isinstance(value := dict.get(one.values, name), str) and (_MADE_UP.fullmatch(value) or name == _ROOT)
    }


def with_attribute(found: Found, argument: str) -> Found:
    """Return a reference with the attribute that an argument needs: a plan does not show it after an index (`f[each.key].arn`)."""
    if not isinstance(found, AttributeReference) or found.written:
        return found
    kind, argument = kind_of(found.resource.type), argument.rpartition(".")[2]
    meant = argument if (kind, argument) in ATTRIBUTES else NEEDED.get((kind, argument), "")
    if not meant and (argument.endswith(("_arn", "_arns")) or argument in _ARNS_OF_STATEMENTS):
        meant = "arn"
    return AttributeReference(found.resource, meant or found.attribute, whole=found.whole)


def reference_to(target: AttributeReference) -> dict[str, Any] | None:
    """Return the reference to a resource's attribute in a template; None if a template has no such attribute."""
    address, kind = target.resource.address, kind_of(target.resource.type)
    names = (_INDEX.sub("", target.attribute), target.attribute.partition("[")[0])
    attribute = next((ATTRIBUTES[kind, name] for name in names if (kind, name) in ATTRIBUTES), None)
    if kind == FIREWALLS and target.attribute.startswith("firewall_status"):
        return {"Ref": address}
    if target.attribute in _INVOKED and kind in ("aws_lambda_function", "aws_lambda_alias"):
        arn = reference_to(AttributeReference(target.resource, _INVOKED[target.attribute]))
        return arn_of("apigateway", target.resource, _INVOCATION, arn, "/invocations")
    if kind == "aws_lambda_function" and target.attribute in ("version", "qualified_arn"):
        return _version_of(target)
    if (kind, target.attribute) == ("aws_vpc_endpoint_service", "service_name"):
        return {"Fn::Join": ["", ["com.amazonaws.vpce.", region_of(target.resource), ".", {"Ref": address}]]}
    if kind == "aws_vpc_endpoint" and (entry := _ENTRY.fullmatch(target.attribute)):
        named = {"Fn::Select": [int(entry[1]), {"Fn::GetAtt": [address, "DnsEntries"]}]}
        return {"Fn::Select": [1, {"Fn::Split": [":", named]}]}
    if (kind, target.attribute) == ("aws_vpc", IPV6_BLOCK):
        if dict.get(target.resource.values, "assign_generated_ipv6_cidr_block") is not True:
            return None  # it is one of a pool
        return {"Fn::Select": [0, {"Fn::GetAtt": [address, "Ipv6CidrBlocks"]}]}
    if (kind, target.attribute) == ("random_password", "result"):
        return {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": address}, "}}"]]}
    if attribute == "Ref" or (attribute is None and target.attribute == "id"):
        return {"Ref": address}
    if attribute is None and kind.startswith("awscc_"):
        return {"Fn::GetAtt": [address, camel(target.attribute)]}
    if attribute is None and target.attribute != "arn":
        return None
    return {"Fn::GetAtt": [address, attribute or "Arn"]}


def _version_of(target: AttributeReference) -> dict[str, Any]:
    """Return the number or the ARN of the version that a function publishes, else of `$LATEST`."""
    address, number = target.resource.address, target.attribute == "version"
    if target.resource.values.get("publish") is True:
        version = f"{address}{VERSION}"
        return {"Fn::GetAtt": [version, "Version"]} if number else {"Ref": version}
    latest = ["$LATEST"] if number else [{"Fn::GetAtt": [address, "Arn"]}, ":$LATEST"]
    return {"Fn::Join": ["", latest]}


def region_of(resource: Planned) -> Any:
    """Return the region of a resource as a value of the template."""
    return resource.region or {"Ref": "AWS::Region"}


def account_of(resource: Planned) -> Any:
    """Return the account of a resource as a value of the template."""
    return resource.account_id or {"Ref": "AWS::AccountId"}


def arn_of(service: str, resource: Planned, *rest: Any) -> dict[str, Any]:
    """Return the ARN of a thing in the region of a resource as a value of the template; `rest` begins with the account."""
    own = partition(resource.region) if resource.region else {"Ref": "AWS::Partition"}
    return {"Fn::Join": ["", ["arn:", own, f":{service}:", region_of(resource), ":", *rest]]}


def name_of(node: Any) -> str:
    """Return the logical id that a reference names."""
    if isinstance(node, dict):
        named = node.get("Ref") or next(iter(node.get("Fn::GetAtt", [""])), "")
        return str(named)
    return str(node)
