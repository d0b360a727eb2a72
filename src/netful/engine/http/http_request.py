"""A request as a path knows it."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen, Maybe, Unknown
from netful.model.network.vpc import IPNetwork


class HttpRequest(Frozen):
    """Known parts of a request; `path` includes the query, None is unknown.

    `headers` are all of its headers, or only some where `whole` is false. `withheld` are those, in lower case, that it certainly
    does not have: a distribution before does not forward them. It has those of `unknown`, whose values are not known.
    """

    host: str
    path: str
    method: str | None = None
    headers: Mapping[str, str] | None = None
    source: IPNetwork | None = None
    withheld: frozenset[str] = frozenset()
    unknown: Mapping[str, Unknown] = field(default_factory=dict)
    whole: bool = True

    def values_of(self, name: str) -> list[Maybe[str]] | None:
        """Return the values of a header, none if it does not have it; None if that is not known."""
        name, every = name.lower(), (self.headers or {}).items()
        if name in self.unknown:
            return [self.unknown[name]]
        found: list[Maybe[str]] = [value for key, value in every if key.lower() == name]
        is_known = found or name in self.withheld or (self.headers is not None and self.whole)
        return found if is_known else None
