"""Requests of a stack to its own back ends, in AWS's protocols: those of a deployment and of Lambda itself."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias
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


def rest_request(method: str, path: str, body: bytes = b"") -> Request:
    """Return a request of one of the REST protocols."""
    return Request(method, path, (), body, _INSIDE)


async def put_object(
    call_host: CallHost, region: str, service_code: str, place: tuple[str, str], body: bytes
) -> Response:
    """Put an object into a bucket in the name of an AWS service; `place` is the bucket and the key."""
    asked = rest_request("PUT", "/" + "/".join(map(quote, place)), body)
    host = service("s3").host(region)
    # S3 accepts objects only from signed requests; the back end does not verify whose signature it is
    scope = f"Credential={service_code}/20200101/{region}/s3/aws4_request, SignedHeaders=host, Signature=0"
    headers = (("Host", host), ("Authorization", f"AWS4-HMAC-SHA256 {scope}"))
    return await call_host(host, replace(asked, headers=headers))
