"""EC2's DescribeNetworkInterfaces for given interfaces: its filters, its pages and its XML (lambda §1.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from xml.sax.saxutils import escape

from netful.model.core.numbers import whole_number
from netful.services.http.message import Response

ACTION = "DescribeNetworkInterfaces"
_XMLNS = "http://ec2.amazonaws.com/doc/2016-11-15/"
_MOST = 1000


@dataclass(frozen=True, slots=True)
class DescribedInterface:
    """An interface as EC2 describes it.

    `requester_id` is the service that created it, "" for the account itself. `groups` are pairs of id and name.
    """

    id: str
    description: str
    interface_type: str
    status: str
    requester_id: str
    subnet_id: str
    vpc_id: str
    zone: str
    owner_id: str
    private_ips: tuple[str, ...]
    public_ip: str = ""
    groups: tuple[tuple[str, str], ...] = ()
    source_dest_check: bool = True


_FILTERS: dict[str, Callable[[DescribedInterface], tuple[str, ...]]] = {
    "addresses.private-ip-address": lambda one: one.private_ips,
    "association.public-ip": lambda one: (one.public_ip,),
    "availability-zone": lambda one: (one.zone,),
    "description": lambda one: (one.description,),
    "group-id": lambda one: tuple(id_ for id_, _ in one.groups),
    "group-name": lambda one: tuple(name for _, name in one.groups),
    "interface-type": lambda one: (one.interface_type,),
    "network-interface-id": lambda one: (one.id,),
    "owner-id": lambda one: (one.owner_id,),
    "private-ip-address": lambda one: one.private_ips[:1],
    "requester-id": lambda one: (one.requester_id,),
    "requester-managed": lambda one: (_truth(bool(one.requester_id)),),
    "source-dest-check": lambda one: (_truth(one.source_dest_check),),
    "status": lambda one: (one.status,),
    "subnet-id": lambda one: (one.subnet_id,),
    "vpc-id": lambda one: (one.vpc_id,),
}


def describe(asked: Mapping[str, str], interfaces: Iterable[DescribedInterface]) -> Response:
    """Return the answer to a request with these parameters."""
    found = sorted(interfaces, key=lambda one: one.id)
    ids = _list(asked, "NetworkInterfaceId")
    unknown = [id_ for id_ in ids if id_ not in {one.id for one in found}]
    if unknown:
        return refused("InvalidNetworkInterfaceID.NotFound", f"The networkInterface ID '{unknown[0]}' does not exist")
    filters = [*_filters(asked)]
    invalid = next((name for name, _ in filters if name not in _FILTERS), None)
    if invalid is not None:
        return refused("InvalidParameterValue", f"The filter '{invalid}' is invalid")
    found = [one for one in found if (not ids or one.id in ids) and all(_passes(one, *each) for each in filters)]
    size, start = whole_number(asked.get("MaxResults"), _MOST), whole_number(asked.get("NextToken"), 0)
    more = f"<nextToken>{start + size}</nextToken>" if start + size < len(found) else ""
    items = "".join(_item(one) for one in found[start : start + size])
    body = f"<networkInterfaceSet>{items}</networkInterfaceSet>{more}"
    return _xml(200, f'<{ACTION}Response xmlns="{_XMLNS}"><requestId>netful</requestId>{body}</{ACTION}Response>')


def _filters(asked: Mapping[str, str]) -> Iterator[tuple[str, list[re.Pattern[str]]]]:
    """Return the filters of a request: a name, and the patterns of which a value must match one."""
    for number in count(1):
        name = asked.get(f"Filter.{number}.Name")
        if name is None:
            return
        yield name, [_pattern(value) for value in _list(asked, f"Filter.{number}.Value")]


def _passes(one: DescribedInterface, name: str, patterns: list[re.Pattern[str]]) -> bool:
    return any(pattern.fullmatch(value) for pattern in patterns for value in _FILTERS[name](one))


def _item(one: DescribedInterface) -> str:
    groups = "".join(f"<item>{_tag('groupId', id_)}{_tag('groupName', name or id_)}</item>" for id_, name in one.groups)
    association = f"<association>{_tag('publicIp', one.public_ip)}</association>" if one.public_ip else ""
    addresses = "".join(
        f"<item>{_tag('privateIpAddress', ip)}{_tag('primary', _truth(number == 0))}{association if number == 0 else ''}</item>"
        for number, ip in enumerate(one.private_ips)
    )
    fields = {
        "networkInterfaceId": one.id,
        "subnetId": one.subnet_id,
        "vpcId": one.vpc_id,
        "availabilityZone": one.zone,
        "description": one.description,
        "ownerId": one.owner_id,
        "requesterId": one.requester_id,
        "requesterManaged": _truth(bool(one.requester_id)),
        "status": one.status,
        "privateIpAddress": one.private_ips[0] if one.private_ips else "",
        "sourceDestCheck": _truth(one.source_dest_check),
        "interfaceType": one.interface_type,
    }
    described = "".join(_tag(name, value) for name, value in fields.items() if value)
    return (
        f"<item>{described}{association}{''.join(_attachment(one))}<groupSet>{groups}</groupSet>"
        f"<privateIpAddressesSet>{addresses}</privateIpAddressesSet><tagSet/></item>"
    )


def _attachment(one: DescribedInterface) -> Iterator[str]:
    """Return the attachment of an interface that a service created: never an instance of the account."""
    if one.status != "available" and one.requester_id:
        id_ = "ela-attach-" + one.id.removeprefix("eni-")
        status = "attaching" if one.status == "attaching" else "attached"
        held = _tag("attachmentId", id_) + _tag("instanceOwnerId", "amazon-aws") + _tag("status", status)
        yield f"<attachment>{held}{_tag('deleteOnTermination', 'false')}</attachment>"


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _truth(value: bool) -> str:  # noqa: FBT001  # it is what is written
    return "true" if value else "false"


def _pattern(value: str) -> re.Pattern[str]:
    """Return the pattern of a filter's value: `*` matches any text, `?` any character."""
    return re.compile(re.escape(value).replace(r"\*", ".*").replace(r"\?", "."))


def _list(asked: Mapping[str, str], name: str) -> list[str]:
    found: list[str] = []
    while (value := asked.get(f"{name}.{len(found) + 1}")) is not None:
        found.append(value)
    return found


def refused(code: str, message: str) -> Response:
    """Return EC2's error response."""
    error = f"<Error>{_tag('Code', code)}{_tag('Message', message)}</Error>"
    return _xml(400, f"<Response><Errors>{error}</Errors><RequestID>netful</RequestID></Response>")


def _xml(status: int, text: str) -> Response:
    return Response(status, (("Content-Type", "text/xml;charset=UTF-8"),), text.encode())
