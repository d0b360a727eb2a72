"""Permissions, settings of events, event source mappings, tags and layers through the Lambda API."""

import base64
import io
import json
import zipfile
from urllib.parse import quote

import pytest

from netful.engine.events.event_source_mappings import event_source_mappings
from netful.functions.api.protocol.message import OperationCall
from netful.functions.events.event_settings import event_settings
from netful.model.core import Resource
from netful.model.functions.function import Role
from tests.helpers.lambda_bench import function_of
from tests.helpers.lambda_client import FN, Client

pytestmark = pytest.mark.packets
POLICY, EVENTS = f"{FN}/policy", "/2019-09-25/functions/my-fn/event-invoke-config"
MAPPINGS = "/2015-03-31/event-source-mappings/"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-fn"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
TAGS = f"/2017-03-31/tags/{ARN}"
S3 = {"StatementId": "s3", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com",
      "SourceArn": "arn:aws:s3:::b", "SourceAccount": "123456789012"}  # fmt: skip


def run(bench, body, **changes):
    source = function_of("def handler(event, context): return 1")
    return bench.run(source, lambda service: body(Client(service)), **changes)


def test_permissions_come_and_go(bench):
    async def body(call):
        assert (await call.refused("GET", POLICY))[1] == "ResourceNotFoundException"
        made = json.loads((await call("POST", POLICY, S3))["Statement"])
        again = await call.refused("POST", POLICY, S3)
        policy = json.loads((await call("GET", POLICY))["Policy"])
        assert policy["Statement"] == [made]
        given = [
            r.properties for r in call.service.cloud.template.resources.values() if r.type == "AWS::Lambda::Permission"
        ]
        await call("DELETE", f"{POLICY}/s3")
        gone = await call.refused("DELETE", f"{POLICY}/s3")
        return made, again, given, gone

    made, again, given, gone = run(bench, body)
    assert made == {
        "Sid": "s3", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction", "Resource": ARN,
        "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"},
                      "StringEquals": {"AWS:SourceAccount": "123456789012"}},
    }  # fmt: skip
    assert again[:2] == (409, "ResourceConflictException")
    assert "The statement id (s3) provided already exists." in again[2]
    assert [(one["FunctionName"], one["Principal"]) for one in given] == [(ARN, "s3.amazonaws.com")]
    assert gone[:2] == (404, "ResourceNotFoundException")


def test_a_policy_has_20_kb(bench):
    async def body(call):
        asked, refused = 0, None
        while refused is None and asked < 300:
            statement = {**S3, "StatementId": f"{asked:0100}"}
            reply = await call.api.handle(OperationCall("POST", POLICY, {}, body=json.dumps(statement).encode()))
            asked, refused = asked + 1, None if reply.status < 300 else reply
        policy = (await call("GET", POLICY))["Policy"]
        return (
            dict(refused.headers)["x-amzn-ErrorType"],
            refused.status,
            len(policy),
            len(policy) * asked // (asked - 1),
        )

    code, status, size, next_size = run(bench, body)
    assert (status, code) == (400, "PolicyLengthExceededException")
    assert size <= 20_480 < next_size


def test_a_template_s_permission_is_told(bench):
    async def body(call):
        return json.loads((await call("GET", POLICY))["Policy"])["Statement"]

    properties = {"FunctionName": "my-fn", "Action": "lambda:InvokeFunction", "Principal": "123456789012"}
    given = Resource("May", "AWS::Lambda::Permission", properties)
    (statement,) = run(bench, body, resources={"May": given})
    assert (statement["Sid"], statement["Principal"]) == ("May", {"AWS": "arn:aws:iam::123456789012:root"})


