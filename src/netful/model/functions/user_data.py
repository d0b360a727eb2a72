"""User data of instances: what AWS gives an instance to run at its first start."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping

from netful.model.core import Maybe, Origin, Resource, Unknown, mapping

_TEMPLATES = ("AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration")
_VERSION = "Netful::EC2::LaunchTemplateVersion"  # of a call: which of several applies is not read here


def user_data_of(resources: Mapping[str, Resource], id_: str) -> tuple[Maybe[str], Origin] | None:
    """Return the user data of an instance or a fleet, or of its launch template, as written, and its place; None without any."""
    own = resources.get(id_)
    referred = (resources.get(name) for name in (own.references if own else ()))
    versioned = {one.properties.get("LaunchTemplateId") for one in resources.values() if one.type == _VERSION}
    templates = (one for one in referred if one and one.type in _TEMPLATES and one.id not in versioned)
    for holder in (own, *templates):
        data = written_in(holder) if holder else None
        if holder and data is not None:
            return data, holder.origin_of("UserData")
    return None


def text_of(data: object) -> str:
    """Return the text of user data, which is base64 or written as it is, as far as it is known; "" if nothing of it is."""
    if not isinstance(data, str):
        return data.partly if isinstance(data, Unknown) else ""
    try:
        return b64decode(data, validate=True).decode()
    except (Error, ValueError):
        return data


def written_in(holder: Resource) -> Maybe[str] | None:
    """Return the user data of a resource itself, as written: an instance, a launch template or a launch configuration."""
    found: Maybe[str] | None = mapping(holder.properties.get("LaunchTemplateData")).get(
        "UserData", holder.properties.get("UserData")
    )
    return found
