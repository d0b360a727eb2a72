"""Web ACLs of a description, with what their rules refer to, and the stages that they protect.

The AWS CLI prints the bytes that a rule searches for in Base64, and each regular expression as an object.
"""

from collections.abc import Iterator
from typing import Any

from netful.sources.described.files import WEB_ACLS, Description
from netful.sources.described.item import Declaration, Item


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
