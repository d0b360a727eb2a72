"""Pages of answers: of one call whose last page is missing, nothing is known.

A call is identified by the kind of its objects and by its subject, such as the API that has some resources. An answer that has
more objects than it lists, without a next page, is such a page, too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PARENTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "FirewallRules": lambda rule: str(rule.get("FirewallRuleGroupId")),
    "Listeners": lambda listener: str(listener.get("LoadBalancerArn")),
    "RoutingRules": lambda rule: str(rule.get("RoutingRuleArn")).partition("/routingrules/")[0],
    "Rules": lambda rule: str(rule.get("RuleArn")).rpartition("/")[0],
    "StackResources": lambda resource: str(resource.get("StackName")),
}
"""Kinds that are listed for one subject, which their objects name."""

_MARKS = ("NextToken", "NextMarker", "position")
_HAS_MORE = ("IsTruncated", "AdditionalRoutesAvailable")

_Call = tuple[str, str]


def is_last(root: Mapping[str, Any]) -> bool:
    """Return whether no further page follows an answer."""
    marker = root.get("Marker") and "IsTruncated" not in root
    return not (marker or any(map(root.get, _MARKS)) or any(root.get(name) is True for name in _HAS_MORE))


def parent_of(kind: str, value: Any) -> str:
    """Return the subject of the call that lists an object; "" for kinds that are listed together."""
    return _PARENTS[kind](value) if kind in _PARENTS and isinstance(value, Mapping) else ""


@dataclass
class Pages:
    """The calls that have begun and those that have ended."""

    _begun: dict[_Call, Path] = field(default_factory=dict)
    _ended: set[_Call] = field(default_factory=set)
    _closed: set[Path] = field(default_factory=set)

    def count(self, kind: str, subject: str, file: Path, *, last: bool) -> None:
        """Record a page. An empty list of API Gateway, whose kind is not known, is the last page of its file."""
        if not last:
            self._begun.setdefault((kind, subject), file)
            self._closed.discard(file)
        elif kind:
            self._ended.add((kind, subject))
        else:
            self._closed.add(file)

    def missing(self) -> Iterator[tuple[str, str, Path]]:
        """Yield kind, subject and file of the calls whose last page is missing."""
        for (kind, subject), file in self._begun.items():
            if (kind, subject) not in self._ended and file not in self._closed:
                yield kind, subject, file
