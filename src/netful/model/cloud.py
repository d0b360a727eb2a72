"""The cloud: everything that was loaded, in groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields
from functools import cache, cached_property
from typing import Any, TypeVar

from msgspec import field

from netful.model.access.access import Access
from netful.model.apis.apis import Apis
from netful.model.balancing.balancing import Balancing
from netful.model.core import Frozen, QuestionError, construct_of, replace
from netful.model.functions.compute import Compute, qualified
from netful.model.identity import PREFIXES, api_id, ec2_id, ids_of, short_id
from netful.model.names.arns import aws_arn
from netful.model.names.generated.generated_names import physical_name
from netful.model.names.generated.secret_names import without_suffix
from netful.model.names.names import Names
from netful.model.network.network import Network
from netful.model.network.network_interface import NetworkInterface
from netful.model.template import TemplateFacts

T = TypeVar("T")
_OF_CONSTRUCTS = ("Service", "Service/Service", "Subnet", "ASG")
"""Own resources of the CDK's constructs that are called neither `Resource` nor `Default`."""

_OF_LAMBDA = re.compile(r"arn:[^:]*:lambda:([^:]*):([^:]*):")
DEFAULT_REGION, DEFAULT_ACCOUNT = "us-east-1", "123456789012"


class Cloud(Frozen, dict=True):
    """Everything that was loaded: a region, an account, six groups of mappings by id, and the template's raw facts.

    A *part* is one field of a group (`subnets`, `rest_apis`); part names are unique over all groups.
    """

    region: str = DEFAULT_REGION
    account_id: str = DEFAULT_ACCOUNT
    network: Network = field(default_factory=Network)
    names: Names = field(default_factory=Names)
    compute: Compute = field(default_factory=Compute)
    apis: Apis = field(default_factory=Apis)
    balancing: Balancing = field(default_factory=Balancing)
    access: Access = field(default_factory=Access)
    template: TemplateFacts = field(default_factory=TemplateFacts)

    @classmethod
    def of(cls, region: str = DEFAULT_REGION, account_id: str = DEFAULT_ACCOUNT, **parts: Any) -> Cloud:
        """Return the cloud of these parts, by their names in the groups."""
        return cls(region, account_id).having(**parts)

    def having(self, **parts: Any) -> Cloud:
        """Return this cloud with other parts, by their names in the groups. Raises KeyError for a name of no part."""
        changed: dict[str, dict[str, Any]] = {}
        for name, value in parts.items():
            changed.setdefault(group_of()[name], {})[name] = value
        groups: dict[str, Any] = {group: replace(getattr(self, group), **values) for group, values in changed.items()}
        return replace(self, **groups)

    def part(self, name: str) -> Any:
        """Return a part by its name. Raises KeyError for a name of no part."""
        return getattr(getattr(self, group_of()[name]), name)

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Yield every part with its name, in the order of the groups and of their fields."""
        return ((name, getattr(getattr(self, group), name)) for name, group in group_of().items())

    @cached_property
    def _derived(self) -> dict[Hashable, Any]:
        return {}

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value that `make` computes from this cloud under a unique key; it is computed once."""
        if key not in self._derived:
            self._derived[key] = make()
        found: T = self._derived[key]
        return found

    @cached_property
    def aws_ids(self) -> Mapping[str, str]:
        """AWS's ids of things, and of the rules of groups, by their names in the cloud."""
        place = self.account_id, self.region
        parts = {name: ec2_id(prefix, *place, name) for part, prefix in PREFIXES.items() for name in self.part(part)}
        groups = self.network.security_groups.values()
        rules = {rule.id: ec2_id("sgr", *place, rule.id) for one in groups for rule in (*one.ingress, *one.egress)}
        apis = {name: api_id(self.account_of(name), self.region_of(name), name) for name in self.apis.by_id}
        return {**rules, **parts, **apis, **ids_of(self.template.resources, *place)}

    def region_of(self, name: str) -> str:
        """Return the region of a resource; the cloud's for others."""
        resource = self.template.resources.get(name)
        return (resource.region if resource else "") or self.region

    def region_of_interface(self, interface: NetworkInterface) -> str:
        """Return the region of the VPC that an interface is in; its owner's if that is not known."""
        vpc = self.network.vpc_of_interface(interface)
        return (vpc.region if vpc else "") or self.region_of(interface.owner_id)

    def account_of(self, name: str) -> str:
        """Return the account of a resource; the cloud's for others."""
        resource = self.template.resources.get(name)
        return (resource.account_id if resource else "") or self.account_id

    def arn(self, service: str, rest: str, of: str = "") -> str:
        """Return an ARN in the region and the account of a resource; in the cloud's without one."""
        return aws_arn(service, self.region_of(of), self.account_of(of), rest)

    @cached_property
    def _functions_by_name(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for one in self.compute.functions.values():
            found[one.function_name] = (*found.get(one.function_name, ()), one.id)
        return found

    def function_at(self, name: str, region: str, account_id: str) -> str:
        """Return the id of the function with a name, of several the one of a place; the name itself if no function has it."""
        named = self._functions_by_name.get(name, ())
        if len(named) < 2:
            return self.compute.function_id(name)
        return next((one for one in named if (self.region_of(one), self.account_of(one)) == (region, account_id)), name)

    def function_of(self, text: str, beside: str = "") -> str:
        """Return the id of the function that a name or an ARN means; a name is that of a function beside a resource.

        The name itself if there is no such function.
        """
        place, name = _OF_LAMBDA.match(text), qualified(text)[0]
        region, account_id = place.groups() if place else (self.region_of(beside), self.account_of(beside))
        return self.function_at(name, region, account_id)

    def aws_id(self, name: str) -> str:
        """Return the id that AWS gives to a thing; the name itself for a thing without one."""
        return self.aws_ids.get(name, name)

    def part_id(self, name: str) -> str:
        """Return the id of a part of an API. One that a body describes has no resource: its id follows from its name alone."""
        return self.aws_ids.get(name) or short_id(name)

    @cached_property
    def names_by_id(self) -> Mapping[str, str]:
        """The names in the cloud, by AWS's ids."""
        return {id_: name for name, id_ in self.aws_ids.items()}

    @cached_property
    def _physical_names(self) -> Mapping[str, str]:
        """The names in the cloud by further names of resources: the physical name, and the logical id after its stack's name."""
        resources = self.template.resources.values()
        with_stack = {f"{one.stack}/{one.logical_id}": one.id for one in resources if one.stack}
        return {**with_stack, **{name: one.id for one in resources if (name := physical_name(one)) is not None}}

    def physical_id(self, name: str) -> str | None:
        """Return the id or the name that a deployed resource has: the value of its `Ref`; None if that is not known."""
        resource = self.template.resources.get(name)
        ref = resource.ref if resource else ""
        return ref if isinstance(ref, str) and ref else self.aws_ids.get(name)

    @cached_property
    def _by_construct(self) -> dict[str, list[str]]:
        """Return the ids for each suffix of a construct path, including the whole path."""
        found: dict[str, list[str]] = {}
        for resource in self.template.resources.values():
            parts = resource.construct_path.split("/") if resource.construct_path else []
            for first in range(len(parts)):
                found.setdefault("/".join(parts[first:]), []).append(resource.id)
        return found

    @cached_property
    def _by_bare_name(self) -> dict[str, list[str]]:
        """Return the ids of resources that have the same name in several places: `NAME@PLACE`."""
        found: dict[str, list[str]] = {}
        for id_ in (one for one in self.template.resources if "@" in one and "/" not in one):
            found.setdefault(id_.partition("@")[0], []).append(id_)
        return found

    @cached_property
    def construct_paths(self) -> Mapping[str, str]:
        """The construct path of each resource that has one, without the stack if all are of one, by id."""
        paths = {one.id: one.construct_path for one in self.template.resources.values() if one.construct_path}
        of_one_stack = len({path.partition("/")[0] for path in paths.values()}) == 1
        return {id_: path.partition("/")[2] or path for id_, path in paths.items()} if of_one_stack else paths

    def named(self, name: str) -> str:
        """Return the name in the cloud for a user's: a name, an AWS id or ARN, a construct path, or its end.

        Raises QuestionError if several paths have that end, or several places of an account have that name.
        """
        if name in self.template.resources or name in self.compute.functions:
            return name
        known = self.names_by_id.get(name) or self._physical_names.get(_name_in(name))
        if known is not None:
            return known
        ends = self._by_construct
        path = construct_of(name)
        found = ends.get(path) or [id_ for child in _OF_CONSTRUCTS for id_ in ends.get(f"{path}/{child}", ())]
        if len(found) > 1:
            paths = ", ".join(f"`{self.template.resources[id_].construct_path}`" for id_ in found)
            raise QuestionError(f"`{name}` may be {paths}", hint="write a longer part of the path")
        if placed := self._by_bare_name.get(name):
            listed = ", ".join(f"`{id_}`" for id_ in sorted(placed))
            raise QuestionError(f"`{name}` may be {listed}", hint="write the name with its place")
        return found[0] if found else name


def _name_in(text: str) -> str:
    """Return the physical name in an ARN or a queue's URL, without a function's version or alias and a secret's end; else the text."""
    function = text.partition(":function:")[2].partition(":")[0] or without_suffix(text.partition(":secret:")[2])
    return function or (re.split("[:/]", text)[-1] if text.startswith(("arn:", "https://sqs.")) else text)


@cache
def group_of() -> dict[str, str]:
    """Return the group of every part, in the order of the groups and of their fields."""
    groups = [one.name for one in fields(Cloud) if one.name not in ("region", "account_id")]
    return {part.name: group for group in groups for part in fields(getattr(Cloud(), group))}
