"""Function URLs behind a stack's doors: the authorization of callers, and the names of the URLs.

A client on the host calls the path `/_lambda-url/ID/…` at the local endpoint, since not every resolver knows names under
`localhost`. A URL with IAM authorization admits the keys of the stack's own functions, and of declared identities, as far as
their policies allow it. It also admits any other signature, because netful cannot identify its signer.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from netful.engine.authorization import function_urls
from netful.engine.authorization.permissions import INVOKE_URL
from netful.engine.authorization.service_permissions import permits
from netful.engine.distributions.origin_access import PRINCIPAL
from netful.engine.iam.role_sessions import caller_of_identity
from netful.functions.environments.service import FunctionService
from netful.functions.urls.door import UrlDoor
from netful.functions.urls.event import UrlRequest
from netful.gateway.calls.signature import iam_of, identity_of
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.services.front.routing import LOCAL_URL_PATH
from netful.services.front.signature import Signer, fault, signature_of
from netful.services.http.message import Request, Response
from netful.stack.parts.signers import signers


class LambdaUrls:
    """Handler for the service `lambda-url`."""

    def __init__(self, functions: Callable[[], FunctionService]) -> None:
        self._functions = functions
        self._door = UrlDoor(functions)

    async def handle(self, request: Request) -> Response:
        """Answer a request to a function URL's host."""
        host, path = _place(self._functions().cloud, request)
        signature = signature_of(request)
        asked = UrlRequest(
            method=request.method,
            path=path,
            query=request.query,
            headers=request.headers,
            body=request.body,
            host=host,
            source_ip=request.connection.client[0],
            protocol=request.protocol,
        )
        if signature is not None:
            cloud, key = self._functions().cloud, signature.access_key_id
            signer = signers(cloud).get(key) or _declared(cloud, key)
            may = self._may(host, request, signer)
            asked = replace(asked, signer=_described(cloud, key, signer), caller_may=may)
        reply = await self._door.handle(asked)
        return Response(reply.status, reply.headers, reply.body, stream=reply.stream)

    def _may(self, host: str, request: Request, signer: Signer | None) -> bool:
        """Return whether a signature is for this service and its signer's, and the signer's policies allow the call."""
        cloud, signature = self._functions().cloud, signature_of(request)
        url = function_urls.url_at(cloud, host)
        region = cloud.region_of(url.id) if url else cloud.region
        if signature is None or (signature.service, signature.region) != ("lambda", region):
            return False
        if signer is None:
            return True
        if fault(signature, signer, request, datetime.now(UTC)) is not None:
            return False
        if url is None:
            return True
        if signer.caller.party:
            function = function_urls.target_of(url)
            if isinstance(function, Unknown):
                return True
            return permits(cloud, PRINCIPAL, signer.caller.arn, function, INVOKE_URL, by_url=True) is not False
        return function_urls.judge(cloud, url, signer.caller, signed=True).ruling.verdict != "deny"


def _declared(cloud: Cloud, access_key: str) -> Signer | None:
    """Return the declared identity that has an access key, as a signer."""
    one = identity_of(cloud, access_key)
    return Signer(caller_of_identity(one), one.secret_access_key, one.session_token) if one is not None else None


def _described(cloud: Cloud, access_key: str, signer: Signer | None) -> dict[str, Any]:
    """Return the signer for the function's event; a key that is not known is the user's own."""
    arn, account = (
        (signer.caller.arn, signer.caller.account_id) if signer else (cloud.arn("iam", "root"), cloud.account_id)
    )
    is_role = ":assumed-role/" in arn
    return iam_of(access_key, arn, f"{access_key}:{arn.rpartition('/')[2]}" if is_role else access_key, account)


def url_entries(service: FunctionService, port: int) -> dict[str, str]:
    """Return the URL for a client on the host, by function. The URL of an alias is used only if the function has no other."""
    found: dict[str, str] = {}
    for url in sorted(service.urls.values(), key=attrgetter("qualifier")):
        found.setdefault(url.function_id, f"http://127.0.0.1:{port}{LOCAL_URL_PATH}{url.id}/")
    return found


def _place(cloud: Cloud, request: Request) -> tuple[str, str]:
    """Return AWS's host for the function URL that a request means, and the path at that host."""
    label, path = request.host.partition(".")[0], request.path
    if path.startswith(LOCAL_URL_PATH):
        label, _, rest = path.removeprefix(LOCAL_URL_PATH).partition("/")
        path = f"/{rest}"
    hosts = (function_urls.host_of(cloud, url) for url in cloud.template.of_type(function_urls.URL))
    return next(
        (one for one in hosts if one.startswith(f"{label}.")), f"{label}.lambda-url.{cloud.region}.on.aws"
    ), path