def test_how_events_are_retried_is_said_by_qualifier(bench):
    async def body(call):
        missing = await call.refused("GET", EVENTS)
        nothing = await call.refused("PUT", EVENTS, {"Qualifier": "x"})
        put = await call(
            "PUT", EVENTS, {"MaximumRetryAttempts": 0, "DestinationConfig": {"OnSuccess": {"Destination": QUEUE}}}
        )
        changed = await call("POST", EVENTS, {"MaximumEventAgeInSeconds": 60})
        cloud = call.service.cloud
        holds = event_settings(cloud, "Fn"), event_settings(cloud, "Fn", "live")
        listed = await call("GET", f"{EVENTS}/list")
        await call("DELETE", EVENTS)
        after = event_settings(call.service.cloud, "Fn")
        return missing, nothing, put, changed, holds, listed, after

    missing, nothing, put, changed, (latest, live), listed, after = run(bench, body)
    assert missing == (
        404, "ResourceNotFoundException", f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig",
    )  # fmt: skip
    assert nothing[1:] == (
        "InvalidParameterValueException", "You must specify at least one of error handling or destination setting.",
    )  # fmt: skip
    assert put["FunctionArn"] == f"{ARN}:$LATEST"
    assert put["DestinationConfig"] == {"OnSuccess": {"Destination": QUEUE}, "OnFailure": {}}
    assert (changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]) == (0, 60)
    assert (latest.maximum_retry_attempts, latest.maximum_event_age, latest.on_success) == (0, 60, QUEUE)
    assert live.maximum_retry_attempts == 2  # Lambda's default: nothing is said of it
    assert len(listed["FunctionEventInvokeConfigs"]) == 1
    assert after.maximum_retry_attempts == 2


def test_mappings_are_made_changed_and_deleted(bench):
    async def body(call):
        asked = {"FunctionName": "my-fn", "EventSourceArn": QUEUE, "BatchSize": 3}
        made = await call("POST", MAPPINGS, asked)
        again = await call.refused("POST", MAPPINGS, asked)
        stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"
        no_start = await call.refused("POST", MAPPINGS, {"FunctionName": "my-fn", "EventSourceArn": stream})
        changed = await call("PUT", MAPPINGS + made["UUID"], {"Enabled": False})
        (mapping,) = event_source_mappings(call.service.cloud)
        told = await call("GET", MAPPINGS + made["UUID"])
        gone = await call("DELETE", MAPPINGS + made["UUID"])
        missing = await call.refused("GET", MAPPINGS + made["UUID"])
        return made, again, no_start, changed, mapping, told, gone, missing

    made, again, no_start, changed, mapping, told, gone, missing = run(bench, body)
    assert (made["State"], made["BatchSize"], made["FunctionArn"]) == ("Creating", 3, ARN)
    assert again[1] == "ResourceConflictException"
    assert made["UUID"] in again[2]
    assert no_start[1] == "InvalidParameterValueException"
    assert (changed["State"], told["State"], told["BatchSize"], gone["State"]) == (
        "Updating",
        "Disabled",
        3,
        "Deleting",
    )
    assert (mapping.enabled, mapping.batch_size) == (False, 3)
    assert missing[0] == 404


@pytest.mark.parametrize(
    "more",
    [
        {"BatchSize": 11},
        {"BatchSize": 100, "MaximumBatchingWindowInSeconds": 0},
        {"EventSourceArn": f"{QUEUE}.fifo", "MaximumBatchingWindowInSeconds": 1},
        {"FilterCriteria": {"Filters": [{"Pattern": "no pattern"}]}},
        {"ScalingConfig": {"MaximumConcurrency": 2}, "ProvisionedPollerConfig": {"MinimumPollers": 2}},
    ],
)
def test_mappings_that_contradict_themselves_are_refused(bench, more):
    async def body(call):
        refused = await call.refused("POST", MAPPINGS, {"FunctionName": "my-fn", "EventSourceArn": QUEUE, **more})
        return refused, [*event_source_mappings(call.service.cloud)]

    refused, mappings = run(bench, body)
    assert refused[:2] == (400, "InvalidParameterValueException")
    assert mappings == []


@pytest.mark.parametrize(
    "more", [{"MaximumRetryAttempts": 3}, {"MaximumEventAgeInSeconds": 59}, {"MaximumEventAgeInSeconds": 21_601}]
)
def test_settings_of_events_have_limits(bench, more):
    async def body(call):
        return await call.refused("PUT", EVENTS, more)

    assert run(bench, body)[:2] == (400, "ValidationException")


def test_tags(bench):
    async def body(call):
        before = await call("GET", TAGS)
        await call("POST", TAGS, {"Tags": {"b": "2"}})
        return before["Tags"], (await call("GET", FN))["Tags"]

    assert run(bench, body, tags={"a": "1"}) == ({"a": "1"}, {"a": "1", "b": "2"})


def test_versions_and_aliases_have_no_tags(bench):
    async def body(call):
        return await call.refused("POST", f"{TAGS}:live", {"Tags": {"b": "2"}})

    assert run(bench, body)[:2] == (400, "InvalidParameterValueException")


