"""What ends an operation early: an error as API Gateway's API words it."""

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
        """The error as it is sent."""
        return json_response(self.status, {"message": self.message}, (("x-amzn-ErrorType", self.kind),))


def not_found(message: str) -> ControlError:
    """There is no such thing."""
    return ControlError(404, "NotFoundException", message)


def bad_request(message: str) -> ControlError:
    """It cannot be done so."""
    return ControlError(400, "BadRequestException", message)


def conflict(message: str) -> ControlError:
    """Something else is in the way."""
    return ControlError(409, "ConflictException", message)


def of_the_template(what: str) -> ControlError:
    """What only a template may say."""
    return bad_request(f"netful does not serve {what}: the template is the truth. Change it, and run `netful up` again")
