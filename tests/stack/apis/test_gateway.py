"""The private-api example with real packets: each way to call it, and what `trace` says of the same."""

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from netful.engine.names.endpoint_names import regional_name
from netful.sources import load
from tests.helpers.ids import api_id, ec2_id
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.packets
EXAMPLE = EXAMPLES / "private-api" / "template.yaml"
REGION = "us-east-1"
BASE = f"execute-api.{REGION}.amazonaws.com"
ORDER = "/prod/orders/17"
FORBIDDEN = '{"message":"Forbidden"}'
MISSING = '{"message":"Missing Authentication Token"}'


def denied(api, more=""):
    arn = f"arn:aws:execute-api:{REGION}:********9012:{api}/prod/GET/orders/17"
    return f'{{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {arn}{more}"}}'


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    from tests.helpers.stacks import Stack

    stack = Stack(tmp_path_factory.mktemp("gateway"), EXAMPLE)
    stack.said = stack.up().stdout
    yield stack
    stack.down()


def test_up_and_status_print_the_urls(stack):
    urls = [api["url"] for api in stack.json("status", "--stack", "s")["apis"]]
    assert None in urls  # a private one has none
    for told in (stack.said, stack.netful("status", "--stack", "s").stdout):
        assert all(url in told for url in urls if url)
        assert "private: by its endpoints alone" in told


def call(stack, caller, url, **headers):
    """What a function at that place gets: a status and a body, or an error."""
    event = {"url": url, "headers": {name.replace("_", "-"): value for name, value in headers.items()}}
    return stack.invoke(caller, json.dumps(event))["payload"]


def endpoint_url(endpoint_id):
    cloud = load([Path(EXAMPLE)], region=REGION)
    return f"https://{regional_name(cloud, cloud.network.vpc_endpoints[endpoint_id])}{ORDER}"


@pytest.mark.parametrize(
    ("caller", "url", "status", "body"),
    [
        ("Caller", f"https://orders.{BASE}{ORDER}", 200, None),
        ("Caller", f"https://orders-vpce-apiendpoint.{BASE}{ORDER}", 200, None),
        ("Caller", f"https://orders.{BASE}/prod/nothing", 403, MISSING),
        ("Caller", f"https://orders.{BASE}/other/orders/17", 403, FORBIDDEN),
        ("Caller", f"https://public.{BASE}{ORDER}", 403, FORBIDDEN),
        ("Caller", f"https://unwritten.{BASE}{ORDER}", 403, denied(api_id("Unwritten"))),
        ("Caller", endpoint_url("ApiEndpoint"), 403, FORBIDDEN),
        (
            "OtherCaller",
            f"https://orders-vpce-otherendpoint.{BASE}{ORDER}",
            403,
            denied(api_id("Orders"), " with an explicit deny"),
        ),
        ("Backend", f"https://public.{BASE}{ORDER}", 200, None),
    ],
)
def test_call_is_answered_as_predicted(stack, caller, url, status, body):
    # The back end's own code answers no such event: the internet's position stands in for it.
    got = call(stack, caller, url) if caller != "Backend" else from_internet(stack, url)
    predicted = stack.trace(caller if caller != "Backend" else "internet", url)
    assert got["status"] == status
    if status == 200:
        assert json.loads(got["body"])["order"] == "17"
        assert predicted["verdict"] == "reachable"
    else:
        assert got["body"] == body == predicted["symptom"]["body"]
        assert predicted["symptom"]["status"] == status


def from_internet(stack, url, *more):
    done = stack.netful(
        "exec", "internet", "--stack", "s", "--", "curl", "-s", "-w", "\n%{http_code}", *more, url, check=0
    )
    body, _, status = done.stdout.rpartition("\n")
    return {"status": int(status), "body": body}


@pytest.mark.parametrize("header", [("Host", f"orders.{BASE}"), ("x-apigw-api-id", "orders")])
def test_header_names_the_api_at_the_endpoints_own_name(stack, header):
    got = call(stack, "Caller", endpoint_url("ApiEndpoint"), **dict([header]))
    assert (got["status"], json.loads(got["body"])["through"]) == (200, ec2_id("vpce", "ApiEndpoint"))
    assert stack.trace("endpoint:ApiEndpoint", f"Orders GET {ORDER}")["verdict"] == "reachable"


def test_header_does_not_open_another_vpcs_endpoint(stack):
    got = call(stack, "OtherCaller", endpoint_url("OtherEndpoint"), **{"x-apigw-api-id": "Orders"})
    predicted = stack.trace("endpoint:OtherEndpoint", f"Orders GET {ORDER}")["symptom"]
    assert (got["status"], got["body"]) == (403, denied(api_id("Orders"), " with an explicit deny"))
    assert (predicted["status"], predicted["body"]) == (got["status"], got["body"])


def test_own_name_without_private_dns_times_out(stack):
    url = f"https://orders.{BASE}{ORDER}"
    assert call(stack, "OtherCaller", url) == {"error": "timed out"}
    assert stack.trace("OtherCaller", url)["symptom"]["kind"] == "timeout"


def test_private_api_from_the_internet(stack):
    got = from_internet(stack, f"https://orders.{BASE}{ORDER}")
    assert (got["status"], got["body"]) == (403, FORBIDDEN)


def test_caller_cannot_forge_where_it_comes_from(stack):
    url = f"https://orders-vpce-otherendpoint.{BASE}{ORDER}"
    got = call(stack, "OtherCaller", url, X_Forwarded_For="10.0.1.5", x_amzn_vpce_id="ApiEndpoint")
    assert got["status"] == 403


def test_host_calls_public_apis_by_the_printed_url(stack):
    apis = {api["resource"]: api for api in stack.json("status", "--stack", "s")["apis"]}
    assert apis["Orders"]["url"] is None
    with urllib.request.urlopen(f"{apis['Public']['url']}/orders/3", timeout=ENOUGH_SECONDS) as response:
        assert json.loads(response.read())["order"] == "3"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{apis['Public']['url']}/nothing", timeout=ENOUGH_SECONDS)
    assert (refused.value.code, refused.value.read().decode()) == (403, MISSING)
    refused.value.close()


def test_host_calls_public_apis_by_name(stack):
    port = stack.json("status", "--stack", "s")["endpoint_url"].rpartition(":")[2]
    named = ("--resolve", f"public.execute-api.localhost:{port}:127.0.0.1")
    url = f"http://public.execute-api.localhost:{port}/prod/orders/3"
    done = subprocess.run(["curl", "-s", *named, url], capture_output=True, check=True)
    assert json.loads(done.stdout)["order"] == "3"


def test_api_writes_to_a_table_by_itself(running):
    stack = running(EXAMPLES / "direct-dynamodb" / "template.yaml")
    base = stack.json("status", "--stack", "s")["apis"][0]["url"]
    headers = {"Content-Type": "application/json"}
    written = urllib.request.Request(f"{base}/orders/17", b'{"what": "a book"}', headers, method="PUT")
    with urllib.request.urlopen(written, timeout=ENOUGH_SECONDS) as response:
        assert (response.status, json.loads(response.read())) == (201, {"written": "17"})
    with urllib.request.urlopen(f"{base}/orders/17", timeout=ENOUGH_SECONDS) as response:
        assert json.loads(response.read()) == {"what": "a book"}
