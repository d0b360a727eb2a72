"""AWS's prefix lists: names in the cloud and ids of those of gateway endpoints, and the weights of all (vpc-network §1.8)."""

from collections.abc import Mapping

GATEWAY_LISTS: Mapping[str, Mapping[str, str]] = {
    "us-east-1": {"pl-63a5400a": "s3", "pl-02cd2c6b": "dynamodb"},
    "eu-west-1": {"pl-6da54004": "s3", "pl-6fa54006": "dynamodb"},
}
"""Known ids by region, which templates contain as they are. In another region, an id is that of another list."""


def managed_prefix_list_id(service: str, region: str = "") -> str:
    """Return the name in the cloud of a gateway service's list: in the region of the load, or in another one."""
    return f"pl-{service}.{region}" if region else f"pl-{service}"


def named_lists(region: str, *, other: bool) -> dict[str, str]:
    """Return the names in the cloud of a region's lists by their ids; `other`: the region is not that of the load."""
    known = GATEWAY_LISTS.get(region, {})
    return {id_: managed_prefix_list_id(service, region if other else "") for id_, service in known.items()}


_WEIGHTS = {
    "cloudfront.origin-facing": 55,
    "dynamodb": 1,
    "route53-healthchecks": 25,
    "s3": 1,
    "s3express": 6,
    "vpc-lattice": 10,
}


def weight_of(name: str) -> int:
    """Return the number of rules as which AWS's list of a name (`com.amazonaws.REGION.s3`) counts; 0 if it is not known."""
    return _WEIGHTS.get(name.removeprefix("com.amazonaws.").partition(".")[2], 0)
