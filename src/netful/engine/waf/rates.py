"""Aggregation of rate-based rules: the key of the instance that counts a request."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from netful.engine.waf.fields import Inspected, arguments_of, cookies_of, encoded
from netful.engine.waf.labels import Labels
from netful.engine.waf.transformations import NOT_EMULATED, transformed
from netful.model.core import Maybe, Unknown, mapping, mappings, whole_number

_WINDOW = 300


def window_of(statement: Mapping[str, Any]) -> int:
    """Return the length of the evaluation window in seconds."""
    return whole_number(statement.get("EvaluationWindowSec")) or _WINDOW


def uses_forwarded(statement: Mapping[str, Any]) -> bool:
    """Return whether a rule counts by an address in a header."""
    keys = mappings(statement.get("CustomKeys")) if statement.get("AggregateKeyType") == "CUSTOM_KEYS" else ()
    return statement.get("AggregateKeyType") == "FORWARDED_IP" or any("ForwardedIP" in key for key in keys)


def instance_of(statement: Mapping[str, Any], request: Inspected, labels: Labels) -> Maybe[tuple[str, ...]] | None:
    """Return the instance that counts a request; None if the request lacks a part of the key and is not counted."""
    kind = str(statement.get("AggregateKeyType"))
    if kind == "CONSTANT":
        return ()
    if kind == "CUSTOM_KEYS":
        keys = [_custom(key, statement, request, labels) for key in mappings(statement.get("CustomKeys"))]
        unknown = next((key for key in keys if isinstance(key, Unknown)), None)
        return None if None in keys else unknown or tuple(str(key) for key in keys)
    address = forwarded(statement.get("ForwardedIPConfig"), request) if kind == "FORWARDED_IP" else request.source_ip
    return (address,) if address else None


def forwarded(config: Any, request: Inspected) -> str:
    """Return the address in the header that a rule uses; "" if it is not an address."""
    addresses = addresses_in(config, request)
    return addresses[0] if addresses else ""


def addresses_in(config: Any, request: Inspected) -> list[str]:
    """Return the addresses at the position of the header that a rule uses: at first, if it does not have a position."""
    name, position = mapping(config).get("HeaderName"), mapping(config).get("Position")
    values = request.header(str(name)) if name else None
    parts = [part.strip() for value in values or () for part in value.split(",") if part.strip()]
    chosen = parts if position == "ANY" else parts[-1:] if position == "LAST" else parts[:1]
    return chosen if all(_is_address(part) for part in chosen) else []


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _custom(
    key: Mapping[str, Any], statement: Mapping[str, Any], request: Inspected, labels: Labels
) -> Maybe[str] | None:
    for name, setting in key.items():
        look = _KEYS.get(name)
        settings = mapping(setting)
        if name == "ForwardedIP":
            return forwarded(statement.get("ForwardedIPConfig"), request) or None
        if name == "LabelNamespace":
            found = labels.in_namespace(str(settings.get("Namespace")))
            return Unknown("labels of rules that are not judged") if found is None else ",".join(found) or None
        if look is None:
            return Unknown(_NOT_JUDGED.get(name, f"`{name}`, which is not judged"))
        values = list(look(request, str(settings.get("Name", "")).lower()))
        if not values:
            return None
        changed = transformed(encoded(",".join(values)), settings.get("TextTransformations"))
        return Unknown(NOT_EMULATED) if changed is None else changed.decode("utf-8", "replace")
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
_NOT_JUDGED = {
    "ASN": "the client's network",
    "JA3Fingerprint": "the client's TLS handshake",
    "JA4Fingerprint": "the client's TLS handshake",
}
