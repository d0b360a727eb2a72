"""Errors that end an operation, in the words of API Gateway's API."""

from collections.abc import Iterable

from netful.services.http.message import Response
from netful.services.http.wire import json_response


class ControlError(Exception):
    """An error with its status, and its type as SDKs know it."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message

    @property
    def response(self) -> Response:
        """The response of the error."""
        return json_response(self.status, {"message": self.message}, (("x-amzn-ErrorType", self.kind),))


def not_found(message: str) -> ControlError:
    """Return the error for a thing that does not exist."""
    return ControlError(404, "NotFoundException", message)


def bad_request(message: str) -> ControlError:
    """Return the error for invalid input."""
    return ControlError(400, "BadRequestException", message)


def unavailable(message: str) -> ControlError:
    """Return the error for a change that is not made, though the request is valid."""
    return ControlError(503, "ServiceUnavailableException", message)


def conflict(message: str) -> ControlError:
    """Return the error for a conflict with another thing."""
    return ControlError(409, "ConflictException", message)


def unknown_operation(what: str) -> ControlError:
    """Return the error for an operation that is not served, as for one that does not exist."""
    return ControlError(404, "UnknownOperationException", f"netful does not serve {what} of API Gateway's API")


def invalid_patch(op: str, path: str, valid: Iterable[str]) -> ControlError:
    """Return the error for a patch of what cannot be patched."""
    listed = ", ".join(valid)
    return bad_request(f"Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{listed}]")
