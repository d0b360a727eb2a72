"""Errors that end an operation, in the words of API Gateway's API."""

from __future__ import annotations

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


def conflict(message: str) -> ControlError:
    """Return the error for a conflict with another thing."""
    return ControlError(409, "ConflictException", message)


def of_the_template(what: str) -> ControlError:
    """Return the error for what only a template can change."""
    return bad_request(f"netful does not serve {what}: the template is the truth. Change it, and run `netful up` again")
