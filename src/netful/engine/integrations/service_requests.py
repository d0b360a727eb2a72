"""Request of a direct integration to an AWS service (api-gateway §5.8).

| URI | request |
|---|---|
| `SERVICE:action/ACTION`, JSON services | POST `/` with the service's target header and JSON content type |
| `SERVICE:action/ACTION`, other services | POST `/` with `Action` in the query |
| `SERVICE:path/PATH`, `SERVICE:path//PATH` | the integration's method and the path, as built; `path//` is the root |
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from netful.engine.integrations.integration_targets import Callee
from netful.engine.integrations.uri_placeholders import filled
from netful.model.core import Frozen

_TARGETS = {
    "dynamodb": "DynamoDB_20120810", "kinesis": "Kinesis_20131202", "states": "AWSStepFunctions",
    "events": "AWSEvents", "secretsmanager": "secretsmanager", "firehose": "Firehose_20150804",
    "logs": "Logs_20140328", "cognito-idp": "AWSCognitoIdentityProviderService",
}  # fmt: skip


class Built(Frozen):
    """A request without its body."""

    method: str
    target: str
    headers: Mapping[str, str]


def build(
    callee: Callee, method: str, path: Mapping[str, str], query: Mapping[str, str], headers: Mapping[str, str]
) -> Built | None:
    """Return the request for a callee; None if its URI has a placeholder without a value. Mapped values override the defaults."""
    service, style_and_rest = callee.service or "", filled(str(callee.uri).split(":", 5)[5], path)
    if style_and_rest is None:
        return None
    style, _, rest = style_and_rest.partition("/")
    sent = {"Accept": "application/json", **headers}
    if style == "path":
        return Built(method, _target("/" + rest.lstrip("/"), query), sent)
    prefix = _TARGETS.get(service)
    if prefix is None:
        return Built("POST", _target("/", {"Action": rest, **query}), sent)
    spoken = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{prefix}.{rest}"}
    if service in ("dynamodb", "states"):
        spoken["Content-Type"] = "application/x-amz-json-1.0"
    return Built("POST", _target("/", query), {**sent, **spoken})


def _target(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
