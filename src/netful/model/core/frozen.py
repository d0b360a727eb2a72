"""Immutable objects with typed fields: the model, and values of the other rooms.

Each is a msgspec Struct, whose class is made in C. The standard library writes and compiles the source of six methods for
each dataclass, which took a third of the time of `netful trace`. `fields`, `replace` and `asdict` of `dataclasses` work here, too;
`replace` of this module takes a tenth of the time, for what is called often.
"""

from __future__ import annotations

import dataclasses
from copy import copy
from functools import cache
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

from msgspec import NODEFAULT, Struct, field, structs


@dataclasses.dataclass
class _Pattern:
    field: Any


_FIELD = dataclasses.fields(_Pattern)[0]


@cache
def _fields(of: Any) -> dict[str, dataclasses.Field[Any]]:
    names, defaults = of.__struct_fields__, of.__struct_defaults__
    types = {name: type_ for base in of.__mro__[::-1] for name, type_ in get_annotations(base).items()}
    made = {}
    for name, default in zip(names, (*[NODEFAULT] * (len(names) - len(defaults)), *defaults), strict=True):
        one = made[name] = copy(_FIELD)
        one.name, one.type = name, types[name]
        if hasattr(default, "factory"):
            one.default_factory = default.factory
        elif default is not NODEFAULT:
            one.default = default
    return made


class _DataclassFields:
    """The attribute by which `dataclasses` knows its classes; few are ever asked for it."""

    def __get__(self, _one: object, type_: object) -> dict[str, dataclasses.Field[Any]]:
        return _fields(type_)


if TYPE_CHECKING:

    @dataclass_transform(frozen_default=True, field_specifiers=(field,))
    class Frozen:
        """The base of immutable objects; with `dict=True` one has cached properties."""

        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

        def __init_subclass__(cls, *, dict: bool = False, order: bool = False, kw_only: bool = False) -> None: ...  # noqa: A002  # msgspec names it

    F = TypeVar("F", bound=Frozen)

    def replace(one: F, /, **changes: Any) -> F:
        """Return an object with other values in some of its fields. Raises TypeError for a name of no field."""

else:
    replace = structs.replace

    class Frozen(Struct, frozen=True):
        """The base of immutable objects; with `dict=True` one has cached properties."""

        __dataclass_fields__: ClassVar = _DataclassFields()
