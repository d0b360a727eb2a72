"""IAM action of a request, and the resource if the request names one.

| protocol | the action comes from |
|---|---|
| JSON | the last part of `X-Amz-Target` |
| query | `Action` in the form or the query string |
| S3 | the method, and whether the path has a key |
| Lambda | the method and the path, by Lambda's model |
| API Gateway | the method; the path is the resource |
| Route 53 | the method and the path, by Route 53's model |
| other REST services | the same, by their models; without a resource |

An unknown action is empty: no policy is evaluated for such a request.
"""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, unquote

import msgspec

from netful.engine.iam.service_actions import RESOURCES, RequestedAction, action_of, on_resource, prefix_of
from netful.service_models.service_model import service_model
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Request

_S3_BUCKET = {"GET": "ListBucket", "HEAD": "ListBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}
_S3_OBJECT = {
    "GET": "GetObject",
    "HEAD": "GetObject",
    "PUT": "PutObject",
    "POST": "PutObject",
    "DELETE": "DeleteObject",
}
# Query parameters that do not change the action of a request.
_S3_PLAIN = frozenset({
    "list-type", "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "marker", "encoding-type",
    "fetch-owner", "partNumber", "uploads", "uploadId", "x-id",
})  # fmt: skip


def asked(found: ServiceRoute, request: Request, account_id: str) -> RequestedAction:
    """Return the action and the resource of a request to a service."""
    if found.service.code == "s3":
        return _s3(found.host, request)
    if found.service.code == "lambda":
        return _lambda(found.region, request, account_id)
    if found.service.code == "route53":
        return _route53(request)
    if found.service.code == "apigateway":
        path = unquote(request.path).removeprefix("/v2")  # the newer APIs have the prefix `/v2`
        return RequestedAction(f"apigateway:{request.method}", f"arn:aws:apigateway:{found.region}::{path}")
    prefix = prefix_of(found.service.code)
    action = action_of(prefix, _by_path(_REST[prefix], request) if prefix in _REST else _named(request))
    members = RESOURCES[prefix].members if action and prefix in RESOURCES else ()
    value = next((v for m in members if (v := _member(request, m))), "")
    if prefix == "sqs" and not value:
        value = request.path.rstrip("/")  # `/123456789012/queue`
    return on_resource(action, value, found.region, account_id)


def asked_besides(found: ServiceRoute, request: Request, account_id: str) -> RequestedAction:
    """Return the further action that a service takes with the caller's own permissions."""
    member, action = _BESIDES.get(found.service.code, ("", ""))
    value = _member(request, member) if member else ""
    return on_resource(action, value, found.region, account_id) if value else RequestedAction()


# Services with REST addresses, by the names of their models in botocore.
_REST = {
    "route53profiles": "route53profiles", "elasticfilesystem": "efs", "rds-data": "rds-data", "xray": "xray",
}  # fmt: skip

# Members that name what a service reads as the caller, and the action. The Data API logs in with the caller's secret.
_BESIDES = {"rds-data": ("secretArn", "secretsmanager:GetSecretValue")}


def _named(request: Request) -> str:
    target = request.header("x-amz-target")
    return target.rpartition(".")[2] if target else _form(request).get("Action", [""])[0]


def _by_path(model: str, request: Request) -> str:
    found = service_model(model).operation(request.method, request.path, dict(parse_qsl(request.query)))
    return found[0].name if found else ""


def _form(request: Request) -> dict[str, list[str]]:
    form = request.body if b"Action=" in request.body else request.query.encode()
    return parse_qs(form.decode("iso-8859-1"))


def _member(request: Request, name: str) -> str:
    """Return a text member of a request, of its JSON or of its form."""
    if not request.header("x-amz-target") and not request.body.startswith(b"{"):
        return _form(request).get(name, [""])[0]
    try:
        content = msgspec.json.decode(request.body or b"{}")
    except ValueError:
        return ""
    value = content.get(name) if isinstance(content, dict) else None
    return value if isinstance(value, str) else ""


# Resource types by the label of a Lambda path; the value of a label may also be the complete ARN.
_LAMBDA_RESOURCES = {"FunctionName": "function", "UUID": "event-source-mapping", "LayerName": "layer"}


def _lambda(region: str, request: Request, account_id: str) -> RequestedAction:
    found = service_model("lambda").operation(request.method, request.path, dict(parse_qsl(request.query)))
    if found is None:
        return RequestedAction()
    operation, labels = found
    action = action_of("lambda", operation.name)
    label, value = next(iter(labels.items()), ("", ""))
    if value.startswith("arn:") or label not in _LAMBDA_RESOURCES:
        return RequestedAction(action, value)
    named = _unqualified(value) if label == "FunctionName" else ":".join(labels.values())
    return RequestedAction(action, f"arn:aws:lambda:{region}:{account_id}:{_LAMBDA_RESOURCES[label]}:{named}")


def _route53(request: Request) -> RequestedAction:
    found = service_model("route53").operation(request.method, request.path, dict(parse_qsl(request.query)))
    if found is None:
        return RequestedAction()
    operation, labels = found
    kind = "change" if operation.name == "GetChange" else labels.get("ResourceType", "hostedzone")
    id_ = labels.get("Id") or labels.get("ResourceId", "")
    return RequestedAction(
        f"route53:{operation.name}", f"arn:aws:route53:::{kind}/{id_.rpartition('/')[2]}" if id_ else ""
    )


def _unqualified(name: str) -> str:
    """Return a name without its account and its qualifier: `fn` for `123456789012:function:fn:live`."""
    return name.rpartition("function:")[2].partition(":")[0]


def _s3(host: str, request: Request) -> RequestedAction:
    bucket = host.partition(".s3")[0] if not host.startswith("s3") else ""
    path = unquote(request.path).removeprefix("/")
    if not bucket:
        bucket, _, path = path.partition("/")
    if not bucket:
        return RequestedAction("s3:ListAllMyBuckets")
    parameters = parse_qs(request.query, keep_blank_values=True)
    if any(name not in _S3_PLAIN and not name.lower().startswith("x-amz-") for name in parameters):
        return RequestedAction()
    name = (_S3_OBJECT if path else _S3_BUCKET).get(request.method, "")
    return RequestedAction(f"s3:{name}" if name else "", f"arn:aws:s3:::{bucket}" + (f"/{path}" if path else ""))
