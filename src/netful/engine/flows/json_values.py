"""Values of the model as JSON."""

from collections.abc import Iterable, Mapping
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from netful.model.core import Unknown


def plain(value: Any) -> Any:
    """Return a value of the model as JSON data; an unknown is `{"unknown": why}`."""
    if isinstance(value, Unknown):
        return {"unknown": value.why, "needs": list(value.needs)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, IPv4Address | IPv6Address | IPv4Network | IPv6Network):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
