"""Stacks that are loaded together, and the values that they exchange.

Rules:
1. An import takes the export of that name from any stack of its region and account, else from a described account (`described`). `AWS::StackName` in an export's name matches any
   text of the importer, if only one export fits. The same holds for an unknown part of the import's name, with a
   warning.
2. A parameter without a value takes the output of that name, if exactly one other stack has it.
3. A parameter of Systems Manager has the value that exactly one other stack of the region and account gives it. The CDK's exports to
   other regions are such parameters there.
4. Logical ids are the ids of the cloud. A later stack's duplicate id becomes `stack/LogicalId`, and `stack/LogicalId/2` beside one
   that has left the stack. Stacks that were loaded before keep their ids (`known_ids`, by stack and logical id).
5. Elastic IPs without an address are numbered in the order of the sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Address
from itertools import chain, count
from typing import Any

from netful.model.account_parts import Deployed
from netful.model.core import Origin, SourceError, Unknown, mapping
from netful.model.network import addresses
from netful.sources.account.deployed_stack import DeployedStack
from netful.sources.account.described_stack import PARTS, DescribedResource, Place
from netful.sources.files.complaint import fail
from netful.sources.template.described_stacks import DescribedStacks
from netful.sources.template.template import Template
from netful.sources.template.template_scope import TemplateScope

_FUNCTION = "AWS::Lambda::Function"
_EXPORTING = "Custom::CrossRegionExportWriter"
"""The CDK's resource that writes values as parameters of another region."""


