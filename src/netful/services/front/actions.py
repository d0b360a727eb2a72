"""IAM actions of a request, each with its resource if the request names it.

| protocol | the action comes from |
|---|---|
| JSON | the last part of `X-Amz-Target` |
| CBOR | the last part of the path |
| query | `Action` in the form or the query string |
| S3 | its model (`s3_actions`) |
| Lambda, Route 53 | the method and the path, by their models |
| API Gateway | the method; the path is the resource |
| other REST services | the method and the path, by their models; without a resource |

A request may ask for several, all of which must be allowed. No policy is evaluated for a request without a known action.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

import msgspec

from netful.engine.iam.service_actions import RequestedAction, action_of, on_resource, prefix_of, requested
from netful.model.names.arns import aws_arn
from netful.service_models.service_model import rest_model, service_model
from netful.services.front import s3_actions
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Request


def asked(found: ServiceRoute, request: Request, account_id: str) -> tuple[RequestedAction, ...]:
    """Return the actions and resources of a request to a service."""
    code = found.service.code
    if code == "s3":
        return s3_actions.asked(found.host, request, found.region)
    if code in _OWN:
        return (_OWN[code](found.region, request, account_id),)
    prefix, operation = prefix_of(code), _named(request) or _by_path(code, request)
    content = content_of(request)
    if prefix == "sqs" and not content.keys() & {"QueueUrl", "QueueName"}:
        content = {**content, "QueueUrl": request.path.rstrip("/")}  # `/123456789012/queue`
    return requested(prefix, operation, content, found.region, account_id)


def asked_besides(found: ServiceRoute, request: Request, account_id: str) -> RequestedAction:
    """Return the further action that a service takes with the caller's own permissions."""
    member, action = _BESIDES.get(found.service.code, ("", ""))
    value = content_of(request).get(member) if member else None
    known = isinstance(value, str) and value
    return on_resource(action, str(value), found.region, account_id) if known else RequestedAction()


# Names of REST services in botocore that are not the endpoint's code.
_MODELS = {"elasticfilesystem": "efs", "email": "sesv2", "aps": "amp", "aps-workspaces": "amp"}

# Members that name what a service reads as the caller, and the action. The Data API logs in with the caller's secret.
_BESIDES = {"rds-data": ("secretArn", "secretsmanager:GetSecretValue")}


_CBOR_PATH = re.compile(r"/service/[^/]+/operation/(?P<name>\w+)")


def _named(request: Request) -> str:
    target, cbor = request.header("x-amz-target"), _CBOR_PATH.fullmatch(request.path)
    if target or cbor:
        return cbor["name"] if cbor else target.rpartition(".")[2]
    return _form(request).get("Action", [""])[0]


def _by_path(code: str, request: Request) -> str:
    model = rest_model(_MODELS.get(code, code))
    found = model.operation(request.method, request.path, dict(parse_qsl(request.query))) if model else None
    return found[0].name if found and (code, found[0].name) not in _OF_CONTENT else ""


_OF_CONTENT = frozenset({("email", "SendEmail"), ("email", "SendBulkEmail")})
"""Operations whose actions depend on the content of a message."""


def _form(request: Request) -> dict[str, list[str]]:
    form = request.body if b"Action=" in request.body else request.query.encode()
    return parse_qs(form.decode("iso-8859-1"))


def content_of(request: Request) -> Mapping[str, Any]:
    """Return the members of a request, of its JSON or of its form."""
    if not request.header("x-amz-target") and not request.body.startswith(b"{"):
        return {name: values[0] for name, values in _form(request).items()}
    try:
        content = msgspec.json.decode(request.body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


# Resource types besides functions by the label of a Lambda path; the value of a label may also be the complete ARN.
_LAMBDA_RESOURCES = {"UUID": "event-source-mapping", "LayerName": "layer"}


_INVOCATIONS = frozenset({"lambda:InvokeFunction", "lambda:InvokeAsync"})


def _lambda(region: str, request: Request, account_id: str) -> RequestedAction:
    query = dict(parse_qsl(request.query))
    found = service_model("lambda").operation(request.method, request.path, query)
    if found is None:
        return RequestedAction()
    operation, labels = found
    action, place = action_of("lambda", operation.name), aws_arn("lambda", region, account_id, "")
    label, value = next(iter(labels.items()), ("", ""))
    if label == "FunctionName":
        return _on_function(action, value, query.get("Qualifier", ""), f"{place}function:")
    if value.startswith("arn:") or label not in _LAMBDA_RESOURCES:
        return RequestedAction(action, value)
    return RequestedAction(action, f"{place}{_LAMBDA_RESOURCES[label]}:{':'.join(labels.values())}")


def _on_function(action: str, name: str, qualifier: str, before: str) -> RequestedAction:
    """Return an action on a function; an invocation of a version or an alias is an action on that alone."""
    account, _, own = name.rpartition("function:")
    before = f"{account}function:" if account.startswith("arn:") else before
    function, _, named = own.partition(":")
    qualifier = qualifier or named
    whole, part = before + function, f"{before}{function}:{qualifier}"
    if not qualifier:
        return RequestedAction(action, whole)
    if action in _INVOCATIONS and qualifier != "$LATEST":
        return RequestedAction(action, part)
    return RequestedAction(action, whole, (part,))


def _route53(region: str, request: Request, _account_id: str) -> RequestedAction:
    found = service_model("route53").operation(request.method, request.path, dict(parse_qsl(request.query)))
    if found is None:
        return RequestedAction()
    operation, labels = found
    kind = "change" if operation.name == "GetChange" else labels.get("ResourceType", "hostedzone")
    id_ = labels.get("Id") or labels.get("ResourceId", "")
    return RequestedAction(
        f"route53:{operation.name}", aws_arn("route53", region, "", f"{kind}/{id_.rpartition('/')[2]}") if id_ else ""
    )


def _apigateway(region: str, request: Request, _account_id: str) -> RequestedAction:
    path = unquote(request.path).removeprefix("/v2")  # the newer APIs have the prefix `/v2`
    return RequestedAction(f"apigateway:{request.method}", aws_arn("apigateway", region, "", path))


_OWN: dict[str, Callable[[str, Request, str], RequestedAction]] = {
    "lambda": _lambda,
    "route53": _route53,
    "apigateway": _apigateway,
}
