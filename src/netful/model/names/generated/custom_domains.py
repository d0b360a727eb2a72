"""Hosts of custom domain names of APIs, to which their records lead: in the Region, or at a distribution of CloudFront's (§5.19)."""

import re

from netful.model.names.partitions import url_suffix


def regional_host(id_: str, region: str) -> str:
    """Return the host of a regional custom domain name."""
    return f"d-{_label(id_)}.execute-api.{region}.{url_suffix(region)}"


def distribution_host(id_: str) -> str:
    """Return the host of an edge-optimized custom domain name."""
    return f"d-{_label(id_)}.cloudfront.net"


def _label(id_: str) -> str:
    """Return a name as a label of a host name."""
    return re.sub(r"[^a-z0-9]+", "-", id_.lower()).strip("-")
