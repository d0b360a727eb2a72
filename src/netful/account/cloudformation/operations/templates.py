"""Operations that return and check templates."""

from collections.abc import Mapping
from typing import Any

from netful.account.cloudformation.context import Answer, Context, Operation
from netful.account.cloudformation.records import Content
from netful.account.cloudformation.stacks import is_in_review
from netful.account.cloudformation.templates.parameters import is_hidden
from netful.account.cloudformation.templates.processed import processed
from netful.account.cloudformation.templates.template_text import (
    as_json,
    invalid,
    needed_capabilities,
    parsed,
    received,
    section,
    transforms,
)
from netful.account.operations.query_api import Parameters
from netful.sources.account.deployed_stack import address_of

_NESTED = ("TemplateURL", "Location")
"""The properties that name a nested template, of CloudFormation's stacks and of SAM's applications."""


async def _get_template(own: Context, asked: Parameters) -> Answer:
    if asked.get("ChangeSetName"):
        record, found = own.stacks.change_set(asked)
        content: Content | None = found.content
    else:
        record = own.stacks.get(asked)
        content = record.content
    if content is None:
        content = next((one.content for one in record.change_sets.values()), None)
    body = content.sent if content else ""
    if asked.get("TemplateStage") == "Processed" and content is not None:
        body = content.body
        if transforms(parsed(body)):
            body = as_json(processed(content.file, content.parameters, own.account.cloud.region))
    return {
        "TemplateBody": _with_urls_of_s3(body, own.account.cloud.region),
        "StagesAvailable": ["Original", "Processed"],
    }


def _with_urls_of_s3(body: str, region: str) -> str:
    """Return a template with S3's own URLs of nested templates: SAM writes those of the endpoint, and cannot read them back."""
    for resource in section(parsed(body), "Resources").values() if body else ():
        for name in _NESTED:
            url = str(section(resource, "Properties").get(name))
            address = address_of(url) if url.startswith("http://") else None
            body = body.replace(url, f"https://s3.{region}.amazonaws.com/{'/'.join(address)}") if address else body
    return body


async def _get_template_summary(own: Context, asked: Parameters) -> Answer:
    if asked.get("StackName"):
        record = own.stacks.get(asked)
        if is_in_review(record):
            raise invalid("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.")
        body = record.content.sent if record.content else ""
    else:
        body = await own.contents.body(asked)
    root = parsed(body)
    types = [str(one.get("Type")) for one in section(root, "Resources").values() if isinstance(one, Mapping)]
    metadata = root.get("Metadata")
    return {
        **_capabilities(root),
        "Parameters": [_declared(name, one) for name, one in section(root, "Parameters").items()],
        "Description": root.get("Description"),
        "ResourceTypes": [*dict.fromkeys(types)],
        "Version": root.get("AWSTemplateFormatVersion"),
        "Metadata": as_json(metadata) if metadata is not None else None,
        "DeclaredTransforms": transforms(root),
        "ResourceIdentifierSummaries": [],
    }


async def _validate_template(own: Context, asked: Parameters) -> Answer:
    root = received(await own.contents.body(asked))
    return {
        **_capabilities(root),
        "Description": root.get("Description"),
        "DeclaredTransforms": transforms(root),
        "Parameters": [
            {
                "ParameterKey": name,
                "DefaultValue": _text(one.get("Default")),
                "NoEcho": is_hidden(one),
                "Description": one.get("Description"),
            }
            for name, one in section(root, "Parameters").items()
        ],
    }


def _capabilities(root: Mapping[str, Any]) -> Answer:
    needed, types = needed_capabilities(root)
    if not needed:
        return {"Capabilities": []}
    return {
        "Capabilities": [needed],
        "CapabilitiesReason": f"The following resource(s) require capabilities: [{', '.join(types)}]",
    }


def _declared(name: str, one: Mapping[str, Any]) -> Answer:
    allowed = one.get("AllowedValues")
    return {
        "ParameterKey": name,
        "DefaultValue": _text(one.get("Default")),
        "ParameterType": str(one.get("Type", "String")),
        "NoEcho": is_hidden(one),
        "Description": one.get("Description"),
        "ParameterConstraints": {"AllowedValues": [_text(value) for value in allowed]}
        if isinstance(allowed, list)
        else {},
    }


def _text(value: Any) -> str | None:
    return None if value is None else ("true" if value else "false") if isinstance(value, bool) else str(value)


OPERATIONS: Mapping[str, Operation] = {
    "GetTemplate": _get_template,
    "GetTemplateSummary": _get_template_summary,
    "ValidateTemplate": _validate_template,
}