def test_layers_of_the_template(bench):
    async def body(call):
        (layer,) = (await call("GET", "/2018-10-31/layers"))["Layers"]
        one = await call("GET", "/2018-10-31/layers/common/versions/1")
        same = await call("GET", "/2018-10-31/layers", find="LayerVersion", Arn=one["LayerVersionArn"])
        no = await call.refused("GET", "/2018-10-31/layers/common/versions/2")
        return layer, one, same, no, (await call("GET", f"{FN}/configuration"))["Layers"]

    properties = {"LayerName": "common", "Description": "shared", "CompatibleRuntimes": ["python3.13"]}
    resources = {"Layer": Resource("Layer", "AWS::Lambda::LayerVersion", properties)}
    layer, one, same, no, own = run(bench, body, resources=resources, layers=("Layer",))
    arn = "arn:aws:lambda:eu-west-1:123456789012:layer:common:1"
    assert (layer["LayerName"], layer["LatestMatchingVersion"]["LayerVersionArn"]) == ("common", arn)
    assert (one["Description"], one["CompatibleRuntimes"]) == ("shared", ["python3.13"])
    assert one == same
    assert no[0] == 404
    assert [one["Arn"] for one in own] == [arn]


def test_what_is_not_served_says_so(bench):
    async def body(call):
        return await call.refused("GET", "/2025-11-30/capacity-providers")

    assert run(bench, body)[:2] == (400, "InvalidParameterValueException")


def test_permissions_of_a_layer_are_kept(bench):
    place = "/2018-10-31/layers/common/versions/1/policy"
    everybody = {"StatementId": "all", "Action": "lambda:GetLayerVersion", "Principal": "*"}

    async def body(call):
        missing = await call.refused("GET", place)
        added = await call("POST", place, everybody)
        again = await call.refused("POST", place, everybody)
        policy = (await call("GET", place))["Policy"]
        await call("DELETE", f"{place}/all")
        other = await call.refused("POST", place.replace("/1/", "/2/"), everybody)
        return missing, added, again, policy, await call.refused("DELETE", f"{place}/all"), other

    resources = {"Layer": Resource("Layer", "AWS::Lambda::LayerVersion", {"LayerName": "common"})}
    missing, added, again, policy, gone, other = run(bench, body, resources=resources)
    statement = {
        "Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion",
        "Resource": "arn:aws:lambda:eu-west-1:123456789012:layer:common:1",
    }  # fmt: skip
    assert json.loads(added["Statement"]) == statement
    assert json.loads(policy)["Statement"] == [statement]
    assert [one[1] for one in (missing, again, gone, other)] == [
        "ResourceNotFoundException", "ResourceConflictException", "ResourceNotFoundException", "ResourceNotFoundException",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Principal": "nobody"}, "InvalidParameterValueException"),
        ({"RevisionId": "00000000-0000-0000-0000-000000000000"}, "PreconditionFailedException"),
    ],
)
def test_permissions_that_are_refused(bench, more, code):
    async def body(call):
        return await call.refused("POST", POLICY, {**S3, **more})

    assert run(bench, body)[1] == code


def test_tags_of_a_mapping(bench):
    async def body(call):
        made = await call("POST", MAPPINGS, {"FunctionName": "my-fn", "EventSourceArn": QUEUE, "Tags": {"a": "1"}})
        place = f"/2017-03-31/tags/{quote(made['EventSourceMappingArn'], safe='')}"
        await call("POST", place, {"Tags": {"b": "2"}})
        return (await call("GET", place))["Tags"]

    assert run(bench, body) == {"a": "1", "b": "2"}


def test_a_mapping_needs_a_role_that_reads_its_source(bench):
    async def body(call):
        stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"
        asked = {"FunctionName": "my-fn", "EventSourceArn": stream, "StartingPosition": "LATEST"}
        return [await call.refused("POST", MAPPINGS, {**asked, "EventSourceArn": one}) for one in (QUEUE, stream)]

    role = Role("R", "r", ({"Effect": "Allow", "Action": "logs:*", "Resource": "*"},))
    refused = run(bench, body, role="R", network={"roles": {"R": role}})
    assert [one[1] for one in refused] == ["InvalidParameterValueException"] * 2


