"""Model of a service: its operations, their addresses, and the shapes of their requests.

The document is botocore's. It is read on first use (Lambda's takes 5 ms) and kept.
"""

import gzip
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import msgspec

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Member(msgspec.Struct, rename="camel", frozen=True):
    """A member of a shape: its own shape, and its place in a request ("" for the body)."""

    shape: str
    location: str = ""
    location_name: str = ""


class Shape(msgspec.Struct, rename="camel", frozen=True):
    """A type of values, with its constraints. `min` and `max` limit a number's value, or a length."""

    type: str
    members: dict[str, Member] = {}
    required: tuple[str, ...] = ()
    payload: str = ""
    member: Member | None = None
    key: Member | None = None
    value: Member | None = None
    min: int | float | None = None
    max: int | float | None = None
    pattern: str = ""
    enum: tuple[str, ...] = ()


class _Http(msgspec.Struct, rename="camel", frozen=True):
    method: str = "POST"
    request_uri: str = "/"


class Operation(msgspec.Struct, frozen=True):
    """An operation; `input` is the shape of its requests."""

    name: str
    http: _Http = _Http()
    input: Member | None = None


class _Metadata(msgspec.Struct, frozen=True):
    protocol: str = ""


class _Document(msgspec.Struct, frozen=True):
    operations: dict[str, Operation]
    shapes: dict[str, Shape]
    metadata: _Metadata = _Metadata()


class _Route(msgspec.Struct, frozen=True):
    """The address of an operation: segments of the path (those in braces are labels), and a fixed query.

    `required` are the names of parameters and headers that the operation requires.
    """

    segments: tuple[str, ...]
    query: dict[str, str]
    operation: Operation
    required: frozenset[str]

    @property
    def place(self) -> tuple[object, ...]:
        """Address without what distinguishes operations at the same one."""
        return self.query, tuple(part.startswith("{") or part for part in self.segments)

    def labels(self, segments: tuple[str, ...], query: Mapping[str, str]) -> dict[str, str] | None:
        """Return the labels of a request to this address, None for another address."""
        if not self.query.items() <= query.items():
            return None
        labels: dict[str, str] = {}
        for own, segment in zip(self.segments, segments, strict=True):
            if own.startswith("{"):
                labels[own[1:-1]] = unquote(segment)
            elif own != segment:
                return None
        return labels


class ServiceModel:
    """The model of a service with REST addresses."""

    def __init__(self, document: bytes) -> None:
        model = msgspec.json.decode(document, type=_Document)
        self.shapes = model.shapes
        # As in actions of IAM and in SDKs: the name inside an operation of CloudFront has a date behind it.
        self.operations = {name: msgspec.structs.replace(one, name=name) for name, one in model.operations.items()}
        self.protocol = model.metadata.protocol
        self._routes: dict[tuple[str, int], list[_Route]] = {}
        for operation in self.operations.values():
            path, _, query = operation.http.request_uri.partition("?")
            fixed = dict(parse_qsl(query, keep_blank_values=True))
            route = _Route(_segments(path), fixed, operation, self._required(operation))
            self._routes.setdefault((operation.http.method, len(route.segments)), []).append(route)
        for routes in self._routes.values():  # a fixed query comes before none, a fixed segment before a label
            routes.sort(
                key=lambda one: (not one.query, sum(part.startswith("{") for part in one.segments), -len(one.required))
            )

    def operation(
        self, method: str, path: str, query: Mapping[str, str], headers: Collection[str] = ()
    ) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation of a request, with the decoded labels of its path; None if no operation matches.

        Of several operations at one address, it is the one whose required parameters and headers (in lower case) are there.
        """
        segments, given = _segments(path), {*query, *headers}
        found = [
            (route, labels)
            for route in self._routes.get((method, len(segments)), ())
            if (labels := route.labels(segments, query)) is not None
        ]
        alike = [(route, labels) for route, labels in found if route.place == found[0][0].place]
        chosen = next((pair for pair in alike if pair[0].required <= given), alike[-1] if alike else None)
        return (chosen[0].operation, chosen[1]) if chosen else None

    def _required(self, operation: Operation) -> frozenset[str]:
        shape = self.shapes.get(operation.input.shape) if operation.input else None
        members = [shape.members[name] for name in shape.required] if shape else []
        parameters = {one.location_name for one in members if one.location == "querystring"}
        return frozenset(parameters | {one.location_name.lower() for one in members if one.location == "header"})


def _segments(path: str) -> tuple[str, ...]:
    """Return the segments of a path without its version date: every Lambda address has one, none needs it."""
    segments = tuple(path.strip("/").split("/"))
    return segments[1:] if _DATE.fullmatch(segments[0]) else segments


@lru_cache(None)
def service_model(service: str) -> ServiceModel:
    """Return the newest model of a service, by botocore's name for it."""
    return ServiceModel(gzip.decompress(max((_models() / service).glob("*/service-2.json.gz")).read_bytes()))


def rest_model(service: str) -> ServiceModel | None:
    """Return the model of a service with REST addresses, by botocore's name for it; None if botocore has no such service."""
    model = service_model(service) if service in _names() else None
    return model if model is not None and model.protocol.startswith("rest") else None


@lru_cache(None)
def _names() -> frozenset[str]:
    return frozenset(folder.name for folder in _models().iterdir() if any(folder.glob("*/service-2.json.gz")))


def _models() -> Path:
    botocore = find_spec("botocore")
    assert botocore is not None
    assert botocore.origin is not None
    return Path(botocore.origin).parent / "data"
