"""Whose signature a request bears (SigV4): the access key tells the function, and so the role, that it is made with.

A stack's credentials are made up, each function's its own; the signature itself is not computed again.
"""

from __future__ import annotations

import re

from netful.functions.service import keys_of
from netful.model.cloud import Cloud
from netful.model.function import Role
from netful.services.message import Request

_CREDENTIAL = re.compile(r"AWS4-[A-Z0-9-]+ Credential=([^/,\s]+)/")
_QUERY_CREDENTIAL = re.compile(r"(?:^|&)X-Amz-Credential=([^%/&]+)")


def access_key_of(request: Request) -> str:
    """The access key that a request is signed with; "" where it is not signed."""
    found = _CREDENTIAL.match(request.header("authorization")) or _QUERY_CREDENTIAL.search(request.query)
    return found[1] if found else ""


def role_of(cloud: Cloud, access_key: str) -> Role | None:
    """The role of the function that has an access key."""
    function = next((f for f in cloud.functions.values() if keys_of(f).access_key_id == access_key), None)
    if function is None or not isinstance(function.role, str):
        return None
    name = function.role.rpartition("/")[2]
    return next((role for role in cloud.roles.values() if name in (role.id, role.role_name)), None)
