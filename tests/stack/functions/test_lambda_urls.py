"""Function URLs, versions and the Parameters and Secrets extension, as clients on the host and functions meet them."""

import http.client
import io
import json
import time
import urllib.error
import urllib.request
import zipfile

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from Stack(tmp_path_factory.mktemp("state"), TEMPLATES / "lambda-urls.yaml").while_up()


@pytest.fixture(scope="module")
def client(status):
    def make(service):
        return boto3.client(service, region_name="us-east-1", endpoint_url=status["endpoint_url"], **KEYS)

    return make


def url_of(status, resource):
    return next(one["url"] for one in status["functions"] if one["resource"] == resource)


def test_a_client_on_the_host_calls_the_url_of_status(status):
    told = json.load(urllib.request.urlopen(url_of(status, "Echo") + "a/b?c=1"))
    assert (told["path"], told["method"]) == ("/a/b", "GET")
    assert told["host"].endswith(".lambda-url.us-east-1.on.aws")


def test_a_client_that_names_awss_host_is_as_from_the_internet(status, client):
    url = client("lambda").get_function_url_config(FunctionName="echo")["FunctionUrl"]
    host = url.removeprefix("https://").rstrip("/")
    request = urllib.request.Request(status["endpoint_url"] + "/x", headers={"Host": host})
    assert json.load(urllib.request.urlopen(request)) == {"path": "/x", "host": host, "method": "GET"}


def test_functions_reach_urls_as_far_as_their_network_goes(stack):
    assert json.loads(stack.invoke("Calls")["payload"])["path"] == "/from/inside"
    assert "timed out" in stack.invoke("CallsFromVpc")["payload"]  # there is no endpoint for function URLs


def test_a_url_that_wants_a_signature(status):
    url = url_of(status, "Signed")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url)
    assert refused.value.code == 403
    assert json.load(refused.value)["Message"].startswith("Forbidden.")
    request = AWSRequest("GET", url)
    SigV4Auth(Credentials("AKIAIOSFODNN7EXAMPLE", "secret"), "lambda", "us-east-1").add_auth(request)
    assert urllib.request.urlopen(urllib.request.Request(url, headers=dict(request.headers))).read() == b"in"


def test_pieces_arrive_before_the_end(status):
    host, _, path = url_of(status, "Pieces").removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host)
    connection.request("GET", f"/{path}")
    response = connection.getresponse()
    assert response.read1() == b"first "
    began = time.monotonic()
    assert response.read() == b"last"
    assert time.monotonic() - began > 0.5  # the function waits a second before its last piece
    connection.request("GET", f"/{path}")  # the connection goes on
    assert connection.getresponse().read() == b"first last"


def test_boto3_reads_a_streamed_response(client):
    answer = client("lambda").invoke_with_response_stream(FunctionName="pieces", LogType="Tail")
    assert answer["ExecutedVersion"] == "$LATEST"
    *pieces, complete = answer["EventStream"]
    assert [piece["PayloadChunk"]["Payload"] for piece in pieces] == [b"first ", b"last"]
    assert complete["InvokeComplete"].keys() == {"LogResult"}


def zipped(text):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", text)
    return packed.getvalue()


def test_code_versions_and_aliases_by_boto3(client):
    function, s3 = client("lambda"), client("s3")
    first = function.publish_version(FunctionName="signed")["Version"]
    function.get_waiter("published_version_active").wait(FunctionName="signed", Qualifier=first)
    function.update_function_code(FunctionName="signed", ZipFile=zipped("def handler(event, context): return 2"))
    function.get_waiter("function_updated_v2").wait(FunctionName="signed")
    function.create_alias(FunctionName="signed", Name="live", FunctionVersion=first)

    def answer(qualifier):
        told = function.invoke(FunctionName="signed", Qualifier=qualifier)
        return json.loads(told["Payload"].read()), told["ExecutedVersion"]

    assert answer("live") == ("in", first)
    assert answer("$LATEST") == (2, "$LATEST")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="3.zip", Body=zipped("def handler(event, context): return 3"))
    function.update_function_code(FunctionName="signed", S3Bucket="code", S3Key="3.zip")
    assert answer("$LATEST") == (3, "$LATEST")
    with pytest.raises(function.exceptions.InvalidParameterValueException, match="S3 Error Code: NoSuchKey"):
        function.update_function_code(FunctionName="signed", S3Bucket="code", S3Key="4.zip")


def test_a_url_made_by_the_api_answers(stack, client):
    function = client("lambda")
    function.create_function_url_config(FunctionName="Calls", AuthType="NONE")
    url = url_of(stack.json("status", "--stack", "s"), "Calls")
    assert json.loads(urllib.request.urlopen(url).read())["path"] == "/from/inside"
    assert len(function.list_function_url_configs(FunctionName="Calls")["FunctionUrlConfigs"]) == 1
    function.delete_function_url_config(FunctionName="Calls")
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.urlopen(url)
    assert gone.value.code == 404


def test_the_extension_reads_a_parameter_through_the_functions_network_and_keeps_it(stack, client):
    assert stack.invoke("Reads")["payload"] == [400, "green", 401]  # not during init; not without the token
    client("ssm").put_parameter(Name="/app/colour", Value="blue", Type="String", Overwrite=True)
    assert stack.invoke("Reads")["payload"] == [400, "green", 401]  # it is kept for 300 s
    assert stack.invoke("Reads", '{"name": "/app/none"}')["payload"][1] == 400
