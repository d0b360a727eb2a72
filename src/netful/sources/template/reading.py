"""Typed access to the resolved properties of a resource, with the errors for each type of value."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Any, NoReturn, TypeVar

from netful.model.core import Frozen, Maybe, Origin, Resource, SourceError, Unknown, known_in, replace
from netful.model.identity import ids_of
from netful.model.network import addresses
from netful.model.network.managed_prefix_lists import named_lists
from netful.model.network.network import Network
from netful.model.network.vpc import DEFAULT_STACK, IPNetwork
from netful.sources.files.complaint import SURELY, close_match, fail
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.template.values import as_text

_WHOLE = re.compile(r"[-+]?[0-9]{1,18}(\.0+)?")
_BOOLEANS = {"true": True, "false": False}
T = TypeVar("T")
U = TypeVar("U")
W = TypeVar("W", bound=StrEnum)


class Reader(Frozen, dict=True):
    """One resource, or a mapping within its properties. All readers of a load share `warnings` and `names`.

    Properties have the ids of AWS, as deployed. `names` are the names in the cloud by these ids. Texts that are the id of a
    resource are returned as its name, so what refers to a resource refers to it by the key of the model.
    One list of like methods, each for the properties of one kind.
    """

    id: str
    type: str
    properties: MarkedMap
    origin: Origin
    warnings: list[str]
    names: Mapping[str, str]
    region: str
    account_id: str

    def within(self, properties: MarkedMap, origin: Origin) -> Reader:
        """Return the reader of a mapping that belongs to the resource."""
        return replace(self, properties=properties, origin=origin)

    def get(self, name: str) -> Any:
        """Return a property as resolved; None if it is left out."""
        return self.properties.get(name)

    def has(self, name: str) -> bool:
        """Return whether a property is written and not null."""
        return self.properties.get(name) is not None

    def origin_of(self, name: str) -> Origin:
        """Return the place of a property."""
        return self.properties.origin_of(name) if name in self.properties.lines else self.origin

    def warn(self, name: str, text: str) -> None:
        """Add a warning with the place of a property."""
        self.warnings.append(f"{self.origin_of(name)}: {text}")

    def literal(self, name: str) -> Maybe[str] | None:
        """Return a text as deployed, with the ids of AWS in it; None if it is left out."""
        value = self.get(name)
        return None if value is None else as_text(value, self.origin_of(name))

    def text(self, name: str) -> Maybe[str] | None:
        """Return a text, or the name of the resource whose id it is; None if it is left out."""
        value = self.literal(name)
        return value if value is None else self.named(value)

    def named(self, value: Maybe[str]) -> Maybe[str]:
        """Return the name of the resource that has an id; any other text itself."""
        return value if isinstance(value, Unknown) else self.names.get(value, value)

    def required(self, name: str) -> Maybe[str]:
        """Return a required text."""
        value = self.text(name)
        if value is None:
            self.lacks(f"`{self.id}` has no `{name}`", name, hint=f"`{self.type}` needs it")
        return value

    def lacks(self, what: str, *names: str, hint: str) -> NoReturn:
        """Raise SourceError for a property that is needed, under one of some names; with the place of one that is misspelled."""
        for written in self.properties:
            meant = close_match(written, names, likeness=SURELY)
            if meant:
                fail(what, self.origin_of(written), why=f"netful does not know `{written}`", hint=meant)
        fail(what, self.origin, hint=hint)

    def flag(self, name: str, default: bool) -> bool:  # noqa: FBT001 - AWS's own default of the named property
        """Return a boolean; an unknown one is assumed to be the default, with a warning."""
        value = self.get(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        if isinstance(value, Unknown):
            self.warn(name, f"`{name}` of `{self.id}` is taken to be {str(default).lower()}: {value.why}")
            return default
        folded = str(value).lower()
        if folded not in _BOOLEANS:
            fail(f"`{name}` of `{self.id}` is `{value}`", self.origin_of(name), hint="write `true` or `false`")
        return _BOOLEANS[folded]

    def number(self, name: str) -> Maybe[int] | None:
        """Return a whole number; None if it is left out."""
        value = self.get(name)
        if value is None or type(value) is int or isinstance(value, Unknown):
            return value
        if isinstance(value, bool) or not _WHOLE.fullmatch(str(value)):
            fail(f"`{name}` of `{self.id}` is `{value}`", self.origin_of(name), hint="write a whole number")
        return int(float(str(value)))

    def count(self, name: str, default: int) -> int:
        """Return a whole number; the default if it is left out or unknown."""
        value = self.number(name)
        return value if isinstance(value, int) else default

    def texts(self, name: str) -> tuple[Maybe[str], ...] | Unknown:
        """Return a list of texts, or of the names of the resources whose ids they are."""
        found = self.literals(name)
        return found if isinstance(found, Unknown) else tuple(map(self.named, found))

    def literals(self, name: str) -> tuple[Maybe[str], ...] | Unknown:
        """Return a list of texts as deployed: a single one and a comma-separated one are lists too."""
        value = self.get(name)
        if value is None:
            return ()
        if isinstance(value, Unknown):
            return value
        origin = self.origin_of(name)
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        if not isinstance(value, list):
            fail(f"`{name}` of `{self.id}` is not a list", origin, hint="write one item a line, each after `- `")
        return tuple(_flat(value, origin))

    def known_texts(self, name: str) -> tuple[Maybe[str], ...]:
        """Return a list of texts; a wholly unknown list counts as one unknown item."""
        value = self.texts(name)
        return (value,) if isinstance(value, Unknown) else value

    def known_literals(self, name: str) -> tuple[Maybe[str], ...]:
        """Return a list of texts as deployed; a wholly unknown list counts as one unknown item."""
        value = self.literals(name)
        return (value,) if isinstance(value, Unknown) else value

    def network(self, name: str) -> Maybe[IPNetwork] | None:
        """Return a CIDR block in its canonical form; None if it is left out."""
        value = self.text(name)
        return value if value is None or isinstance(value, Unknown) else self.as_network(name, value)

    def as_network(self, name: str, text: str) -> IPNetwork:
        """Return the CIDR block in a property."""
        try:
            block = ip_network(text.strip() if "/" in text else "", strict=False)
        except ValueError:
            hint = "a block is an address, a slash and a prefix length, such as `10.0.0.0/16`"
            fail(f"`{name}` of `{self.id}` is `{text}`, which is not a CIDR block", self.origin_of(name), hint=hint)
        if str(block) != text.strip().lower() and isinstance(block, IPv4Network):
            self.warn(name, f"`{text}` of `{self.id}` has host bits; AWS rewrites it to `{block}`")
        return block

    def ipv4_network(self, name: str) -> Maybe[IPv4Network] | None:
        """Return an IPv4 block."""
        block = self.network(name)
        if isinstance(block, IPv6Network):
            fail(
                f"`{name}` of `{self.id}` is `{block}`, which is IPv6", self.origin_of(name), hint="write an IPv4 block"
            )
        return block

    def ipv6_network(self, name: str) -> Maybe[IPv6Network] | None:
        """Return an IPv6 block."""
        block = self.network(name)
        if isinstance(block, IPv4Network):
            fail(
                f"`{name}` of `{self.id}` is `{block}`, which is IPv4", self.origin_of(name), hint="write an IPv6 block"
            )
        return block

    def _address(self, name: str) -> str | None:
        value = self.text(name)
        if isinstance(value, Unknown):
            self.warn(name, f"`{name}` of `{self.id}` is not known, and taken to be one that AWS chooses: {value.why}")
            return None
        return value

    def ipv4_address(self, name: str) -> IPv4Address | None:
        """Return an IPv4 address; None if it is left out or unknown, with a warning then."""
        value = self._address(name)
        if value is None:
            return None
        try:
            return IPv4Address(value)
        except ValueError:
            fail(f"`{name}` of `{self.id}` is `{value}`, which is not an IPv4 address", self.origin_of(name))

    def ipv6_address(self, name: str) -> IPv6Address | None:
        """Return an IPv6 address; None if it is left out or unknown, with a warning then."""
        value = self._address(name)
        if value is None:
            return None
        try:
            return IPv6Address(value)
        except ValueError:
            fail(f"`{name}` of `{self.id}` is `{value}`, which is not an IPv6 address", self.origin_of(name))

    def part(self, name: str) -> Reader:
        """Return a mapping within; empty if it is left out or unknown."""
        value = self.get(name)
        if value is not None and not isinstance(value, (MarkedMap, Unknown)):
            fail(f"`{name}` of `{self.id}` is not a mapping", self.origin_of(name))
        inner = value if isinstance(value, MarkedMap) else MarkedMap(self.properties.file, self.origin_of(name).line)
        return self.within(inner, self.origin_of(name))

    def parts(self, name: str) -> Iterator[Reader]:
        """Yield the mappings in a list within; unknown ones are left out with a warning."""
        for part in self.each(name):
            if isinstance(part, Unknown):
                self.warn(name, f"an item of `{name}` of `{self.id}` is unknown and left out: {part.why}")
            else:
                yield part

    def each(self, name: str) -> Iterator[Reader | Unknown]:
        """Yield the mappings in a list within, and an unknown for each unknown item."""
        value = self.get(name)
        if isinstance(value, (MarkedMap, Unknown)):
            yield from self._item(name, value, self.origin_of(name))
        elif isinstance(value, MarkedList):
            for index, item in enumerate(value):
                yield from self._item(name, item, value.origin_of(index))
        elif value is not None:
            hint = "write one item a line, each after `- `"
            fail(f"`{name}` of `{self.id}` is not a list", self.origin_of(name), hint=hint)

    def _item(self, name: str, item: Any, origin: Origin) -> Iterator[Reader | Unknown]:
        if isinstance(item, MarkedMap):
            yield self.within(item, origin)
        elif isinstance(item, Unknown):
            yield item
        elif isinstance(item, MarkedList):
            for inner in item:
                yield from self._item(name, inner, origin)
        else:
            fail(f"an item of `{name}` of `{self.id}` is not a mapping", origin)


def _flat(items: Iterable[Any], origin: Origin) -> Iterator[Maybe[str]]:
    for item in items:
        if isinstance(item, list):
            yield from _flat(item, origin)
        elif item is not None:
            yield as_text(item, origin)


@dataclass
class Inventory:
    """All deployed resources of a load, by type. Readers add their warnings to it.

    `elastic_addresses` are the public addresses of the Elastic IPs, by id. `first_public` is the number of the first
    address that AWS assigns without one, unless the Elastic IPs have that. `aws_ids` are the ids of AWS, by names in the cloud, and `names` the
    names by these ids.
    Resources `left_out` are not read; others may refer to them.
    They are `described` if AWS lists them, with those that it makes itself. `beside` is the network of described accounts, to whose tables,
    groups and ACLs they may add, and `deployed` are the stacks that these accounts have.
    """

    resources: dict[str, Resource]
    region: str
    account_id: str
    elastic_addresses: Mapping[str, str] = field(default_factory=dict)
    first_public: int = 0
    warnings: list[str] = field(default_factory=list)
    left_out: Container[str] = ()
    described: bool = False
    beside: Network = Network()  # noqa: RUF009  # frozen
    deployed: Collection[str] = ()
    aws_ids: Mapping[str, str] = field(init=False)
    names: Mapping[str, str] = field(init=False)
    _by_type: dict[str, list[Reader]] = field(default_factory=dict)
    _by_region: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _public: int = 0

    def __post_init__(self) -> None:
        self.aws_ids = ids_of(self.resources, self.account_id, self.region)
        self.names = {id_: name for name, id_ in self.aws_ids.items()}
        for resource in self.resources.values():
            if resource.id in self.left_out:
                continue
            properties = resource.properties
            assert isinstance(properties, MarkedMap)
            place = resource.region or self.region, resource.account_id or self.account_id
            names = self._names_in(place[0])
            reader = Reader(resource.id, resource.type, properties, resource.origin, self.warnings, names, *place)
            self._by_type.setdefault(resource.type, []).append(reader)

    def _names_in(self, region: str) -> Mapping[str, str]:
        """Return the names by ids in a region, with those of AWS's lists there that no account describes."""
        if self.described or region in self._by_region:
            return self._by_region.get(region, self.names)
        lists = named_lists(region, other=region != self.region)
        own = {id_: name for id_, name in lists.items() if id_ not in self.beside.prefix_lists}
        return self._by_region.setdefault(region, {**own, **self.names})

    def of(self, *types: str) -> list[Reader]:
        """Return the resources of some types, in the order of the types, then of the source."""
        return [reader for kind in types for reader in self._by_type.get(kind, ())]

    def parts_of(self, things: Mapping[str, T], type_: str, name: str) -> Iterator[tuple[Reader, T]]:
        """Yield the resources of a type that are parts of things: each with the thing that a property of it names.

        What was put in the place of a thing meanwhile is yielded with its next part.
        """
        for reader in self.of(type_):
            thing = known_in(things, reader.required(name))
            if thing is not None:
                yield reader, thing

    def of_default_vpc(self, type_: str) -> tuple[str, ...]:
        """Return the ids of the resources of a type that AWS makes with an account's default VPC, if that is loaded."""
        return tuple(id_ for id_, one in self.resources.items() if one.stack == DEFAULT_STACK and one.type == type_)

    def is_deployed(self, resource_id: str) -> bool:
        """Return whether a described account has the stack of a resource."""
        return self.resources[resource_id].stack in self.deployed

    def public_address(self) -> IPv4Address:
        """Return a further address that AWS assigns without an Elastic IP: those after the Elastic IPs, one by one."""
        try:
            address = addresses.elastic_ip(max(len(self.elastic_addresses), self.first_public) + self._public)
        except IndexError as error:
            raise SourceError(str(error)) from None
        self._public += 1
        return address

    def type_of(self, resource_id: Maybe[str] | None) -> str:
        """Return the type of the resource with an id, or ""."""
        resource = known_in(self.resources, resource_id)
        return resource.type if resource else ""


