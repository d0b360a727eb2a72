"""How a call names a function: a name, a partial ARN or an ARN, with a qualifier inside or beside it (lambda §5.1).

A qualifier is `$LATEST`, or an alias or version of the template's. They all run the one package that is here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from netful.functions.api.refusals import invalid_parameter, not_found
from netful.model.cloud import Cloud
from netful.model.function import Function

LATEST = "$LATEST"
_NAMED = re.compile(
    r"(arn:(?P<partition>aws[a-zA-Z-]*):lambda:)?(?P<region>[a-z]{2}(-[a-z]+)+-\d:)?(?P<account>\d{12}:)?"
    r"(function:)?(?P<name>[a-zA-Z0-9-_]+)(:(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)
_MISMATCH = "The derived qualifier from the function name does not match the specified qualifier."


@dataclass(frozen=True, slots=True)
class Named:
    """A function and the version that is asked for; `explicit`: the caller named a version."""

    function: Function
    qualifier: str = LATEST
    version: str = LATEST
    explicit: bool = False


def function_arn(cloud: Cloud, function_name: str, qualifier: str = "") -> str:
    """A function's ARN, qualified where a qualifier is given."""
    arn = f"arn:aws:lambda:{cloud.region}:{cloud.account_id}:function:{function_name}"
    return f"{arn}:{qualifier}" if qualifier else arn


def named(cloud: Cloud, text: str, qualifier: str = "") -> Named:
    """The function that a call names; raises InvokeRefused where there is none."""
    match = _NAMED.fullmatch(text)
    if match is None:
        raise not_found(function_arn(cloud, text, qualifier or LATEST))
    inside = match["qualifier"] or ""
    if inside and qualifier and inside != qualifier:
        raise invalid_parameter(_MISMATCH)
    asked = inside or qualifier
    missing = not_found(function_arn(cloud, match["name"], asked or LATEST))
    elsewhere = (match["region"] or f"{cloud.region}:") != f"{cloud.region}:"
    function = next((f for f in cloud.functions.values() if f.function_name == match["name"]), None)
    if function is None or elsewhere or (match["account"] or f"{cloud.account_id}:") != f"{cloud.account_id}:":
        raise missing
    if asked in {"", LATEST}:
        return Named(function, explicit=bool(asked))
    version = _versions(cloud, function).get(asked)
    if version is None:
        raise missing
    return Named(function, asked, version, explicit=True)


def _versions(cloud: Cloud, function: Function) -> dict[str, str]:
    """The template's versions of a function and its aliases, by name; a version's number is its place in the template."""
    names = {function.id, function.function_name, function_arn(cloud, function.function_name)}
    versions: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for resource in cloud.resources.values():
        if resource.type == "AWS::Lambda::Version" and _of(resource.properties.get("FunctionName"), names):
            numbers[resource.id] = str(len(numbers) + 1)
    versions |= {number: number for number in numbers.values()}
    for resource in cloud.resources.values():
        if resource.type == "AWS::Lambda::Alias" and _of(resource.properties.get("FunctionName"), names):
            referred = next((numbers[id_] for id_ in resource.references if id_ in numbers), "")
            written = resource.properties.get("FunctionVersion")
            versions[str(resource.properties.get("Name"))] = referred or (written if isinstance(written, str) else "1")
    return versions


def _of(value: object, names: set[str]) -> bool:
    return isinstance(value, str) and value in names
