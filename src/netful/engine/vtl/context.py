"""`$context`: nested maps that print nothing, and the overrides that a template may set in them.

Recorded (api-gateway §5.6, §5.7): values that a request template sets are visible in the response template, so one `Context`
belongs to a request and both templates get it. A parameter may be overridden once; a second time fails the call. A list or a map
that the first template puts there is a text for the second one.
"""

from collections.abc import Mapping
from typing import Any

from netful.engine.effort.allowance import Allowance
from netful.engine.effort.weight import pay_for
from netful.engine.vtl.java.values import text
from netful.engine.vtl.syntax.errors import RenderError
from netful.model.core import Frozen

_LONGEST = 64 * 1024  # characters of a value; a head has far fewer (api-gateway §5.11)
_FOLLOWED_BY = {"protocol": "requestOverride", "deploymentId": "responseOverride"}


class Context(dict[str, Any]):
    """A map of the context; the map itself prints nothing."""

    __slots__ = ()


class OverrideMap(Context):
    """Parameters by name, each set once at most."""

    __slots__ = ()

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self:
            raise RenderError(f"`{name}` is overridden twice", why="API Gateway overrides a parameter once")
        super().__setitem__(name, value)


class Overrides(Frozen):
    """Overrides of the mappings by templates; applied after the whole template is evaluated."""

    request_header: Mapping[str, str]
    request_path: Mapping[str, str]
    request_querystring: Mapping[str, str]
    response_header: Mapping[str, str]
    status: int | None


def new_context(values: Mapping[str, Any]) -> Context:
    """Return the context of a request, from plain values; nested maps become part of it."""
    context = Context()
    for name, value in values.items():
        context[name] = new_context(value) if isinstance(value, Mapping) else value
    return context


def with_overrides(context: Context) -> Context:
    """Return the context with the maps for overrides, which a template that iterates over it sees (recorded)."""
    if "requestOverride" in context:
        return context
    response = OverrideMap()
    response["header"] = OverrideMap()
    maps = {
        "requestOverride": Context(header=OverrideMap(), path=OverrideMap(), querystring=OverrideMap()),
        "responseOverride": response,
    }
    known = [*context.items()]
    context.clear()
    for name, value in known:
        context[name] = value
        if name in _FOLLOWED_BY:
            context[_FOLLOWED_BY[name]] = maps.pop(_FOLLOWED_BY[name])
    context.update(maps)
    return context


def copied(context: Context) -> Context:
    """Return a copy that a template may change."""
    copy = context.__class__(context)
    for name, value in context.items():
        if isinstance(value, Context):
            dict.__setitem__(copy, name, copied(value))
    return copy


def settle(context: Context, work: Allowance) -> None:
    """Make the lists and maps that a template has put into the context their texts; raise RenderError for one that is too long."""
    for name, value in context.items():
        if isinstance(value, Context):
            settle(value, work)
        elif isinstance(value, str):
            _short(name, value)
        elif value is not None and not isinstance(value, int | float):
            pay_for(work, value)
            dict.__setitem__(context, name, _short(name, text(value)))


def _short(name: str, value: str) -> str:
    if len(value) > _LONGEST:
        raise RenderError(f"`{name}` in the context has more than {_LONGEST} characters")
    return value


def overrides_of(context: Context) -> Overrides:
    """Return the overrides so far."""
    request, response = _map(context, "requestOverride"), _map(context, "responseOverride")
    try:
        return Overrides(
            _texts(request, "header"),
            _texts(request, "path"),
            _texts(request, "querystring"),
            _texts(response, "header"),
            _status(response.get("status")),
        )
    except RecursionError as error:
        raise RenderError("an override whose value holds itself") from error


def _map(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _texts(of: Mapping[str, Any], name: str) -> Mapping[str, str]:
    return {key: text(value) for key, value in _map(of, name).items()}


def _status(value: Any) -> int | None:
    if value is None:
        return None
    digits = text(value)
    if len(digits) != 3 or not digits.isdecimal() or digits < "200":
        raise RenderError(f"`{digits}` is not a status code", hint="set `$context.responseOverride.status` to a number")
    return int(digits)
