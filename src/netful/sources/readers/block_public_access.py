"""VPC Block Public Access: the account's options for the Region, and exclusions (spec: newer-aws §1)."""

from enum import StrEnum
from typing import TypeVar

from netful.model.core import Maybe, Unknown
from netful.model.network.block_public_access import (
    BlockMode,
    ExclusionMode,
    VpcBlockPublicAccessExclusion,
    VpcBlockPublicAccessOptions,
)
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, not_a_value

Mode = TypeVar("Mode", bound=StrEnum)


def options(inventory: Inventory) -> dict[str, VpcBlockPublicAccessOptions]:
    """Return the options."""
    return {
        r.id: VpcBlockPublicAccessOptions(
            r.id,
            _mode(r, "InternetGatewayBlockMode", BlockMode),
            r.region,
            r.account_id,
            origin=r.origin,
        )
        for r in inventory.of("AWS::EC2::VPCBlockPublicAccessOptions")
    }


def exclusions(inventory: Inventory) -> dict[str, VpcBlockPublicAccessExclusion]:
    """Return the exclusions, each of one VPC or one subnet."""
    found = {}
    for reader in inventory.of("AWS::EC2::VPCBlockPublicAccessExclusion"):
        vpc_id, subnet_id = reader.text("VpcId"), reader.text("SubnetId")
        if (vpc_id is None) == (subnet_id is None):
            fail(f"`{reader.id}` excludes no VPC or both", reader.origin, hint="write either `VpcId` or `SubnetId`")
        mode = _mode(reader, "InternetGatewayExclusionMode", ExclusionMode)
        found[reader.id] = VpcBlockPublicAccessExclusion(reader.id, mode, vpc_id, subnet_id, origin=reader.origin)
    return found


def _mode(reader: Reader, name: str, modes: type[Mode]) -> Maybe[Mode]:
    value = reader.required(name)
    if isinstance(value, Unknown):
        return value
    return modes(value) if value in [*modes] else not_a_value(reader, name, value)


READERS = (PartReader("block_public_access_options", options), PartReader("block_public_access_exclusions", exclusions))
