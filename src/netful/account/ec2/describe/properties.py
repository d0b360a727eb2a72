"""Records whose members are the properties of a resource, in the types of EC2's shapes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.ec2.view import View
from netful.account.wire.coercion import typed
from netful.account.wire.service_model import service_model
from netful.model.core.resource import Resource

Value = Callable[[View, Resource], Any]
"""Returns a member that is no property."""

_NAMES = ("Id", "Ids", "Arn", "Arns")
"""The ends of the names of properties that name other things."""


def records(
    type_: str, id_member: str, shape: str, usual: Mapping[str, Any], **more: Value
) -> Callable[[View], Iterator[dict[str, Any]]]:
    """Return the function that yields the records of a type of resources.

    `usual` are members that all have unless a property says otherwise, `more` are those that are computed.
    """

    def of_type(view: View) -> Iterator[dict[str, Any]]:
        found = service_model("ec2").shape_for(shape)
        for one in view.cloud.template.resources.values():
            if one.type == f"AWS::EC2::{type_}":
                computed = {name: value(view, one) for name, value in more.items()}
                own = typed(found, {name: with_ids(view, name, value) for name, value in one.properties.items()})
                yield {**usual, **own, **computed, id_member: view.id(one.id), "Tags": view.tags(one.id)}

    return of_type


def with_ids(view: View, name: str, value: Any) -> Any:
    """Return the value of a property, with AWS's ids in place of names."""
    if not name.endswith(_NAMES):
        return value
    return view.ids(value) if isinstance(value, list | tuple) else view.id(value)


def owner(view: View, _resource: Resource) -> str:
    """Return the account."""
    return view.cloud.account_id


def arn(kind: str) -> Value:
    """Return the function that returns the ARN of a resource; `kind` is its part before the id."""
    return lambda view, one: f"arn:aws:ec2:{view.cloud.region}:{view.cloud.account_id}:{kind}/{view.id(one.id)}"
