"""HTTP interface of the page.

| request | response |
|---|---|
| GET / and /page/… | the page, in the language of `NETFUL_LANG` or of the browser |
| GET /stack | the inventory and the state |
| GET /events | server-sent events: `look` after a change, `log` for a log line, `refused` for a flow that the kernel refuses |
| POST /trace, /probe | a path: predicted, or tried |
| POST /reach | what reaches a position, and what it reaches |
| POST /findings | what `netful check` finds |
| POST /changes, /forecast | what `netful diff` prints for the version before, and `netful forecast` for loads |
| POST /invoke | an invocation |
| POST /mend | the end of a fault |

Requests for data and actions have the token as `Authorization: Bearer TOKEN`; `/events` may have it in its query, because a
browser's event source sends no header.
"""

import asyncio
import base64
import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from netful.console.answers import changes, findings, forecast, reach
from netful.console.subject import Subject
from netful.model.core import NetfulError
from netful.render.catalogue import labels
from netful.render.construct_paths import renamed
from netful.render.language import speak, spoken

_LOOK_SECONDS = 1.0
_HOSTS = ["127.0.0.1", "localhost"]
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_LONGEST = 9 << 20  # bytes of a request: the payload of an invocation, as a text in JSON
_POLICY = "default-src 'self'; img-src 'self' blob:; frame-ancestors 'none'"
_JSON = "application/json"

Answering = Callable[[Subject, dict[str, Any]], Awaitable[Any]]
Endpoint = Callable[[Request], Awaitable[Response]]


def site(subject: Subject, token: str) -> Starlette:
    """Return the application for holders of a token."""
    routes = [
        Route("/", _page),
        Route("/page/{name}", _page),
        Route("/stack", _for_holders(_stack)),
        Route("/events", _for_holders(_events)),
        *(
            Route(f"/{name}", _for_holders(partial(_answer, answering)), methods=["POST"])
            for name, answering in _ACTIONS.items()
        ),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS)],
        exception_handlers={NetfulError: _refusal},
    )
    app.state.subject, app.state.token, app.state.closing = subject, token, asyncio.Event()
    return app


