"""Changes that were made, by their ids: each is in sync before its call is answered."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from netful.account.route53.names import new_id
from netful.account.wire.errors import ApiError

MOST = 10_000


class ChangeLog:
    """The last changes since the stack started, `MOST` at most: an account does not grow for ever."""

    def __init__(self) -> None:
        self._made: dict[str, Mapping[str, Any]] = {}

    def made(self, comment: str | None = None) -> Mapping[str, Any]:
        """Return the information on a new change."""
        id_ = new_id("C", secrets.token_hex())
        self._made[id_] = {
            "Id": f"/change/{id_}", "Status": "INSYNC", "SubmittedAt": datetime.now(UTC), "Comment": comment,
        }  # fmt: skip
        if len(self._made) > MOST:
            del self._made[next(iter(self._made))]
        return self._made[id_]

    def found(self, id_: str) -> Mapping[str, Any]:
        """Return the information on a change. Raises ApiError for an unknown one."""
        known = self._made.get(id_.rpartition("/")[2])
        if known is None:
            raise ApiError("NoSuchChange", f"Could not find resource with ID: {id_}", 404)
        return known
