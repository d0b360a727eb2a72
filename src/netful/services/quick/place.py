"""moto's back end for a call: by the account, and by the region of the host's name."""

import functools
import os
from typing import Any

from moto import backends

from netful.model.names import service_names


@functools.cache
def region_of(host: str) -> str:
    """Return the region in a host's name."""
    found = service_names.service_of_host(host)
    return found[1] if found else ""


@functools.cache
def backend(service: str, region: str) -> Any:
    """Return moto's back end for a service; it is the same object for the lifetime of the process."""
    get_backend: Any = backends.get_backend
    return get_backend(service)[os.environ["MOTO_ACCOUNT_ID"]][region]