@dataclass
class LoadedStacks:
    """Every stack of a load. Those that are added are in its region and account (`at`)."""

    region: str
    account_id: str
    known_ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    made: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    described: DescribedStacks = field(default_factory=DescribedStacks)
    stacks: list[TemplateScope] = field(default_factory=list)
    missing_imports: dict[str, None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    nested: dict[tuple[str, str], TemplateScope] = field(default_factory=dict)
    """The stacks of resources of the type `AWS::CloudFormation::Stack`, by the stack above and the logical id."""
    _asking: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.taken.update(id_ for ids in self.known_ids.values() for id_ in ids.values())

    @property
    def place(self) -> Place:
        """The account and the region of the stacks that are added."""
        return self.account_id, self.region

    def at(self, region: str, account_id: str) -> LoadedStacks:
        """Return the same load, to which stacks of another region or account are added."""
        return replace(self, region=region, account_id=account_id)

    def add(
        self, name: str, template: Template, given: Mapping[str, Any], deployed: DeployedStack | None = None
    ) -> TemplateScope:
        """Add a stack; `deployed` if it was deployed by CloudFormation's API, or is nested in one that was."""
        stack = TemplateScope(self._free_name(name), template, self, given, deployed)
        known = {**self.known_ids.get(stack.name, {}), **(deployed.ids if deployed else {})}
        for logical_id in template.resources:
            own = known.get(logical_id) or self._free_id(stack.name, logical_id)
            stack.resources.ids[logical_id] = own
            self.taken.add(own)
        self.stacks.append(stack)
        return stack

    def nested_output(self, parent: str, logical_id: str, name: str, origin: Origin) -> Any:
        """Return the value of an output of a nested stack."""
        child = self.nested.get((parent, logical_id))
        if child is None:
            return Unknown(
                f"output `{name}` of nested stack `{logical_id}` is not loaded", (f"{logical_id}.Outputs.{name}",)
            )
        if name not in child.outputs:
            hint = f"its template is `{child.template.file}`"
            fail(f"nested stack `{logical_id}` has no output `{name}`", origin, hint=hint)
        return child.outputs.output(name).value

    def exported(self, name: str) -> Any:
        """Return the value exported under a name (rule 1)."""
        if found := self.exporter(name):
            return self._output(f"export {name}", *found)
        for one in self.described.outputs:
            if one.export_name == name:
                return one.value
        self.missing_imports[name] = None
        return Unknown(f"import `{name}` has no value", (f"import {name}",))

    def exporter(self, name: str) -> tuple[TemplateScope, str] | None:
        """Return the stack that exports a value under a name, and the output; None if no stack does."""
        with_any_stack_name = []
        for stack, output in self._exports():
            exact, pattern = stack.outputs.export_patterns(output)
            if exact == name:
                return stack, output
            if pattern is not None and pattern.fullmatch(name):
                with_any_stack_name.append((stack, output))
        return with_any_stack_name[0] if len(with_any_stack_name) == 1 else None

    def export_matching(self, pattern: re.Pattern[str]) -> tuple[str | None, Any]:
        """Return the name and the value of the only export that fits a name with unknown parts; else nothing."""
        fitting = []
        for stack, output in self._exports():
            exact, _ = stack.outputs.export_patterns(output)
            if exact is not None and pattern.fullmatch(exact):
                fitting.append((exact, stack, output))
        if len(fitting) != 1:
            return None, None
        name, stack, output = fitting[0]
        return name, self._output(f"export {name}", stack, output)

    def stack_output(self, stack_name: str, name: str) -> Any:
        """Return the value of an output of a stack that is loaded under its name."""
        for stack in self.stacks:
            if stack.given.get("AWS::StackName", stack.name) == stack_name and name in stack.outputs:
                return self._output(f"output {stack_name}.{name}", stack, name)
        for one in self.described.outputs:
            if (one.stack, one.id) == (stack_name, name):
                return one.value
        return Unknown(f"output `{name}` of stack `{stack_name}` is not loaded", (f"{stack_name}.Outputs.{name}",))

    def output_named(self, name: str, asking: str) -> Any:
        """Return the output of that name if exactly one stack besides the asking one has it (rule 2), else None."""
        holder = self.holder(name, asking)
        return self._output(f"output {name}", holder, name) if holder else None

    def holder(self, name: str, asking: str) -> TemplateScope | None:
        """Return the only stack besides the asking one that has an output of that name."""
        holders = [stack for stack in self.stacks if stack.name != asking and name in stack.outputs]
        return holders[0] if len(holders) == 1 else None

    def systems_parameter(self, name: str, asking: str) -> str | None:
        """Return the value of a Systems Manager parameter that exactly one stack besides the asking one makes (rule 3)."""
        try:
            values = self._guarded(f"parameter {name}", lambda: [*self._values_of(name, asking)])
        except SourceError:  # of a value that depends on the asking one; any other error is raised for its own resource
            return None
        return values[0] if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str) else None

    def _values_of(self, name: str, asking: str) -> Iterator[Any]:
        for stack, id_ in self._resources("AWS::SSM::Parameter"):
            if stack.name != asking and self._is_here(stack) and stack.resources.property(id_, "Name") == name:
                yield stack.resources.property(id_, "Value")
        for stack, id_ in self._resources(_EXPORTING):
            written = mapping(stack.resources.property(id_, "WriterProps"))
            exports = mapping(written.get("exports")) if written.get("region") == self.region else {}
            if name in exports and stack.account_id == self.account_id:
                yield exports[name]

    @cached_property
    def public_addresses(self) -> dict[str, str]:
        """The public address of each Elastic IP, by id: the one that is written, else one that is made up (rule 5)."""
        eips = [*self._resources("AWS::EC2::EIP")]
        found = {stack.resources.ids[name]: written for stack, name in eips if (written := _address_of(stack, name))}
        taken, numbers = {*found.values()}, count()
        for stack, name in eips:
            id_ = stack.resources.ids[name]
            while id_ not in found:
                try:
                    address = str(addresses.elastic_ip(next(numbers)))
                except IndexError as error:
                    raise SourceError(str(error), origin=stack.resources.origin(name)) from None
                if address not in taken:
                    found[id_] = address
        return found

    @cached_property
    def ipv6_blocks(self) -> dict[str, list[str]]:
        """The IPv6 blocks of each VPC: those that are written, and those that AWS assigns, numbered like the blocks of all VPCs."""
        found: dict[str, list[str]] = {}
        for number, (stack, name) in enumerate(self._resources("AWS::EC2::VPCCidrBlock")):
            keys = ("VpcId", "CidrBlock", "Ipv6CidrBlock")
            vpc_id, four, six = (stack.resources.property(name, key) for key in keys)
            own = str(addresses.ipv6_block(number)) if six is None and four is None else six
            if isinstance(vpc_id, str) and isinstance(own, str):
                found.setdefault(vpc_id, []).append(own)
        return found

    def deleted_ids(self, types: Mapping[str, str]) -> frozenset[str]:
        """Return AWS's ids of the resources that the deployment deletes. `types` are those of the accounts' resources, by id."""
        return frozenset(
            id_ for stack in self.stacks for id_, kind in _deleted(stack, types) if kind in ("", types.get(id_, kind))
        )

    def deployed_already(self, types: Mapping[str, str]) -> Deployed:
        """Return what is deployed of the stacks, by templates and by plans."""
        described = [one for one in self.stacks if one.template.deployed]
        gone = [one for stack in described for one in left_out(stack, types).values()]
        return Deployed(
            {one.resources.ids[name] for one in described for name in one.template.given_ids},
            {id_ for one in self.stacks for id_, kind in _deleted(one, types) if kind != _FUNCTION}.union(
                each.id for one in described for each in one.template.deployed.values() if each.type != _FUNCTION
            ),
            {PARTS[one.type] for one in gone if one.type in PARTS and "|" not in one.id},
        )

    def given_names(self) -> dict[str, str]:
        """Return the names of what AWS has given an id already, by these ids."""
        found = {}
        for stack in self.stacks:
            for name, id_ in stack.template.given_ids.items():
                own, _, end = name.rpartition(".")
                ids = stack.resources.ids
                found[id_] = ids[name] if name in ids else f"{ids.get(own, own)}.{end}"
        return found

    def _resources(self, kind: str) -> Iterator[tuple[TemplateScope, str]]:
        """Yield the deployed resources of a type, in the order of the sources."""
        return (
            (s, name)
            for s in self.stacks
            for name in s.template.resources
            if s.resources.kind(name) == kind and s.resources.is_present(name)
        )

    def _exports(self) -> Iterator[tuple[TemplateScope, str]]:
        own = [one for one in self.stacks if self._is_here(one)]
        return ((stack, name) for stack in own for name in stack.outputs.exported())

    def _is_here(self, stack: TemplateScope) -> bool:
        """Return whether a stack is in the region and account of those that are added."""
        return (stack.region, stack.account_id) == (self.region, self.account_id)

    def _output(self, question: str, stack: TemplateScope, output: str) -> Any:
        return self._guarded(question, lambda: stack.outputs.output(output).value)

    def _guarded(self, question: str, value: Callable[[], Any]) -> Any:
        """Return a value; stacks in a dependency cycle get an unknown."""
        if question in self._asking:
            return Unknown(f"{question} depends on itself")
        self._asking.add(question)
        try:
            return value()
        finally:
            self._asking.discard(question)

    def _free_id(self, stack: str, logical_id: str) -> str:
        """Return the id of a new resource in the cloud (rule 4)."""
        further = (f"{stack}/{logical_id}/{number}" for number in count(2))
        return next(one for one in chain((logical_id, f"{stack}/{logical_id}"), further) if one not in self.taken)

    def _free_name(self, name: str) -> str:
        names = {stack.name for stack in self.stacks}
        number = 2
        free = name
        while free in names:
            free, number = f"{name}-{number}", number + 1
        return free


