"""Routing: the route of an API for a request (api-gateway §5.2).

For each segment a literal wins over `{param}`, which wins over `{param+}`. A method that the more specific path lacks falls back to
the next path that matches. An explicit method wins over ANY, which is the seven existing methods. The order of creation is
irrelevant. The `$default` route of an HTTP API takes all other requests.
"""

from dataclasses import replace

from netful.model.apis.api import Api, ApiRoute

ANY = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
"""Methods of an ANY route."""

_LITERAL, _PARAMETER, _GREEDY = 0, 1, 2
_Rank = tuple[tuple[int, ...], int]


def route_for(api: Api, method: str, path: str) -> ApiRoute | None:
    """Return the route for a method and a path (without the stage), or None."""
    segments = [segment for segment in path.split("/") if segment]
    ranked = [(rank, route) for route in api.routes if (rank := _rank(route, method.upper(), segments)) is not None]
    return min(ranked, key=lambda found: found[0])[1] if ranked else None


def possible_route(api: Api, method: str, path: str) -> ApiRoute | None:
    """Return the route for a method and a path whose existence is not known, and that precedes those that exist."""
    found = route_for(replace(api, routes=(*api.routes, *api.possible_routes)), method, path)
    return found if found in api.possible_routes else None


def _rank(route: ApiRoute, method: str, segments: list[str]) -> _Rank | None:
    if route.http_method != method and not (route.http_method == "ANY" and method in ANY):
        return None
    by_method = 0 if route.http_method == method else 1
    if route.path == "$default":
        return (_GREEDY + 1,), by_method
    kinds: list[int] = []
    wanted = [segment for segment in route.path.split("/") if segment]
    for place, part in enumerate(wanted):
        if part.endswith("+}"):
            return ((*kinds, _GREEDY), by_method) if len(segments) > place else None
        if place >= len(segments) or (part != segments[place] and not _is_parameter(part)):
            return None
        kinds.append(_PARAMETER if _is_parameter(part) else _LITERAL)
    return (tuple(kinds), by_method) if len(wanted) == len(segments) else None


def path_parameters(route: ApiRoute, path: str) -> dict[str, str]:
    """Return the path parameters of a route in a matching path, still encoded, as API Gateway forwards them.

    A greedy parameter keeps double slashes inside, and drops one at its end.
    """
    values: dict[str, str] = {}
    if "{" not in route.path:
        return values
    rest = path.strip("/")
    for part in (part for part in route.path.split("/") if part):
        if part.endswith("+}"):
            return values | {part[1:-2]: rest}
        value, _, rest = rest.partition("/")
        rest = rest.lstrip("/")
        if _is_parameter(part):
            values[part[1:-1]] = value
    return values


def _is_parameter(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")
