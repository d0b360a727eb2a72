"""Requests of a stack to its own back ends, in AWS's protocols: those of a deployment and of Lambda itself."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import msgspec

from netful.fabric.doors.door import Door, DoorKind
from netful.model.names.service_names import service
from netful.services.http.message import ClientConnection, Headers, Request, Response

CallHost: TypeAlias = Callable[[str, Request], Awaitable[Response]]
"""Calls the back end of the service that answers on a host."""

_INSIDE = ClientConnection(Door(DoorKind.LOCAL), ("", 0), ("", 0))


def inside_request(method: str, target: str, headers: Headers, body: bytes) -> Request:
    """Return a request that a service of AWS makes itself."""
    return Request(method, target, headers, body, _INSIDE)


def json_request(target: str, content: object, version: str = "1.1") -> Request:
    """Return a request of the JSON protocol; `target` is the operation with its prefix."""
    headers = (("Content-Type", f"application/x-amz-json-{version}"), ("X-Amz-Target", target))
    return Request("POST", "/", headers, msgspec.json.encode(content), _INSIDE)


def form_request(parameters: Mapping[str, str]) -> Request:
    """Return a request of the query protocol."""
    headers = (("Content-Type", "application/x-www-form-urlencoded"),)
    return Request("POST", "/", headers, urlencode(parameters).encode(), _INSIDE)


def query_request(action: str, version: str, members: Mapping[str, object]) -> Request:
    """Return a request of the query protocol, with nested members: items of lists are `Name.member.1` and so on."""
    return form_request({"Action": action, "Version": version, **dict(_flat("", members))})


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _flat(f"{name}.{key}" if name else key, member)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _flat(f"{name}.member.{number}", item)
    else:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


async def json_answer(
    call_host: CallHost, host: str, target: str, content: object, version: str = "1.1"
) -> dict[str, Any]:
    """Return the content of the answer to a request of the JSON protocol. Raises ConnectionError if it is rejected."""
    response = await call_host(host, json_request(target, content, version))
    if response.status != 200:
        raise ConnectionError(response.body.decode(errors="replace"))
    answer: dict[str, Any] = msgspec.json.decode(response.body or b"{}")
    return answer


def rest_request(method: str, path: str, body: bytes = b"") -> Request:
    """Return a request of one of the REST protocols."""
    return Request(method, path, (), body, _INSIDE)


async def call_bucket(
    call_host: CallHost,
    region: str,
    service_code: str,
    method: str,
    place: tuple[str, ...],
    body: bytes = b"",
    query: str = "",
) -> Response:
    """Call a bucket in the name of an AWS service; `place` is the bucket, and the key of an object in it."""
    host = service("s3").host(region)
    # S3 accepts only signed requests for objects; the back end does not verify whose signature it is
    scope = f"Credential={service_code}/20200101/{region}/s3/aws4_request, SignedHeaders=host, Signature=0"
    headers = (("Host", host), ("Authorization", f"AWS4-HMAC-SHA256 {scope}"))
    target = f"/{'/'.join(map(quote, place))}{query and f'?{query}'}"
    return await call_host(host, inside_request(method, target, headers, body))
