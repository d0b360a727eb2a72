"""CreateFunction, and DeleteFunction of what it made (lambda §5.2, §5.5)."""

import base64
import json

import pytest

from netful.functions.api.protocol.message import OperationCall
from netful.functions.events.event_settings import event_settings
from netful.model.functions.function import Role
from netful.model.functions.images import Image
from netful.model.identity import ec2_id
from tests.helpers.images import PYTHON, TestImage, python_layer, tar
from tests.helpers.lambda_bench import RUNTIME
from tests.helpers.lambda_client import Client, zipped
from tests.helpers.lambda_network import HOUR, NETWORK, SOURCE, interfaces, place

pytestmark = pytest.mark.packets

FUNCTIONS = "/2015-03-31/functions"
NEW = f"{FUNCTIONS}/fresh"
ROLE = "arn:aws:iam::123456789012:role/service/any"
ASKED = {
    "FunctionName": "fresh", "Runtime": RUNTIME, "Role": ROLE, "Handler": "index.handler", "Timeout": 5,
    "Code": {"ZipFile": zipped(7)}, "Description": "new",
}  # fmt: skip


def run(bench, body, **more):
    return bench.run(SOURCE, lambda service: body(Client(service)), network=NETWORK, **more)


async def invoke(client, name="fresh", qualifier=""):
    query = {"Qualifier": qualifier} if qualifier else {}
    reply = await client.api.handle(OperationCall("POST", f"{FUNCTIONS}/{name}/invocations", query))
    return reply.status, json.loads(reply.body)


def test_code_that_is_too_large_unzipped_is_not_unzipped(bench):
    archive = bytearray(base64.b64decode(zipped(9)))
    listed = archive.index(b"PK\x01\x02") + 24  # how large its file says that it is
    archive[listed : listed + 4] = (262_144_001).to_bytes(4, "little")
    code = {"ZipFile": base64.b64encode(archive).decode()}

    async def body(client):
        made = await client.refused("POST", FUNCTIONS, ASKED | {"Code": code})
        unpacked = [*bench.state.rglob(".uploads/*")]
        await client("POST", FUNCTIONS, ASKED)
        changed = await client.refused("PUT", f"{NEW}/code", code)
        return [made, changed], unpacked, await invoke(client)

    refused, unpacked, answer = run(bench, body)
    message = "Unzipped size must be smaller than 262144000 bytes"
    assert refused == [(400, "InvalidParameterValueException", message)] * 2
    assert unpacked == []
    assert answer == (200, ["$LATEST", 7])  # the old code


def test_lambda_must_be_able_to_assume_a_role_that_the_cloud_has(bench):
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }

    async def body(client):
        role = {"Role": ASKED["Role"].replace("any", "other")}
        created = await client.refused("POST", FUNCTIONS, ASKED | role)
        await client("POST", FUNCTIONS, ASKED)
        return [created, await client.refused("PUT", f"{NEW}/configuration", role)]

    there = {"roles": {"other": Role("other", "other", assume_role_policy=trust)}}
    refused = bench.run(SOURCE, lambda service: body(Client(service)), network=there)
    message = "The role defined for the function cannot be assumed by Lambda."
    assert refused == [(400, "InvalidParameterValueException", message)] * 2


def test_a_function_is_made_run_listed_changed_and_deleted(bench):
    async def body(client):
        made = await client("POST", FUNCTIONS, ASKED)
        told = await client("GET", f"{NEW}/configuration")
        first = await invoke(client)
        await client("PUT", f"{NEW}/code", {"ZipFile": zipped(8)})
        listed = await client("GET", FUNCTIONS)
        second = await invoke(client)
        gone = await client("DELETE", NEW)
        return made, told, first, second, [one["FunctionName"] for one in listed["Functions"]], gone, (
            await client.refused("GET", NEW), await invoke(client), await client("POST", FUNCTIONS, ASKED)
        )  # fmt: skip

    made, told, first, second, listed, gone, (missing, after, again) = run(bench, body)
    assert (made["State"], made["StateReasonCode"], made["Description"]) == ("Pending", "Creating", "new")
    assert "LastUpdateStatus" not in made
    assert "VpcConfig" not in made
    assert (told["State"], told["LastUpdateStatus"], told["Role"], told["Timeout"]) == ("Active", "Successful", ROLE, 5)
    assert (first, second) == ((200, ["$LATEST", 7]), (200, ["$LATEST", 8]))
    assert listed == ["fresh", "my-fn"]
    assert (gone, missing[:2], after[0]) == (None, (404, "ResourceNotFoundException"), 404)
    assert again["FunctionName"] == "fresh"


