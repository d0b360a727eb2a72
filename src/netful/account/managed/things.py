"""Things of managed services whose operations have the members of CloudFormation's properties: one mechanism for all of them.

Theory: a request's parameters are the properties of a resource, under the same names but for a few. Identifiers of subnets
and groups in them become names in the cloud, wherever they are. The readers of templates decide the place in the network.
A record is the properties, with what follows from the place.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import field

from netful.account import absent, writing
from netful.account.absent import Absent
from netful.account.changes import Edit, Remove, new, updated
from netful.account.creation_times import CreationTimes
from netful.account.managed.view import Kind, View, page
from netful.account.operations.json_api import JsonApi
from netful.account.operations.query_api import Operation, Parameters, QueryApi
from netful.account.tags import retagged, tag_list
from netful.account.wire.errors import ApiError, invalid_value
from netful.account.wire.service_model import service_model
from netful.account.writing import Running
from netful.model.core import Frozen, Resource, with_leaves

Change = writing.Change[View]
Look = Callable[[View, Parameters], Mapping[str, Any]]
Facts = Callable[[View, Resource], Mapping[str, Any]]
"""Returns the members of a record that are not properties."""

Page = Callable[[str, Parameters, list[dict[str, Any]]], Mapping[str, Any]]

_PLACES = re.compile(r"(?:subnet|sg)-[0-9a-f]{8,17}")
_NETWORK = {"SubnetIds": "subnets", "VpcSubnetIds": "subnets", **dict.fromkeys(("SecurityGroupIds", "VpcSecurityGroupIds", "VPCSecurityGroups"), "security_groups")}  # fmt: skip
"""Properties that name parts of the network, each with the part."""

_NOT_STORED = ("Password", "AuthToken", "ClientRequestToken", "ClientToken", "SkipFinalSnapshot", "ApplyImmediately",
               "TagSpecifications")  # fmt: skip
"""Ends of the names of parameters that are not properties; `ManageMasterUserPassword` is one."""

_DEFAULT = "default"


class UsualGroup(Frozen):
    """The subnet group that AWS makes in the default VPC: its id here, its properties, the code and text without such a VPC.

    A thing with the property `unless` needs none.
    """

    id: str
    properties: Mapping[str, Any]
    code: str
    text: str
    status: int = 400
    unless: str = ""


class Thing(Frozen):
    """A kind of things of a service.

    `noun` is in the names of its operations (`CreateCluster`), `asked` is the parameter of its name, and `member` that
    of answers. `renamed` are parameters whose property has another name, `members` those of
    records, `usual` are members where neither properties nor facts have them. `exists` is the code for a name in use, and
    `taken` the text; `users` are the kinds that keep one from being deleted, each with its property, `in_use` is the code,
    and `used` the text. `state` is the member with the state of a deleted one. `within` is the kind of its group of
    subnets, `group` the group for one without. `prefix` begins the ids of those that calls make, whose names are then in
    lower case. `check` raises ApiError for properties that AWS refuses.
    """

    service: str
    kind: Kind
    noun: str
    asked: str
    member: str
    exists: str
    facts: Facts
    renamed: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
    usual: Mapping[str, Any] = field(default_factory=dict)
    users: tuple[tuple[Kind, str], ...] = ()
    in_use: str = ""
    taken: str = "{noun} {name} already exists"
    used: str = "{noun} {name} is in use by {user}"
    state: str = ""
    within: Kind | None = None
    group: UsualGroup | None = None
    prefix: str = ""
    check: Callable[[View, Mapping[str, Any]], None] = lambda _view, _own: None

    def record(self, view: View, resource: Resource) -> dict[str, Any]:
        """Return one as the operations return it."""
        own = {self.members.get(name, name): _with_ids(view, value) for name, value in resource.properties.items()}
        return {**self.usual, **own, **self.facts(view, resource)}

    def create(self, view: View, asked: Parameters, type_: str = "") -> Change:
        """Create one, of the kind's first type or of another. It has its interfaces before the call is answered."""
        name = str(asked[self.asked])
        name = name.lower() if self.prefix else name
        if any(name.lower() == view.identifier(self.kind, one) for one in view.of_kind(self.kind)):
            raise ApiError(self.exists, self.taken.format(noun=self.noun, name=name))
        own, edits = self._properties(view, asked), list[Edit]()
        if self.within and self.group and not (own.get(self.within.name) or own.get(self.group.unless)):
            own[self.within.name], edits = _usual_group(view, self.within, self.group)
        id_ = f"{self.prefix or f'{self.service}/{self.noun.lower()}'}/{name}"
        return Change((*edits, new(type_ or self.kind.types[0], id_, {**own, self.kind.name: name})), self.answer(id_))

    def modify(self, view: View, asked: Parameters) -> Change:
        """Change one, at once."""
        resource = view.found(self.kind, asked[self.asked])
        own = {name: value for name, value in self._properties(view, asked).items() if name != self.kind.name}
        return Change((updated(resource, **own),), self.answer(resource.id))

    def delete(self, view: View, asked: Parameters) -> Change:
        """Delete one, with its interfaces. Raises ApiError for one in use."""
        resource = view.found(self.kind, asked[self.asked])
        names = {resource.id, view.identifier(self.kind, resource), resource.properties.get(self.kind.name)}
        for kind, property_ in self.users:
            user = next((one for one in view.of_kind(kind) if str(one.properties.get(property_)) in names), None)
            if user is not None:
                text = self.used.format(noun=self.noun, name=asked[self.asked], user=view.identifier(kind, user))
                raise ApiError(self.in_use, text)
        gone = {**self.record(view, resource), **({self.state: "deleting"} if self.state else {})}
        return Change((Remove(resource.id),), lambda _after: {self.member: gone})

    def described(self, view: View, asked: Parameters, several: str = "") -> list[dict[str, Any]]:
        """Return the records that a request asks for by a name, or by the list `several` of names."""
        named = asked.get(several or self.asked)
        wanted: Sequence[Any] = named if isinstance(named, list) else [named] if named else ()
        found = [view.found(self.kind, one) for one in wanted] if wanted else view.of_kind(self.kind)
        return [self.record(view, one) for one in found]

    def look(
        self,
        paged: Page = page,
        several: str = "",
        filters: Mapping[str, Sequence[str]] | None = None,
        member: str = "",
    ) -> Look:
        """Return the look at them, in pages; `filters` are the members that a filter asks for, by its name."""

        def look(view: View, asked: Parameters) -> Mapping[str, Any]:
            records = self.described(view, asked, several)
            for one in asked.get("Filters") or ():
                members = (filters or {}).get(one["Name"])
                if members is None:
                    raise invalid_value(f"Unrecognized filter name: {one['Name']}")
                records = [each for each in records if any(each.get(own) in one["Values"] for own in members)]
            return paged(member or f"{self.noun}s", asked, [one for one in records if _has_tags(one, asked)])

        return look

    def answer(self, id_: str) -> Callable[[View], Mapping[str, Any]]:
        """Return the answer that has the record of one after a change."""
        return lambda after: {self.member: self.record(after, after.cloud.template.resources[id_])}

    def _properties(self, view: View, asked: Parameters) -> dict[str, Any]:
        kept = {
            name: value for name, value in asked.items() if name.startswith("Manage") or not name.endswith(_NOT_STORED)
        }
        found = {self.renamed.get(name, name): _with_names(view, value) for name, value in kept.items()}
        for name in found.keys() & _NETWORK.keys():
            missing = next((one for one in found[name] if one not in view.cloud.part(_NETWORK[name])), None)
            if missing is not None:
                raise _missing(missing, subnet=_NETWORK[name] == "subnets")
        if self.within is not None and found.get(self.within.name):
            found[self.within.name] = view.found(self.within, found[self.within.name]).id
        self.check(view, found)
        return found


