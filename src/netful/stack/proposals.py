"""Commands that work on a stack, for the user who has just started it."""

from collections.abc import Iterator
from typing import Any

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import api_requests
from netful.checks.facts.handler import read_handler
from netful.checks.facts.uses import uses_of
from netful.hosts.engines.engine import Engine
from netful.model.cloud import Cloud
from netful.stack.sample_events.places import invokes
from netful.stack.sample_events.sample_event import KINDS

_WITHOUT_CLIENT = {Engine.RABBITMQ}
_WEB_PAGE = "https://example.com"


def proposals(cloud: Cloud, status: dict[str, Any]) -> Iterator[list[str]]:
    """Yield commands as their words: an invocation, a way that is open, a request, a client of a database."""
    facts = Facts(cloud)
    function = next((one["resource"] for one in status["functions"] if one["state"] == "Active"), None)
    if function is not None:
        kind = next((kind for kind in KINDS if invokes(cloud, function, kind)), None)
        yield ["netful", "invoke", function, *(("--event", kind) if kind else ())]
        yield from _open_way(facts, function)
    yield from _request(facts, status["apis"])
    engines = (one for one in status["answers"] if one["kind"] == "engine" and one["what"] not in _WITHOUT_CLIENT)
    server = next((one["resource"] for one in engines), None)
    if server is not None and function is not None and _reaches(facts, function, server):
        yield ["netful", "db", server]


def _open_way(facts: Facts, function_id: str) -> Iterator[list[str]]:
    """Yield an attempt at the first destination that a function uses and reaches; else a request to the internet."""
    function = facts.cloud.compute.functions[function_id]
    uses = uses_of(facts.cloud, function, read_handler(function))
    used = next((use.destination for use in uses if _reaches(facts, function_id, use.destination)), None)
    if used is not None:
        yield ["netful", "probe", function_id, used]
    elif _reaches(facts, function_id, _WEB_PAGE):
        yield ["netful", "exec", function_id, "--", "curl", "-sS", "--max-time", "5", _WEB_PAGE]


def _request(facts: Facts, stages: list[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield a request of a client on the host to the first route that any client may get, without a token or a key if possible."""
    urls = {(one["resource"], one["stage"]): one["url"] for one in stages if (one["url"] or "").startswith("http")}
    for request in sorted(api_requests(facts) if urls else (), key=lambda one: _assumes(facts, one)):
        api, method, path = request.split(" ", 2)
        _, stage, *rest = path.split("/", 2)
        url = urls.get((api, stage)) or urls.get((api, "$default"))
        if url and method == "GET" and "{" not in path and "$" not in path and _reaches(facts, "internet", request):
            where = "/".join(rest) if (api, stage) in urls else path.lstrip("/")
            yield ["curl", "-sS", f"{url}/{where}"]
            return


def _assumes(facts: Facts, request: str) -> bool:
    path = facts.path("internet", request)
    return path is not None and bool(path.assumptions)


def _reaches(facts: Facts, source: str, destination: str) -> bool:
    path = facts.path(source, destination)
    return path is not None and path.verdict == "reachable"
