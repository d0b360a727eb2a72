"""A request as a path knows it."""

from collections.abc import Mapping

from netful.model.core import Frozen
from netful.model.network.vpc import IPNetwork


class HttpRequest(Frozen):
    """Known parts of a request; `path` includes the query, None is unknown.

    `withheld` are headers, in lower case, that it certainly does not have: a distribution before does not forward them.
    """

    host: str
    path: str
    method: str | None = None
    headers: Mapping[str, str] | None = None
    source: IPNetwork | None = None
    withheld: frozenset[str] = frozenset()
