"""Types and parts of SAM resources."""

from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.template.template import SERVERLESS, Template

PREFIX = "AWS::Serverless::"
IMPLICIT = {"Api": "ServerlessRestApi", "HttpApi": "ServerlessHttpApi"}
"""APIs that SAM makes for events without an API, by the type of the event."""


def is_needed(template: Template) -> bool:
    """Return whether a template has SAM resources; warn when it lacks the transform, since CloudFormation then refuses it."""
    names = [name for name, resource in template.resources.items() if serverless_kind(resource)]
    if names and SERVERLESS not in template.transforms:
        origin = template.resources.origin_of(names[0])
        template.warnings.append(f"{origin}: `{names[0]}` is of SAM, but the template has no `Transform: {SERVERLESS}`")
    return bool(names) or any("Connectors" in mapping(resource) for resource in template.resources.values())


def serverless_kind(resource: Any) -> str:
    """Return the part after `AWS::Serverless::` in a resource's type; "" for any other type."""
    kind = resource.get("Type") if isinstance(resource, dict) else None
    return kind.removeprefix(PREFIX) if isinstance(kind, str) and kind.startswith(PREFIX) else ""


def mapping(value: Any) -> MarkedMap:
    """Return a value that is a mapping, or an empty one in its place."""
    return value if isinstance(value, MarkedMap) else MarkedMap()


def part(value: Any, *path: str) -> MarkedMap:
    """Return the mapping at a path of keys, or an empty one."""
    for key in path:
        value = mapping(value).get(key)
    return mapping(value)


def plain(value: Any) -> Any:
    """Return a copy of a value without its lines."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value
