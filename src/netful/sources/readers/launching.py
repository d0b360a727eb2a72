"""Launch settings of instances: launch templates and launch configurations, and the fleets that use them.

An instance's own settings come before those of its template.
"""

from collections.abc import Iterator

from netful.model.core import Maybe, Unknown
from netful.sources.readers.kubernetes import NODES
from netful.sources.template.reading import Inventory, Reader

FLEET = "AWS::AutoScaling::AutoScalingGroup"
FLEETS = {FLEET: "VPCZoneIdentifier", NODES: "Subnets"}
"""Types that launch instances, with the property that has the subnets."""

_TEMPLATE, _CONFIGURATION = "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration"
_VERSION = "Netful::EC2::LaunchTemplateVersion"
"""The type of a version that a call made."""

_NAMED = ("LaunchTemplateId", "LaunchTemplateName", "Id", "Name")
"""Names of a launch template; EKS's are the short ones."""

_GROUPS = ("GroupSet", "SecurityGroupIds", "Groups", "SecurityGroups")


def registers_in(fleet: Reader, property_: str) -> Iterator[str]:
    """Yield what a fleet registers its instances in: the values of a property, and the traffic sources."""
    sources = (part.text("Identifier") for part in fleet.parts("TrafficSources"))
    yield from (one for one in (*fleet.known_texts(property_), *sources) if isinstance(one, str))


def layers(inventory: Inventory, reader: Reader) -> tuple[Reader, ...] | Unknown:
    """Return the settings of an instance or a fleet, the strongest first: its own, then its launch template's."""
    own, data = (*_first_interface(reader), reader), _data(inventory, reader)
    if data is None or isinstance(data, Unknown):
        return own if data is None else data
    return (*own, *_first_interface(data), data)


def has_several_interfaces(inventory: Inventory, reader: Reader) -> bool:
    """Return whether a launch names several interfaces: AWS then gives none of them a public address by itself."""
    data = _data(inventory, reader)
    every = (reader, data) if isinstance(data, Reader) else (reader,)
    return any(len([*one.parts("NetworkInterfaces")]) > 1 for one in every)


def _data(inventory: Inventory, reader: Reader) -> Reader | Unknown | None:
    """Return the settings of the launch template or configuration of an instance or a fleet; None without one."""
    named, kind, version = _launched_with(reader)
    if named is None:
        written = (reader.get(name) for name in ("LaunchTemplate", "MixedInstancesPolicy"))
        return next((one for one in written if isinstance(one, Unknown)), None)
    if isinstance(named, Unknown):
        return named
    found = _named(inventory, kind, named)
    if found is None:
        return Unknown(f"`{named}` is not loaded", (named,))
    if kind != _TEMPLATE:
        return found
    data = found.get("LaunchTemplateData")
    return data if isinstance(data, Unknown) else _version(inventory, found, version)


def _version(inventory: Inventory, template: Reader, named: Maybe[str] | None) -> Reader:
    """Return the settings of a version of a launch template: only one that calls changed has several."""
    every = [one for one in inventory.of(_VERSION) if one.text("LaunchTemplateId") == template.id]
    if named == "$Latest":
        newest = max(every, key=lambda one: one.count("VersionNumber", 1), default=template)
        return newest.part("LaunchTemplateData")
    return next((one for one in every if one.literal("VersionNumber") == named), template).part("LaunchTemplateData")


def _launched_with(reader: Reader) -> tuple[Maybe[str] | None, str, Maybe[str] | None]:
    """Return the name of a launch template or configuration, its kind, and the version of a launch template."""
    mixed = reader.part("MixedInstancesPolicy").part("LaunchTemplate").part("LaunchTemplateSpecification")
    for part in (reader.part("LaunchTemplate"), mixed):
        named = next((found for name in _NAMED if (found := part.text(name)) is not None), None)
        if named is not None:
            return named, _TEMPLATE, part.literal("Version")
    return reader.text("LaunchConfigurationName"), _CONFIGURATION, None


def _named(inventory: Inventory, kind: str, name: str) -> Reader | None:
    names = ("LaunchTemplateName", "LaunchConfigurationName")
    return next((r for r in inventory.of(kind) if name in (r.id, *(r.get(own) for own in names))), None)


def _first_interface(reader: Reader) -> Iterator[Reader]:
    """Yield the settings of the first interface; for a separate interface, its own."""
    for part in reader.parts("NetworkInterfaces"):
        if part.text("NetworkInterfaceId") is None:
            yield part
        return


def groups(found: tuple[Reader, ...]) -> tuple[Maybe[str], ...]:
    """Return the groups of the strongest layer that names any."""
    named = (reader.known_texts(name) for reader in found for name in _GROUPS)
    return next((ids for ids in named if ids), ())


def strongest(found: tuple[Reader, ...], name: str) -> Reader | None:
    """Return the strongest layer that has a property."""
    return next((reader for reader in found if reader.has(name)), None)
