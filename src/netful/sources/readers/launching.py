"""What instances are launched with: launch templates and launch configurations, and the fleets that use them.

What an instance says itself comes before what its template says.
"""

from __future__ import annotations

from collections.abc import Iterator

from netful.model.core.unknown import Maybe, Unknown
from netful.sources.template.reading import Inventory, Reader

FLEET = "AWS::AutoScaling::AutoScalingGroup"
_TEMPLATE, _CONFIGURATION = "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration"
_GROUPS = ("GroupSet", "SecurityGroupIds", "Groups", "SecurityGroups")


def layers(inventory: Inventory, reader: Reader) -> tuple[Reader, ...] | Unknown:
    """What holds for an instance or a fleet, the strongest first: itself, then what it is launched with."""
    own = (*_first_interface(reader), reader)
    named, kind = _launched_with(reader)
    if named is None:
        return own
    found = None if isinstance(named, Unknown) else _named(inventory, kind, named)
    if found is None:
        return named if isinstance(named, Unknown) else Unknown(f"`{named}` is not loaded", (named,))
    data = found.part("LaunchTemplateData") if kind == _TEMPLATE else found
    return (*own, *_first_interface(data), data)


def _launched_with(reader: Reader) -> tuple[Maybe[str] | None, str]:
    """The name of a launch template or configuration, and which of both it is."""
    mixed = reader.part("MixedInstancesPolicy").part("LaunchTemplate").part("LaunchTemplateSpecification")
    for part in (reader.part("LaunchTemplate"), mixed):
        named = part.text("LaunchTemplateId") or part.text("LaunchTemplateName")
        if named is not None:
            return named, _TEMPLATE
    return reader.text("LaunchConfigurationName"), _CONFIGURATION


def _named(inventory: Inventory, kind: str, name: str) -> Reader | None:
    names = ("LaunchTemplateName", "LaunchConfigurationName")
    return next((r for r in inventory.of(kind) if name in (r.id, *(r.get(own) for own in names))), None)


def _first_interface(reader: Reader) -> Iterator[Reader]:
    """What is written of the first interface; one that stands alone says it itself."""
    for part in reader.parts("NetworkInterfaces"):
        if part.text("NetworkInterfaceId") is None:
            yield part
        return


def groups(found: tuple[Reader, ...]) -> tuple[Maybe[str], ...]:
    """The groups of the strongest layer that names any."""
    named = (reader.known_texts(name) for reader in found for name in _GROUPS)
    return next((ids for ids in named if ids), ())


def strongest(found: tuple[Reader, ...], name: str) -> Reader | None:
    """The strongest layer that writes a property."""
    return next((reader for reader in found if reader.has(name)), None)
