"""Aggregation of rate-based rules: the key of the instance that counts a request."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from netful.engine.waf.fields import Inspected, arguments_of, cookies_of, encoded
from netful.engine.waf.transformations import transformed
from netful.model.core import mapping, mappings, whole_number

_WINDOW = 300


def window_of(statement: Mapping[str, Any]) -> int:
    """Return the length of the evaluation window in seconds."""
    return whole_number(statement.get("EvaluationWindowSec")) or _WINDOW


def instance_of(statement: Mapping[str, Any], request: Inspected, labels: Iterable[str]) -> tuple[str, ...] | None:
    """Return the instance that counts a request; None if the request lacks a part of the key and is not counted."""
    kind = str(statement.get("AggregateKeyType"))
    if kind == "CONSTANT":
        return ()
    if kind == "CUSTOM_KEYS":
        keys = [_custom(key, statement, request, labels) for key in mappings(statement.get("CustomKeys"))]
        return None if None in keys else tuple(str(key) for key in keys)
    address = forwarded(statement.get("ForwardedIPConfig"), request) if kind == "FORWARDED_IP" else request.source_ip
    return (address,) if address else None


def forwarded(config: Any, request: Inspected) -> str:
    """Return the first address in the header that a rule uses; "" if it is not an address."""
    addresses = addresses_in(config, request)
    return addresses[0] if addresses else ""


def addresses_in(config: Any, request: Inspected) -> list[str] | None:
    """Return the addresses in the header that a rule uses; None if the header is missing or has other contents."""
    name = mapping(config).get("HeaderName")
    values = request.header(str(name)) if name else None
    parts = [part.strip() for value in values or () for part in value.split(",") if part.strip()]
    return parts if parts and all(_is_address(part) for part in parts) else None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _custom(
    key: Mapping[str, Any], statement: Mapping[str, Any], request: Inspected, labels: Iterable[str]
) -> str | None:
    for name, setting in key.items():
        look = _KEYS.get(name)
        settings = mapping(setting)
        if name == "ForwardedIP":
            return forwarded(statement.get("ForwardedIPConfig"), request) or None
        if name == "LabelNamespace":
            space = str(settings.get("Namespace"))
            return ",".join(sorted(one for one in labels if one.startswith(space))) or None
        values = [] if look is None else list(look(request, str(settings.get("Name", "")).lower()))
        changed = transformed(encoded(",".join(values)), settings.get("TextTransformations")) if values else None
        return None if changed is None else changed.decode("utf-8", "replace")
    return None


def _of_header(request: Inspected, name: str) -> Iterator[str]:
    yield from request.header(name) or ()


_KEYS: dict[str, Callable[[Inspected, str], Iterable[str]]] = {
    "IP": lambda request, _: [request.source_ip],
    "HTTPMethod": lambda request, _: [request.method],
    "UriPath": lambda request, _: [request.path],
    "QueryString": lambda request, _: [request.query],
    "Header": _of_header,
    "Cookie": lambda request, name: [value for key, value in cookies_of(request) if key.lower() == name],
    "QueryArgument": lambda request, name: [value for key, value in arguments_of(request) if key.lower() == name],
}