def _for_holders(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that refuses requests without the token."""

    async def answer(request: Request) -> Response:
        in_query = request.query_params.get("token", "")
        shown = request.headers.get("authorization", "").removeprefix("Bearer ") or in_query
        if not secrets.compare_digest(shown.encode(), request.app.state.token.encode()):
            return _error(403, "open the address that `netful console` prints: it has a token")
        speak(_language(request))
        return await endpoint(request)

    return answer


async def _page(request: Request) -> Response:
    name = request.path_params.get("name", "index.html")
    file = files("netful.console") / "page" / name
    kind = _TYPES.get(name.rpartition(".")[2])
    if kind is None or not file.is_file():
        raise HTTPException(404)
    content = file.read_text(encoding="utf-8")
    if name == "index.html":
        content = _in_language(content, _language(request))
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    return Response(content, media_type=kind, headers=headers)


def _in_language(page: str, wanted: str) -> str:
    """Return the page with its language and the translations of its labels, which its scripts put in place."""
    words = labels(wanted)
    if not words:
        return page
    content = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    return page.replace('lang="en"', f'lang="{wanted}"').replace('id="words">{}', f'id="words">{content}')


def _language(request: Request) -> str:
    """Return the language of a request: of `NETFUL_LANG`, else the first that the browser accepts."""
    accepted = request.headers.get("accept-language", "")
    return (os.environ.get("NETFUL_LANG") or accepted)[:2].lower()


async def _stack(request: Request) -> Response:
    return JSONResponse(await _look(request.app.state.subject))


async def _look(subject: Subject) -> dict[str, Any]:
    found = await subject.look()
    warnings = spoken([one.split("\n") for one in found.get("warnings", ())])
    return renamed({**found, "warnings": ["\n".join(lines) for lines in warnings]}, subject.construct_paths)


async def _events(request: Request) -> Response:
    state = request.app.state
    return StreamingResponse(event_stream(state.subject, state.closing), media_type="text/event-stream")


async def event_stream(subject: Subject, closing: asyncio.Event) -> AsyncIterator[str]:
    """Yield events while the page listens, until the server closes."""
    # a page that does not read makes this wait and uses no memory; None marks the end
    queue: asyncio.Queue[str | None] = asyncio.Queue(1)

    async def look() -> None:
        before = ""
        while True:
            now = json.dumps(await _look(subject))
            if now != before:
                await queue.put(f"event: look\ndata: {now}\n\n")
            before = now
            await asyncio.sleep(_LOOK_SECONDS)

    async def read(name: str, source: AsyncIterator[Any]) -> None:
        async for one in source:
            await queue.put(f"event: {name}\ndata: {json.dumps(one)}\n\n")

    sources = (look(), read("log", subject.logs()), read("refused", subject.refused()), closing.wait())
    tasks = [asyncio.create_task(one) for one in sources]

    async def ended() -> None:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await queue.put(None)

    watching = asyncio.create_task(ended())
    try:
        while (event := await queue.get()) is not None:
            yield event
    finally:
        for task in (*tasks, watching):
            task.cancel()
        await asyncio.gather(*tasks, watching, return_exceptions=True)


async def _between(verb: str, subject: Subject, asked: dict[str, Any]) -> Any:
    return await subject.ask(verb, source=str(asked["from"]), destination=str(asked["to"]))


async def _reach(subject: Subject, asked: dict[str, Any]) -> Any:
    return await asyncio.to_thread(reach, await subject.cloud(), str(asked["position"]))


async def _findings(subject: Subject, _asked: dict[str, Any]) -> Any:
    return {"findings": await asyncio.to_thread(findings, await subject.cloud())}


async def _changes(subject: Subject, _asked: dict[str, Any]) -> Any:
    now, before = await subject.cloud(), subject.before
    return {"text": await asyncio.to_thread(changes, before, now) if before is not None else ""}


async def _forecast(subject: Subject, asked: dict[str, Any]) -> Any:
    return {"text": await asyncio.to_thread(forecast, await subject.cloud(), [str(load) for load in asked["loads"]])}


async def _invoke(subject: Subject, asked: dict[str, Any]) -> Any:
    payload = base64.b64encode(str(asked.get("payload", "{}")).encode()).decode()
    done = await subject.ask("invoke", function=str(asked["function"]), payload=payload)
    return {**done, "payload": base64.b64decode(done["payload"]).decode(errors="replace")}


async def _mend(subject: Subject, asked: dict[str, Any]) -> Any:
    return {"ended": await subject.ask("mend", number=int(asked["number"]))}


_ACTIONS: dict[str, Answering] = {
    "trace": partial(_between, "trace"),
    "probe": partial(_between, "probe"),
    "reach": _reach,
    "findings": _findings,
    "changes": _changes,
    "forecast": _forecast,
    "invoke": _invoke,
    "mend": _mend,
}


async def _answer(answering: Answering, request: Request) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON:
        return _error(415, f"send {_JSON}")
    try:
        asked = json.loads(await _body(request))
        if not isinstance(asked, dict):
            return _error(400, "send an object")
        subject = request.app.state.subject
        answer = renamed(await answering(subject, asked), subject.construct_paths)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return _error(400, f"not what is expected: {error}")
    return JSONResponse(spoken(answer))


async def _body(request: Request) -> bytes:
    """Return the body of a request; raise HTTPException as soon as it is too long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            raise HTTPException(413)
    return bytes(body)


async def _refusal(_request: Request, error: Exception) -> Response:
    """Return a user error in its parts."""
    assert isinstance(error, NetfulError)
    said = {"error": error.what, "where": str(error.origin or ""), "why": error.why, "hint": error.hint}
    return JSONResponse(spoken(said), 422)


def _error(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)
