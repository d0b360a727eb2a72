"""A value that cannot be known before deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands where a value would be: `why` it is missing, and what to supply (`needs`).

    `needs` names parameters (`SubnetId`), imports (`import network-VpcId`) or resources whose
    value AWS alone decides; whatever depends on an unknown is itself unknown and repeats its needs.
    """

    why: str
    needs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"unknown: {self.why}"


Maybe: TypeAlias = T | Unknown
"""`Maybe[str]`: a string, or the reason why there is none."""


def known(value: Maybe[T]) -> T | None:
    """The value, or None where it is unknown."""
    return None if isinstance(value, Unknown) else value


def known_in(things: Mapping[str, T], id_: Maybe[str] | None) -> T | None:
    """What an id names among things by their ids: None where it is unknown, left out, or of something that is not there."""
    return things.get(id_) if isinstance(id_, str) else None
