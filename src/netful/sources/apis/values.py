"""Values that only APIs have: decimals, mappings of texts, words of a fixed set, endpoint types."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from netful.model.apis.api import ApiEndpointType, RequestModel
from netful.model.apis.usage import Throttle
from netful.model.core import Maybe, Unknown, is_true
from netful.sources.files.complaint import fail
from netful.sources.files.marked import MarkedMap
from netful.sources.template.reading import Reader, known_or, word
from netful.sources.template.values import merged, unknowns_in


def decimal(reader: Reader, name: str) -> Maybe[float] | None:
    """Return a number; None if it is left out."""
    value = reader.get(name)
    if value is None or isinstance(value, Unknown):
        return value
    try:
        return float("" if isinstance(value, bool) else str(value))
    except ValueError:
        fail(f"`{name}` of `{reader.id}` is `{value}`", reader.origin_of(name), hint="write a number")


def throttle(reader: Reader, rate: str = "RateLimit", burst: str = "BurstLimit") -> Throttle | None:
    """Return a rate and a burst; None if neither is set, or both are -1, which means no limit."""
    found = Throttle(limit(decimal(reader, rate)), limit(reader.number(burst)))
    return None if found == Throttle() else found


_Number = TypeVar("_Number", int, float)


def limit(value: Maybe[_Number] | None) -> Maybe[_Number] | None:
    """Return a limit; -1 means no limit (§3.1)."""
    return None if not isinstance(value, Unknown) and value is not None and value < 0 else value


def text_of(value: Any) -> Maybe[str]:
    """Return a template or an expression as a text; a mapping becomes JSON."""
    if isinstance(value, str | Unknown):
        return value
    unknowns = unknowns_in(value)
    return merged(unknowns) if unknowns else json.dumps(value)


def texts_in(reader: Reader, name: str) -> dict[str, Maybe[str]]:
    """Return a mapping of texts."""
    value = reader.get(name)
    return {key: text_of(item) for key, item in value.items() if item is not None} if isinstance(value, dict) else {}


def model_names(reader: Reader, models: Mapping[str, str]) -> dict[str, Maybe[str]]:
    """Return the names of a route's models, by its keys; `models` are the names by the ids that templates refer to."""
    written = texts_in(reader, "RequestModels")
    return {key: models.get(str(reader.named(name)), name) for key, name in written.items()}


def model_of(reader: Reader) -> RequestModel:
    """Return a model; one whose name is not known has the name of its resource."""
    name = known_or(reader.text("Name"), reader.id)
    return RequestModel(name, known_or(reader.text("ContentType"), "application/json"), reader.get("Schema"))


def flags_in(reader: Reader, name: str) -> dict[str, Maybe[bool]]:
    """Return a mapping of booleans: parameters, and whether they are required."""
    value = reader.get(name)
    items = value.items() if isinstance(value, dict) else ()
    return {key: flag_of(item.get("Required", "") if isinstance(item, Mapping) else item) for key, item in items}


def flag_of(value: Any) -> Maybe[bool]:
    """Return a boolean that may be written as text; one that is left out is false."""
    return value if isinstance(value, Unknown) else is_true(value)


def endpoint_type(reader: Reader, default: Maybe[ApiEndpointType]) -> Maybe[ApiEndpointType]:
    """Return the type in an `EndpointConfiguration`: the only one of its `Types`."""
    configuration = reader.get("EndpointConfiguration")
    endpoint = reader.part("EndpointConfiguration")
    types = configuration if isinstance(configuration, Unknown) else endpoint.texts("Types")
    if isinstance(types, Unknown) or not types:
        return types if isinstance(types, Unknown) else default
    one = MarkedMap(endpoint.properties.file, endpoint.origin_of("Types").line)
    one.put("Types", types[0])
    return word(replace(endpoint, properties=one), "Types", ApiEndpointType, default)


def named(reader: Reader, name: str, in_body: str) -> Maybe[str] | None:
    """Return a name or a description of an API: its property, else the one in the `info` of its body."""
    own = reader.text(name)
    return reader.part("Body").part("info").text(in_body) if own is None and reader.has("Body") else own
