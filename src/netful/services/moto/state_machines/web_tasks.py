"""Tasks that call web servers: `apigateway:invoke` and `http:invoke`, from the internet as on AWS.

`http:invoke` is authorized by a connection of EventBridge: a user's name and password, a key, or a token of an OAuth server. The daemon signs a call of
`apigateway:invoke` as its `AuthType` says: by the machine's role, or by the service for the machine.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from http.client import responses
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from netful.model.json_texts import json_or
from netful.services.backends.frames import RoleCall
from netful.services.moto.state_machines.failures import failure
from netful.services.moto.state_machines.outlet import Outlet

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
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
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory  # noqa: PLC0415  # loaded late
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (  # noqa: PLC0415
        state_task_service_api_gateway,
    )

    api: Any = state_task_service_api_gateway.StateTaskServiceApiGateway

    def run(
        task: Any, *, env: Any, normalised_parameters: dict[str, Any], state_credentials: Any, **_more: Any
    ) -> None:
        given = normalised_parameters
        if task.resource.service_name == _WEB:
            env.stack.append(_to_server(outlet, given))
            return
        machine = env.states.context_object.context_object_data["StateMachine"]["Id"]
        signers = {"IAM_ROLE": str(state_credentials.role_arn), "RESOURCE_POLICY": _of_machine(machine)}
        env.stack.append(_to_api(outlet, given, signers.get(str(given.get("AuthType")), "")))

    def from_error(task: Any, env: Any, ex: Exception) -> Any:
        error = _error_name(ex, is_api=task.resource.service_name != _WEB)
        return failure(env, error, str(ex), resource=task.resource.api_action, resourceType=task.resource.service_name)

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


def _of_machine(arn: str) -> str:
    """Return the ARN of a machine from its own, or from that of one of its versions."""
    return ":".join(arn.split(":")[:7])


def _to_api(outlet: Outlet, given: Mapping[str, Any], signer: str) -> Any:
    """Send the request of `apigateway:invoke`. Raises WebTaskError."""
    query, headers = dict(given.get("QueryParameters") or {}), dict(given.get("Headers") or {})
    asked = _Asked(
        str(given["Method"]), _url_of_api(given), {"Accept": _JSON, **headers}, query, given.get("RequestBody")
    )
    return _sent(outlet, asked, signer)


def _to_server(outlet: Outlet, given: Mapping[str, Any]) -> Any:
    """Send the request of `http:invoke`, authorized by its connection. Raises WebTaskError."""
    connection = (given.get("Authentication") or given.get("InvocationConfig") or {}).get("ConnectionArn")
    headers, query, body = _of_connection(outlet, connection) if connection else ({}, {}, {})
    content = given.get("RequestBody")
    asked = _Asked(
        str(given["Method"]),
        str(given["ApiEndpoint"]),
        {"Accept": "*/*", **(given.get("Headers") or {}), **headers},
        {**(given.get("QueryParameters") or {}), **query},
        {**(content or {}), **body} if body else content,
    )
    return _sent(outlet, asked)


class _Asked(NamedTuple):
    """A request of a task: a body that is no text is sent as JSON."""

    method: str
    url: str
    headers: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any = None


def _pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, str(one)) for name, value in values.items() for one in (value if isinstance(value, list) else [value])
    ]


def _sent(outlet: Outlet, asked: _Asked, signer: str = "") -> Any:
    """Send a request, and return its answer as the state has it. `signer` is an ARN. Raises WebTaskError."""
    url, body = urlsplit(asked.url), asked.body
    query = "&".join(filter(None, (url.query, urlencode(_pairs(asked.query)))))
    content = b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {**({"Content-Type": _JSON} if body is not None else {}), **asked.headers}
    target, host = (url.path or "/") + (f"?{query}" if query else ""), f"{url.scheme}://{url.netloc}"
    reply = outlet.ask(RoleCall(0, signer, host, asked.method, target, tuple(_pairs(headers)), content))
    text = reply.body.decode(errors="replace")
    if not 200 <= reply.status < 300:  # a success
        raise WebTaskError(reply.status or None, text)
    answered: dict[str, list[str]] = {}
    for name, value in reply.headers:
        answered.setdefault(name, []).append(value)
    return {
        "Headers": answered, "ResponseBody": json_or(text, text), "StatusCode": reply.status,
        "StatusText": responses.get(reply.status, ""),
    }  # fmt: skip


def _of_connection(outlet: Outlet, arn: str) -> list[dict[str, str]]:
    """Return the headers, the query and the members of the body that a connection adds. Raises WebTaskError."""
    from moto.events.models import events_backends  # noqa: PLC0415  # loaded late

    backends: Any = events_backends
    region, account = arn.split(":")[3:5]
    found = backends[account][region].connections.get(arn.split("/")[1])
    if found is None:
        raise WebTaskError(None, f"Connection '{arn}' does not exist")
    given = found.auth_parameters
    match found.authorization_type:
        case "API_KEY":
            key = given["ApiKeyAuthParameters"]
            own = {key["ApiKeyName"]: key["ApiKeyValue"]}
        case "BASIC":
            user = given["BasicAuthParameters"]
            own = {"Authorization": _basic(user["Username"], user["Password"])}
        case _:
            own = {"Authorization": f"Bearer {_token(outlet, given['OAuthParameters'])}"}
    headers, *others = _added(given.get("InvocationHttpParameters"))
    return [headers | own, *others]


def _added(parameters: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """Return further headers, parameters of the query and members of the body."""
    return [{one["Key"]: str(one["Value"]) for one in (parameters or {}).get(name) or ()}
            for name in ("HeaderParameters", "QueryStringParameters", "BodyParameters")]  # fmt: skip


def _basic(name: str, password: str) -> str:
    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"


def _token(outlet: Outlet, given: Mapping[str, Any]) -> str:
    """Return a token of an OAuth server, by a client's credentials (RFC 6749 §4.4). Raises WebTaskError."""
    client, (headers, query, form) = given["ClientParameters"], _added(given.get("OAuthHttpParameters"))
    asked = _Asked(
        str(given["HttpMethod"]),
        str(given["AuthorizationEndpoint"]),
        {"Content-Type": _FORM, "Authorization": _basic(client["ClientID"], client["ClientSecret"]), **headers},
        query,
        urlencode({"grant_type": "client_credentials", **form}),
    )
    answer = _sent(outlet, asked)["ResponseBody"]
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str):
        raise WebTaskError(None, f"{given['AuthorizationEndpoint']} gives no access_token")
    return token
