"""Function URLs of a template's cloud, whose functions are a coroutine."""

from datetime import UTC, datetime
from types import SimpleNamespace

from netful.functions.environments.config import template_urls
from netful.services.http.message import ClientConnection, Request
from netful.stack.parts.lambda_urls import LambdaUrls
from tests.helpers.gateway_bench import INTERNET, signed_headers


class _Stream:
    """The stream of a function that succeeds."""

    content_type, invocation = "text/plain", None

    def __init__(self, text):
        self._text = text

    async def begun(self):
        """Return at once: it has begun."""

    async def __aiter__(self):
        yield self._text


async def asked(cloud, invoke, streamed, url, keys=None, **scope):
    """The answer of a function URL to a GET, signed with the keys for a scope; functions that stream send `streamed`."""
    urls = {one.id: one for one in template_urls(cloud)}
    functions = SimpleNamespace(
        cloud=cloud, urls=urls, invoke=invoke, invoke_streaming=lambda *_, **__: _Stream(streamed)
    )
    host, _, path = url.removeprefix("https://").partition("/")
    headers = {"Host": host}
    if keys is not None:
        headers |= signed_headers(keys, "GET", url, at=datetime.now(UTC).timestamp(), **{"service": "lambda"} | scope)
    connection = ClientConnection(INTERNET, ("203.0.113.9", 4711), ("198.18.0.1", 443), tls=True)
    request = Request("GET", f"/{path}", tuple(headers.items()), b"", connection)
    return await LambdaUrls(lambda: functions).handle(request)
