"""Routes that an instance makes by a script when it starts, and addresses that it takes, such as a NAT instance that replaces itself.

A path that ends for want of a route is unknown, if its table is one that the script names; a script whose table is a variable
may mean any table. What is not known of a script is assumed to make none, if its instance has the credentials to make one.
An Elastic IP that a script names, or any if it names none and takes one, may be at its instance, which has a public address then.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from netful.model.core import Resource, Unknown, mapping
from netful.model.functions.user_data import text_of, written_in
from netful.model.unread import MAKES_ROUTES, TAKES_ADDRESS, Unread, Weight, beyond

_VPC, _ADDRESS = "AWS::EC2::VPC", "AWS::EC2::EIP"
_HAVE_TABLE = (_VPC, "AWS::EC2::RouteTable")
_HOLDERS = ("AWS::EC2::Instance", "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration")
_MAKES_ROUTE = re.compile(r"\b(?:create|replace)[-_]route[\s(](.*)")
_TAKES_ADDRESS = re.compile(r"\bassociate[-_]address\b")
_TABLE = re.compile(r"(?:--route-table-id|RouteTableId)[\s=]+[\"']?(\w[\w-]*)")
_CONTINUED = re.compile(r"\\\n\s*")


def scripted_addresses(some: Iterable[Resource], resources: Mapping[str, Resource]) -> Iterator[Unread]:
    """Yield the user data among some resources that gives its instance an Elastic IP."""
    every = [one.id for one in resources.values() if one.type == _ADDRESS]
    for holder in (one for one in some if one.type in _HOLDERS):
        data, origin = written_in(holder), holder.origin_of("UserData")
        named = [name for name in holder.references if name in every] if data is not None else []
        takes = _TAKES_ADDRESS.search(text_of(data)) is not None
        if not takes:  # it may be there for another use, as that of a NAT gateway
            named = [name for name in named if not _is_used(name, resources)]
        if addresses := named or (every if takes else []):
            touched = (*addresses, holder.id, *(one.id for one in resources.values() if holder.id in one.references))
            yield Unread(holder.id, TAKES_ADDRESS, Weight.OPENS, touched, origin=origin)


def _is_used(name: str, resources: Mapping[str, Resource]) -> bool:
    """Return whether an Elastic IP is at something of the sources."""
    users = (one for one in resources.values() if one.type not in _HOLDERS and name in one.references)
    return resources[name].properties.get("InstanceId") is not None or any(users)


def scripted_routes(
    some: Iterable[Resource], resources: Mapping[str, Resource], names: Mapping[str, str]
) -> Iterator[Unread]:
    """Yield the user data among some resources that makes routes. `names` are the names in the cloud by AWS's ids."""
    for holder in (one for one in some if one.type in _HOLDERS):
        data, origin = written_in(holder), holder.origin_of("UserData")
        commands = _MAKES_ROUTE.findall(_CONTINUED.sub(" ", text_of(data)))
        touched = dict.fromkeys(name for command in commands for name in _tables(command, resources, names))
        if touched:
            yield Unread(holder.id, MAKES_ROUTES, Weight.OPENS, tuple(map(beyond, touched)), origin=origin)
        elif isinstance(data, Unknown) and _has_credentials(holder):
            yield Unread(
                holder.id,
                MAKES_ROUTES,
                Weight.ASSUMED,
                tuple(map(beyond, dict.fromkeys(_tables("", resources, names)))),
                origin=origin,
                needs=data.needs,
                assumption=_without_routes(holder, data),
            )


def _without_routes(holder: Resource, data: Unknown) -> str:
    if data.partly:
        return f"the user data of {holder.id}, which is not known as a whole, makes no routes"
    return f"the user data of {holder.id}, which is not known, makes no routes"


def _has_credentials(holder: Resource) -> bool:
    own, inner = holder.properties, mapping(holder.properties.get("LaunchTemplateData"))
    return any(one.get("IamInstanceProfile") is not None for one in (own, inner))


def _tables(command: str, resources: Mapping[str, Resource], names: Mapping[str, str]) -> Iterator[str]:
    """Yield the tables that a command may mean: the one that it names, or all if it has a variable."""
    named = _TABLE.search(command)
    if named is not None:
        table = names.get(named[1], named[1])
        yield from (table,) if table in resources else ()
        return
    for one in resources.values():
        if one.type in _HAVE_TABLE:
            yield f"{one.id}.main" if one.type == _VPC else one.id
