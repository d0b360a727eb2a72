"""Document of `netful doctor`."""

from msgspec import Struct


class AbilityDocument(Struct):
    """An ability of the machine."""

    purpose: str
    works: bool
    detail: str
    fix: str
    required: bool


class DoctorDocument(Struct):
    """`netful doctor`."""

    stacks: bool
    abilities: list[AbilityDocument]
