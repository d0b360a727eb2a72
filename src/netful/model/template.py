"""Untyped contents of the sources: raw resources, parameters, outputs, warnings."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import field

from netful.model.core import DanglingReference, Frozen, Maybe, Output, Resource
from netful.model.unread import Unread


class TemplateFacts(Frozen, dict=True):
    """Untyped contents of the sources: raw resources, parameters, outputs, warnings.

    `imports` are the names of the exports that each stack imports. `unread` is what netful does not read of the resources.
    """

    resources: Mapping[str, Resource] = field(default_factory=dict)
    parameters: Mapping[str, Maybe[str]] = field(default_factory=dict)
    missing_parameters: tuple[str, ...] = ()
    missing_imports: tuple[str, ...] = ()
    imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    dangling_references: tuple[DanglingReference, ...] = ()
    warnings: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for one in self.resources.values():
            found.setdefault(one.type, []).append(one)
        return found

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types, in the order of the sources."""
        there = [name for name in types if name in self._by_type]
        if len(there) < 2:
            return iter(self._by_type[there[0]] if there else ())
        return (one for one in self.resources.values() if one.type in types)
