"""Immutable objects: what `dataclasses` does with them."""

import dataclasses
import importlib
import pickle
import pkgutil
from typing import Generic

import pytest
from msgspec import field

import netful
from netful.model.core import Frozen


class Place(Frozen, order=True):
    name: str
    line: int = 0
    notes: list[str] = field(default_factory=list)


class Road(Place, dict=True):
    begin: Place | None = None


def test_dataclasses_know_them():
    road = Road("a", begin=Place("b", 3))
    assert dataclasses.is_dataclass(road)
    assert [(one.name, one.type) for one in dataclasses.fields(Road)][2:] == [
        ("notes", list[str]),
        ("begin", Place | None),
    ]
    assert dataclasses.replace(road, line=1) == Road("a", 1, begin=Place("b", 3))
    assert dataclasses.asdict(road)["begin"] == {"name": "b", "line": 3, "notes": []}
    assert [one.default for one in dataclasses.fields(Place)][1] == 0
    assert [one.default_factory for one in dataclasses.fields(Place)][2] is list


def test_they_do_not_change():
    with pytest.raises(AttributeError):
        Place("a").line = 1
    assert pickle.loads(pickle.dumps(Place("a"))) == Place("a") < Place("b")


def subclasses(of):
    for one in of.__subclasses__():
        yield from (one, *subclasses(one))


@pytest.fixture(scope="module", autouse=True)
def every_module():
    for module in pkgutil.walk_packages(netful.__path__, "netful."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def test_what_has_a_type_argument_is_no_frozen_dataclass():
    """Python 3.11.2 sets an attribute of what `Change[World]` makes, and suffers only an AttributeError."""
    generic = {one for one in subclasses(Generic) if one.__module__.startswith("netful.")}
    assert generic
    assert {one for one in generic if "__dataclass_params__" in vars(one) and one.__dataclass_params__.frozen} == set()


def test_fields_are_not_those_of_dataclasses():
    wrong = [
        one for one in subclasses(Frozen) if any(isinstance(it, dataclasses.Field) for it in one.__struct_defaults__)
    ]
    assert wrong == []