def _deleted(stack: TemplateScope, types: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the ids of the resources that a stack's deployment deletes, with their types ("" if an id is no name)."""
    yield from stack.template.deleted_ids
    yield from ((one.id, one.type) for one in left_out(stack, types).values())


def left_out(stack: TemplateScope, types: Mapping[str, str]) -> dict[str, DescribedResource]:
    """Return the resources that a stack of an account has, and its template does not have any more, by logical id.

    `types` are those of the accounts' resources by id: a role may have the name of a function, and is another resource.
    """
    there = stack.resources
    return {
        name: one
        for name, one in stack.template.deployed.items()
        if not (name in there and there.is_present(name)) and one.type in ("", types.get(one.id, one.type))
    }


def _address_of(stack: TemplateScope, name: str) -> str:
    """Return the address that an Elastic IP has, is written with, or that a parameter gives it; "" without one."""
    if made := stack.template.made_values.get(name):
        return str(made["Address"])
    node = stack.template.resources[name].get("Properties", {}).get("Address")
    by_parameter = isinstance(node, Mapping) and [*node] == ["Ref"] and node["Ref"] in stack.parameters
    written = stack.resources.property(name, "Address") if by_parameter else node
    try:
        return str(IPv4Address(written)) if isinstance(written, str) else ""
    except ValueError:
        return ""
