"""A template as a client sends it: read, and refused in CloudFormation's words before anything is deployed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from netful.account.wire.errors import ApiError
from netful.model.core import SourceError, every_part
from netful.model.names.generated.generated_names import NAMINGS
from netful.sources.files import document
from netful.sources.files.marked import MarkedMap
from netful.sources.template.absent_attributes import absent
from netful.sources.template.intrinsics import FUNCTIONS
from netful.sources.template.references import depends_on, references
from netful.sources.template.template import (
    ATTRIBUTES,
    EXPORT_NAME,
    KNOWN_TRANSFORMS,
    LOGICAL_ID,
    PARAMETER_TYPES,
    PSEUDO_PARAMETERS,
    SECTIONS,
)
from netful.sources.understanding.judgement import meant_type

MOST_BODY_BYTES = 51_200
_KEYS = 3
_VERSION = "2010-09-09"
_POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}
_NAMED = {kind: naming.property for kind, naming in NAMINGS.items() if kind.startswith("AWS::IAM::")}
_IAM = {*_NAMED, "AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"}


def invalid(text: str) -> ApiError:
    """Return the error for a request that CloudFormation refuses."""
    return ApiError("ValidationError", text)


def malformed(text: str) -> ApiError:
    """Return the error for a template that CloudFormation cannot read."""
    return invalid(f"Template format error: {text}")


def unresolved(names: Iterable[str], block: str) -> ApiError:
    """Return the error for a block of a template that refers to what does not exist."""
    return malformed(
        f"Unresolved resource dependencies [{', '.join(sorted(names))}] in the {block} block of the template"
    )


def parsed(body: str) -> MarkedMap:
    """Return the root of a template. Raises ApiError for what CloudFormation refuses."""
    try:
        root = document.parse(body, "template").root
    except SourceError as error:
        line = error.origin.line if error.origin else 0
        kind = "JSON" if body.lstrip().startswith("{") else "YAML"
        raise malformed(f"{kind} not well-formed. (line {line or 1}, column 1)") from error
    if not isinstance(root, MarkedMap):
        raise malformed("unsupported structure.")
    _check(root)
    return root


def received(body: str) -> MarkedMap:
    """Return the root of a template that a client sends, whose names CloudFormation accepts. Raises ApiError."""
    root = parsed(body)
    for place, kind in (("Resources", "Resource"), ("Parameters", "Parameter"), ("Outputs", "Output")):
        for name in section(root, place):
            if not name.startswith("Fn::") and not LOGICAL_ID.fullmatch(name):
                raise malformed(f"{kind} name {name} is non alphanumeric.")
    for name in section(root, "Outputs"):
        export = section(section(root, "Outputs"), name).get("Export")
        exported = export.get("Name") if isinstance(export, Mapping) else None
        if isinstance(exported, str) and not EXPORT_NAME.fullmatch(exported):
            raise malformed(
                f"Output {name} is malformed. The Name field of every Export member must be specified and consist only of"
                " alphanumeric characters, colons, or hyphens."
            )
    return root


def section(root: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a section of a template; an empty one where it is missing."""
    found = root.get(name)
    return found if isinstance(found, Mapping) else {}


def _check(root: MarkedMap) -> None:
    _refuse_sections(root)
    resources = section(root, "Resources")
    if not resources:
        raise malformed("At least one Resources member must be defined.")
    for path, value in _nulls(root, ""):
        if value is None and not path.startswith("/Metadata"):
            raise invalid(f"[{path}] 'null' values are not allowed in templates")
    for name, resource in resources.items():
        if name.startswith("Fn::"):
            continue
        if not isinstance(resource, Mapping) or not isinstance(resource.get("Type"), str):
            raise malformed(f"[/Resources/{name}] Every Resources object must contain a Type member.")
    _refuse_outputs(root)
    _refuse_parameters(root)
    if not transforms(root) and not has_macros(root):
        _refuse_attributes(root)
        _refuse_policies(resources)
        _refuse_functions(root)
        _refuse_types(resources)
        _check_names(root, resources)
        _refuse_circle(resources)


