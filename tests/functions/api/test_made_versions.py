"""Versions, aliases, concurrency and code that calls made: they are there in a service that follows, and in a later process."""

from dataclasses import replace
from pathlib import Path

import certifi
import pytest

from netful.functions.environments.service import FunctionService, FunctionSettings
from netful.model.core import StackError
from tests.helpers.lambda_client import FN, WHICH, Client, zipped

pytestmark = pytest.mark.packets
PROVISIONED = "/2019-09-30/functions/my-fn/provisioned-concurrency"


async def changed(client):
    """Publish two versions with an alias and provisioned concurrency, and upload code after them."""
    await client("POST", f"{FN}/versions")
    await client("PUT", f"{FN}/code", {"ZipFile": zipped(2)})
    await client("POST", f"{FN}/versions", {"Description": "second"})
    await client("POST", f"{FN}/aliases", {"Name": "live", "FunctionVersion": "2"})
    await client("PUT", PROVISIONED, {"ProvisionedConcurrentExecutions": 1}, Qualifier="live")
    await client("PUT", f"{FN}/code", {"ZipFile": zipped(3)})


async def described(client):
    versions = (await client("GET", f"{FN}/versions"))["Versions"]
    provisioned = await client("GET", PROVISIONED, List="ALL")
    return (
        [(one["Version"], one["CodeSha256"], one["Description"]) for one in versions],
        (await client("GET", f"{FN}/aliases"))["Aliases"],
        [one["RequestedProvisionedConcurrentExecutions"] for one in provisioned["ProvisionedConcurrencyConfigs"]],
        [(await client.invoke(qualifier))[0] for qualifier in ("", "1", "live")],
    )


@pytest.mark.parametrize("later", [False, True], ids=["of the same process", "of a later process"])
def test_another_service_has_what_calls_made(bench, later):
    async def body(service):
        await changed(Client(service))
        before = await described(Client(service))
        settings = FunctionSettings(Path(certifi.where()), made=service.made_versions() if later else {})
        former = None if later else service
        other = FunctionService(service.cloud, bench.attach, bench.state / "other", settings, former)
        await other.start()
        try:
            after = await described(Client(other))
            await Client(other)("PUT", f"{FN}/code", {"ZipFile": zipped(4)})
            return before, after, (await Client(other)("POST", f"{FN}/versions"))["Version"]
        finally:
            await other.close()

    before, after, following = bench.run(WHICH.format(value=1), body)
    assert before[-1] == [["$LATEST", 3], ["1", 1], ["2", 2]]
    assert after == before
    assert following == "3"  # numbers are not used again


async def full(_step):
    """Refuse a step, as an account does that can keep nothing more."""
    raise StackError("the account cannot be kept")


@pytest.mark.parametrize(
    "call",
    [
        ("POST", f"{FN}/versions"),
        ("POST", f"{FN}/aliases", {"Name": "next", "FunctionVersion": "1"}),
        ("DELETE", f"{FN}/aliases/live"),
        ("PUT", f"{FN}/code", {"ZipFile": zipped(4)}),
        ("PUT", "/2017-10-31/functions/my-fn/concurrency", {"ReservedConcurrentExecutions": 3}),
    ],
    ids=lambda call: f"{call[0]} {call[1]}",
)
def test_a_call_that_cannot_be_kept_changes_nothing(bench, call):
    async def body(service):
        client = Client(service)
        await changed(client)
        before = await described(client)
        become, service.become = service.become, full
        refused = await client.refused(*call)
        service.become = become
        return before, await described(client), refused

    before, after, refused = bench.run(WHICH.format(value=1), body)
    assert after == before
    assert "the account cannot be kept" in refused[2]


def test_code_that_cannot_be_written_changes_nothing(bench):
    async def body(service):
        client = Client(service)
        (bench.state / "uploads").write_text("not a folder")
        refused = await client.refused("PUT", f"{FN}/code", {"ZipFile": zipped(4)})
        return refused, await client.invoke()

    refused, (answer, _) = bench.run(WHICH.format(value=1), body)
    assert (refused[0], answer) == (503, ["$LATEST", 1])
    assert "uploads" in refused[2]


def test_a_version_with_code_that_is_gone_is_listed(bench):
    async def body(service):
        await changed(Client(service))
        (made,) = service.made_versions().values()
        first, second = made.versions
        lost = replace(
            second, function=replace(second.function, code=replace(second.function.code, local_path="/gone"))
        )
        settings = FunctionSettings(Path(certifi.where()), made={"Fn": replace(made, versions=(first, lost))})
        other = FunctionService(service.cloud, bench.attach, bench.state / "other", settings)
        await other.start()
        try:
            return [one["Version"] for one in (await Client(other)("GET", f"{FN}/versions"))["Versions"]]
        finally:
            await other.close()

    assert bench.run(WHICH.format(value=1), body) == ["$LATEST", "1", "2"]
