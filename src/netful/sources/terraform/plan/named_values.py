"""Values that the names in Terraform's expressions mean: `var.a`, `local.a`, `each.key`, `module.a`, `data.a.b`, `aws_vpc.a`.

Rules:
1. What is known when the plan is made has the plan's value: attributes of resources and of data, variables of the root module.
2. An attribute that is known only after apply is a reference.
3. A local value, an output, and what a caller gives a module are the value of their text, each in its own module. `each` and `count`
   are those of the resource or of the module that has the text.
4. A resource with `count` is a list, one with `for_each` a map of all instances that the plan has.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from netful.model.core import Frozen
from netful.sources.terraform.plan.functions import MISSING, UNSETTLED, Lack, Reference, Unordered, member
from netful.sources.terraform.plan.planned_resources import DOCUMENT, Module, Planned, index_of, items, mapping
from netful.sources.terraform.plan.source_lines import Configuration
from netful.sources.terraform.plan.syntax import tree
from netful.sources.terraform.plan.variable_types import converted
from netful.sources.terraform.types.resource_types import FIREWALLS

_CALL = re.compile(r"module\.([\w-]+)(?:\[[^\]]*\])?$")
_DEFAULT = "default"
_GIVEN = ("arn", "dns_name", "endpoint", "id", "name", "vpc_id")
_OTHERS = ("terraform", "self", "ephemeral")


class Attribute(Reference):
    """An attribute of a resource that is known only after apply."""

    resource: Planned
    name: str

    @property
    def is_given(self) -> bool:
        """Return whether every resource has it."""
        return self.name in _GIVEN

    def is_same(self, other: Reference) -> Any:
        """Return whether it is the attribute of the same resource: ids of several of a type differ."""
        if not isinstance(other, Attribute) or other.name != self.name:
            return UNSETTLED
        if other.resource.address == self.resource.address:
            return True
        return False if self.name in ("arn", "id") and other.resource.type == self.resource.type else UNSETTLED


class _Instance(Frozen):
    """An instance of a resource."""

    resource: Planned


class _Child(Frozen):
    """An instance of a module that another one calls."""

    module: Module


class _Children(Frozen):
    """The instances of a module, by their keys or numbers if they are settled."""

    module: Module
    name: str
    keys: tuple[Any, ...] | None


class Scope(Frozen):
    """Where a text is: its module, the block that has it with the index of the instance, and the names of loops around it."""

    module: Module
    block: str = ""
    index: str = ""
    names: Mapping[str, Any] = MappingProxyType({})


def scope_of(resource: Planned, names: Mapping[str, Any] = MappingProxyType({})) -> Scope:
    """Return where the arguments of a resource are."""
    mode = "data" if resource.type == DOCUMENT else "resource"
    return Scope(resource.module, f'{mode} "{resource.type}" "{resource.name}"', index_of(resource.address), names)


class NamedValues:
    """The named values of one plan. `written` returns the value of an argument that a block has, `in_block` that of a block within a resource."""

    def __init__(
        self,
        resources: Iterable[Planned],
        variables: Mapping[str, Any],
        data: Mapping[str, Any],
        configuration: Configuration,
        written: Callable[[Scope, str, str], Any],
        in_block: Callable[[Planned, str, dict[str, Any]], Any],
    ) -> None:
        self._variables, self._data, self._configuration = variables, data, configuration
        self._written, self._in_block = written, in_block
        self._instances: dict[tuple[str, str, str], list[Planned]] = {}
        for one in resources:
            self._instances.setdefault((one.module.address, one.type, one.name), []).append(one)
        self._every: dict[tuple[str, str, str], Any] = {}
        self._typed: dict[tuple[str, str], Any] = {}
        self._roots: Mapping[str, Callable[[Scope, str], Any]] = {
            "count": _count,
            "each": self._each,
            "local": self._local,
            "var": self._variable,
            "module": self._module,
            "path": self._path,
            **dict.fromkeys(_OTHERS, lambda *_: UNSETTLED),
        }

    def named(self, scope: Scope, root: str, name: Any) -> Any:
        """Return what the first two names of a reference mean."""
        if not isinstance(name, str):
            return UNSETTLED
        return self._roots[root](scope, name) if root in self._roots else self._resource(scope.module, root, name)

    def data(self, scope: Scope, kind: Any, name: Any) -> Any:
        """Return the values of data that the plan has read, or a policy document that it can read only during apply."""
        module = scope.module
        if not isinstance(kind, str) or not isinstance(name, str):
            return UNSETTLED
        if (module.address, kind, name) in self._instances:
            return self._resource(module, kind, name)
        address = f"{module.address}.data.{kind}.{name}".lstrip(".")
        if address in self._data:
            return self._data[address]
        held = {one.removeprefix(address): value for one, value in self._data.items() if one.startswith(f"{address}[")}
        return _by_index(held) if held else UNSETTLED

    def inside(self, of: Any, key: Any) -> Any:
        """Return a member of a value: of a list or a map, an attribute of a resource, an output of a module."""
        if isinstance(key, Lack) or isinstance(of, Lack):
            return of if isinstance(of, Lack) else key
        if isinstance(of, _Instance):
            if of.resource.type == FIREWALLS and key == "firewall_status" and of.resource.unknown.get(key):
                return self._firewall_status(of.resource)
            return _attribute(of.resource, key)
        if isinstance(of, _Child):
            return self._written(Scope(of.module), f'output "{key}"', "value")
        if isinstance(of, _Children):
            child = of.module.child(of.name, f"[{key}]" if isinstance(key, int) else f'["{key}"]')
            return MISSING if of.keys is not None and key not in of.keys else _Child(child) if child else UNSETTLED
        if isinstance(of, Attribute):
            return Attribute(of.resource, f"{of.name}[{key}]" if isinstance(key, int) else f"{of.name}.{key}")
        return member(of, key)

    def _firewall_status(self, firewall: Planned) -> Any:
        """Return the endpoints of a firewall, one in each of its subnets, as the provider lists them after apply."""
        states = Unordered()
        for number, block in enumerate(items(firewall.values.get("subnet_mapping")), 1):
            subnet = self._in_block(firewall, "subnet_id", block)
            zone = (
                self.inside(_Instance(subnet.resource), "availability_zone")
                if isinstance(subnet, Attribute)
                else UNSETTLED
            )
            attached = {"subnet_id": subnet, "endpoint_id": Attribute(firewall, f"endpoint{number}")}
            states.append({"availability_zone": zone, "attachment": [attached]})
        return [{"sync_states": states}]

    def listed(self, of: Any) -> Any:
        """Return the instances of a module as a list or a map, and one instance as a list of it; any other value as it is."""
        if isinstance(of, _Children):
            if of.keys is None:
                return UNSETTLED
            every = {key: self.inside(of, key) for key in of.keys}
            return every if every and all(isinstance(key, str) for key in every) else [*every.values()]
        return [of] if isinstance(of, (_Instance, _Child)) else of

    def all_of(self, of: Any) -> Any:
        """Return the instances of a module likewise; any other value as it is."""
        return self.listed(of) if isinstance(of, _Children) else of

    def _each(self, scope: Scope, name: str) -> Any:
        if not scope.index.startswith('["'):
            return UNSETTLED
        key = scope.index[2:-2]
        made_for = self._written(Scope(scope.module), scope.block, "for_each") if name == "value" else key
        return key if isinstance(made_for, (str, list)) else self.inside(made_for, key)

    def _local(self, scope: Scope, name: str) -> Any:
        return self._written(Scope(scope.module), "locals", name)

    def _variable(self, scope: Scope, name: str) -> Any:
        key = scope.module.address, name
        if key not in self._typed:
            types = self._configuration.argument_texts(scope.module, f'variable "{name}"', "type", own=True)
            self._typed[key] = converted(self._given(scope.module, name), tree(types[0].strip()) if types else None)
        return self._typed[key]

    def _given(self, module: Module, name: str) -> Any:
        """Return the value that a variable has by its caller or by its default."""
        declared = mapping(mapping(module.configuration.get("variables")).get(name))
        found = declared.get(_DEFAULT, UNSETTLED)
        if module.parent is None:
            found = mapping(self._variables.get(name)).get("value", found)
        elif name in mapping(module.call.get("expressions")):
            called = _CALL.search(module.address)
            block = f'module "{called[1]}"' if called else ""
            found = self._written(Scope(module.parent, block, index_of(module.address)), block, name)
        is_default = found is None and declared.get(_DEFAULT) is not None  # with `nullable = false`
        return UNSETTLED if is_default else found

    def _module(self, scope: Scope, name: str) -> Any:
        if kind := self._repeated(scope.module, f'module "{name}"'):
            made_for = self._written(Scope(scope.module), f'module "{name}"', kind)
            return _Children(scope.module, name, _keys(made_for))
        child = scope.module.child(name)
        return UNSETTLED if child is None else _Child(child)

    def _path(self, scope: Scope, name: str) -> Any:
        """Return the folder of the module, or of the root module, as seen from that of the plan."""
        folder = self._configuration.folder(scope.module) if name == "module" else None
        if name == "root" or folder is None:
            return "." if name == "root" else UNSETTLED
        return os.path.relpath(folder, self._configuration.plan.parent)

    def _resource(self, module: Module, kind: str, name: str) -> Any:
        """Return a resource, or all its instances."""
        key = module.address, kind, name
        if not module.written(kind, name):
            return UNSETTLED
        if key in self._instances and key not in self._every:
            self._every[key] = _by_index({one.index: _Instance(one) for one in self._instances[key]})
        if key in self._every:
            return self._every[key]
        return {"count": [], "for_each": {}}.get(self._repeated(module, f'resource "{kind}" "{name}"'), UNSETTLED)

    def _repeated(self, module: Module, block: str) -> str:
        """Return the argument that makes several instances of a block; "" without one."""
        every = ("count", "for_each")
        return next((one for one in every if self._configuration.argument_texts(module, block, one, own=True)), "")


def _count(scope: Scope, _name: str) -> Any:
    return int(scope.index[1:-1]) if scope.index[1:-1].isdigit() else UNSETTLED


def _by_index(instances: Mapping[str, Any]) -> Any:
    """Return the only instance, or the list or the map of all; those of a part of the numbers are not a list."""
    if "" in instances:
        return instances[""]
    if '["' in next(iter(instances)):
        return {index[2:-2]: one for index, one in sorted(instances.items())}
    found = [instances.get(f"[{number}]", UNSETTLED) for number in range(len(instances))]
    return UNSETTLED if UNSETTLED in found else found


def _attribute(resource: Planned, name: Any) -> Any:
    """Return an attribute of a resource: its value, or a reference."""
    if not isinstance(name, str):
        return UNSETTLED
    later = resource.unknown.get(name)
    if later is True or name not in resource.values:
        return Attribute(resource, name)
    return UNSETTLED if _holds_true(later) else dict.get(resource.values, name)


def _holds_true(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is True or any(map(_holds_true, inner))


def _keys(made_for: Any) -> tuple[Any, ...] | None:
    """Return the keys of the instances that are made by `count` or `for_each`; None if they are not settled."""
    if isinstance(made_for, int):
        return tuple(range(made_for))
    found = tuple(made_for) if isinstance(made_for, (dict, list)) else None
    return found if found is None or all(isinstance(one, str) for one in found) else None
