"""Functions of the public kind run as their authors wrote them: SDKs, libraries, runtimes and packages from elsewhere."""

import json
import shutil
import subprocess
import urllib.error
import urllib.request

import boto3
import pytest

from tests.helpers.packages import node_packages, put_beside, python_packages
from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
FUNCTIONS = TEMPLATES / "functions"
WITH_PACKAGES = ("powertools", "fastapi", "own-boto3")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    project = tmp_path_factory.mktemp("public") / "functions"
    shutil.copytree(FUNCTIONS, project)
    for name in WITH_PACKAGES:
        put_beside(python_packages(name, FUNCTIONS / name / "requirements.txt"), project / name)
    put_beside(node_packages("node", FUNCTIONS / "node"), project / "node")
    source = project / "compiled/bootstrap.c"
    subprocess.run(["cc", "-Wall", "-Werror", "-O1", source, "-o", source.with_suffix("")], check=True)
    yield from Stack(tmp_path_factory.mktemp("state"), project / "template.yaml").while_up()


@pytest.fixture(scope="module")
def client(status):
    def make(service):
        keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
        return boto3.client(service, region_name="us-east-1", endpoint_url=status["endpoint_url"], **keys)

    return make


def answer(stack, function, event):
    told = stack.invoke(function, json.dumps(event))
    assert told["function_error"] is None, told
    return told["payload"]


def test_boto3_with_four_services(stack):
    assert answer(stack, "Boto3", {"order": "7"}) == {
        "id": "eu-7",
        "lines": 3,
        "receipt": {"id": "eu-7", "lines": 3},
        "keys": ["receipts/eu-7.json"],
    }


def test_a_package_with_its_own_boto3_gets_that_one(stack):
    told = answer(stack, "OwnBoto3", {})
    assert told == ["1.35.0", "1.35.99", "/var/task/botocore/__init__.py", "123456789012"]


def test_node_with_the_sdk_of_version_3(stack):
    assert answer(stack, "NodeModule", {"order": "8"}) == {"id": "eu-8", "by": "node"}
    assert answer(stack, "NodeCommon", {"order": "9"}) == {"body": "9", "sent": True}


def test_powertools_log_trace_and_keep_parameters(stack, client):
    told = stack.invoke("Powertools", '{"order": "four"}')
    assert told["payload"] == {"prefix": "eu-", "secret": "hush", "price": 4}
    lines = [json.loads(line) for line in told["log_tail"].splitlines() if line.startswith("{")]
    event, priced, metric = lines
    assert event["message"] == {"order": "four"}
    assert (priced["message"], priced["order"], priced["service"]) == ("priced", "four", "orders")
    assert (priced["cold_start"], priced["function_request_id"]) == (True, told["request_id"])
    assert priced["xray_trace_id"].startswith("1-")
    assert metric["orders"] == [1.0]
    assert "rror" not in told["log_tail"]  # nor does the tracer complain that there is no X-Ray daemon
    client("ssm").put_parameter(Name="/orders/prefix", Value="us-", Type="String", Overwrite=True)
    try:
        assert answer(stack, "Powertools", {"order": "five"})["prefix"] == "eu-"  # kept for a minute
    finally:
        client("ssm").put_parameter(Name="/orders/prefix", Value="eu-", Type="String", Overwrite=True)


def requested(url, body=None):
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"} if body else {})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


@pytest.mark.parametrize("api", ["ServerlessRestApi", "ServerlessHttpApi"])
def test_a_fastapi_application_behind_an_api(status, api):
    url = next(one["url"] for one in status["apis"] if one["resource"] == api)
    code, told = requested(f"{url}/orders/7?page=2")
    assert (code, told["number"], told["page"], told["by_api_gateway"]) == (200, 7, 2, True)
    assert requested(f"{url}/orders", b'{"name": "tea"}') == (201, {"name": "tea", "lines": 1})
    assert requested(f"{url}/orders/404") == (404, {"detail": "no such order"})
    code, told = requested(f"{url}/orders/seven")
    assert (code, told["detail"][0]["type"]) == (422, "int_parsing")


def test_runtimes_in_bash_and_in_c(stack):
    told = stack.invoke("Bash", '{"n": 1}')
    assert told["payload"] == {"bash": {"n": 1}}
    assert '\ngot {"n": 1}\n' in told["log_tail"]
    told = stack.invoke("Compiled", '{"n": 1}')
    assert told["payload"] == {"bytes": 8}
    assert "\nan event of 8 bytes\n" in told["log_tail"]


def test_a_layer(stack):
    assert answer(stack, "Layered", {"name": "you"}) == "hello you"
