"""Ids of Cognito's user pools: AWS generates them at deployment, netful from the resource's id (api-gateway §5.12).

An id begins with its region, which clients parse. It is the last part of the pool's ARN and of its issuer.
"""

from __future__ import annotations

import re

from netful.model.names import service_names

SERVICE = "cognito-idp"
_LONGEST = 55
_OTHERS = re.compile(r"[^0-9A-Za-z]")


def pool_id(resource_id: str, region: str) -> str:
    """Return the id of the pool that a resource makes."""
    return f"{region}_{_OTHERS.sub('', resource_id)}"[:_LONGEST]


def region_of(user_pool_id: str) -> str:
    """Return the region of a pool."""
    return user_pool_id.rpartition("_")[0]


def issuer_of(user_pool_id: str) -> str:
    """Return the issuer in a pool's tokens."""
    return f"https://{service_names.service(SERVICE).host(region_of(user_pool_id))}/{user_pool_id}"
