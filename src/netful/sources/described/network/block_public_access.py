"""Described VPC Block Public Access, as the resources of a template.

Its own answers have the settings and the exclusions of their account. Those of the owners of shared VPCs, and what was not described, are
in the descriptions of VPCs and subnets.
"""

from collections.abc import Iterator
from dataclasses import replace

from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item

_MODE = "InternetGatewayBlockMode"
_STATE = "BlockPublicAccessStates", _MODE
_EXCLUDED = {"off": "allow-bidirectional", "block-ingress": "allow-egress"}
"""The exclusion of a VPC or subnet whose state is another one than its account's mode."""


def resources(description: Description) -> Iterator[Declaration]:
    """Yield the settings and the exclusions; removed or never made ones are left out."""
    told: dict[str, str] = {}
    for item in description.of("VpcBlockPublicAccessOptions"):
        options = item.part("VpcBlockPublicAccessOptions")
        owner = options.text("AwsAccountId")
        told[owner] = options.text(_MODE) or "off"
        yield _setting(options.text("AwsRegion") or description.region, owner, item, told[owner])
    for item in description.of("VpcBlockPublicAccessExclusions"):
        kind, _, place = item.text("ResourceArn").rpartition(":")[2].partition("/")
        if not item.text("State").startswith(("delete-", "disable-", "create-failed")):
            mode = item.data.get("InternetGatewayExclusionMode")
            yield _exclusion(item.text("ExclusionId"), kind.capitalize(), place, item, mode)
    of_owner: dict[str, list[Item]] = {}
    for item in description.of("Vpcs"):
        of_owner.setdefault(item.text("OwnerId") or next(iter(told), ""), []).append(item)
    for owner, vpcs in of_owner.items():
        if not (owner in told and description.answers("VpcBlockPublicAccessExclusions")):
            yield from _of_vpcs(description, owner, vpcs, told.get(owner))


def _of_vpcs(description: Description, owner: str, vpcs: list[Item], answered: str | None) -> Iterator[Declaration]:
    """Yield what the descriptions of an owner's VPCs and subnets have, with the mode of an answer if there is one.

    A place that is open though others are not is excluded. A VPC without a state may be excluded.
    """
    modes = {item.text("VpcId"): item.text(*_STATE) for item in vpcs}
    # by the alphabet, the mode that blocks most is first
    mode = answered or min(filter(None, modes.values()), default="")
    if mode in ("", "off"):
        return
    if answered is None:
        yield _setting(description.region, owner, vpcs[0], mode)
    subnets = [item for item in description.of("Subnets") if item.text("VpcId") in modes]
    for kind, item in (*(("Vpc", one) for one in vpcs), *(("Subnet", one) for one in subnets)):
        state, place = item.text(*_STATE), item.text(f"{kind}Id")
        usual = mode if kind == "Vpc" else modes[item.text("VpcId")]
        if kind == "Vpc" and not state:
            unknown = item.left_out(_STATE[0], "VpcId")
            yield _exclusion(f"block-public-access.{place}", kind, place, item, unknown)
        elif state in _EXCLUDED and state != usual:
            yield _exclusion(f"block-public-access.{place}", kind, place, item, _EXCLUDED[state])


def _setting(region: str, owner: str, item: Item, mode: str) -> Declaration:
    id_ = f"block-public-access.{region}.{owner}".rstrip(".")
    return id_, "AWS::EC2::VPCBlockPublicAccessOptions", replace(item, account=owner), {_MODE: mode}


def _exclusion(id_: str, kind: str, place: str, item: Item, mode: object) -> Declaration:
    properties = {f"{kind}Id": place, "InternetGatewayExclusionMode": mode}
    return id_, "AWS::EC2::VPCBlockPublicAccessExclusion", item, properties