def _usual_group(view: View, kind: Kind, group: UsualGroup) -> tuple[str, list[Edit]]:
    """Return the subnet group of the default VPC, and the edit that makes it. Raises ApiError without such a VPC."""
    there = next((one.id for one in view.of_kind(kind) if view.identifier(kind, one) == _DEFAULT), None)
    if there is not None:
        return there, []
    own = {kind.name: _DEFAULT, **group.properties, "SubnetIds": default_subnets(view, group)}
    return group.id, [new(kind.types[0], group.id, own)]


def default_subnets(view: View, group: UsualGroup) -> list[str]:
    """Return the subnets of the default VPC. Raises ApiError without one."""
    found = [one for one in view.cloud.network.subnets if view.ec2.is_default(one)]
    if not found:
        raise ApiError(group.code, group.text, group.status)
    return found


def _with_names(view: View, value: Any) -> Any:
    """Return a value with names in place of ids. Raises ApiError for a subnet or a group that does not exist."""
    return with_leaves(value, lambda one: _named(view, one) if isinstance(one, str) else one)


def _named(view: View, id_: str) -> str:
    if _PLACES.fullmatch(id_) and id_ not in view.ec2.names:
        raise _missing(id_, subnet=id_.startswith("subnet-"))
    return view.ec2.names.get(id_, id_)


def _missing(id_: object, *, subnet: bool) -> ApiError:
    if subnet:
        return ApiError("InvalidSubnet", f"The subnet ID '{id_}' does not exist")
    return invalid_value(f"Invalid security group , groupId= {id_}, groupName=.")


def _with_ids(view: View, value: Any) -> Any:
    """Return a value with ids in place of the names of subnets and groups."""
    network = view.cloud.network
    names = {*network.subnets, *network.security_groups}
    return with_leaves(value, lambda one: view.ec2.id(one) if one in names else one)


