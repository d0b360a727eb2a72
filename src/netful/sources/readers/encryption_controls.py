"""VPC encryption controls (spec: newer-aws §10.3)."""

from netful.model.core import Maybe, Unknown
from netful.model.network.encryption_control import EncryptionMode, Exclusion, VpcEncryptionControl
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, word


def encryption_controls(inventory: Inventory) -> dict[str, VpcEncryptionControl]:
    """Return the controls of VPCs, also those written in the VPCs themselves; without a mode they watch."""
    controls = [
        _control(reader, vpc_id, reader, "ExclusionInput")
        for reader in inventory.of("AWS::EC2::VPCEncryptionControl")
        if (vpc_id := reader.text("VpcId")) is not None
    ]
    own = "VpcEncryptionControl"
    vpcs = [reader for reader in inventory.of("AWS::EC2::VPC") if reader.has(own)]
    controls += [_control(reader, reader.id, reader.part(own), "Exclusion") for reader in vpcs]
    return {control.id: control for control in controls}


def _control(reader: Reader, vpc_id: Maybe[str], part: Reader, suffix: str) -> VpcEncryptionControl:
    mode = word(part, "Mode", EncryptionMode, EncryptionMode.MONITOR)
    return VpcEncryptionControl(reader.id, vpc_id, mode, _exclusions(part, suffix), origin=part.origin)


def _exclusions(reader: Reader, suffix: str) -> dict[Exclusion, Maybe[bool]]:
    written = {what: reader.text(f"{what}{suffix}") for what in Exclusion}
    return {
        what: one if isinstance(one, Unknown) else one == "enable" for what, one in written.items() if one is not None
    }


READERS = (PartReader("encryption_controls", encryption_controls),)
