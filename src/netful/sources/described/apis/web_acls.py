"""Web ACLs of a description, with what their rules refer to, and the stages and load balancers that they protect.

The AWS CLI prints the bytes that a rule searches for in Base64, and each regular expression as an object.
"""

from collections.abc import Iterator
from typing import Any

from netful.model.unread import Unread, Weight
from netful.sources.described.files import WEB_ACLS, Description
from netful.sources.described.item import Declaration, Item
from netful.sources.described.load_balancers import name_of
from netful.sources.described.subjects import WEB_ACL_RESOURCES


def declarations(description: Description) -> Iterator[Declaration]:
    """Yield the web ACLs, their sets and rule groups, and the associations."""
    for key, kind in WEB_ACLS.items():
        for item in description.of(kind):
            own = item.part(key)
            yield own.text("ARN"), f"AWS::WAFv2::{key}", item, _written(own.data)
    for stages in description.of("apigateway.Stages"):
        for stage in stages.parts("items"):
            if arn := stage.text("webAclArn"):
                yield _association(f"{stages.text('id')}/{stage.text('stageName')}", arn, stage)
    for item in description.of(WEB_ACL_RESOURCES):
        for arn in item.texts("ResourceArns"):
            if ":loadbalancer/app/" in arn:
                yield _association(name_of(arn), item.text("ARN"), item)


def not_described(description: Description) -> Iterator[Unread]:
    """Yield the assumptions that application load balancers have no web ACL, if not all lists of what these protect were described."""
    command, listed = "aws wafv2 list-resources-for-web-acl", description.of(WEB_ACL_RESOURCES)
    protected = {arn for item in listed for arn in item.texts("ResourceArns")}
    complete = listed and len(listed) >= len(description.of("wafv2.WebACL"))
    for item in description.of("LoadBalancers") if not complete else ():
        arn = item.text("LoadBalancerArn")
        if item.text("Type") == "application" and arn not in protected:
            assumed = f"{name_of(arn)} has no web ACL: not every output of `{command}` was described"
            yield Unread(
                name_of(arn), "WebACL", Weight.ASSUMED, (name_of(arn),), origin=item.origin, assumption=assumed
            )


def _association(stage_id: str, arn: str, item: Item) -> Declaration:
    return f"{stage_id}/web-acl", "AWS::WAFv2::WebACLAssociation", item, {"ResourceArn": stage_id, "WebACLArn": arn}


def _written(value: Any) -> Any:
    """Return a value of the API in the form of a template."""
    if isinstance(value, list):
        return [_written(one) for one in value]
    if not isinstance(value, dict):
        return value
    if [*value] == ["RegexString"]:
        return value["RegexString"]
    names = {"SearchString": "SearchStringBase64"}
    return {names.get(name, name): _written(one) for name, one in value.items()}
