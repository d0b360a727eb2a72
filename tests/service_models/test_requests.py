"""Requests checked against a service's model: members, constraints in AWS's words, and nothing but the declared errors."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.service_models.requests import ConstraintError, Given, SerializationError, members
from netful.service_models.service_model import service_model

FN = "/2015-03-31/functions/fn"
LAMBDA = service_model("lambda")


def asked(method, path, body=b"", query=(), **headers):
    operation, labels = LAMBDA.operation(method, path, dict(query))
    return members(LAMBDA, operation, Given(labels, query, headers, body))


@pytest.mark.parametrize(
    ("method", "path", "query", "name", "labels"),
    [
        ("GET", "/2015-03-31/functions/", {}, "ListFunctions", {}),
        ("GET", "/2015-03-31/functions/a%3Ab", {}, "GetFunction", {"FunctionName": "a:b"}),
        ("GET", "/2018-10-31/layers", {}, "ListLayers", {}),
        ("GET", "/2018-10-31/layers", {"find": "LayerVersion"}, "GetLayerVersionByArn", {}),
        ("DELETE", f"{FN}/aliases/live", {}, "DeleteAlias", {"FunctionName": "fn", "Name": "live"}),
    ],
)
def test_operation_of_an_address(method, path, query, name, labels):
    operation, found = LAMBDA.operation(method, path, query)
    assert (operation.name, found) == (name, labels)


@pytest.mark.parametrize("path", ["", "/", "/2015-03-31", f"{FN}/nothing", f"{FN}/aliases/a/b"])
def test_address_of_no_operation(path):
    assert LAMBDA.operation("GET", path, {}) is None


def test_members_by_place():
    invoked = asked("POST", f"{FN}/invocations", b"x", (("Qualifier", "1"),), **{"x-amz-log-type": "Tail"})
    assert invoked == {"FunctionName": "fn", "Qualifier": "1", "LogType": "Tail", "Payload": b"x"}
    untagged = asked(
        "DELETE",
        "/2017-03-31/tags/arn:aws:lambda:eu-west-1:123456789012:function:fn",
        b"",
        (("tagKeys", "a"), ("tagKeys", "b")),
    )
    assert untagged["TagKeys"] == ["a", "b"]
    assert asked("GET", "/2015-03-31/functions", b"", (("MaxItems", "7"),)) == {"MaxItems": 7}


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/concurrency", {}, "Value null at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must not be null."),
        ("/concurrency", {"ReservedConcurrentExecutions": -1}, "Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 0"),
        ("/configuration", {"Environment": {"Variables": {"no-name": "x", "ok": "y"}}}, "Value '{no-name=x, ok=y}' at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"),
        ("/configuration", {"VpcConfig": {"SubnetIds": ["a", "b"]}}, "Value '[a, b]' at 'vpcConfig.subnetIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: subnet-[0-9a-z]*]"),
        ("/configuration", {"VpcConfig": {"SecurityGroupIds": ["sg-1"] * 6}}, "Value '[sg-1, sg-1, sg-1, sg-1, sg-1, sg-1]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must have length less than or equal to 5"),
        ("/configuration", {"TracingConfig": {"Mode": "No"}}, "Value 'No' at 'tracingConfig.mode' failed to satisfy constraint: Member must satisfy enum value set: [Active, PassThrough]"),
        ("/configuration", {"FileSystemConfigs": [{"Arn": "a", "LocalMountPath": "/mnt/x"}]}, "Value 'a' at 'fileSystemConfigs.1.member.arn' failed to satisfy constraint: Member must satisfy regular expression pattern: "),
    ],
)  # fmt: skip
def test_constraints(path, body, said):
    with pytest.raises(ConstraintError) as refused:
        asked("PUT", FN + path, json.dumps(body).encode())
    assert str(refused.value).startswith(f"1 validation error detected: {said}")


def test_every_broken_constraint_is_named():
    with pytest.raises(ConstraintError) as refused:
        asked("POST", "/2015-03-31/functions", json.dumps({"FunctionName": "", "Role": "r", "Timeout": 0}).encode())
    assert str(refused.value).startswith("5 validation errors detected: Value null at 'code'")
    assert str(refused.value).count("failed to satisfy constraint") == 5


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"Timeout": "3"}',
        b'{"Timeout": true}',
        b'{"Layers": [null]}',
        b'{"VpcConfig": 1}',
    ],
)
def test_requests_that_cannot_be_read(body):
    with pytest.raises(SerializationError):
        asked("PUT", f"{FN}/configuration", body)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
names = sorted({name for shape in LAMBDA.shapes.values() for name in shape.members})


@given(
    st.sampled_from(
        [
            ("POST", "/2015-03-31/functions"),
            ("PUT", f"{FN}/configuration"),
            ("POST", "/2015-03-31/event-source-mappings"),
            ("GET", "/2015-03-31/functions"),
        ]
    ),
    st.binary()
    | st.dictionaries(st.sampled_from(names), values, max_size=4).map(lambda body: json.dumps(body).encode()),
    st.lists(st.tuples(st.sampled_from(["MaxItems", "Qualifier", "Marker"]), st.text()), max_size=2),
)
def test_any_request_has_members_or_a_declared_error(address, body, query):
    with contextlib.suppress(ConstraintError, SerializationError):
        assert isinstance(asked(*address, body, tuple(query)), dict)
