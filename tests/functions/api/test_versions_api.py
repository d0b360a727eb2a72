"""Versions, aliases, code and concurrency through the Lambda API."""

import asyncio
import base64

import pytest

from netful.model.core import Resource
from netful.model.functions.function import Code
from tests.helpers.lambda_client import FN, WHICH, Client, zipped

pytestmark = pytest.mark.packets

PROVISIONED = "/2019-09-30/functions/my-fn/provisioned-concurrency"


def run(bench, body, **changes):
    return bench.run(WHICH.format(value=1), lambda service: body(Client(service)), **changes)


def test_new_code_runs_at_the_next_invocation(bench):
    async def body(client):
        before = await client.invoke()
        changed = await client("PUT", f"{FN}/code", {"ZipFile": zipped(2)})
        whole = await client("GET", FN)
        return before, changed, whole["Configuration"], await client.invoke()

    before, changed, whole, after = run(bench, body)
    assert (before, after) == ((["$LATEST", 1], "$LATEST"), (["$LATEST", 2], "$LATEST"))
    assert (changed["LastUpdateStatus"], whole["LastUpdateStatus"]) == ("InProgress", "Successful")
    assert changed["CodeSha256"] == whole["CodeSha256"]
    assert changed["RevisionId"] != whole["RevisionId"]  # it changes again when the update is done (§1.4)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ({"ZipFile": base64.b64encode(b"no zip").decode()}, "Could not unzip uploaded file. Please check your file, "),
        ({"ZipFile": "%"}, "Could not unzip uploaded file. Please check your file, "),
        ({"S3Bucket": "bucket", "S3Key": "k"}, "Error occurred while GetObject"),
    ],
)
def test_code_that_is_refused_changes_nothing(bench, code, error):
    async def body(client):
        return await client.refused("PUT", f"{FN}/code", code), await client.invoke()

    (status, kind, message), (answer, _) = run(bench, body)
    assert (status, kind) == (400, "InvalidParameterValueException")
    assert message.startswith(error)
    assert answer == ["$LATEST", 1]


def test_a_zip_that_is_too_large(bench):
    async def body(client):
        return await client.refused("PUT", f"{FN}/code", {"ZipFile": base64.b64encode(bytes(52_428_801)).decode()})

    assert run(bench, body) == (
        413, "RequestEntityTooLargeException", "Zipped size must be smaller than 52428800 bytes",
    )  # fmt: skip


def test_a_request_with_code_that_is_too_large(bench):
    async def body(client):
        return await client.refused("PUT", f"{FN}/code", {"ZipFile": "A" * 70_167_211})

    assert run(bench, body) == (
        413, "RequestEntityTooLargeException",
        "Request must be smaller than 70167211 bytes for the UpdateFunctionCode operation",
    )  # fmt: skip


def test_a_published_version_stays_what_it_was(bench):
    async def body(client):
        first = await client("POST", f"{FN}/versions", {"Description": "one"})
        again = await client("POST", f"{FN}/versions", {"Description": "one"})
        await client("PUT", f"{FN}/code", {"ZipFile": zipped(2)})
        second = await client("POST", f"{FN}/versions")
        answers = [await client.invoke(qualifier) for qualifier in ("1", "2", "")]
        return first, again, second, answers, await client("GET", f"{FN}/versions")

    first, again, second, answers, listed = run(bench, body)
    assert (first["Version"], first["Description"], again["Version"], second["Version"]) == ("1", "one", "1", "2")
    assert first["FunctionArn"].endswith(":my-fn:1")
    assert answers == [(["1", 1], "1"), (["2", 2], "2"), (["$LATEST", 2], "$LATEST")]
    assert [version["Version"] for version in listed["Versions"]] == ["$LATEST", "1", "2"]


def test_a_version_of_the_users_folder_stays_what_it_was(bench, tmp_path):
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "index.py").write_text(WHICH.format(value=1))

    async def body(client):
        await client("POST", f"{FN}/versions")
        (folder / "index.py").write_text(WHICH.format(value=22))
        while await client.invoke() != (["$LATEST", 22], "$LATEST"):
            pass
        return await client.invoke("1")

    assert run(bench, body, code=Code(local_path=str(folder))) == (["1", 1], "1")


