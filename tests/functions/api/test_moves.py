"""UpdateFunctionConfiguration with a VpcConfig: into a VPC, from one place to another, and out (lambda §1.3-§1.5, §1.8)."""

import asyncio

import pytest

from netful.model.identity import ec2_id
from tests.helpers.lambda_client import FN, Client, zipped
from tests.helpers.lambda_network import HOUR, NETWORK, SOURCE, interfaces, place

pytestmark = pytest.mark.packets

CONFIGURATION = f"{FN}/configuration"
NAMES = {"": ""} | {
    ec2_id(prefix, "123456789012", "eu-west-1", name): name
    for prefix, names in (("subnet", "AB"), ("sg", "GH"), ("vpc", "VW"))
    for name in names
}
INSIDE = {"subnet_ids": ("A",), "security_group_ids": ("G",)}


def told(configuration):
    config = configuration.get("VpcConfig")
    if not config:
        return config
    subnets, groups = ([NAMES[id_] for id_ in config[list_]] for list_ in ("SubnetIds", "SecurityGroupIds"))
    return subnets, groups, NAMES[config["VpcId"]]


def run(bench, body, **more):
    return bench.run(SOURCE, lambda service: body(Client(service)), network=NETWORK, **more)


async def until(met):
    """What a condition gives when it is met."""
    while not (found := await met()):  # noqa: ASYNC110  # as clients of the API wait
        await asyncio.sleep(0.01)
    return found


async def settled(client):
    """The configuration when no update is under way."""

    async def done():
        configuration = await client("GET", CONFIGURATION)
        return configuration if configuration["LastUpdateStatus"] != "InProgress" else None

    return await until(done)


def test_into_a_vpc_to_other_subnets_and_out(bench):
    async def body(client):
        seen = []
        for change in (place("A", "G"), place("AB", "GH"), {"Timeout": 9}, place()):
            answer = await client("PUT", CONFIGURATION, change)
            after = await client("GET", CONFIGURATION)
            assert answer["RevisionId"] != after["RevisionId"]
            assert told(answer) == told(after)
            assert (await client.invoke())[0] == 1
            seen.append((answer["LastUpdateStatus"], after["LastUpdateStatus"], told(after), interfaces(client)))
        return seen

    both = (["A", "B"], ["G", "H"], "V"), {"eni-A-G+H": ("Fn",), "eni-B-G+H": ("Fn",)}
    assert run(bench, body) == [
        ("InProgress", "Successful", (["A"], ["G"], "V"), {"eni-A-G": ("Fn",)}),
        ("InProgress", "Successful", *both),
        ("InProgress", "Successful", *both),
        ("InProgress", "Successful", ([], [], ""), {}),
    ]


def test_a_function_that_never_was_in_a_vpc_has_no_vpc_config(bench):
    async def body(client):
        await client("PUT", CONFIGURATION, place())
        return await client("GET", CONFIGURATION)

    assert "VpcConfig" not in run(bench, body)


def test_while_it_is_under_way_the_function_runs_as_before_and_cannot_be_changed(bench):
    async def body(client):
        answer = await client("PUT", CONFIGURATION, place("A", "G") | {"Description": "inside"})
        refusals = [
            await client.refused("PUT", CONFIGURATION, {"Timeout": 9}),
            await client.refused("PUT", f"{FN}/code", {"ZipFile": zipped(1)}),
            await client.refused("POST", f"{FN}/versions"),
        ]
        return answer, await client("GET", CONFIGURATION), refusals, await client.invoke(), interfaces(client)

    answer, during, refusals, (payload, _), enis = run(bench, body, eni_seconds=HOUR)
    for configuration in (answer, during):
        assert (configuration["State"], configuration["LastUpdateStatus"]) == ("Active", "InProgress")
        assert configuration["LastUpdateStatusReasonCode"] == "Creating"
        assert (told(configuration), configuration["Description"]) == ((["A"], ["G"], "V"), "inside")
    assert (payload, enis) == (1, {})
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:my-fn"
    text = f"The operation cannot be performed at this time. An update is in progress for resource: {arn}"
    assert refusals == [(409, "ResourceConflictException", text)] * 3


def test_it_ends_when_the_interfaces_are_there(bench):
    async def body(client):
        await client("PUT", CONFIGURATION, place("A", "G"))
        first = await settled(client)
        again = await client("PUT", CONFIGURATION, place("A", "G") | {"Timeout": 9})  # no other place: no wait
        return first, again, await client("GET", CONFIGURATION), await client.invoke()

    first, again, after, (payload, _) = run(bench, body, eni_seconds=0.05)
    assert (first["State"], first["LastUpdateStatus"], told(first)) == ("Active", "Successful", (["A"], ["G"], "V"))
    assert (again["LastUpdateStatus"], after["LastUpdateStatus"], after["Timeout"], payload) == (
        "InProgress", "Successful", 9, 1,
    )  # fmt: skip


