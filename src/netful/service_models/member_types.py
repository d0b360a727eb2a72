"""Members of requests that are made of a template's values: each in the spelling and the type of its shape."""

from collections.abc import Mapping
from typing import Any

from netful.service_models.scalars import SCALARS
from netful.service_models.service_model import Member, ServiceModel


def in_types(model: ServiceModel, own: Member | None, value: Any) -> Any:
    """Return a value in the types of a member's shape. What does not fit, or has no shape, stays as it is.

    Templates write some names of members with other capitals (`AwsVpcConfiguration`).
    """
    if own is None:
        return value
    shape = model.shapes[own.shape]
    if isinstance(value, Mapping) and shape.type in ("structure", "map"):
        spelled = {member.lower(): member for member in shape.members}
        named = [(spelled.get(str(name).lower(), str(name)), item) for name, item in value.items()]
        return {name: in_types(model, shape.members.get(name, shape.value), item) for name, item in named}
    if isinstance(value, list | tuple) and shape.type == "list":
        return [in_types(model, shape.member, item) for item in value]
    found = SCALARS[shape.type](value) if shape.type in SCALARS else None
    return value if found is None else found
