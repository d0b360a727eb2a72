"""AddPermission, RemovePermission and GetPolicy: permissions to invoke a function (lambda §5.1).

A permission is a resource of the template's kind, so services, API Gateway and load balancers apply it at once.
"""

import re
from collections.abc import Iterator
from typing import Any

from netful.functions.api.operations import statements
from netful.functions.api.protocol.call import Call, Operation, check_revision
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core import Resource, Unknown
from netful.model.functions.compute import qualified
from netful.model.names.arns import account_root

_PERMISSION = "AWS::Lambda::Permission"
_PRINCIPAL = re.compile(r"\*|\d{12}|arn:.+|[\w-]+(\.[\w-]+)+")
_LONGEST_POLICY = 20_480
# Members of a request, which are the template's properties, by the operator and key of their condition.
_CONDITIONS = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


async def _add_permission(call: Call) -> Reply:
    check_revision(call.request.get("RevisionId"), call.version().revision)
    sid = call.request["StatementId"]
    if not _PRINCIPAL.fullmatch(call.request["Principal"]):
        raise invalid_parameter("The provided principal was invalid. Please check the principal and try again.")
    statements.refuse_again(sid, _permissions(call))
    named = {
        "FunctionName": call.arn(call.qualifier),
        "Action": call.request["Action"],
        "Principal": call.request["Principal"],
    }
    limits = {member: call.request[member] for member in _CONDITIONS if member in call.request}
    made = Resource(f"{call.function.id} {call.qualifier} {sid}", _PERMISSION, {**named, **limits, "StatementId": sid})
    every = [_statement(call, resource) for resource in (*_permissions(call), made)]
    _refuse_too_long(every)
    await call.service.updates.amend(made)
    return document(201, {"Statement": statements.written(every[-1])})


async def _remove_permission(call: Call) -> Reply:
    """RemovePermission, also of the template's own permissions."""
    check_revision(call.request.get("RevisionId"), call.version().revision)
    return await statements.remove(call, _permissions(call))


async def _get_policy(call: Call) -> Reply:
    version = call.version()
    return statements.policy_reply([_statement(call, one) for one in _permissions(call)], version.revision)


def _refuse_too_long(every: list[dict[str, Any]]) -> None:
    size = len(statements.policy(every))
    if size > _LONGEST_POLICY:
        message = f"The final policy size ({size}) is bigger than the limit ({_LONGEST_POLICY})."
        raise InvokeRefused(400, "PolicyLengthExceededException", message)


def _permissions(call: Call) -> Iterator[Resource]:
    """Yield the permissions of a function, or of the version or alias that the request names."""
    for resource in call.cloud.template.of_type(_PERMISSION):
        name = str(resource.properties.get("FunctionName"))
        function_id, qualifier = call.cloud.function_of(name, resource.id), qualified(name)[1]
        if (function_id, qualifier) == (call.function.id, call.qualifier):
            yield resource


def _statement(call: Call, resource: Resource) -> dict[str, Any]:
    given = {name: value for name, value in resource.properties.items() if not isinstance(value, Unknown)}
    conditions: dict[str, dict[str, Any]] = {}
    for member, (operator, key) in _CONDITIONS.items():
        if member in given:
            value = given[member]
            conditions.setdefault(operator, {})[key] = str(value).lower() if isinstance(value, bool) else value
    statement = {
        "Sid": statements.sid(resource),
        "Effect": "Allow",
        "Principal": _principal(str(given.get("Principal")), call.arn()),
        "Action": given.get("Action"),
        "Resource": call.arn(call.qualifier),
    }
    return statement | ({"Condition": conditions} if conditions else {})


def _principal(written: str, function_arn: str) -> Any:
    """Return the principal of a permission for a function: a service, an account, a role, or everybody."""
    if written == "*":
        return written
    if written.isdecimal():
        return {"AWS": account_root(written, function_arn)}
    return {"AWS" if written.startswith("arn:") else "Service": written}


OPERATIONS: dict[str, Operation] = {
    "AddPermission": _add_permission,
    "GetPolicy": _get_policy,
    "RemovePermission": _remove_permission,
}
