"""Records whose members are the properties of a resource."""

from collections.abc import Callable, Mapping
from typing import Any

from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import Resource

Value = Callable[[View, Resource], Any]
"""Returns a member that is not a property."""

_NAMES = ("Id", "Ids", "Arn", "Arns")
"""The ends of the names of properties that name other things."""


def record_of(usual: Mapping[str, Any], **more: Value) -> Callable[[View, Resource], Record]:
    """Return the function that returns the record of a resource.

    `usual` are members that all have unless a property says otherwise, `more` are those that are computed.
    """

    def record(view: View, one: Resource) -> Record:
        own = {name: with_ids(view, name, value) for name, value in one.properties.items()}
        computed = {name: value(view, one) for name, value in more.items()}
        return {**usual, **own, "Tags": view.tags(one.id), **computed}

    return record


def with_ids(view: View, name: str, value: Any) -> Any:
    """Return the value of a property, with AWS's ids in place of names."""
    if not name.endswith(_NAMES):
        return value
    return view.ids(value) if isinstance(value, list | tuple) else view.id(value)


def owner(view: View, _resource: Resource) -> str:
    """Return the account."""
    return view.cloud.account_id
