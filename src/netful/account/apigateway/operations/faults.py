"""Errors that end an operation, in the words of API Gateway's API."""

from collections.abc import Iterable
from functools import partial

from netful.account.wire.errors import ApiError

not_found = partial(ApiError, "NotFoundException", status=404)
"""The error for a thing that does not exist."""

bad_request = partial(ApiError, "BadRequestException", status=400)
"""The error for invalid input."""

conflict = partial(ApiError, "ConflictException", status=409)
"""The error for a conflict with another thing."""

unavailable = partial(ApiError, "ServiceUnavailableException", status=503)
"""The error for what is not done, though the request is valid."""


def invalid_patch(op: str, path: str, valid: Iterable[str]) -> ApiError:
    """Return the error for a patch of what cannot be patched."""
    listed = ", ".join(valid)
    return bad_request(f"Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{listed}]")