def test_a_published_version_keeps_its_interface_until_it_goes(bench):
    async def body(client):
        await client("POST", f"{FN}/versions")
        await client("PUT", CONFIGURATION, place())
        version = await client("GET", CONFIGURATION, Qualifier="1")
        kept = interfaces(client)
        payload = await client.invoke("1")
        await client("DELETE", FN, Qualifier="1")
        return told(version), kept, payload, interfaces(client)

    assert run(bench, body, **INSIDE) == ((["A"], ["G"], "V"), {"eni-A-G": ("Fn:1",)}, (1, "1"), {})


def test_the_interface_that_is_left_stays_while_something_runs_behind_it(bench):
    async def body(client):
        async def busy():
            return any(one.busy for one in client.service.environments("Fn"))

        async def alone():
            return len(interfaces(client)) == 1

        running = asyncio.ensure_future(client.service.invoke("Fn"))
        await until(busy)
        await client("PUT", CONFIGURATION, place("B", "G"))
        during = interfaces(client)
        running.cancel()
        await until(alone)
        return during, interfaces(client)

    slow = "import time\ndef handler(event, context): time.sleep(600)"
    during, after = bench.run(slow, lambda service: body(Client(service)), network=NETWORK, timeout=600, **INSIDE)
    assert (during, after) == ({"eni-B-G": ("Fn",), "eni-A-G": ("Fn:before",)}, {"eni-B-G": ("Fn",)})


TOO_MANY = (
    "1 validation error detected: Value '[{}]' at 'vpcConfig.{}' failed to satisfy constraint: "
    "Member must have length less than or equal to {}"
)
ERROR = "Error occurred while Describe{}. EC2 Error Code: {}.NotFound. EC2 Error Message: The {} does not exist"
MEMBER = (
    "1 validation error detected: Value '[{}]' at 'vpcConfig.{}' failed to satisfy constraint: Member must satisfy "
    "constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to "
    "0, Member must satisfy regular expression pattern: {}]"
)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (place(["nonsense"], "G"), "ValidationException", MEMBER.format("nonsense", "subnetIds", "subnet-[0-9a-z]*")),
        (
            place("A", ["G", "what"]), "ValidationException",
            MEMBER.format("G, what", "securityGroupIds", "sg-[0-9a-zA-Z]*"),
        ),
        (
            place("A", [f"sg-{n}" for n in range(6)]), "ValidationException",
            TOO_MANY.format("sg-0, sg-1, sg-2, sg-3, sg-4, sg-5", "securityGroupIds", 5),
        ),
        (
            place(["subnet-1"], "G"), "InvalidParameterValueException",
            ERROR.format("Subnets", "InvalidSubnetID", "subnet ID 'subnet-1'"),
        ),
        (
            place("A", ["sg-1"]), "InvalidParameterValueException",
            ERROR.format("SecurityGroups", "InvalidGroup", "security group 'sg-1'"),
        ),
        (
            place("A"), "InvalidParameterValueException",
            "SubnetIds and SecurityIds must coexist or be both empty list.",
        ),
        (
            place("AC", "G"), "InvalidParameterValueException",
            "The subnets and security groups of a function must belong to one VPC.",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(bench, change, code, message):
    async def body(client):
        refusal = await client.refused("PUT", CONFIGURATION, change)
        return refusal, told(await client("GET", CONFIGURATION)), interfaces(client)

    assert run(bench, body) == ((400, code, message), None, {})


def test_a_role_without_permissions_is_told_at_once(bench):
    text = "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"

    async def body(client):
        return await client.refused("PUT", CONFIGURATION, place("A", "G"))

    assert run(bench, body, role="Weak") == (400, "InvalidParameterValueException", text)


def test_a_full_subnet_fails_the_update_and_the_function_stays(bench):
    async def body(client):
        answer = await client("PUT", CONFIGURATION, place(["Full"], "G"))
        failed = await client("GET", CONFIGURATION)
        payload = await client.invoke()
        await client("PUT", CONFIGURATION, {"Timeout": 9})
        return answer, failed, payload, await client("GET", CONFIGURATION)

    answer, failed, payload, mended = run(bench, body, **INSIDE)
    assert answer["LastUpdateStatus"] == "InProgress"
    assert (failed["LastUpdateStatus"], failed["LastUpdateStatusReasonCode"]) == ("Failed", "SubnetOutOfIPAddresses")
    assert (failed["State"], told(failed), payload) == ("Active", (["A"], ["G"], "V"), (1, "$LATEST"))
    assert (mended["LastUpdateStatus"], mended["Timeout"]) == ("Successful", 9)
