"""SnapStart: the initialization type and the hooks of published versions (lambda §3.1, §6.2)."""

import json

import pytest

from netful.model.core import Resource

pytestmark = pytest.mark.packets

SOURCE = """
import os
from snapshot_restore_py import register_after_restore, register_before_snapshot
ran = []
register_before_snapshot(lambda: ran.append("before"))
register_after_restore(ran.append, "after")
def handler(event, context): return [os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], ran]
"""
VERSION = {"V": Resource("V", "AWS::Lambda::Version", {"FunctionName": "my-fn"})}


@pytest.mark.parametrize(
    ("snap_start", "qualifier", "answer"),
    [
        ("PublishedVersions", "1", ["snap-start", ["before", "after"]]),
        ("PublishedVersions", "", ["on-demand", []]),
        ("None", "1", ["on-demand", []]),
    ],
)
def test_the_hooks_of_published_versions_run(bench, snap_start, qualifier, answer):
    async def body(service):
        return (await service.invoke("Fn", qualifier=qualifier)).payload, service.warnings

    payload, warnings = bench.run(SOURCE, body, resources=VERSION, snap_start=snap_start)
    assert json.loads(payload) == answer
    assert any("SnapStart" in warning for warning in warnings) == (snap_start != "None")


@pytest.mark.parametrize(
    ("hook", "type_"),
    [("before_snapshot", "Runtime.BeforeSnapshotError"), ("after_restore", "Runtime.AfterRestoreError")],
)
def test_a_hook_that_fails_fails_the_start(bench, hook, type_):
    source = (
        f"from snapshot_restore_py import register_{hook}\nregister_{hook}(lambda: 1 / 0)\ndef handler(e, c): return 1"
    )

    async def body(service):
        invocation = await service.invoke("Fn", qualifier="1")
        return invocation.function_error, invocation.payload, service.log_groups["Fn"].text

    error, payload, log = bench.run(source, body, resources=VERSION, snap_start="PublishedVersions")
    assert (error, json.loads(payload)["errorType"]) == ("Unhandled", "ZeroDivisionError")
    assert f"Error Type: {type_}" in log
