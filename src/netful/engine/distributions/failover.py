"""Failover within an origin group: which origins a distribution asks, and when it asks the next one.

| the origin | the next one is asked if |
|---|---|
| answers | the group has the status of the answer |
| cannot be reached | the group has 503, or the status that the viewer gets |
| is silent | the group has 504, or 503: it may be the connection that gets no answer |

Only requests by GET, HEAD and OPTIONS are repeated.
"""

from netful.model.core import Maybe
from netful.model.names.distributions import OriginGroup

_REPEATED = (None, "GET", "HEAD", "OPTIONS")
_UNREACHED = 503


def members(group: OriginGroup, method: str | None) -> tuple[Maybe[str], ...]:
    """Return the origins of a group that a request may reach, in their order; `method` is None if it is not known."""
    return group.members if method in _REPEATED else group.members[:1]


def goes_on(group: OriginGroup, status: int | None, *, answered: bool) -> Maybe[bool]:
    """Return whether the next origin of a group is asked after an answer of one, or after the failure to get an answer."""
    on = group.fails_over_on
    return status in on or (not answered and _UNREACHED in on) or group.unknown_status or False
