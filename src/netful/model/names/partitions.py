"""Partitions of AWS: the groups of regions that ARNs name, each with the suffix of its host names."""

from collections.abc import Mapping
from functools import cache

USUAL_SUFFIX = "amazonaws.com"
_USUAL = ("aws", USUAL_SUFFIX)
_PARTITIONS: Mapping[str, tuple[str, str]] = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-": ("aws-us-gov", USUAL_SUFFIX),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
    "eu-isoe-": ("aws-iso-e", "cloud.adc-e.uk"),
    "us-isof-": ("aws-iso-f", "csp.hci.ic.gov"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
}
"""The name and the suffix by the beginning of a partition's regions."""


def partition(region: str) -> str:
    """Return the partition of a region, as ARNs name it."""
    return _of(region)[0]


def url_suffix(region: str) -> str:
    """Return the suffix of the host names in a region (`AWS::URLSuffix`)."""
    return _of(region)[1]


def in_region(host: str, region: str) -> str:
    """Return a host name that is written with the usual suffix as it is in a region."""
    return host.replace(USUAL_SUFFIX, url_suffix(region))


@cache
def _of(region: str) -> tuple[str, str]:
    return next((one for start, one in _PARTITIONS.items() if region.startswith(start)), _USUAL)
