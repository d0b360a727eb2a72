"""JSON of objects of the model: every object of the examples is read back as the same object."""

import ipaddress
import json
from datetime import UTC, datetime

import pytest

from netful import sources
from netful.account.model_json import decoded, encoded
from netful.functions.code.made_versions import MadeVersions
from netful.functions.code.versions import Alias, Version
from netful.model.core import Unknown
from netful.model.difference import same
from netful.model.functions.function import Code, Function
from tests.helpers.places import ROOT


def again(value):
    return decoded(json.loads(json.dumps(encoded(value))))


@pytest.mark.parametrize("template", sorted(ROOT.glob("examples/*/*.yaml")), ids=lambda path: path.stem)
def test_the_things_of_the_examples_are_read_back(template):
    cloud = sources.load([template])
    for part in (cloud.compute, cloud.apis, cloud.access):
        for things in vars(part).values():
            for thing in things.values():
                assert type(again(thing)) is type(thing)
                assert same(again(thing), thing)


@pytest.mark.parametrize(
    "value",
    [
        MadeVersions(
            (Version(Function("F", "f", Code(inline="1")), None, "3"),), (Alias("live", "3", weights={"2": 0.5}),)
        ),
        {"$odd": (1, frozenset({"a"})), ("a", "b"): Unknown("why", ("Parameter",))},
        [ipaddress.ip_network("10.0.0.0/16"), datetime(2026, 1, 2, tzinfo=UTC)],
    ],
)
def test_values_are_read_back(value):
    assert again(value) == value


@pytest.mark.parametrize(
    "written",
    [
        {"$object": ["os:system", {}]},
        {"$object": ["netful.model.functions.function:Code", {"unheard": 1}]},
        {"$object": ["netful.model.gone:Code", {}]},
        {"$object": 1},
        {"$text": ["Path", "/"]},
    ],
)
def test_what_is_no_class_of_the_model_is_refused(written):
    with pytest.raises(ValueError, match=r".+"):
        decoded(written)


def test_what_cannot_be_kept_is_refused():
    with pytest.raises(TypeError, match="a object cannot be kept"):
        encoded(object())
