"""A value that cannot be known before deployment."""

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from netful.model.core.frozen import Frozen

T = TypeVar("T")


class Unknown(Frozen):
    """A missing value: `why` it is unknown, and the input that would supply it (`needs`).

    `needs` names parameters (`SubnetId`), imports (`import network-VpcId`) or resources whose value only AWS decides.
    A value that depends on an unknown is itself unknown and repeats its needs. `reference` is the text with
    `{{resolve:…}}` that a deployment would read; "" if the value is unknown for another reason.
    `of_stack`: the value is that of a resource of the same stack. `computed`: it is only computed from what is missing, so that
    another one with the same needs may differ. `partly` is a text of which only parts are not known, with `?` in the place of each.
    """

    why: str
    needs: tuple[str, ...] = ()
    reference: str = ""
    of_stack: bool = False
    computed: bool = False
    partly: str = ""

    def __str__(self) -> str:
        return f"unknown: {self.why}"

    def same_as(self, other: "Unknown") -> bool:
        """Return whether another unknown value is surely the same one: that of the same parameter or attribute."""
        return len(self.needs) == 1 and self.needs == other.needs and not (self.computed or other.computed)

    def is_of(self, resource_id: str) -> bool:
        """Return whether the value is that of a resource, or of one of its attributes. Ids of plans contain dots."""
        return any(need == resource_id or need.startswith(f"{resource_id}.") for need in self.needs)


Maybe: TypeAlias = T | Unknown
"""`Maybe[str]`: a string, or the reason why it is unknown."""


def known(value: Maybe[T]) -> T | None:
    """Return the value, or None if it is unknown."""
    return None if isinstance(value, Unknown) else value


def known_in(things: Mapping[str, T], id_: Maybe[str] | None) -> T | None:
    """Return the object with an id; None if the id is unknown, left out, or has no object."""
    return things.get(id_) if isinstance(id_, str) else None
