"""Places in the user's own files in place of those in built ones: the CDK's code for `cdk.out`, Terraform's for a plan."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import is_dataclass, replace
from typing import Any, TypeVar

from netful.model.core import Origin, Resource

T = TypeVar("T")


class SourcePlaces:
    """The place of each resource in the user's files, where it is known."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_id = {one.id: one for one in resources}
        self._lines: dict[str, dict[int, Origin | None]] = {}
        for one in self._by_id.values():
            self._lines.setdefault(one.origin.file, {})[one.origin.line] = one.source_origin
        self._any = any(one.source_origin for one in self._by_id.values())
        self._starts = {file: sorted(lines) for file, lines in self._lines.items()}

    def of(self, origin: Origin, resource: str) -> Origin:
        """Return the place for one in a built file: by its line, or in a file with one line by the resource that it is about."""
        starts = self._starts.get(origin.file, [])
        if len(starts) > 1:
            at = bisect_right(starts, origin.line)
            return (self._lines[origin.file][starts[at - 1]] if at else None) or origin
        one = self._by_id.get(resource)
        return (one.source_origin if one and one.origin.file == origin.file else None) or origin

    def placed(self, answer: T) -> T:
        """Return findings or a path with these places."""
        return self._placed(answer) if self._any else answer

    def _placed(self, answer: Any) -> Any:
        if type(answer) is tuple:
            return tuple(map(self._placed, answer))
        if not is_dataclass(answer) or isinstance(answer, type):
            return answer
        changed: dict[str, Any] = {
            name: self._placed(value)
            for name in ("hops", "return_hops", "path", "findings", "outcomes")
            if (value := getattr(answer, name, None))
        }
        about = str(getattr(answer, "resource", "") or getattr(answer, "component", ""))
        if isinstance(origin := getattr(answer, "origin", None), Origin):
            changed["origin"] = self.of(origin, about)
        return replace(answer, **changed) if changed else answer
