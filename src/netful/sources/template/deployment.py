"""The stacks that are loaded together, and what they give one another.

Rules:
1. An import takes the export of that name from any stack of the load. `AWS::StackName` in an export's name is whatever
   the importer calls it, as long as only one export fits; so is a part of the import's name that is unknown, with a
   warning.
2. A parameter without a value takes the output of that name, when exactly one other stack has it.
3. Logical ids are the ids of the cloud. A later stack's id that is taken already becomes `stack/LogicalId`.
4. Elastic IPs are numbered in the order of the sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from netful.model.core.errors import SourceError
from netful.model.core.unknown import Unknown
from netful.model.network import addresses
from netful.sources.files.complaint import fail
from netful.sources.files.marked import MarkedMap
from netful.sources.template.template import Template
from netful.sources.template.template_scope import Stack


@dataclass
class Deployment:
    """Every stack of a load, in one region of one account."""

    region: str
    account_id: str
    stacks: list[Stack] = field(default_factory=list)
    missing_imports: dict[str, None] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _nested: dict[tuple[str, str], Stack] = field(default_factory=dict)
    _asking: set[str] = field(default_factory=set)

    def add(self, name: str, template: Template, given: Mapping[str, Any]) -> Stack:
        """Put a stack into the deployment."""
        stack = Stack(self._free_name(name), template, self, given)
        for logical_id in template.resources:
            own = logical_id if logical_id not in self._taken else f"{stack.name}/{logical_id}"
            stack.names[logical_id] = own
            self._taken.add(own)
        self.stacks.append(stack)
        return stack

    def nest(self, parent: Stack, logical_id: str, child: Stack) -> None:
        """Say which stack a nested-stack resource stands for."""
        self._nested[parent.name, logical_id] = child

    def nested_output(self, parent: Stack, logical_id: str, name: str) -> Any:
        """The value of an output of a nested stack."""
        child = self._nested.get((parent.name, logical_id))
        if child is None:
            return Unknown(
                f"output `{name}` of nested stack `{logical_id}` is not loaded", (f"{logical_id}.Outputs.{name}",)
            )
        if not child.has_output(name):
            fail(
                f"nested stack `{logical_id}` has no output `{name}`",
                parent.template.resources.origin_of(logical_id),
                hint=f"its template is `{child.template.file}`",
            )
        return child.output(name).value

    def exported(self, name: str) -> Any:
        """The value exported under a name (rule 1)."""
        with_any_stack_name = []
        for stack, output in self._exports():
            exact, pattern = stack.export_patterns(output)
            if exact == name:
                return self._guarded(f"export {name}", stack, output)
            if pattern is not None and pattern.fullmatch(name):
                with_any_stack_name.append((stack, output))
        if len(with_any_stack_name) == 1:
            return self._guarded(f"export {name}", *with_any_stack_name[0])
        self.missing_imports[name] = None
        return Unknown(f"import `{name}` has no value", (f"import {name}",))

    def export_matching(self, pattern: re.Pattern[str]) -> tuple[str | None, Any]:
        """The name and the value of the only export that fits a name whose parts are unknown; else nothing."""
        fitting = []
        for stack, output in self._exports():
            exact, _ = stack.export_patterns(output)
            if exact is not None and pattern.fullmatch(exact):
                fitting.append((exact, stack, output))
        if len(fitting) != 1:
            return None, None
        name, stack, output = fitting[0]
        return name, self._guarded(f"export {name}", stack, output)

    def stack_output(self, stack_name: str, name: str) -> Any:
        """The value of an output of a stack that is loaded under its name."""
        for stack in self.stacks:
            if stack.given.get("AWS::StackName", stack.name) == stack_name and stack.has_output(name):
                return self._guarded(f"output {stack_name}.{name}", stack, name)
        return Unknown(f"output `{name}` of stack `{stack_name}` is not loaded", (f"{stack_name}.Outputs.{name}",))

    def output_named(self, name: str, asking: Stack) -> Any:
        """The output of that name when exactly one other stack has it (rule 2), else None."""
        holders = [stack for stack in self.stacks if stack is not asking and stack.has_output(name)]
        return self._guarded(f"output {name}", holders[0], name) if len(holders) == 1 else None

    @cached_property
    def public_addresses(self) -> dict[str, str]:
        """The public address of each Elastic IP (rule 4)."""
        found: dict[str, str] = {}
        for stack in self.stacks:
            for name in stack.template.resources:
                if stack.kind(name) == "AWS::EC2::EIP" and stack.is_present(name):
                    found[stack.names[name]] = _address(len(found), stack, name)
        return found

    @cached_property
    def ipv6_blocks(self) -> dict[str, list[str]]:
        """The IPv6 blocks that AWS gives to each VPC, numbered as the blocks of all VPCs are."""
        found: dict[str, list[str]] = {}
        number = 0
        for stack in self.stacks:
            for name in stack.template.resources:
                if stack.kind(name) == "AWS::EC2::VPCCidrBlock" and stack.is_present(name):
                    vpc_id, own = stack.property(name, "VpcId"), stack.property(name, "Ipv6CidrBlock")
                    if isinstance(vpc_id, str) and stack.property(name, "CidrBlock") is None and own is None:
                        found.setdefault(vpc_id, []).append(str(addresses.ipv6_block(number)))
                    number += 1
        return found

    def public_address(self, stack: Stack, logical_id: str) -> str:
        """The public address of one Elastic IP."""
        return self.public_addresses[stack.names[logical_id]]

    def _exports(self) -> Iterator[tuple[Stack, str]]:
        for stack in self.stacks:
            for name, output in stack.template.outputs.items():
                if isinstance(output.get("Export"), MarkedMap) and stack.has_output(name):
                    yield stack, name

    def _guarded(self, question: str, stack: Stack, output: str) -> Any:
        """An output's value; stacks that feed one another in a circle get an unknown."""
        if question in self._asking:
            return Unknown(f"{question} depends on itself")
        self._asking.add(question)
        try:
            return stack.output(output).value
        finally:
            self._asking.discard(question)

    def _free_name(self, name: str) -> str:
        names = {stack.name for stack in self.stacks}
        number = 2
        free = name
        while free in names:
            free, number = f"{name}-{number}", number + 1
        return free


def _address(number: int, stack: Stack, logical_id: str) -> str:
    try:
        return str(addresses.elastic_ip(number))
    except IndexError as error:
        raise SourceError(str(error), origin=stack.template.resources.origin_of(logical_id)) from None
