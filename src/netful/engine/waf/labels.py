"""Labels of a request: those that rules added, and those that rules may have added that are not judged.

Full names, such as `awswaf:123456789012:webacl:acl:team:a`. A key without the prefix `awswaf:` means a label of the same web
ACL or rule group.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

MANAGED = "awswaf:managed:"
OF_CLIENTS, OF_FORWARDED = "awswaf:clientip:", "awswaf:forwardedip:"
ANY = "awswaf:"


@dataclass
class Labels:
    """`possible` are labels, or whole namespaces, which end with a colon."""

    added: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)

    def has(self, key: str, scope: str, prefix: str) -> bool | None:
        """Return whether a label matches a key, for rules whose labels have a prefix; None if it is unknown."""
        if _matches(key, scope, prefix, self.added):
            return True
        unknown = _matches(key, scope, prefix, self.possible) or self._is_open(key, scope)
        return None if unknown else False

    def in_namespace(self, namespace: str) -> list[str] | None:
        """Return the labels of a namespace in order; None if they are unknown."""
        if any(one.startswith(namespace) for one in self.possible) or self._is_open(namespace, "NAMESPACE"):
            return None
        return sorted(one for one in self.added if one.startswith(namespace))

    def _is_open(self, key: str, scope: str) -> bool:
        """Return whether a key is in a namespace of possible labels, or has such a namespace in it."""
        whole = key.removesuffix(":") + ":"
        spaces = [one for one in self.possible if one.endswith(":")]
        return any(whole.startswith(one) or (scope == "NAMESPACE" and one.startswith(whole)) for one in spaces)


def _matches(key: str, scope: str, prefix: str, labels: Iterable[str]) -> bool:
    own = not key.startswith("awswaf:")
    candidates = [one for one in labels if not own or one.startswith(prefix)]
    if scope == "NAMESPACE":
        wanted = (prefix if own else "") + key.removesuffix(":") + ":"
        return any(one.startswith(wanted) for one in candidates)
    return any(f":{one}".endswith(f":{key}") for one in candidates)
