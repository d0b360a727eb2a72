"""Kinds of things of WAF: for each its type, and the end of its operations' names."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from netful.account.wire.service_model import operation_model
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource

ASSOCIATION, LOGGING = "AWS::WAFv2::WebACLAssociation", "AWS::WAFv2::LoggingConfiguration"
_PROPERTIES = {"SearchString": "SearchStringBase64", "ARN": "Arn"}
"""Properties of templates by the members of the API, where the names differ."""

_MEMBERS = {property_: member for member, property_ in _PROPERTIES.items()}

_OF_ALL = ("Name", "Scope", "Id", "Tags", "LockToken")


class Kind(Frozen):
    """A kind of things: `CreateIPSet`, `ListIPSets`."""

    name: str
    plural: str

    def members(self, verb: str) -> list[str]:
        """Return the members that an operation sets, as the service's model has them."""
        model = operation_model("wafv2", f"{verb}{self.name}")
        assert model is not None
        return [name for name in model.input_shape.members if name not in _OF_ALL]

    @property
    def type(self) -> str:
        """The type of its resources."""
        return f"AWS::WAFv2::{self.name}"

    def resources(self, cloud: Cloud) -> Iterator[Resource]:
        """Yield the things of this kind."""
        return cloud.template.of_type(self.type)

    def arn(self, cloud: Cloud, resource: Resource) -> str:
        """Return the ARN of a thing: of those that a template made, the one that `Fn::GetAtt` gives."""
        return cloud.aws_id(resource.id)


def waf_id(cloud: Cloud, resource: Resource) -> str:
    """Return the id of a thing: the end of its ARN."""
    return cloud.aws_id(resource.id).rpartition("/")[2]


KINDS = tuple(Kind(name, f"{name}s") for name in ("WebACL", "RuleGroup", "IPSet", "RegexPatternSet"))


def lock_token(resource: Resource) -> str:
    """Return the token of a thing's present content: an update must name it."""
    digest = sha256(json.dumps(resource.properties, sort_keys=True, default=str).encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def summary(cloud: Cloud, kind: Kind, resource: Resource) -> Mapping[str, Any]:
    """Return a thing as the list operations have it."""
    return {
        "Name": cloud.aws_id(resource.id).split("/")[-2],
        "Id": waf_id(cloud, resource),
        "Description": resource.properties.get("Description", ""),
        "LockToken": lock_token(resource),
        "ARN": kind.arn(cloud, resource),
    }


def whole(cloud: Cloud, kind: Kind, resource: Resource) -> Mapping[str, Any]:
    """Return a thing as its get operation has it."""
    head = {key: value for key, value in summary(cloud, kind, resource).items() if key != "LockToken"}
    given = {name: resource.properties[name] for name in kind.members("Create") if name in resource.properties}
    found = {**head, **described(given)}
    if "RegularExpressionList" in found:
        found["RegularExpressionList"] = [{"RegexString": text} for text in found["RegularExpressionList"]]
    return found


def properties(kind: Kind, verb: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of a thing that a request to an operation sets."""
    names = ("Name", "Scope", "Tags", *kind.members(verb))
    found = {name: written(asked[name]) for name in names if asked.get(name) is not None}
    if "RegularExpressionList" in found:
        found["RegularExpressionList"] = [str(one.get("RegexString", "")) for one in found["RegularExpressionList"]]
    return found


def written(value: Any) -> Any:
    """Return a part of a request as templates write it."""
    return _respelt(value, lambda name, item: (_PROPERTIES.get(name, name), item))


def described(value: Any) -> Any:
    """Return a part of a template as the API describes it."""
    return _respelt(value, _member)


def _member(name: str, item: Any) -> tuple[str, Any]:
    if name == "SearchString" and isinstance(item, str):  # a text in templates, bytes in the API
        return name, base64.b64encode(item.encode()).decode()
    return _MEMBERS.get(name, name), item


def _respelt(value: Any, spelt: Callable[[str, Any], tuple[str, Any]]) -> Any:
    if isinstance(value, Mapping):
        return {own: _respelt(part, spelt) for own, part in (spelt(str(key), item) for key, item in value.items())}
    return [_respelt(item, spelt) for item in value] if isinstance(value, list | tuple) else value
