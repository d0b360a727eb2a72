"""CloudFront before an API, a bucket, a function URL, load balancers and VPC origins, with real packets to the origins."""

import json
import urllib.error
import urllib.request

import pytest

from netful.model.cloud import Cloud
from netful.model.names.distributions import CacheBehavior, Distribution
from netful.stack.parts.distributions import not_applied
from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
SITE = "www.example.com"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    one = Stack(tmp_path_factory.mktemp("state"), TEMPLATES / "distributions.yaml")
    one.up()
    files = one.client("s3")
    for key in ("index.html", "sorry.html"):
        files.put_object(Bucket="files-of-the-edge", Key=key, Body=key.encode())
    yield one
    one.down()


def asked(stack, path, *words, scheme="https"):
    """Return the status, the head and the body of an answer to a viewer on the internet."""
    words = ("curl", "-sS", "-i", "--max-time", "10", *words, f"{scheme}://{SITE}{path}")
    told = stack.netful("exec", "--stack", "s", "internet", "--", *words, check=0).stdout
    head, _, body = told.replace("\r\n", "\n").partition("\n\n")
    return int(head.split()[1]), dict(line.lower().split(": ", 1) for line in head.splitlines()[1:]), body


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/", 200, "index.html"),  # the root object, by the bucket's policy for the distribution
        ("/shown", 200, "verified"),  # the group of the public load balancer admits CloudFront's prefix list
        ("/hidden", 200, "hidden"),  # the same list admits CloudFront's interface in the VPC
        ("/site", 200, "site"),  # the origin's certificate has the viewer's Host, which is forwarded
        ("/both", 200, "verified"),  # the first origin of the group does not answer
        ("/broken", 503, "sorry.html"),
    ],
)
def test_origins(stack, path, status, body):
    seen, head, text = asked(stack, path)
    assert (seen, text) == (status, body)
    assert head["x-cache"] == ("miss from cloudfront" if status == 200 else "error from cloudfront")
    assert "x-amz-cf-id" in head


@pytest.mark.parametrize(
    ("path", "status"),
    [("/shut", 504), ("/nowhere", 502), ("/secure", 502), ("/admin", 403), ("/host/x", 403), ("/missing", 403)],
)
def test_errors_are_those_that_trace_predicts(stack, path, status):
    assert asked(stack, path)[0] == status
    if path != "/missing":  # the contents of buckets are no part of a path; CloudFront may not list the bucket
        assert stack.trace("internet", f"https://{SITE}{path}")["symptom"]["status"] == status


def test_only_cloudfront_passes_the_prefix_list(stack):
    found = stack.trace("internet", "Shown:tcp/80")
    assert found["verdict"] == "blocked"
    assert stack.probe("internet", "Shown:tcp/80")["agree"]


def test_a_viewer_is_led_to_https(stack):
    status, head, _ = asked(stack, "/api/x?a=1", scheme="http")
    assert (status, head["location"]) == (301, f"https://{SITE}/api/x?a=1")
    assert asked(stack, "/", scheme="http")[1]["location"] == f"https://{SITE}/"  # not the root object
    assert asked(stack, "/narrow/x", scheme="http")[0] == 403


def test_methods(stack):
    assert asked(stack, "/shown", "-X", "POST")[0] == 403
    assert asked(stack, "/api/x", "-X", "POST")[0] == 200


def test_the_request_at_the_origin(stack):
    words = ("-H", "Authorization: Bearer x", "-H", "Cookie: a=b", "-H", "X-Own: y", "-A", "viewer")
    wide, narrow = (json.loads(asked(stack, f"/{path}/x?q=1", *words)[2]) for path in ("api", "narrow"))
    names = {"authorization": "Bearer x", "cookie": "a=b", "x-own": "y", "user-agent": "viewer"}
    assert {name: wide["headers"].get(name) for name in names} == names
    assert wide["query"] == {"q": "1"}
    assert wide["headers"]["host"].endswith(".execute-api.us-east-1.amazonaws.com")
    assert names.keys() & narrow["headers"].keys() == {"user-agent"}
    assert (narrow["headers"]["user-agent"], narrow["query"]) == ("Amazon CloudFront", None)


def test_a_function_url_admits_signed_requests_of_the_distribution(stack):
    assert json.loads(asked(stack, "/url/x")[2])["path"] == "/url/x"


def test_the_host_calls_a_distribution(stack):
    (distribution,) = stack.json("status", "--stack", "s")["distributions"]
    assert distribution["aliases"] == [SITE]
    with urllib.request.urlopen(distribution["url"] + "hidden") as answer:
        assert answer.read() == b"hidden"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(distribution["url"] + "admin/x")
    assert refused.value.code == 403


@pytest.mark.parametrize(
    ("behavior", "warned"),
    [({}, []), ({"runs": True}, ["functions"]), ({"sets_headers": True}, ["response headers policies"])],
)
def test_a_warning_names_what_a_distribution_does_not_apply(behavior, warned):
    distribution = Distribution(
        "Dist", domain_name="d.cloudfront.net", behaviors=(CacheBehavior("*", "o", **behavior), CacheBehavior("*", "o"))
    )
    found = [*not_applied(Cloud.of(distributions={"Dist": distribution}))]
    assert [one.split("the ")[1].split(" of `Dist`")[0] for one in found] == warned
