"""VPC encryption controls (spec: newer-aws §10.3)."""

from __future__ import annotations

from netful.model.core.unknown import Maybe, Unknown
from netful.model.network.encryption_control import EncryptionMode, Exclusion, VpcEncryptionControl
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, not_a_value


def encryption_controls(inventory: Inventory) -> dict[str, VpcEncryptionControl]:
    """Return the controls of VPCs; without a mode they watch."""
    return {
        reader.id: VpcEncryptionControl(reader.id, vpc_id, _mode(reader), _exclusions(reader), reader.origin)
        for reader in inventory.of("AWS::EC2::VPCEncryptionControl")
        if (vpc_id := reader.text("VpcId")) is not None
    }


def _mode(reader: Reader) -> Maybe[EncryptionMode]:
    value = reader.text("Mode") or EncryptionMode.MONITOR
    if isinstance(value, Unknown):
        return value
    return EncryptionMode(value) if value in [*EncryptionMode] else not_a_value(reader, "Mode", value)


def _exclusions(reader: Reader) -> dict[Exclusion, Maybe[bool]]:
    written = {what: reader.text(f"{what}ExclusionInput") for what in Exclusion}
    return {
        what: one if isinstance(one, Unknown) else one == "enable" for what, one in written.items() if one is not None
    }


READERS = (PartReader("encryption_controls", encryption_controls),)
