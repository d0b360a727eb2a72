"""Changes that a deployment makes to the resources of a stack, as change sets list them and deployments carry them out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from netful.account.cloudformation.records import STACK
from netful.account.cloudformation.templates.template_text import as_json
from netful.model.core import Frozen, Resource, Unknown, with_leaves
from netful.model.identity import has_id
from netful.model.names.generated.generated_names import NAMINGS
from netful.sources.account.stack_tags import own_properties

_ATTRIBUTES = ("Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy")
"""Attributes of a resource beside its properties whose change is a change. `DependsOn` alone does not count."""

_UPDATED_IN_PLACE = {
    "AWS::Neptune::DBInstance": "AutoMinorVersionUpgrade DBParameterGroupName PreferredMaintenanceWindow",
    "AWS::RDS::DBInstance": (
        "AutoMinorVersionUpgrade BackupRetentionPeriod DBParameterGroupName MultiAZ PreferredMaintenanceWindow"
    ),
}
"""Properties whose change alone never replaces the resource, though AWS's schemas list them as replacing under conditions."""

_REPLACING_VALUES = {("AWS::EC2::VPC", "InstanceTenancy"): "dedicated"}
"""The value of a property, by type and property, whose setting replaces a resource; other values are set in place."""

_ADDED_IN_PLACE = (("AWS::OpenSearchService::Domain", "EncryptionAtRestOptions"),)
"""Types and properties that a resource without the property gets in place; another value replaces it."""

_AUTOMATIC = {
    "Target": {"Attribute": "Properties", "RequiresRecreation": "Never"},
    "Evaluation": "Dynamic",
    "ChangeSource": "Automatic",
}
"""The detail of a nested stack whose own properties are as before."""

Action = Literal["Add", "Modify", "Remove"]


class Seen(Frozen):
    """A resource as a template has it: resolved, and its attributes as written."""

    resource: Resource
    attributes: Mapping[str, Any]

    @property
    def properties(self) -> str:
        """The resolved properties as JSON text."""
        return as_json(known(own_properties(self.resource.properties)))


class ResourceChange(Frozen):
    """A change of one resource.

    `recreation` is, for each changed property, whether it replaces the resource as AWS's schema has it; `replaces`: the
    change of these values does.
    """

    action: Action
    logical_id: str
    type: str
    properties: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    recreation: Mapping[str, str] | None = None
    replaces: bool = False

    @property
    def automatic(self) -> bool:
        """True for a nested stack that is written as before."""
        return self.action == "Modify" and self.type == STACK and not self.properties and not self.attributes

    @property
    def replacement(self) -> str:
        """Answer to the question if the resource is replaced: `True`, `False` or `Conditional`."""
        ways = {*(self.recreation or {}).values()}
        return "True" if "Always" in ways else "Conditional" if "Conditionally" in ways else "False"


def replacements(changes: Iterable[ResourceChange], after: Mapping[str, Seen]) -> set[str]:
    """Return the logical ids of the resources that changes replace, and whose id in AWS another one takes."""
    return {one.logical_id for one in changes if one.replaces and _changes_id(after[one.logical_id])}


def _changes_id(seen: Seen) -> bool:
    return seen.resource.type in NAMINGS or has_id(seen.resource.type)


def known(value: Any) -> Any:
    """Return a resolved value as JSON: an unknown part is `{{changeSet:KNOWN_AFTER_APPLY}}`, as change sets write it."""
    return with_leaves(value, lambda one: "{{changeSet:KNOWN_AFTER_APPLY}}" if isinstance(one, Unknown) else one)


def changes(before: Mapping[str, Seen], after: Mapping[str, Seen]) -> list[ResourceChange]:
    """Return the changes from the resources of one template to those of another, by logical id.

    A nested stack changes with each update of its parent: its template may have changed.
    """
    return [
        *(
            _change(name, before[name], seen)
            for name, seen in after.items()
            if name in before and (seen.resource.type == STACK or _differ(before[name], seen))
        ),
        *(ResourceChange("Add", name, seen.resource.type) for name, seen in after.items() if name not in before),
        *(ResourceChange("Remove", name, seen.resource.type) for name, seen in before.items() if name not in after),
    ]


def _differ(before: Seen, after: Seen) -> bool:
    return (
        before.resource.type != after.resource.type
        or before.properties != after.properties
        or before.attributes != after.attributes
    )


def _change(logical_id: str, before: Seen, after: Seen) -> ResourceChange:
    type_ = after.resource.type
    old, new = before.resource.properties, after.resource.properties
    names = [*_changed(known(old), known(new))]
    attributes = tuple(_changed(before.attributes, after.attributes))
    ways = {name: recreation(type_, name) for name in names}
    if before.resource.type != type_:
        ways["Type"] = "Always"
    replaces = any(
        _replaces(type_, name, way, new.get(name))
        for name, way in ways.items()
        if name in old or (type_, name) not in _ADDED_IN_PLACE
    )
    return ResourceChange("Modify", logical_id, type_, tuple(names), attributes, ways, replaces)


def _replaces(type_: str, property_: str, way: str, value: Any) -> bool:
    """Return whether the new value of a property replaces its resource.

    A change that replaces under conditions that are not known here does so for the types that CloudFormation names.
    """
    if (type_, property_) in _REPLACING_VALUES:
        return bool(value == _REPLACING_VALUES[type_, property_])
    named = type_ in NAMINGS and property_ not in _UPDATED_IN_PLACE.get(type_, "").split()
    return way == "Always" or (way == "Conditionally" and named)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[str]:
    return (name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name))


def attributes_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a resource as written whose change is a change."""
    return {name: written[name] for name in _ATTRIBUTES if name in written}


def recreation(type_: str, property_: str) -> str:
    """Return whether a change of a property replaces a resource: `Always`, `Conditionally` or `Never`."""
    always, conditionally = _create_only().get(type_, ("", ""))
    return (
        "Always" if property_ in always.split() else "Conditionally" if property_ in conditionally.split() else "Never"
    )


def known_types() -> Iterable[str]:
    """Return the types of AWS's resources that are known here."""
    return _create_only().keys()


@cache
def _create_only() -> Mapping[str, tuple[str, str]]:
    """Return the properties that cannot be updated, by type; the second text has those that cannot under conditions."""
    text = (files(__package__) / "create_only.json").read_text(encoding="utf-8")
    return {type_: (always, conditionally) for type_, (always, conditionally) in json.loads(text).items()}


def described(change: ResourceChange, physical_id: str, contexts: Mapping[str, str]) -> Mapping[str, Any]:
    """Return a change as DescribeChangeSet lists it; `contexts` are its BeforeContext and AfterContext, if wanted."""
    found: dict[str, Any] = {
        "Action": change.action,
        "LogicalResourceId": change.logical_id,
        "ResourceType": change.type,
        "Scope": [],
        "Details": [],
        **contexts,
    }
    if change.action != "Add":
        found["PhysicalResourceId"] = physical_id
    if change.action == "Modify":
        found["Replacement"] = change.replacement
        found["Scope"] = [*(["Properties"] if change.properties or change.automatic else []), *change.attributes]
        found["Details"] = [_AUTOMATIC] if change.automatic else [*_details(change)]
    return {"Type": "Resource", "ResourceChange": found}


def _details(change: ResourceChange) -> Iterator[Mapping[str, Any]]:
    targets = [
        *(
            {"Attribute": "Properties", "Name": name, "RequiresRecreation": way}
            for name, way in (change.recreation or {}).items()
        ),
        *({"Attribute": name, "RequiresRecreation": "Never"} for name in change.attributes),
    ]
    return ({"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"} for target in targets)
