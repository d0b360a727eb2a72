"""The Lambda API's errors as AWS frames them: status, `x-amzn-ErrorType`, and a JSON body (lambda §5.5).

The case of the message's key follows the error's shape; `Type` is absent where AWS leaves it out.
"""

from netful.functions.api.protocol.message import Reply, document
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core import StackError, UnkeptError

_LOWER_CASE = frozenset({
    "InvalidParameterValueException", "ResourceConflictException", "TooManyRequestsException",
    "PreconditionFailedException", "PolicyLengthExceededException", "RequestTooLargeException",
    "InvalidRequestContentException", "UnsupportedMediaTypeException", "ResourceNotReadyException",
    "CodeStorageExceededException", "ProvisionedConcurrencyConfigNotFoundException", "ValidationException",
})  # fmt: skip
_WITHOUT_TYPE = frozenset({"ValidationException", "RequestEntityTooLargeException"})


def refusal(error: InvokeRefused) -> Reply:
    """Return the reply for an error."""
    content = {"Reason": error.reason} if error.reason else {}
    if error.code not in _WITHOUT_TYPE:
        content["Type"] = "User" if error.status < 500 else "Service"
    content["message" if error.code in _LOWER_CASE else "Message"] = error.message
    reply = document(error.status, content)
    return Reply(reply.status, reply.body, (*reply.headers, ("x-amzn-ErrorType", error.code)))


def no_such_resource(message: str = "The resource you requested does not exist.") -> InvokeRefused:
    """Return the error for something that does not exist."""
    return InvokeRefused(404, "ResourceNotFoundException", message)


def not_found(arn: str) -> InvokeRefused:
    """Return the error for a function or version that does not exist."""
    return no_such_resource(f"Function not found: {arn}")


def invalid_parameter(message: str) -> InvokeRefused:
    """Return the error for a parameter that Lambda does not accept."""
    return InvokeRefused(400, "InvalidParameterValueException", message)


def refused_code(problem: StackError) -> InvokeRefused:
    """Return the error for code that is not accepted, or that the account cannot keep."""
    return unkept(problem) if isinstance(problem, UnkeptError) else invalid_parameter(problem.why or problem.what)


def unkept(problem: UnkeptError) -> InvokeRefused:
    """Return the error for a change that the account cannot keep: a full disk, for example."""
    return InvokeRefused(503, "ServiceException", str(problem))


def refuse_value(text: str) -> None:
    """Raise InvokeRefused with the text about a value that violates a constraint; do nothing without one."""
    if text:
        raise InvokeRefused(400, "ValidationException", text)


def not_implemented(operation: str) -> InvokeRefused:
    """Return the error for a part of Lambda that netful does not serve: none of the server's own, which clients repeat."""
    return invalid_parameter(f"netful does not serve {operation}")


def precondition_failed() -> InvokeRefused:
    """Return the error for a change after the caller's last read."""
    message = (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    )
    return InvokeRefused(412, "PreconditionFailedException", message)


def conflict(message: str) -> InvokeRefused:
    """Return the error for a conflict."""
    return InvokeRefused(409, "ResourceConflictException", message)
