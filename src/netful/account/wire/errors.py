"""Errors of AWS's APIs, in AWS's codes and words."""

from functools import partial

from netful.model.core import NetfulError


class ApiError(Exception):
    """An error that a client receives: a code, a message, and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def refusal(error: NetfulError) -> str:
    """Return an error of the sources as a sentence for a client, without the place in a file that only netful knows."""
    why = f": {error.why}" if error.why else ""
    return f"{error.what}{why}".replace("`", "")


def invalid_action(name: str) -> ApiError:
    """Return the error for an operation that is not served, as AWS words it for one that does not exist."""
    return ApiError("InvalidAction", f"The action {name} is not valid for this web service.")


def missing_parameter(name: str) -> ApiError:
    """Return the error for a request without a parameter that it needs."""
    return ApiError("MissingParameter", f"The request must contain the parameter {name}")


invalid_value = partial(ApiError, "InvalidParameterValue")
"""The error for a value that a parameter cannot have."""

DRY_RUN = ApiError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
"""The answer to a request that would succeed, and is only tried."""
