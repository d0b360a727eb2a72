"""Access to one object in the AWS CLI's output, with its origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Any

from netful.model.core import Frozen, Origin, Unknown
from netful.model.network.vpc import IPNetwork
from netful.sources.files.complaint import fail


class Item(Frozen):
    """A JSON object of a description. A missing member is "" or empty; a member of the wrong type is an error."""

    data: Mapping[str, Any]
    origin: Origin
    region: str = ""
    account: str = ""

    def text(self, *path: str) -> str:
        """Return a text at a path of keys; "" if it is missing."""
        value: Any = self.data
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return "" if value is None else str(value)

    def left_out(self, name: str, id_key: str) -> Unknown:
        """Return the value of a member that AWS always describes, of an object whose description does not have it."""
        missing = f"`{name}` of {self.text(id_key)}"
        return Unknown(f"{missing} is not in its description", (missing,))

    def flag(self, name: str) -> bool:
        """Return a boolean; False if it is missing."""
        return self.data.get(name) is True or self.text(name).lower() == "true"

    def number(self, name: str, default: int) -> int:
        """Return a whole number."""
        value = self.data.get(name)
        return value if isinstance(value, int) else default

    def part(self, name: str) -> Item:
        """Return an object within; an empty one if it is missing."""
        value = self.data.get(name)
        return Item(value if isinstance(value, Mapping) else {}, self.origin, self.region, self.account)

    def parts(self, name: str) -> Iterator[Item]:
        """Yield the objects of a list within."""
        for value in self._list(name):
            if not isinstance(value, Mapping):
                fail(f"an item of `{name}` is not an object", self.origin)
            yield Item(value, self.origin, self.region, self.account)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list within."""
        return tuple(str(value) for value in self._list(name))

    def _list(self, name: str) -> list[Any]:
        value = self.data.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else fail(f"`{name}` is not a list", self.origin)

    def network(self, *names: str) -> IPNetwork | None:
        """Return the block in the first key that is present."""
        for name in names:
            text = self.text(name)
            if text:
                try:
                    return ip_network(text, strict=False)
                except ValueError:
                    fail(f"`{name}` is `{text}`, which is not a CIDR block", self.origin)
        return None

    def ipv4_network(self, name: str) -> IPv4Network:
        """Return a required IPv4 block."""
        block = self.network(name)
        return block if isinstance(block, IPv4Network) else fail(f"`{name}` holds no IPv4 block", self.origin)

    def ipv6_network(self, name: str) -> IPv6Network:
        """Return a required IPv6 block."""
        block = self.network(name)
        return block if isinstance(block, IPv6Network) else fail(f"`{name}` holds no IPv6 block", self.origin)

    def address(self, *path: str) -> IPv4Address | None:
        """Return an IPv4 address; None if it is missing."""
        text = self.text(*path)
        try:
            return IPv4Address(text) if text else None
        except ValueError:
            fail(f"`{path[-1]}` is `{text}`, which is not an IPv4 address", self.origin)

    def ipv6_address(self, name: str) -> IPv6Address | None:
        """Return an IPv6 address; None if it is missing."""
        text = self.text(name)
        try:
            return IPv6Address(text) if text else None
        except ValueError:
            fail(f"`{name}` is `{text}`, which is not an IPv6 address", self.origin)


Declaration = tuple[str, str, Item, Mapping[str, Any]]
"""An id, a type of CloudFormation's, its described item, and the properties."""
