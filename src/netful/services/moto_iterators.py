"""A bound on the places in DynamoDB streams that moto remembers: each read of a stream makes one, and none ever goes.

Runs in the back end's process only.
"""

from __future__ import annotations

import sys
from typing import Any

_MODULE = "moto.dynamodbstreams.models"
_KEPT = 10_000


class _Newest(dict[str, Any]):
    """The newest entries."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        if len(self) > _KEPT:
            del self[next(iter(self))]


def bound_iterators() -> None:
    """Forget old places from now on, where the service is loaded."""
    module: Any = sys.modules.get(_MODULE)
    if module is None or getattr(module.DynamoDBStreamsBackend.__init__, "bounded", False):
        return
    begin = module.DynamoDBStreamsBackend.__init__

    def begun(backend: Any, region_name: str, account_id: str) -> None:
        begin(backend, region_name, account_id)
        backend.shard_iterators = _Newest()

    begun.bounded = True  # type: ignore[attr-defined]
    module.DynamoDBStreamsBackend.__init__ = begun
