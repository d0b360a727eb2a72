"""Security groups by their names, as resources of a default VPC may give them (vpc-network §2.1)."""

from netful.model.core import Maybe, Unknown
from netful.sources.template.reading import Inventory


def group_named(inventory: Inventory, group: Maybe[str]) -> Maybe[str]:
    """Return the id of a group that is given by its name; the same value if it is an id, or if not exactly one group has the name."""
    if isinstance(group, Unknown) or group in inventory.resources:
        return group
    named = [reader.id for reader in inventory.of("AWS::EC2::SecurityGroup") if reader.text("GroupName") == group]
    return named[0] if len(named) == 1 else group