def _refuse_sections(root: MarkedMap) -> None:
    version = str(root.get("AWSTemplateFormatVersion", _VERSION))
    if version != _VERSION:
        raise malformed(f"{version} is not a supported value for AWSTemplateFormatVersion.")
    named = transforms(root)
    if has_macros(root) or not {*named} <= {*KNOWN_TRANSFORMS}:
        return
    unknown = [name for name in root if name not in SECTIONS or (name == "Globals" and not named)]
    if unknown:
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")


def _refuse_outputs(root: MarkedMap) -> None:
    for name, output in section(root, "Outputs").items():
        if name.startswith("Fn::"):
            continue
        if not isinstance(output, Mapping) or "Value" not in output:
            raise malformed("Every Outputs member must contain a Value object")
        value = output["Value"]
        if isinstance(value, list) or (isinstance(value, Mapping) and not _is_function(value)):
            raise malformed("The Value field of every Outputs member must evaluate to a String.")


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))


def _refuse_parameters(root: MarkedMap) -> None:
    for name, one in section(root, "Parameters").items():
        if name.startswith("Fn::"):
            continue
        if not isinstance(one, Mapping) or "Type" not in one:
            raise malformed("Every Parameters object must contain a Type member.")
        type_ = str(one["Type"])
        if "::" not in type_ and type_ not in PARAMETER_TYPES:
            raise malformed(f"Unrecognized parameter type: {type_}")


def _refuse_functions(root: MarkedMap) -> None:
    for part in every_part([root.get(place) for place in ("Conditions", "Resources", "Outputs")]):
        name = next(iter(part)) if isinstance(part, Mapping) and len(part) == 1 else ""
        if name.startswith("Fn::") and name not in FUNCTIONS:
            supported = ", ".join(FUNCTIONS)
            raise invalid(
                f"Template error: Encountered unsupported function: {name} Supported functions are: [{supported}]"
            )


def _refuse_policies(resources: Mapping[str, Any]) -> None:
    for name, one in resources.items():
        for attribute, values in _POLICIES.items():
            written = one.get(attribute, values[0])
            if isinstance(written, str) and written not in values:
                raise malformed(f"Unrecognized {attribute} {written} for resource {name}")


def _refuse_attributes(root: MarkedMap) -> None:
    for place, kind in (("Resources", "resource"), ("Parameters", "parameter"), ("Outputs", "output")):
        for name, member in section(root, place).items():
            keys = () if name.startswith("Fn::") or not isinstance(member, Mapping) else member
            for key in keys:
                if key not in ATTRIBUTES[kind]:
                    raise invalid(f"Invalid template {kind} property '{key}'")


def _refuse_types(resources: Mapping[str, Any]) -> None:
    misspelt = [type_ for one in resources.values() if meant_type(type_ := str(one["Type"]))]
    if misspelt:
        raise malformed(f"Unrecognized resource types: [{', '.join(dict.fromkeys(misspelt))}]")


