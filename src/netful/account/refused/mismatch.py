"""Mismatches: resources that AWS refuses for the network that they belong to."""

import re

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.network.network import Network
from netful.model.network.transit_gateways import AttachmentKind

_NAME = re.compile("`([^`]*)`")


class Mismatch(Frozen):
    """A resource that AWS refuses: its id, the code and the text of the error; the code is "" for a service's usual one.

    `reason` has the refused value, where the text of the error is the same for all values. `late`: the call is answered, and what
    it makes fails after it.
    """

    resource_id: str
    code: str
    text: str
    reason: str = ""
    late: bool = False

    def worded(self, cloud: Cloud) -> str:
        """Return the text with ids of AWS in place of the names in a cloud."""
        return _NAME.sub(lambda found: cloud.aws_id(found[1]), self.text)


def attached_vpcs(network: Network, gateway: str) -> set[str]:
    """Return the VPCs that are attached to a transit gateway; all of them if those of one attachment are not known."""
    ones = [one for one in network.transit_gateway_attachments.values() if one.kind is AttachmentKind.VPC]
    found = {
        one.resource_id
        for one in ones
        if isinstance(one.transit_gateway_id, Unknown) or one.transit_gateway_id == gateway
    }
    return {*network.vpcs} if any(isinstance(one, Unknown) for one in found) else {str(one) for one in found}
