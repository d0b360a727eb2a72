"""Endpoint access mode of APIs and domain names: `STRICT` asks that the TLS server name is the Host."""

from dataclasses import replace

import pytest

from netful.engine.apis.ways import ways
from netful.sources import load
from tests.helpers.paths import path
from tests.helpers.places import EXAMPLES

CODE = "NETFUL_API_STRICT_SERVER_NAME"


@pytest.fixture(scope="module")
def example():
    return load([EXAMPLES / "private-api-everywhere"])


def made_strict(cloud, part, id_):
    return cloud.having(**{part: {**cloud.part(part), id_: replace(cloud.part(part)[id_], strict=True)}})


def way_to(cloud, by):
    return next(one for one in ways(cloud) if one.api_id == "Orders" and one.by.startswith(by))


@pytest.mark.parametrize(
    ("part", "id_", "way", "refused", "assumed"),
    [
        ("rest_apis", "Orders", "own name", False, False),
        ("rest_apis", "Orders", "associated name", False, False),
        ("rest_apis", "Orders", "custom domain", False, False),
        ("rest_apis", "Orders", "name of ApiEndpoint, with Host", True, False),
        ("rest_apis", "Orders", "load balancer, Host rewritten", False, True),
        ("domain_names", "PrivateDomain", "custom domain", False, False),
        ("domain_names", "PrivateDomain", "name of ApiEndpoint, with Host", False, False),
    ],
)
def test_way_to_a_strict_api(example, part, id_, way, refused, assumed):
    """What a load balancer sends as the server name is not known."""
    asked = way_to(example, way).question
    found = path(made_strict(example, part, id_), "PeerApp", asked)
    assert (CODE in {hop.code for hop in found.hops}) == refused
    assert found.verdict == ("blocked" if refused else path(example, "PeerApp", asked).verdict)
    assert any("TLS server name" in one for one in found.assumptions) == assumed


def test_a_header_does_not_lead_to_a_strict_api(example):
    asked = f"{way_to(example, 'name of ApiEndpoint').url} x-apigw-api-id: {example.aws_id('Orders')}"
    assert CODE not in {hop.code for hop in path(example, "PeerApp", asked).hops}
    assert CODE in {hop.code for hop in path(made_strict(example, "rest_apis", "Orders"), "PeerApp", asked).hops}


@pytest.mark.parametrize("mode", ["BASIC", "STRICT"])
def test_the_mode_is_read(cloud_of, mode):
    cloud = cloud_of(f"""
Resources:
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a, EndpointAccessMode: {mode}}}}}
  Domain: {{Type: AWS::ApiGateway::DomainName, Properties: {{DomainName: a.example.com, EndpointAccessMode: {mode}}}}}
""")
    assert {cloud.apis.rest_apis["Api"].strict, cloud.apis.domain_names["Domain"].strict} == {mode == "STRICT"}