def _nulls(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    members = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, value in members:
        if value is None:
            yield f"{path}/{key}", None
        yield from _nulls(value, f"{path}/{key}")


def _check_names(root: MarkedMap, resources: Mapping[str, Any]) -> None:
    known = {*resources, *section(root, "Parameters"), *PSEUDO_PARAMETERS}
    conditions = section(root, "Conditions")
    for place in ("Resources", "Outputs"):
        found = [*references(root.get(place))]
        of_members = (one.get("Condition") for one in section(root, place).values() if isinstance(one, Mapping))
        asked = (*of_members, *(one.name for one in found if one.condition))
        unmet = next((name for name in asked if isinstance(name, str) and name not in conditions), None)
        if unmet is not None:
            raise malformed(f"Unresolved condition dependency {unmet} in the {place} block of the template")
        used = [one.name for one in found if not one.condition]
        if place == "Resources":
            used += [name for resource in resources.values() for name in depends_on(resource)]
        missing = {name for name in used if name not in known}
        if missing:
            raise unresolved(missing, place)
        for one in absent(found, resources):
            what = f"resource {one.name} does not support attribute type {one.attribute} in Fn::GetAtt"
            raise invalid(f"Template error: {what}")


def _refuse_circle(resources: Mapping[str, Any]) -> None:
    graph = {
        name: {*(one.name for one in references(resource) if not one.condition), *depends_on(resource)}
        & resources.keys()
        for name, resource in resources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = ", ".join(sorted({*error.args[1]}))
        raise invalid(f"Circular dependency between resources: [{circle}]") from error


_SECURE = {
    "AWS::DirectoryService::MicrosoftAD": "Password",
    "AWS::DirectoryService::SimpleAD": "Password",
    "AWS::ElastiCache::ReplicationGroup": "AuthToken",
    "AWS::IAM::User": "LoginProfile/Password",
    "AWS::KinesisFirehose::DeliveryStream": "RedshiftDestinationConfiguration/Password",
    "AWS::RDS::DBCluster": "MasterUserPassword",
    "AWS::RDS::DBInstance": "MasterUserPassword",
    "AWS::Redshift::Cluster": "MasterUserPassword",
}
"""The property of a type that may have a secure value of Systems Manager; no other has one."""


def refuse_secure_values(resources: Mapping[str, Any]) -> None:
    """Raise ApiError if a property reads a secure value of Systems Manager, and is not one that may."""
    wrong = [
        f"{one['Type']}/Properties/{path}"
        for one in resources.values()
        for path, text in _texts(section(one, "Properties"))
        if "{{resolve:ssm-secure:" in text and path != _SECURE.get(str(one["Type"]))
    ]
    if wrong:
        raise invalid(f"SSM Secure reference is not supported in: [{', '.join(dict.fromkeys(wrong))}]")


def _texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of a value with their paths, in which functions and places in lists do not count."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _texts(value, path if str(key).startswith("Fn::") else f"{path}/{key}".lstrip("/"))
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, path)
    elif isinstance(node, str):
        yield path, node


def require_mappings(root: Mapping[str, Any], values: Mapping[str, str]) -> None:
    """Raise ApiError if a template asks its mappings for what they do not have, also where no condition asks for it.

    `values` are those of parameters, which may be the keys.
    """
    tables = section(root, "Mappings")
    for part in every_part([root.get(place) for place in ("Conditions", "Resources", "Outputs")]):
        asked = part.get("Fn::FindInMap") if isinstance(part, Mapping) else None
        if not isinstance(asked, list) or len(asked) != _KEYS:
            continue
        name, first, second = (
            values.get(str(one.get("Ref"))) if isinstance(one, Mapping) else str(one) for one in asked
        )
        if name is None or has_macros(tables.get(name)):
            continue
        if name not in tables:
            text = f"Mapping named '{name}' is not present in the 'Mappings' section of template."
            raise invalid(f"Template error: {text}")
        table = section(tables, name)
        if first is not None and (first not in table or second not in (None, *section(table, first))):
            raise invalid(f"Template error: Unable to get mapping for {name}::{first}::{second}")


def has_macros(node: Any) -> bool:
    """Return whether a macro somewhere in a template may add to it."""
    return any(isinstance(part, Mapping) and "Fn::Transform" in part for part in every_part(node))


def transforms(root: Mapping[str, Any]) -> list[str]:
    """Return the names of a template's transforms."""
    written = root.get("Transform")
    listed = written if isinstance(written, list) else [written]
    return [one if isinstance(one, str) else str(one.get("Name")) for one in listed if isinstance(one, str | Mapping)]


def needed_capabilities(root: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return the capability that a template's IAM resources need, or "", and the types that need it."""
    found = [one for one in section(root, "Resources").values() if isinstance(one, Mapping) and one.get("Type") in _IAM]
    named = any(_NAMED.get(str(one["Type"])) in section(one, "Properties") for one in found)
    types = tuple(dict.fromkeys(str(one["Type"]) for one in found))
    return ("CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM") if found else "", types


def require_capabilities(root: Mapping[str, Any], given: tuple[str, ...]) -> None:
    """Raise ApiError if a template needs a capability that a request does not have."""
    needed, _ = needed_capabilities(root)
    enough = (
        {"CAPABILITY_NAMED_IAM"} if needed == "CAPABILITY_NAMED_IAM" else {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}
    )
    if needed and not enough & {*given}:
        raise needs_capability(needed)


def needs_capability(name: str) -> ApiError:
    """Return the error for a request without a capability that its template needs."""
    return ApiError("InsufficientCapabilitiesException", f"Requires capabilities : [{name}]")


def as_json(value: Any) -> str:
    """Return a value of a template as JSON text."""
    return json.dumps(value, default=str)