def test_an_alias_divides_invocations_by_weight(bench):
    async def body(client):
        await client("POST", f"{FN}/versions")
        await client("PUT", f"{FN}/code", {"ZipFile": zipped(2)})
        await client("POST", f"{FN}/versions")
        routing = {"AdditionalVersionWeights": {"2": 0.5}}
        made = await client("POST", f"{FN}/aliases", {"Name": "live", "FunctionVersion": "1", "RoutingConfig": routing})
        both = {(await client.invoke("live"))[1] for _ in range(40)}
        moved = {"FunctionVersion": "2", "RoutingConfig": {"AdditionalVersionWeights": {}}}
        await client("PUT", f"{FN}/aliases/live", moved)
        one = {(await client.invoke("live"))[1] for _ in range(5)}
        await client("DELETE", f"{FN}/aliases/live")
        return made, both, one, await client.refused("POST", f"{FN}/invocations", Qualifier="live")

    made, both, one, gone = run(bench, body)
    assert made["AliasArn"].endswith(":my-fn:live")
    assert made["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.5}}
    assert (both, one) == ({"1", "2"}, {"2"})  # forty draws of one half: one version alone once in 2**39
    assert gone[:2] == (404, "ResourceNotFoundException")
    assert gone[2].startswith("Function not found: ")


@pytest.mark.parametrize(
    ("version", "weighted", "code"),
    [
        ("1", "1", "InvalidParameterValueException"),
        ("$LATEST", "1", "InvalidParameterValueException"),
        ("1", "$LATEST", "ValidationException"),  # no key of the model's
    ],
)
def test_an_alias_divides_between_two_published_versions_alone(bench, version, weighted, code):
    async def body(client):
        await client("POST", f"{FN}/versions")
        routing = {"AdditionalVersionWeights": {weighted: 0.5}}
        return await client.refused(
            "POST", f"{FN}/aliases", {"Name": "live", "FunctionVersion": version, "RoutingConfig": routing}
        )

    assert run(bench, body)[:2] == (400, code)


def test_versions_are_listed_by_their_qualified_arns(bench):
    async def body(client):
        await client("POST", f"{FN}/versions")
        return await client("GET", f"{FN}/versions")

    assert [v["FunctionArn"].rpartition(":")[2] for v in run(bench, body)["Versions"]] == ["$LATEST", "1"]


def test_the_function_sees_the_qualifier_in_its_arn(bench):
    async def body(service):
        client = Client(service)
        await client("POST", f"{FN}/versions")
        await client("POST", f"{FN}/aliases", {"Name": "live", "FunctionVersion": "1"})
        return (await client.invoke("live"))[0], service.logs("Fn").text, service.environments("Fn")

    source = "def handler(event, context): return [context.invoked_function_arn, context.function_version]"
    (arn, version), log, (environment,) = bench.run(source, body)
    assert (arn.rpartition(":")[2], version) == ("live", "1")
    assert " Version: 1\n" in log
    assert "/[1]" in environment.log_stream


def test_a_change_that_counts_on_another_revision(bench):
    async def body(client):
        known = await client("GET", f"{FN}/configuration")
        await client("PUT", f"{FN}/configuration", {"Timeout": 9, "RevisionId": known["RevisionId"]})
        return await client.refused("PUT", f"{FN}/configuration", {"Timeout": 8, "RevisionId": known["RevisionId"]})

    status, code, message = run(bench, body)
    assert (status, code) == (412, "PreconditionFailedException")
    assert message.startswith("The Revision Id provided does not match the latest Revision Id.")


def test_a_version_of_other_code_than_the_caller_expects(bench):
    async def body(client):
        own = (await client("GET", f"{FN}/configuration"))["CodeSha256"]
        refused = await client.refused("POST", f"{FN}/versions", {"CodeSha256": "other"})
        return own, refused, (await client("POST", f"{FN}/versions", {"CodeSha256": own}))["Version"]

    own, refused, version = run(bench, body)
    text = f"CodeSHA256 (other) is different from current CodeSHA256 in $LATEST ({own}). "
    text += "Please try again with the CodeSHA256 in $LATEST."
    assert refused == (400, "InvalidParameterValueException", text)
    assert version == "1"


def test_reserved_concurrency_comes_and_goes(bench):
    async def body(client):
        path = "/2017-10-31/functions/my-fn/concurrency"
        await client("PUT", path, {"ReservedConcurrentExecutions": 0})
        none = await client.refused("POST", f"{FN}/invocations")
        much = await client.refused("PUT", path, {"ReservedConcurrentExecutions": 950})
        whole = await client("GET", FN)
        await client("DELETE", path)
        return none, much, whole["Concurrency"], await client.invoke()

    none, much, told, (answer, _) = run(bench, body)
    assert none == (429, "TooManyRequestsException", "Rate Exceeded.")
    assert much[2] == (
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
        "minimum value of [100]."
    )
    assert told == {"ReservedConcurrentExecutions": 0}
    assert answer == ["$LATEST", 1]


async def provisioned(client, number, qualifier="1"):
    """Ask for provisioned concurrency and wait until it is there or has failed."""
    first = await client("PUT", PROVISIONED, {"ProvisionedConcurrentExecutions": number}, Qualifier=qualifier)
    assert first["Status"] == "IN_PROGRESS"
    while (told := await client("GET", PROVISIONED, Qualifier=qualifier))["Status"] == "IN_PROGRESS":  # noqa: ASYNC110  # as clients do
        await asyncio.sleep(0.01)
    return told


def test_provisioned_environments_are_there_before_they_are_needed(bench):
    source = "import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']"

    async def body(service):
        client = Client(service)
        await client("POST", f"{FN}/versions")
        told = await provisioned(client, 2)
        there = len(service.environments("Fn"))
        answers = [(await client.invoke(qualifier))[0] for qualifier in ("1", "")]
        await service.fleet.reclaim(0)
        kept = len(service.environments("Fn"))
        await client("DELETE", PROVISIONED, Qualifier="1")
        missing = await client.refused("GET", PROVISIONED, Qualifier="1")
        return told, there, answers, kept, missing

    told, there, answers, kept, missing = bench.run(source, body)
    assert (told["Status"], told["AvailableProvisionedConcurrentExecutions"], there) == ("READY", 2, 2)
    assert answers == ["provisioned-concurrency", "on-demand"]
    assert kept == 2
    assert missing == (
        404, "ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found for this function",
    )  # fmt: skip


def test_provisioned_concurrency_of_a_function_that_does_not_start(bench):
    async def body(service):
        client = Client(service)
        await client("POST", f"{FN}/versions")
        return await provisioned(client, 1)

    told = bench.run("raise RuntimeError\ndef handler(event, context): return 1", body)
    assert (told["Status"], told["StatusReason"]) == ("FAILED", "FUNCTION_ERROR_INIT_FAILURE")


@pytest.mark.parametrize(
    ("reserved", "number", "qualifier", "message"),
    [
        (None, 1, "$LATEST", "Provisioned Concurrency Configs cannot be applied to unpublished function versions."),
        (1, 2, "1", "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"),
        (None, 901, "1", "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [900]."),
    ],
)  # fmt: skip
def test_provisioned_concurrency_that_is_refused(bench, reserved, number, qualifier, message):
    async def body(client):
        await client("POST", f"{FN}/versions")
        asked = {"ProvisionedConcurrentExecutions": number}
        return await client.refused("PUT", PROVISIONED, asked, Qualifier=qualifier)

    found = run(bench, body, reserved_concurrent_executions=reserved)
    assert found == (400, "InvalidParameterValueException", message)


def test_less_is_not_reserved_than_is_provisioned(bench):
    async def body(client):
        await client("POST", f"{FN}/versions")
        await provisioned(client, 2)
        path = "/2017-10-31/functions/my-fn/concurrency"
        return await client.refused("PUT", path, {"ReservedConcurrentExecutions": 1})

    assert run(bench, body)[2] == (
        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2]."
    )


