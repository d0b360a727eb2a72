"""Extensions of API Gateway in OpenAPI documents: those that netful reads or that change no call, and what a body has beyond them.

An extension may be anywhere in a document. Within integrations and authorizers, the members are declared too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import Frozen, Origin, Unknown
from netful.sources.apis.integrations import OPENAPI
from netful.sources.files.marked import MarkedList, MarkedMap

_PREFIX = "x-amazon-apigateway-"

READ = (
    "any-method api-key-source auth authorizer authtype binary-media-types cors endpoint-configuration gateway-responses"
    " integration minimum-compression-size policy request-validator request-validators"
)
"""Extensions that are read."""

_ASIDE = "documentation endpoint-access-mode importexport-version integrations security-policy tag-value"

_MEMBERS = {
    "integration": (*OPENAPI.values(), "responses", "$ref", "description"),
    "authorizer": (
        "type", "authorizerUri", "authorizerCredentials", "authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds",
        "enableSimpleResponses", "identitySource", "identityValidationExpression", "jwtConfiguration", "providerARNs",
    ),
    "endpoint-configuration": ("disableExecuteApiEndpoint", "ipAddressType", "types", "vpcEndpointIds"),
}  # fmt: skip
"""Members of extensions, by the extension."""

_KNOWN = tuple(f"{_PREFIX}{name}" for name in f"{READ} {_ASIDE}".split())


class UnreadExtension(Frozen):
    """An extension, or a member of one, that is not read; `meant` are the names that it may be a misspelling of."""

    path: str
    name: str
    meant: tuple[str, ...]
    origin: Origin


def unread(body: Any, origin: Origin) -> Iterator[UnreadExtension]:
    """Yield what a body has beyond the declared extensions, each by its own name once."""
    found: dict[str, UnreadExtension] = {}
    for one in _within(body, origin):
        found.setdefault(one.path, one)
    yield from found.values()


def _within(value: Any, origin: Origin) -> Iterator[UnreadExtension]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _within(item, value.origin_of(index) if isinstance(value, MarkedList) else origin)
    for name, item in value.items() if isinstance(value, Mapping) else ():
        place = value.origin_of(name) if isinstance(value, MarkedMap) else origin
        if not name.startswith(_PREFIX):
            yield from _within(item, place)
        elif name not in _KNOWN:
            yield UnreadExtension(name, name, _KNOWN, place)
        else:
            yield from _members(name, item, place)


def _members(extension: str, value: Any, origin: Origin) -> Iterator[UnreadExtension]:
    known = _MEMBERS.get(extension.removeprefix(_PREFIX))
    for name, item in value.items() if known and isinstance(value, Mapping) else ():
        if known and name not in known and item is not None and not isinstance(item, Unknown):
            place = value.origin_of(name) if isinstance(value, MarkedMap) else origin
            yield UnreadExtension(f"{extension}.{name}", name, known, place)