def not_a_value(reader: Reader, name: str, value: str) -> Unknown:
    """Return the unknown for a value of a fixed set that netful does not know: AWS may have added it."""
    return Unknown(f"netful does not know the value `{value}`", (f"what `{name}: {value}` of {reader.id} does",))


def word(reader: Reader, name: str, words: type[W], default: Maybe[W] | None = None) -> Maybe[W]:
    """Return a word of a fixed set, in any case; one that AWS may have added is unknown. Without a default it is required."""
    if default is not None and reader.text(name) is None:
        return default
    value = reader.required(name)
    if isinstance(value, Unknown):
        return value
    found = next((one for one in words if one.casefold() == value.casefold()), None)
    return found or not_a_value(reader, name, value)


def not_a_property(reader: Reader, name: str) -> Unknown:
    """Return the unknown for a property in the place of one that is needed: it may be misspelt, or AWS may have added it."""
    return Unknown(f"netful does not know `{name}`", (f"what `{name}` of {reader.id} ({reader.origin_of(name)}) does",))


def either(first: Maybe[T] | None, second: U) -> Maybe[T] | U:
    """Return the first value, else the second one where it is left out."""
    return first if first is not None else second


def known_or(value: Maybe[str] | None, default: str) -> str:
    """Return the text if it exists and is known."""
    return value if isinstance(value, str) else default
