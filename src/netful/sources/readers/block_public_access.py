"""VPC Block Public Access: the account's options for the Region, and exclusions (spec: newer-aws §1)."""

from netful.model.network.block_public_access import (
    BlockMode,
    ExclusionMode,
    VpcBlockPublicAccessExclusion,
    VpcBlockPublicAccessOptions,
)
from netful.sources.files.complaint import fail
from netful.sources.parts import of_each
from netful.sources.template.reading import Reader, word


def _options(reader: Reader) -> VpcBlockPublicAccessOptions:
    mode = word(reader, "InternetGatewayBlockMode", BlockMode)
    return VpcBlockPublicAccessOptions(reader.id, mode, reader.region, reader.account_id, origin=reader.origin)


def _exclusion(reader: Reader) -> VpcBlockPublicAccessExclusion:
    """Return an exclusion of one VPC or one subnet."""
    vpc_id, subnet_id = reader.text("VpcId"), reader.text("SubnetId")
    if (vpc_id is None) == (subnet_id is None):
        fail(f"`{reader.id}` excludes no VPC or both", reader.origin, hint="write either `VpcId` or `SubnetId`")
    mode = word(reader, "InternetGatewayExclusionMode", ExclusionMode)
    return VpcBlockPublicAccessExclusion(reader.id, mode, vpc_id, subnet_id, origin=reader.origin)


READERS = (
    of_each("block_public_access_options", _options, "AWS::EC2::VPCBlockPublicAccessOptions"),
    of_each("block_public_access_exclusions", _exclusion, "AWS::EC2::VPCBlockPublicAccessExclusion"),
)