def writes(things: Sequence[Thing], modify: str) -> dict[str, writing.Write[View]]:
    """Return the operations that create, change and delete some kinds of things; `modify` is the service's verb."""
    return {
        **{f"Create{one.noun}": one.create for one in things},
        **{f"{modify}{one.noun}": one.modify for one in things},
        **{f"Delete{one.noun}": one.delete for one in things},
    }


# --- tags -------------------------------------------------------------------------------------------------------------


def tagged(things: Sequence[Thing], code: str, view: View, arn: object) -> Resource:
    """Return the thing with an ARN. Raises ApiError with a code for an unknown one."""
    for thing in things:
        for one in view.of_kind(thing.kind):
            if view.arn(thing.kind, one) == arn:
                return one
    raise ApiError(code, f"The resource '{arn}' does not exist", 404)


def tag_writes(
    found: Callable[[View, object], Resource], operations: tuple[str, str], parameter: str, answer: str = ""
) -> dict[str, writing.Write[View]]:
    """Return the operations that add and remove tags; the answer has the tags that are left under the name `answer`."""

    def write(view: View, asked: Parameters) -> Change:
        resource = found(view, asked[parameter])
        tags = retagged(resource.properties.get("Tags"), asked.get("Tags"), asked.get("TagKeys"))
        return Change(
            (updated(resource, Tags=tags or None),), lambda _after: {answer: tag_list(tags)} if answer else {}
        )

    return dict.fromkeys(operations, write)


def tags(found: Callable[[View, object], Resource], parameter: str, answer: str) -> Look:
    """Return the look at the tags of a thing."""
    return lambda view, asked: {answer: view.tags(found(view, asked[parameter]))}


def _has_tags(record: Mapping[str, Any], asked: Parameters) -> bool:
    """Return whether a record has a tag with one of the keys and one of the values that a request asks for."""
    keys, values = asked.get("TagKeys"), asked.get("TagValues")
    if not keys and not values:
        return True
    return any(
        (not keys or tag["Key"] in keys) and (not values or tag["Value"] in values) for tag in record.get("Tags") or ()
    )


# --- places -----------------------------------------------------------------------------------------------------------


def group_name(kind: Kind, view: View, resource: Resource) -> str | None:
    """Return the name of the subnet group of a thing; `default` is that of the default VPC."""
    named = resource.properties.get(kind.name)
    own = next((one for one in view.of_kind(kind) if one.id == named), None)
    return view.identifier(kind, own) if own else "default" if named is None else str(named)


def subnets_of(
    view: View,
    group: Resource,
    member: str,
    zone_member: str,
    zone: Callable[[str | None], Any] = lambda name: {"Name": name},
) -> dict[str, Any]:
    """Return the members of a subnet group with its VPC and subnets, each with its id and its zone."""
    subnets = view.subnets(group)
    return {
        "VpcId": view.ec2.id(subnets[0].vpc_id) if subnets else None,
        "Subnets": [
            {member: view.ec2.id(one.id), zone_member: zone(view.ec2.id(one.availability_zone))} for one in subnets
        ],
    }


def groups_of(view: View, resource: Resource, member: str) -> list[dict[str, str]]:
    """Return the security groups of a thing; `member` has the id of each."""
    return [{member: one, "Status": "active"} for one in view.groups(resource)]


def cluster_kinds(service: str, name: str, path: str) -> tuple[Kind, Kind]:
    """Return the kinds of the clusters and the subnet groups of a service; `path` is in the ARNs of clusters."""
    clusters = Kind((f"AWS::{name}::Cluster",), "ClusterName", f"{service}:{path}/{{}}",
                    "ClusterNotFoundFault", "Cluster {} not found.")  # fmt: skip
    groups = Kind((f"AWS::{name}::SubnetGroup",), "SubnetGroupName", f"{service}:subnetgroup/{{}}",
                  "SubnetGroupNotFoundFault", "Subnet group {} not found.")  # fmt: skip
    return clusters, groups


class ManagedApi:
    """The operations of a service, and their handler; `none` are those for what no call can make."""

    def __init__(
        self,
        service: str,
        looks: Mapping[str, Look],
        writes: Mapping[str, writing.Write[View]],
        none: Mapping[str, Absent],
        running: Running,
        refusal: str = "InvalidParameterValue",
    ) -> None:
        view = partial(View.of, created=CreationTimes())
        self.operations: dict[str, Operation] = {
            **writing.operations(running, view, looks, writes, refusal),
            **absent.operations(service, none, lambda: running.cloud),
        }
        self.handle = (
            QueryApi(service, self.operations, validated=True)
            if service_model(service).metadata["protocol"] == "query"
            else JsonApi(service, self.operations, refusal)
        ).handle
