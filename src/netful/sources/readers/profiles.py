"""Route 53 Profiles with their VPCs and resources (spec: newer-aws §5)."""

from dataclasses import replace

from netful.model.core import Maybe, Unknown
from netful.model.json_texts import json_object
from netful.model.names.profiles import Profile, ProfileResource
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader


def profiles(inventory: Inventory) -> dict[str, Profile]:
    """Return the Profiles, those included that only associations name."""
    found = {r.id: Profile(r.id, origin=r.origin) for r in inventory.of("AWS::Route53Profiles::Profile")}
    for reader in inventory.of("AWS::Route53Profiles::ProfileAssociation"):
        profile = _named(reader, found)
        found[profile.id] = replace(profile, vpc_ids=(*profile.vpc_ids, reader.required("ResourceId")))
    for reader in inventory.of("AWS::Route53Profiles::ProfileResourceAssociation"):
        profile = _named(reader, found)
        found[profile.id] = replace(profile, resources=(*profile.resources, _resource(reader)))
    return found


def _named(reader: Reader, profiles: dict[str, Profile]) -> Profile:
    """Return the Profile of an association; one that was not loaded, or is not known, by its id or by the association's."""
    named = reader.required("ProfileId")
    id_ = named if isinstance(named, str) else f"of {reader.id}"
    return profiles.get(id_) or Profile(id_, loaded=False, origin=reader.origin)


def _resource(reader: Reader) -> ProfileResource:
    arn = reader.required("ResourceArn")
    id_ = arn if isinstance(arn, Unknown) else reader.names.get(last := arn.rpartition("/")[2], last)
    return ProfileResource(reader.id, id_, _priority(reader), origin=reader.origin)


def _priority(reader: Reader) -> Maybe[int]:
    """Return the priority in a JSON text of properties."""
    written = reader.text("ResourceProperties")
    priority = json_object(written).get("priority") if isinstance(written, str) else None
    return priority if isinstance(priority, int) else Unknown(f"the priority of `{reader.id}` is not known")


READERS = (PartReader("profiles", profiles),)
