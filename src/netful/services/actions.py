"""What a request asks for in IAM's words: an action, and the resource where the request names one.

| protocol | where the action stands |
|---|---|
| JSON | the last part of `X-Amz-Target` |
| query | `Action` in the form or the query string |
| S3 | the method, and whether there is a key |
| Lambda | the method and the path |

An action that cannot be told is empty: such a request is judged by no policy.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from netful.services.message import Request
from netful.services.routing import ServiceRoute


@dataclass(frozen=True, slots=True)
class Asked:
    """An IAM action (`ssm:GetParameter`) and the resource's ARN; "" for what is not known."""

    action: str = ""
    resource: str = ""


# The services whose actions have another prefix than their endpoint code.
_PREFIXES = {
    "kinesis-streams": "kinesis", "kinesis-firehose": "firehose", "monitoring": "cloudwatch", "email": "ses",
    "ecr.api": "ecr", "sagemaker.api": "sagemaker", "sagemaker.runtime": "sagemaker",
}  # fmt: skip

_S3_BUCKET = {
    "GET": "ListBucket",
    "HEAD": "ListBucket",
    "PUT": "CreateBucket",
    "DELETE": "DeleteBucket",
}
_S3_OBJECT = {
    "GET": "GetObject",
    "HEAD": "GetObject",
    "PUT": "PutObject",
    "POST": "PutObject",
    "DELETE": "DeleteObject",
}
# Query parameters that do not make another action of a request.
_S3_PLAIN = frozenset({
    "list-type", "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "marker", "encoding-type",
    "fetch-owner", "partNumber", "uploads", "uploadId", "x-id",
})  # fmt: skip


def asked(found: ServiceRoute, request: Request, account_id: str) -> Asked:
    """What a request to a service asks for."""
    if found.service.code == "s3":
        return _s3(found.host, request)
    if found.service.code == "lambda":
        return _lambda(found.region, request, account_id)
    name = _named(request)
    if not name:
        return Asked()
    prefix = _PREFIXES.get(found.service.code, found.service.code)
    resource = _RESOURCES.get(prefix, _no_resource)(_content(request))
    return Asked(f"{prefix}:{name}", f"arn:aws:{prefix}:{found.region}:{account_id}:{resource}" if resource else "")


def _named(request: Request) -> str:
    target = request.header("x-amz-target")
    if target:
        return target.rpartition(".")[2]
    form = request.body if b"Action=" in request.body else request.query.encode()
    return parse_qs(form.decode("iso-8859-1")).get("Action", [""])[0]


def _content(request: Request) -> dict[str, Any]:
    try:
        content = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _parameter(content: dict[str, Any]) -> str:
    name = content.get("Name")
    return f"parameter/{name.removeprefix('/')}" if isinstance(name, str) and not name.startswith("arn:") else ""


def _table(content: dict[str, Any]) -> str:
    name = content.get("TableName")
    return f"table/{name}" if isinstance(name, str) and not name.startswith("arn:") else ""


def _no_resource(_content: dict[str, Any]) -> str:
    return ""


_RESOURCES: dict[str, Callable[[dict[str, Any]], str]] = {"ssm": _parameter, "dynamodb": _table}


# Lambda's operations by method and path after the function (lambda §5.1); an invocation is `InvokeFunction` to IAM.
_LAMBDA = {
    ("POST", "invocations"): "InvokeFunction",
    ("POST", "response-streaming-invocations"): "InvokeFunction",
    ("GET", ""): "GetFunction",
    ("GET", "configuration"): "GetFunctionConfiguration",
    ("PUT", "configuration"): "UpdateFunctionConfiguration",
    ("PUT", "code"): "UpdateFunctionCode",
    ("GET", "concurrency"): "GetFunctionConcurrency",
    ("DELETE", ""): "DeleteFunction",
}


def _lambda(region: str, request: Request, account_id: str) -> Asked:
    _, _, kind, name, *more = [*unquote(request.path).split("/"), "", "", "", ""]
    if kind != "functions":
        return Asked()
    if not name:
        return Asked("lambda:ListFunctions") if request.method == "GET" else Asked("lambda:CreateFunction")
    operation = _LAMBDA.get((request.method, more[0]))
    if operation is None:
        return Asked()
    function = (
        name if name.startswith("arn:") else f"arn:aws:lambda:{region}:{account_id}:function:{_unqualified(name)}"
    )
    return Asked(f"lambda:{operation}", function)


def _unqualified(name: str) -> str:
    """A name without its account and its qualifier: `123456789012:function:fn:live` is `fn`."""
    return name.rpartition("function:")[2].partition(":")[0]


def _s3(host: str, request: Request) -> Asked:
    bucket = host.partition(".s3")[0] if not host.startswith("s3") else ""
    path = unquote(request.path).removeprefix("/")
    if not bucket:
        bucket, _, path = path.partition("/")
    if not bucket:
        return Asked("s3:ListAllMyBuckets")
    parameters = parse_qs(request.query, keep_blank_values=True)
    if any(name not in _S3_PLAIN and not name.lower().startswith("x-amz-") for name in parameters):
        return Asked()
    name = (_S3_OBJECT if path else _S3_BUCKET).get(request.method, "")
    return Asked(f"s3:{name}" if name else "", f"arn:aws:s3:::{bucket}" + (f"/{path}" if path else ""))
