"""Types and arguments of Terraform's AWS provider in place of CloudFormation's, in hints about what Terraform makes."""

import re
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from netful.model.core import Resource
from netful.sources.terraform.types.api_types import INTEGRATION, SETTINGS
from netful.sources.terraform.types.resource_types import TYPES

T = TypeVar("T")

_ADDRESS = re.compile(r"(?:^|\.)aws_\w+\.")
_TYPE = re.compile(r"`(AWS::\w+::\w+)`")
_PROPERTY = re.compile(r"`(?P<name>[A-Z][A-Za-z0-9]*)(?:: (?P<value>[^`{]+))?`")
_OTHER = {
    "`Policy`": "`policy`",
    "`DependsOn`": "`depends_on`",
    "`VpcConfig`": "`vpc_config`",
    "a VpcConfig": "a `vpc_config`",
    "the stage's `MethodSettings`": "an `aws_api_gateway_method_settings` of the stage",
    "`DefaultRouteSettings`": "`default_route_settings`",
    "`IntegrationHttpMethod: POST` on the method": '`integration_http_method = "POST"` on the integration',
    "`Scheme: internet-facing`": "`internal = false`",
    "`Scheme: internal`": "`internal = true`",
    "`AssignPublicIp: ENABLED`": "`assign_public_ip = true`",
    "`OnUnauthenticatedRequest: authenticate`": '`on_unauthenticated_request = "authenticate"`',
    "`EndpointConfiguration: {Types: [REGIONAL]}` (SAM: `Type: REGIONAL`)": '`endpoint_configuration { types = ["REGIONAL"] }`',
}
"""Words of hints that the tables of the provider's types do not have."""


def in_provider_words(answer: T, resources: Iterable[Resource], said: Callable[[str], str] = str) -> T:
    """Return findings or a path with hints in the words of the provider, if Terraform makes all resources.

    `said` translates a hint before: the catalogue of a language has CloudFormation's words.
    """
    ids = [one.id for one in resources]
    return _worded(answer, said) if ids and all(map(_ADDRESS.search, ids)) else answer


def _worded(answer: Any, said: Callable[[str], str]) -> Any:
    if type(answer) is tuple:
        return tuple(_worded(one, said) for one in answer)
    if not is_dataclass(answer) or isinstance(answer, type):
        return answer
    parts = ("path", "findings", "outcomes")
    changed = {name: _worded(value, said) for name in parts if (value := getattr(answer, name, None))}
    if hint := getattr(answer, "hint", ""):
        changed["hint"] = _hint(said(hint))
    if hints := getattr(answer, "hints", ()):
        changed["hints"] = tuple((number, _hint(said(text))) for number, text in hints)
    return replace(answer, **changed) if changed else answer


def _hint(text: str) -> str:
    for words, own in _OTHER.items():
        text = text.replace(words, own)
    types, _ = _names()
    text = _TYPE.sub(lambda found: f"`{types.get(found[1], found[1])}`", text)
    return _PROPERTY.sub(_argument, text)


def _argument(found: re.Match[str]) -> str:
    name, value = _names()[1].get(found["name"]), found["value"]
    if name is None:
        return found[0]
    if value is None:
        return f"`{name}`"
    return f"`{name} = {value}`" if re.fullmatch(r"true|false|\d+", value) else f'`{name} = "{value}"`'


@cache
def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Return the provider's types and arguments by CloudFormation's; of properties only those of several words, which are no other word."""
    types = {kind: name for name, (kind, _) in reversed(TYPES.items())}
    tables = (INTEGRATION, SETTINGS, *(arguments for _, arguments in TYPES.values()))
    found: dict[str, str] = {}
    for argument, property_ in (item for table in tables for item in table.items()):
        name = property_.rpartition(".")[2]
        if re.search(r"[a-z0-9][A-Z]", name):
            found.setdefault(name, argument.rpartition(".")[2])
    return types, found
