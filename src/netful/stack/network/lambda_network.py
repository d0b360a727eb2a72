"""Attachment of functions to their VPCs: shared Hyperplane ENIs or, as before 2019, an interface per sandbox.

`per-sandbox` creates interfaces at cold start, each with a delay. If addresses or the quota are used up, the invocation
fails with AWS's error (lambda §1.2, §1.8).
"""

from enum import StrEnum
from ipaddress import IPv4Network

from netful.fabric.lambda_network.sandbox_interfaces import Shortage
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.functions.function import Function


class LambdaDesign(StrEnum):
    """The two designs of Lambda's network."""

    HYPERPLANE = "hyperplane"
    PER_SANDBOX = "per-sandbox"


class LambdaNetwork(Frozen, dict=True):
    """The design, and for the old one the seconds that a new interface takes. `traced`: sandboxes have X-Ray's daemon."""

    design: LambdaDesign = LambdaDesign.HYPERPLANE
    eni_seconds: float = 0.0
    traced: bool = False

    def has_own_interfaces(self, function: Function) -> bool:
        """Return whether the sandboxes of a function have interfaces of their own."""
        return self.design is LambdaDesign.PER_SANDBOX and function.in_vpc


_REFUSALS = {
    Shortage.ADDRESSES: (
        "SubnetIPAddressLimitReachedException",
        "one or more configured subnets has no available IP addresses",
    ),
    Shortage.QUOTA: (
        "ENILimitReachedException",
        "the elastic network interface limit was reached for the function's VPC",
    ),
}


def refused(shortage: Shortage) -> InvokeRefused:
    """Return AWS's error for an invocation whose sandbox gets no interface."""
    code, why = _REFUSALS[shortage]
    return InvokeRefused(502, code, f"Lambda was not able to set up VPC access for the Lambda function because {why}.")


def blocks_of(cloud: Cloud, function: Function) -> dict[str, IPv4Network]:
    """Return the CIDR blocks of a function's subnets, by subnet id; blocks that are unknown are left out."""
    ids = () if isinstance(function.subnet_ids, Unknown) else function.subnet_ids
    subnets = (cloud.network.subnets.get(subnet_id) for subnet_id in ids if isinstance(subnet_id, str))
    return {s.id: s.cidr_block for s in subnets if s is not None and isinstance(s.cidr_block, IPv4Network)}
