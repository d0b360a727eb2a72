"""The cloud of a described account: every region of every account together."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Output, Resource
from netful.model.merging import together
from netful.model.unread import Unread, Weight
from netful.sources import cloudformation
from netful.sources.account.described_stack import DescribedStack, Place
from netful.sources.described import declared, members, same_names, stacks
from netful.sources.described.account_ids import account_of
from netful.sources.described.apis import stages as stages_of_apis
from netful.sources.described.apis import web_acls as web_acls_of_resources
from netful.sources.described.files import Description, descriptions
from netful.sources.described.kinds import KINDS, UNREAD
from netful.sources.described.network import (
    gateways,
    network_interfaces,
    route_tables,
    transit_gateways,
    vpc,
)
from netful.sources.parts import filled
from netful.sources.understanding import judgement

READERS = (
    *vpc.READERS,
    *route_tables.READERS,
    *gateways.READERS,
    *network_interfaces.READERS,
    *transit_gateways.READERS,
)
"""Readers of a description."""

_FILLED = {row.part for row in READERS}
DECLARED = tuple(row for row in cloudformation.READERS if row.part not in _FILLED)
"""Readers of templates, which read all other parts: of the resources that a description declares (`declared`)."""


class Account(Frozen):
    """The contents of a folder: the cloud, and its stacks by place and name."""

    cloud: Cloud
    stacks: Mapping[Place, Mapping[str, DescribedStack]]


def read(folder: Path) -> Account:
    """Return what a folder describes."""
    described = [*descriptions(folder)]
    same_names.tell_apart(described)
    unnamed = [each for each in described if not each.account]
    account_id, warning = account_of(unnamed)
    if warning:
        unnamed[0].warnings.append(warning)
    places = [((each.account or account_id, each.region), each) for each in described]
    clouds = [_cloud(each, owner) for (owner, _), each in places]
    attached = transit_gateways.whole(cloud.network.transit_gateway_attachments for cloud in clouds)
    cloud = together(clouds, transit_gateway_attachments=transit_gateways.with_peers(attached))
    return Account(cloud, stacks.stacks(places))


_TAKEN_FOR_NONE = (
    ("Vpcs", "VpcEndpoints", "endpoint", "describe-vpc-endpoints"),
    ("Vpcs", "NetworkInterfaces", "further network interface", "describe-network-interfaces"),
)
"""Lists without an answer: the things that would have them, what they have, and the command."""
_TAKEN_FOR_WHOLE = (
    ("Vpcs", "RouteTables", "further route table", "describe-route-tables"),
    ("Vpcs", "Subnets", "further network interface", "describe-subnets"),
)
"""The same of lists of which a page is missing; without any page, the paths are unknown."""


def _taken_for_none(description: Description, account_id: str) -> Iterator[Unread]:
    """Yield the assumptions about things whose parts no answer lists: those of a shared VPC are listed to its owner."""
    begun = (row for row in _TAKEN_FOR_WHOLE if description.of(row[1]))
    for row in (*_TAKEN_FOR_NONE, *begun):
        of, key, what, command = row
        for item in description.of(of):
            id_, owner = item.text(KINDS[of].id_key), item.text("OwnerId")
            shared = "" != owner != account_id != "" and row in _TAKEN_FOR_NONE
            if shared or not description.answers(key):
                whose = f"{id_} of {owner}" if shared else id_
                assumed = f"{whose} has no {what}: no file has the output of `aws ec2 {command}`"
                needs = (f"`aws ec2 {command}`",)
                yield Unread(id_, key, Weight.ASSUMED, (id_,), origin=item.origin, needs=needs, assumption=assumed)


def _cloud(description: Description, account_id: str) -> Cloud:
    shown = declared.shown(description)
    inventory = declared.inventory(description, shown, account_id)
    resources = {**shown, **_resources(description)}
    return Cloud.of(
        region=description.region,
        account_id=account_id,
        **filled((description, READERS), (inventory, DECLARED)),
        resources=resources,
        outputs=tuple(_outputs(description)),
        unread=_unread(description, resources, account_id),
        warnings=tuple(dict.fromkeys([*description.warnings, *inventory.warnings])),
    )


def _outputs(description: Description) -> Iterator[Output]:
    """Yield the outputs of the account's stacks, and the exports, which templates may import."""
    for stack in description.of("Stacks"):
        for one in stack.parts("Outputs"):
            names = one.text("OutputKey"), one.text("OutputValue"), one.text("ExportName") or None
            yield Output(*names, stack=stack.text("StackName"), origin=one.origin)
    for one in description.of("Exports"):
        yield Output(one.text("Name"), one.text("Value"), one.text("Name"), origin=one.origin)


def _unread(description: Description, resources: Mapping[str, Resource], account_id: str) -> tuple[Unread, ...]:
    """Return what is not read of a description: kinds, members and values, the heaviest first."""
    judged = judgement.unread({**resources, **_of_unread_kinds(description)}, {}, whole=False)
    known = {(one.resource_id, one.what) for one in judged}
    more = (one for one in members.unread(description) if (one.resource_id, one.what) not in known)
    taken = (*_taken_for_none(description, account_id), *web_acls_of_resources.not_described(description))
    assumed = (*taken, *stages_of_apis.deployed(description))
    states = transit_gateways.vpns_down(description)
    absent = (*members.absent(description), *members.not_described(description))
    return judgement.heaviest_first((*judged, *more, *assumed, *states, *absent))


def _of_unread_kinds(description: Description) -> dict[str, Resource]:
    """Return the objects of kinds that are not read, by names that no object of another kind has."""
    found = {}
    for kind in UNREAD.values():
        for item in description.of(kind.key):
            id_ = f"{kind.type}/{item.text(kind.id_key)}"
            found[id_] = Resource(id_, kind.type, dict(item.data), origin=item.origin)
    return found


def _resources(description: Description) -> dict[str, Resource]:
    found = {}
    for kind in KINDS.values():
        for item in description.of(kind.key) if kind.type else ():
            id_ = item.text(kind.id_key)
            port = item.part("Endpoint").data.get("Port") if kind.key == "DBInstances" else None
            listening = {} if port is None else {"Port": port}
            found[id_] = Resource(id_, kind.type, {**item.data, **listening}, origin=item.origin)
    for item in description.instances():
        id_ = item.text("InstanceId")
        found[id_] = Resource(id_, "AWS::EC2::Instance", dict(item.data), origin=item.origin)
    return found