def test_layers_are_published_used_and_deleted_by_calls(bench):
    source = "def handler(event, context):\n    import words\n    return words.HELLO\n"
    place = "/2018-10-31/layers/words/versions"

    def content(word):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as file:
            file.writestr("python/words.py", f"HELLO = '{word}'")
        return {"Content": {"ZipFile": base64.b64encode(made.getvalue()).decode()}, "Description": word}

    async def body(service):
        call = Client(service)
        refused = await call.refused("POST", place, {"Content": {"ZipFile": "bm8="}})
        first, second = [await call("POST", place, content(word)) for word in ("one", "two")]
        await call("PUT", f"{FN}/configuration", {"Layers": [second["LayerVersionArn"]]})
        answer, _ = await call.invoke()
        listed = (await call("GET", place))["LayerVersions"]
        (layer,) = (await call("GET", "/2018-10-31/layers"))["Layers"]
        await call("DELETE", f"{place}/2")
        gone = await call.refused("GET", f"{place}/2")
        again, _ = await call.invoke()
        return refused, first, answer, listed, layer, gone, again

    refused, first, answer, listed, layer, gone, again = bench.run(function_of(source), body)
    assert refused[:2] == (400, "InvalidParameterValueException")
    assert first["LayerVersionArn"] == "arn:aws:lambda:eu-west-1:123456789012:layer:words:1"
    assert (first["Description"], first["Content"]["CodeSize"] > 0) == ("one", True)
    assert (answer, again) == ("two", "two")
    assert [one["Version"] for one in listed] == [2, 1]
    assert layer["LatestMatchingVersion"]["Version"] == 2
    assert gone[0] == 404


def test_layers_are_put_under_a_function_and_taken_away(bench, tmp_path):
    """Of those that the template has, and by their ARNs; a version that was published keeps its own."""
    folder = tmp_path / "layer/python"
    folder.mkdir(parents=True)
    (folder / "words.py").write_text("HELLO = 'from the layer'")
    properties = {"LayerName": "words", "Content": str(folder.parent)}
    resources = {"Words": Resource("Words", "AWS::Lambda::LayerVersion", properties)}
    source = "def handler(event, context):\n    import words\n    return words.HELLO\n"
    arn = "arn:aws:lambda:eu-west-1:123456789012:layer:words:1"

    async def body(service):
        call = Client(service)
        before, _ = await call.invoke()
        told = await call("PUT", f"{FN}/configuration", {"Layers": [arn]})
        with_layer, _ = await call.invoke()
        await call("POST", f"{FN}/versions")
        await call("PUT", f"{FN}/configuration", {"Layers": []})
        content = (await call("GET", "/2018-10-31/layers/words/versions/1"))["Content"]
        return before, told["Layers"], content, with_layer, (await call.invoke())[0], (await call.invoke("1"))[0]

    before, told, content, with_layer, without, published = bench.run(function_of(source), body, resources=resources)
    assert before["errorMessage"] == without["errorMessage"] == "No module named 'words'"
    size = len("HELLO = 'from the layer'")
    assert (told, content["CodeSize"]) == ([{"Arn": arn, "CodeSize": size}], size)
    assert content["CodeSha256"]
    assert with_layer == published == "from the layer"


def test_settings_without_an_effect_are_kept_and_shown(bench):
    runtime, loop = (
        "/2021-07-20/functions/my-fn/runtime-management-config",
        "/2024-08-31/functions/my-fn/recursion-config",
    )

    async def body(call):
        await call("PUT", loop, {"RecursiveLoop": "Allow"})
        await call("PUT", runtime, {"UpdateRuntimeOn": "FunctionUpdate"})
        await call("PUT", f"{FN}/configuration", {"SnapStart": {"ApplyOn": "PublishedVersions"}})
        version = await call("POST", f"{FN}/versions", {})
        arn = "arn:aws:lambda:eu-west-1::runtime:" + "0" * 64
        of_version = {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": arn}
        await call("PUT", runtime, of_version, Qualifier="1")
        refused = await call.refused("PUT", runtime, {"UpdateRuntimeOn": "Manual"})
        managed = [await call("GET", runtime, **asked) for asked in ({}, {"Qualifier": "1"})]
        return await call("GET", loop), managed, version, await call("GET", f"{FN}/configuration"), refused

    loop, (latest, published), version, configuration, refused = run(bench, body)
    assert loop == {"RecursiveLoop": "Allow"}
    assert latest == {"UpdateRuntimeOn": "FunctionUpdate", "FunctionArn": ARN}
    assert (published["UpdateRuntimeOn"], published["FunctionArn"]) == ("Manual", f"{ARN}:1")
    assert version["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}
    assert configuration["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
    assert refused[:2] == (400, "InvalidParameterValueException")
