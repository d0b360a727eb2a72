"""VPC Block Public Access: an account's setting for a Region, and its exclusions (newer-aws §1)."""

from enum import StrEnum

from netful.model.core import Identified, Maybe


class BlockMode(StrEnum):
    """Traffic that internet gateways may not carry."""

    OFF = "off"
    INGRESS = "block-ingress"
    BIDIRECTIONAL = "block-bidirectional"


class ExclusionMode(StrEnum):
    """Traffic that an exclusion lets internet gateways carry."""

    BIDIRECTIONAL = "allow-bidirectional"
    EGRESS = "allow-egress"


class VpcBlockPublicAccessOptions(Identified):
    """The setting of an account for one Region; without one the mode is off."""

    internet_gateway_block_mode: Maybe[BlockMode]
    region: str
    owner_id: str = ""


class VpcBlockPublicAccessExclusion(Identified):
    """An exclusion of one VPC, with all its subnets, or of one subnet."""

    internet_gateway_exclusion_mode: Maybe[ExclusionMode]
    vpc_id: Maybe[str] | None = None
    subnet_id: Maybe[str] | None = None
