"""Response of a function to a batch of records (lambda §4.5).

| the response is | the batch |
|---|---|
| empty, `null`, an empty object or list, or names no failures | succeeded |
| `{"batchItemFailures": [{"itemIdentifier": …}]}` with identifiers of the batch | failed in these items |
| anything else: not JSON, an identifier that is missing, empty or not of the batch | failed as a whole |
"""

import json
from collections.abc import Collection
from typing import Any


class InvalidResponseError(ValueError):
    """A response that is not JSON, or not an object."""


def members(payload: bytes) -> dict[str, Any]:
    """Return the members of a response; raises InvalidResponseError."""
    try:
        response = json.loads(payload or b"null") or {}
    except (ValueError, RecursionError) as error:
        raise InvalidResponseError from error
    if not isinstance(response, dict):
        raise InvalidResponseError
    return response


def failures(payload: bytes, batch: Collection[str]) -> Collection[str]:
    """Return the identifiers of a batch that failed: all of them where the response is invalid."""
    try:
        items = members(payload).get("batchItemFailures") or []
    except InvalidResponseError:
        return batch
    if not isinstance(items, list):
        return batch
    named = [item.get("itemIdentifier") if isinstance(item, dict) else None for item in items]
    failed = [one for one in named if isinstance(one, str) and one in batch]
    return failed if len(failed) == len(named) else batch
