"""Index of blocks: find those that contain an address without testing each."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from netful.model.network.vpc import IPNetwork

T = TypeVar("T")


class PrefixIndex(Generic[T]):
    """Values by block; several values may have the same block. A look-up costs one access per prefix length."""

    def __init__(self, entries: Iterable[tuple[IPNetwork, T]]) -> None:
        self._lengths: dict[tuple[int, int], dict[int, list[T]]] = {}
        for block, value in entries:
            of_length = self._lengths.setdefault((block.version, block.prefixlen), {})
            of_length.setdefault(int(block.network_address), []).append(value)

    def covering(self, network: IPNetwork) -> Iterator[T]:
        """Yield the values of every block that contains a whole network."""
        number, bits = int(network.network_address), network.max_prefixlen
        for (version, length), blocks in self._lengths.items():
            if version == network.version and length <= network.prefixlen:
                yield from blocks.get(number >> (bits - length) << (bits - length), ())
