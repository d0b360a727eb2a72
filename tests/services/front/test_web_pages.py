"""Requests that web pages of other sites send to the local endpoint, and those of clients that are not pages."""

import json

import pytest

from netful.model.access.allowed_host import AllowedHost
from netful.model.apis.domain import DomainName
from netful.services.front import web_pages
from netful.services.front.routing import route
from netful.services.http.message import ClientConnection, Request
from tests.helpers.services_bench import CLOUD, INTERNET, LOCAL

ALLOWING = CLOUD.having(allowed_hosts={"netful.test": AllowedHost("netful.test")})
SCOPE = "X-Amz-Credential=AKIA%2F20250101%2Feu-west-1%2F{}%2Faws4_request"
OPERATIONS = ("lambda", "ssm", "sqs", "cloudformation", "sts", "cognito-idp", "dynamodb", "secretsmanager")
OWN_CORS = ("s3", "execute-api", "lambda-url")


def refused(host, service="lambda", cloud=ALLOWING, door=LOCAL, **headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    connection = ClientConnection(door, ("127.0.0.1", 4000), ("127.0.0.1", 4566))
    request = Request("POST", f"/x?{SCOPE.format(service)}", (("Host", host), *named), b"", connection)
    return web_pages.refusal(cloud, route(cloud, request), request)


@pytest.mark.parametrize("service", [*OPERATIONS, *OWN_CORS])
@pytest.mark.parametrize(
    "host",
    ["evil.test", "evil.test:4566", "localhost.evil.test", "amazonaws.com.evil.test", "evilamazonaws.com", "0.0.0.0:4566",
     "10.0.0.1", "", "xlocalhost", "127.0.0.1.evil.test", "netful.test.evil.test", "sub.netful.test", "[::2]:80", "\xe9"],
)  # fmt: skip
def test_a_name_of_another_site_leads_to_no_service(host, service):
    assert refused(host, service).status == 403


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:4566", "127.9.9.9", "localhost", "LOCALHOST:4566", "localhost.:80", "[::1]:4566", "api.execute-api.localhost",
     "ssm.eu-west-1.amazonaws.com", "b.s3.amazonaws.com:443", "lambda.us-east-1.api.aws", "netful.test:4566", "NETFUL.test"],
)  # fmt: skip
def test_own_names_and_awss_lead_to_every_service(host):
    assert [service for service in (*OPERATIONS, *OWN_CORS) if refused(host, service)] == []


@pytest.mark.parametrize("service", OPERATIONS)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"}, {"origin": "null"}, {"origin": "http://10.0.0.1:4566"},
        {"origin": "http://localhost.evil.test"}, {"origin": "https://console.aws.amazon.com"},
        {"origin": "http://127.0.0.1@evil.test"}, {"origin": "http://[::1"}, {"origin": "file://"},
        {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"},
    ],
)  # fmt: skip
def test_pages_of_other_sites_call_no_operation(service, headers):
    assert refused("127.0.0.1:4566", service, **headers).status == 403


@pytest.mark.parametrize("service", OPERATIONS)
@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://localhost:3000"}, {"origin": "http://127.0.0.1:4566"}, {"origin": "http://netful.test"},
     {"origin": "http://localhost:3000", "sec_fetch_site": "cross-site"}, {"sec_fetch_site": "none"},
     {"sec_fetch_site": "same-origin"}],
)  # fmt: skip
def test_clients_and_pages_of_this_machine_do(service, headers):
    assert refused("127.0.0.1:4566", service, **headers) is None


@pytest.mark.parametrize("service", OWN_CORS)
def test_data_planes_judge_origins_themselves(service):
    assert refused("127.0.0.1:4566", service, origin="https://shop.test", sec_fetch_site="cross-site") is None


def test_a_custom_domain_leads_to_its_api():
    cloud = CLOUD.having(domain_names={"Shop": DomainName("Shop", "api.shop.test")})
    assert refused("api.shop.test", cloud=cloud) is None
    assert refused("other.shop.test", cloud=cloud).status == 403


def test_the_other_doors_have_no_pages():
    assert refused("ssm.eu-west-1.amazonaws.com", door=INTERNET, origin="https://evil.test") is None


def test_the_refusal_has_the_services_form_and_names_the_option():
    answer = refused("evil.test")
    said = json.loads(answer.body)
    assert (answer.header("x-amzn-errortype"), said["__type"]) == ("AccessDeniedException", "AccessDeniedException")
    assert "--allow-host evil.test" in said["message"]
    assert refused("evil.test", "s3").header("content-type") == "application/xml"
    form = refused("evil.test", "sqs", content_type="application/x-www-form-urlencoded; charset=utf-8")
    assert b"<ErrorResponse><Error><Code>AccessDenied" in form.body
