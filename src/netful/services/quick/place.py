"""Which of moto's back ends a call is for: the account's, in the region of the host's name."""

from __future__ import annotations

import functools
import os
from typing import Any

from moto import backends

from netful.model.names import service_names


@functools.cache
def region_of(host: str) -> str:
    """The region that a host's name tells."""
    found = service_names.service_of_host(host)
    return found[1] if found else ""


@functools.cache
def backend(service: str, region: str) -> Any:
    """The back end that moto has for a service; the same object for as long as the process lives."""
    get_backend: Any = backends.get_backend
    return get_backend(service)[os.environ["MOTO_ACCOUNT_ID"]][region]