def test_in_a_vpc_it_has_an_interface_and_waits_for_it(bench):
    async def body(client):
        made = await client("POST", FUNCTIONS, ASKED | place("A", "G"))
        pending = await invoke(client)
        there = interfaces(client)
        await client("DELETE", NEW)
        return made["VpcConfig"]["VpcId"], pending, there, interfaces(client), await invoke(client, "my-fn")

    vpc, (status, refusal), there, after, other = run(bench, body, eni_seconds=HOUR)
    assert (vpc, status, there, after) == (
        ec2_id("vpc", "123456789012", "eu-west-1", "V"),
        409,
        {"eni-A-G": ("fresh",)},
        {},
    )
    assert refusal["message"].endswith("The function is currently in the following state: Pending")
    assert other == (200, 1)


def test_a_dead_letter_target_is_told_used_and_changed(bench):
    async def body(client):
        made = await client("POST", FUNCTIONS, ASKED | {"DeadLetterConfig": {"TargetArn": f"{QUEUES}:dead"}})
        changed = await client("PUT", f"{NEW}/configuration", {"DeadLetterConfig": {"TargetArn": f"{QUEUES}:other"}})
        used = event_settings(client.service.cloud, "fresh").dead_letter
        ended = await client("PUT", f"{NEW}/configuration", {"DeadLetterConfig": {"TargetArn": ""}})
        await client("DELETE", NEW)
        return made, changed, used, ended

    made, changed, used, ended = run(bench, body)
    assert made["DeadLetterConfig"] == {"TargetArn": f"{QUEUES}:dead"}
    assert changed["DeadLetterConfig"] == {"TargetArn": used}
    assert used == f"{QUEUES}:other"
    assert "DeadLetterConfig" not in ended


@pytest.mark.parametrize("key", ["", "arn:aws:kms:eu-west-1:123456789012:key/k"])
def test_a_key_of_its_own_and_no_file_system_are_accepted(bench, key):
    async def body(client):
        made = await client("POST", FUNCTIONS, ASKED | {"KMSKeyArn": key, "FileSystemConfigs": []})
        changed = await client("PUT", f"{NEW}/configuration", {"KMSKeyArn": key and f"{key}2"})
        await client("DELETE", NEW)
        return made, changed

    made, changed = run(bench, body)
    assert (made.get("KMSKeyArn", ""), changed.get("KMSKeyArn", "")) == (key, key and f"{key}2")
    assert "FileSystemConfigs" not in made


def test_a_version_can_be_published_with_it(bench):
    async def body(client):
        made = await client("POST", FUNCTIONS, ASKED | {"Publish": True})
        answer = await invoke(client, qualifier="1")
        await client("DELETE", NEW)
        return made, answer, await invoke(client, qualifier="1")

    made, answer, after = run(bench, body)
    assert (made["Version"], made["FunctionArn"].rpartition(":")[2]) == ("1", "fresh")
    assert (answer, after[0]) == ((200, ["1", 7]), 404)


QUEUES = "arn:aws:sqs:eu-west-1:123456789012"
NO_LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer:none:1"


@pytest.mark.parametrize(
    ("change", "status", "code", "text"),
    [
        ({"FunctionName": "my-fn"}, 409, "ResourceConflictException", "Function already exist: my-fn"),
        ({"FunctionName": "no name"}, 400, "ValidationException", "Value 'no name' at 'functionName' failed"),
        ({"Role": "r1"}, 400, "ValidationException", "Value 'r1' at 'role' failed to satisfy constraint"),
        ({"Runtime": "nodejs14.x"}, 400, "InvalidParameterValueException", "The runtime parameter of nodejs14.x is no longer supported"),
        ({"Runtime": "python9.9"}, 400, "InvalidParameterValueException", "Value python9.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum"),
        ({"Handler": None}, 400, "InvalidParameterValueException", "Runtime and Handler are mandatory parameters"),
        ({"Timeout": 5401}, 400, "ValidationException", "'timeout' failed to satisfy constraint: Member must have value less than or equal to 5400"),
        ({"Timeout": 0}, 400, "ValidationException", "'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1"),
        ({"MemorySize": 127}, 400, "ValidationException", "'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128"),
        ({"MemorySize": 10_241}, 400, "ValidationException", "Member must have value less than or equal to 10240"),
        ({"EphemeralStorage": {"Size": 511}}, 400, "ValidationException", "Member must have value greater than or equal to 512"),
        ({"EphemeralStorage": {"Size": 10_241}}, 400, "ValidationException", "Member must have value less than or equal to 10240"),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"] * 17}}, 400, "ValidationException", "Member must have length less than or equal to 16"),
        ({"VpcConfig": {"SecurityGroupIds": ["sg-1"] * 6}}, 400, "ValidationException", "Member must have length less than or equal to 5"),
        ({"Role": None}, 400, "ValidationException", "Value null at 'role' failed to satisfy constraint: Member must not be null"),
        ({"FunctionName": "f" * 65}, 400, "ValidationException", "Member must have length less than or equal to 64"),
        ({"Code": {"ZipFile": base64.b64encode(b"no").decode()}}, 400, "InvalidParameterValueException", "Could not unzip"),
        (place(["subnet-1"], "G"), 400, "InvalidParameterValueException", "InvalidSubnetID.NotFound"),
        ({"Layers": ["arn:x"]}, 400, "ValidationException", "Value '[arn:x]' at 'layers' failed to satisfy constraint: Member must satisfy"),
        ({"Layers": [NO_LAYER]}, 400, "InvalidParameterValueException", f"Layer version {NO_LAYER} does not exist."),
        ({"CodeSigningConfigArn": f"arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-{'0' * 17}"}, 400, "InvalidParameterValueException", "CodeSigningConfigArn"),
        ({"PackageType": "Image"}, 400, "InvalidParameterValueException", "Please provide ImageUri when creating a function"),
        ({"Code": {"ImageUri": "app:1"}}, 400, "InvalidParameterValueException", "Please don't provide ImageUri when creating a function"),
        ({"PackageType": "Image", "Code": {"ImageUri": "app:1"}}, 400, "InvalidParameterValueException", "Please don't provide handler or runtime"),
    ],
)  # fmt: skip
def test_what_is_refused(bench, change, status, code, text):
    async def body(client):
        refusal = await client.refused("POST", FUNCTIONS, ASKED | change)
        listed = await client("GET", FUNCTIONS)
        return refusal, [one["FunctionName"] for one in listed["Functions"]], interfaces(client)

    refusal, listed, enis = run(bench, body)
    assert refusal[:2] == (status, code)
    assert text in refusal[2]
    assert (listed, enis) == (["my-fn"], {})


