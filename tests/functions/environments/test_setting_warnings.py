"""Warnings about what AWS accepts only in some accounts, and about settings without an effect."""

from pathlib import Path

import pytest

from netful.functions.code.package import LARGEST_UNZIPPED, Package
from netful.functions.environments import setting_warnings
from netful.functions.environments.scaling import Scaling
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.functions.function import Code, Function


@pytest.mark.parametrize(("size", "warned"), [(LARGEST_UNZIPPED, False), (LARGEST_UNZIPPED + 1, True)])
def test_a_folder_of_code_larger_than_lambda_allows(size, warned):
    found = setting_warnings.of_function(Function("F", "f", Code()), Package("f", Path(), (), size=size))
    assert bool(found) == warned


@pytest.mark.parametrize(
    ("reserved", "limit", "warned"),
    [
        ((900,), 1000, False),
        ((950,), 1000, True),
        ((500, 450), 1000, True),
        ((950,), 1100, False),
        ((None, 0), 50, False),
    ],
)
def test_reserved_concurrency_that_leaves_too_little(reserved, limit, warned):
    scaling, functions = Scaling(limit, lambda: 0.0), {}
    for number, size in enumerate(reserved):
        functions[f"F{number}"] = Function(f"F{number}", f"f{number}", Code(), reserved_concurrent_executions=size)
        scaling.reserve(f"F{number}", size)
    assert bool(setting_warnings.of_reserved(Cloud.of(functions=functions), scaling)) == warned


@pytest.mark.parametrize(("value", "warned"), [(Unknown("parameter `N` has no value"), 3), (7, 0)])
def test_settings_that_are_not_known(value, warned):
    names = ("Timeout", "MemorySize", "ReservedConcurrentExecutions", "Description")
    resource = Resource("F", "AWS::Lambda::Function", dict.fromkeys(names, value))
    cloud = Cloud.of(functions={"F": Function("F", "f", Code())}, resources={"F": resource})
    assert len([*setting_warnings.of_unknown(cloud)]) == warned