def test_the_templates_versions_aliases_and_provisioned_concurrency(bench):
    resources = {
        "V": Resource("V", "AWS::Lambda::Version", {"FunctionName": "my-fn"}),
        "W": Resource("W", "AWS::Lambda::Version", {"FunctionName": "my-fn"}),
        "A": Resource(
            "A",
            "AWS::Lambda::Alias",
            {
                "FunctionName": "my-fn",
                "Name": "live",
                "FunctionVersion": "2",
                "RoutingConfig": {"AdditionalVersionWeights": [{"FunctionVersion": "1", "FunctionWeight": 1}]},
                "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 1},
            },
            references=("Fn", "V", "W"),
        ),
    }

    async def body(client):
        while (told := await client("GET", PROVISIONED, Qualifier="live"))["Status"] == "IN_PROGRESS":  # noqa: ASYNC110  # as clients do
            await asyncio.sleep(0.01)
        return told["Status"], await client("GET", f"{FN}/aliases/live"), await client.invoke("live")

    status, alias, (_, version) = run(bench, body, resources=resources)
    assert status == "READY"
    assert (alias["FunctionVersion"], alias["RoutingConfig"]) == ("2", {"AdditionalVersionWeights": {"1": 1.0}})
    assert version == "1"


@pytest.mark.parametrize("written", ["2", 2, "$LATEST"])
def test_the_version_of_a_templates_alias_is_the_one_that_it_names(bench, written):
    """Not another version that its description or its weights refer to."""
    resources = {
        "V": Resource("V", "AWS::Lambda::Version", {"FunctionName": "my-fn"}),
        "W": Resource("W", "AWS::Lambda::Version", {"FunctionName": "my-fn"}),
        "A": Resource(
            "A",
            "AWS::Lambda::Alias",
            {"FunctionName": "my-fn", "Name": "live", "Description": "not 1", "FunctionVersion": written},
            references=("Fn", "V", "W"),
        ),
    }

    async def body(client):
        return await client("GET", f"{FN}/aliases/live"), await client.invoke("live")

    alias, (_, version) = run(bench, body, resources=resources)
    assert alias["FunctionVersion"] == version == str(written)