def test_the_templates_own_functions_stay(bench):
    async def body(client):
        return await client.refused("DELETE", f"{FUNCTIONS}/my-fn"), await invoke(client, "my-fn")

    refusal, answer = run(bench, body)
    assert (refusal[:2], answer) == ((400, "InvalidParameterValueException"), (200, 1))


APP = """
import json, os, urllib.request
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as event:
        id_ = event.headers["Lambda-Runtime-Aws-Request-Id"]
    urllib.request.urlopen(f"{api}/{id_}/response", json.dumps([ANSWER, *os.sys.argv[1:]]).encode()).close()
"""
OF_IMAGE = {name: ASKED[name] for name in ("FunctionName", "Role", "Timeout")} | {"PackageType": "Image"}


@pytest.fixture
def images(tmp_path, monkeypatch):
    """Two images of this machine, by the names that a project file has for them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = {}
    for number in (1, 2):
        layers = [python_layer(), tar({"main.py": APP.replace("ANSWER", str(number))})]
        made = TestImage(layers, {"Entrypoint": [PYTHON, "/main.py"], "Cmd": ["by itself"]}, f"app:{number}")
        file = made.docker_archive(tmp_path / f"{number}.tar")
        found[f"app:{number}"] = Image(f"app:{number}", str(file))
    return found


def test_container_images_are_made_run_and_changed(bench, images):
    async def body(client):
        uri = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:{}"
        made = await client("POST", FUNCTIONS, OF_IMAGE | {"Code": {"ImageUri": uri.format(1)}})
        first = await invoke(client)
        await client("PUT", f"{NEW}/code", {"ImageUri": uri.format(2)})
        second = await invoke(client)
        await client("PUT", f"{NEW}/configuration", {"ImageConfig": {"Command": ["asked"]}})
        refused = [
            await client.refused("PUT", f"{NEW}/code", {"ImageUri": uri.format(3)}),
            await client.refused("PUT", f"{NEW}/code", {"ZipFile": zipped(7)}),
            await client.refused("PUT", f"{FUNCTIONS}/my-fn/code", {"ImageUri": uri.format(1)}),
        ]
        told = await client("GET", NEW)
        return made, (first, second, await invoke(client)), refused, told, uri.format(2)

    made, answers, refused, told, uri = bench.run(
        SOURCE, lambda service: body(Client(service)), network={**NETWORK, "images": images}
    )
    assert (made["PackageType"], "Runtime" in made) == ("Image", False)
    assert answers == ((200, [1, "by itself"]), (200, [2, "by itself"]), (200, [2, "asked"]))
    assert {one[:2] for one in refused} == {(400, "InvalidParameterValueException")}
    assert '`[images."app:3"]`' in refused[0][2]
    assert [one[2].partition(" when ")[0] for one in refused[1:]] == [
        "Please provide ImageUri",
        "Please don't provide ImageUri",
    ]
    assert (told["Code"]["ImageUri"], told["Configuration"]["ImageConfigResponse"]) == (
        uri,
        {"ImageConfig": {"Command": ["asked"]}},
    )
