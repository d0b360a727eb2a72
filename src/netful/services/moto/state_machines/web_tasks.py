"""Tasks that call web servers: `apigateway:invoke` and `http:invoke`, from the internet as on AWS.

`http:invoke` is authorized by a connection of EventBridge: a user's name and password, or a key. The IAM role of `apigateway:invoke` signs nothing, so an
API that requires a signature refuses the call.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from netful.services.backends.frames import RoleCall
from netful.services.moto.state_machines.outlet import Outlet

_JSON = "application/json"
_WEB = "http"
_PARAMETERS = {
    "ApiEndpoint", "AllowNullValues", "Authentication", "AuthType", "Headers", "InvocationConfig", "Method", "Path",
    "QueryParameters", "RequestBody", "Stage", "Transform",
}  # fmt: skip


class WebTaskError(Exception):
    """A task whose server answered with an error, or did not answer."""

    def __init__(self, status: int | None, body: str) -> None:
        super().__init__(body)
        self.status = status


def hook(outlet: Outlet) -> None:
    """Have moto's interpreter send these tasks to the daemon."""
    from moto.stepfunctions.parser.api import HistoryEventType  # noqa: PLC0415  # loaded late
    from moto.stepfunctions.parser.asl.component.common.error_name import custom_error_name, failure_event  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_api_gateway  # noqa: PLC0415

    api: Any = state_task_service_api_gateway.StateTaskServiceApiGateway

    def run(task: Any, *, env: Any, normalised_parameters: dict[str, Any], **_more: Any) -> None:
        is_api = task.resource.service_name != _WEB
        env.stack.append(_called(outlet, normalised_parameters, is_api=is_api))

    def from_error(task: Any, env: Any, ex: Exception) -> Any:
        name = custom_error_name.CustomErrorName(None)
        named: Any = name
        named.error_name = _error_name(ex, is_api=task.resource.service_name != _WEB)
        details: Any = {
            "error": named.error_name,
            "cause": str(ex),
            "resource": task.resource.api_action,
            "resourceType": task.resource.service_name,
        }
        whole: Any = {"taskFailedEventDetails": details}
        return failure_event.FailureEvent(
            env=env, error_name=name, event_type=HistoryEventType.TaskFailed, event_details=whole
        )

    class Http(api):  # type: ignore[misc]
        """A task of `http:invoke`."""

    factory: Any = state_task_factory
    made: Callable[[str], Any] = factory.state_task_service_for

    def service_for(service_name: str) -> Any:
        return Http() if service_name == _WEB else made(service_name)

    api._get_supported_parameters = lambda _task: _PARAMETERS  # noqa: SLF001  # the same
    api._eval_service_task = run  # noqa: SLF001  # the same
    api._from_error = from_error  # noqa: SLF001  # the same
    factory.state_task_service_for = service_for


def _error_name(ex: Exception, *, is_api: bool) -> str:
    status = ex.status if isinstance(ex, WebTaskError) else None
    if is_api:
        return f"ApiGateway.{status or type(ex).__name__}"
    return f"States.Http.StatusCode.{status}" if status else "States.Http.Socket"


def _url_of_api(given: Mapping[str, Any]) -> str:
    """Return the URL of `apigateway:invoke`, without its query."""
    path = str(given.get("Path") or "").lstrip("/")
    return "/".join(part for part in (f"https://{given['ApiEndpoint']}", given.get("Stage"), path) if part)


def _called(outlet: Outlet, given: Mapping[str, Any], *, is_api: bool) -> Any:
    """Send a task's request, and return its answer as the state has it. Raises WebTaskError."""
    headers, query, body = (
        dict(given.get("Headers") or {}),
        dict(given.get("QueryParameters") or {}),
        given.get("RequestBody"),
    )
    authentication = given.get("Authentication") or given.get("InvocationConfig") or {}
    if not is_api and authentication.get("ConnectionArn"):
        more = _of_connection(authentication["ConnectionArn"])
        headers, query = headers | more[0], query | more[1]
        body = {**(body or {}), **more[2]} if more[2] else body
    url = urlsplit(_url_of_api(given) if is_api else str(given["ApiEndpoint"]))
    pairs = [(name, one) for name, value in query.items() for one in (value if isinstance(value, list) else [value])]
    asked = "&".join(filter(None, (url.query, urlencode(pairs))))
    content = b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    sent = {**({"Content-Type": _JSON} if body is not None else {}), "Accept": _JSON if is_api else "*/*", **headers}
    pairs = [(name, one) for name, value in sent.items() for one in (value if isinstance(value, list) else [value])]
    target = (url.path or "/") + (f"?{asked}" if asked else "")
    host = f"{url.scheme}://{url.netloc}"
    reply = outlet.ask(
        RoleCall(0, "", host, str(given["Method"]), target, tuple((n, str(v)) for n, v in pairs), content)
    )
    text = reply.body.decode(errors="replace")
    if not 200 <= reply.status < 300:  # a success
        raise WebTaskError(reply.status or None, text)
    answered: dict[str, list[str]] = {}
    for name, value in reply.headers:
        answered.setdefault(name, []).append(value)
    return {
        "Headers": answered, "ResponseBody": _parsed(text), "StatusCode": reply.status,
        "StatusText": HTTPStatus(reply.status).phrase,
    }  # fmt: skip


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _of_connection(arn: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return the headers, the query and the members of the body that a connection adds. Raises WebTaskError."""
    from moto.events.models import events_backends  # noqa: PLC0415  # loaded late

    backends: Any = events_backends
    region, account = arn.split(":")[3:5]
    found = backends[account][region].connections.get(arn.split("/")[1])
    if found is None:
        raise WebTaskError(None, f"Connection '{arn}' does not exist")
    given, headers = found.auth_parameters, {}
    match found.authorization_type:
        case "API_KEY":
            key = given["ApiKeyAuthParameters"]
            headers[key["ApiKeyName"]] = key["ApiKeyValue"]
        case "BASIC":
            user = given["BasicAuthParameters"]
            text = f"{user['Username']}:{user['Password']}".encode()
            headers["Authorization"] = f"Basic {b64encode(text).decode()}"
        case other:
            raise WebTaskError(None, f"netful does not authorize connections by {other}")
    added = given.get("InvocationHttpParameters") or {}
    parts = [{one["Key"]: str(one["Value"]) for one in added.get(name) or ()}
             for name in ("HeaderParameters", "QueryStringParameters", "BodyParameters")]  # fmt: skip
    return headers | parts[0], parts[1], parts[2]
