"""Versions, aliases and provisioned concurrency of a template (lambda §4.1, §5.1).

A version of a deployed stack has the number that its deployment gave, and stays as it was published. The number of another one
is its position in the template, and it runs the one available package.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.functions.code.versions import Alias, TemplateVersions, Versions
from netful.model.cloud import Cloud
from netful.model.core import Resource, whole_number
from netful.model.functions.function import Function

_VERSION, _ALIAS = "AWS::Lambda::Version", "AWS::Lambda::Alias"


def add_template_versions(cloud: Cloud, versions: Versions) -> None:
    """Add a function's versions and aliases."""
    function = versions.latest.function
    provisioned: dict[str, int] = {}
    lasting = []
    for position, resource in enumerate(_resources(cloud, _VERSION, function), 1):
        number = resource.given_id.rpartition(":")[2] or str(position)
        lasting += [number] if resource.given_id else []
        versions.publish(versions.latest.package, str(resource.properties.get("Description") or ""), number)
        provisioned[number] = _provisioned(resource)
    for resource in _resources(cloud, _ALIAS, function):
        alias = _alias(resource)
        versions.aliases[alias.name] = alias
        provisioned[alias.name] = _provisioned(resource)
    wanted = {qualifier: number for qualifier, number in provisioned.items() if number}
    versions.of_template = TemplateVersions((*versions.published,), (*lasting,), {**versions.aliases}, wanted)


def _resources(cloud: Cloud, kind: str, function: Function) -> Iterator[Resource]:
    for resource in cloud.template.resources.values():
        named = str(resource.properties.get("FunctionName")) if resource.type == kind else ""
        if named and cloud.function_of(named, resource.id) == function.id:
            yield resource


def _alias(resource: Resource) -> Alias:
    written = resource.properties.get("FunctionVersion")
    return Alias(
        name=str(resource.properties.get("Name")),
        version=str(written) if isinstance(written, str | int) else "1",
        description=str(resource.properties.get("Description") or ""),
        weights=dict(_weights(resource.properties.get("RoutingConfig"))),
    )


def _weights(routing: Any) -> Iterator[tuple[str, float]]:
    entries = routing.get("AdditionalVersionWeights") if isinstance(routing, Mapping) else None
    for entry in entries if isinstance(entries, list | tuple) else ():
        try:
            yield str(entry["FunctionVersion"]), float(entry["FunctionWeight"])
        except (TypeError, KeyError, ValueError):
            continue  # an unknown weight routes nothing


def _provisioned(resource: Resource) -> int:
    config = resource.properties.get("ProvisionedConcurrencyConfig")
    return whole_number(config.get("ProvisionedConcurrentExecutions"), 0) if isinstance(config, Mapping) else 0
