"""CloudFront distributions of a plan."""

import json
import re

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import Unknown
from netful.model.names.distributions import (
    EVERYTHING,
    CacheBehavior,
    CustomErrorResponse,
    DistributionOrigin,
    Forwarding,
    OriginAccess,
    OriginGroup,
    Selection,
)
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers


def test_distribution(tmp_path):
    plan = Plan().add("aws_lb.front", load_balancer_type="application", name="front", subnets=[], security_groups=[])
    plan.add(
        "aws_cloudfront_origin_request_policy.hosts",
        headers_config=[{"header_behavior": "whitelist", "headers": [{"items": ["Host"]}]}],
    )
    behavior = {"target_origin_id": "lb", "viewer_protocol_policy": "https-only"}
    plan.add(
        "aws_cloudfront_distribution.edge",
        {
            "origin": [{"domain_name": refers("aws_lb.front.dns_name")}],
            "ordered_cache_behavior": [{"origin_request_policy_id": refers("aws_cloudfront_origin_request_policy.hosts.id")}],
        },
        enabled=True,
        aliases=["www.example.com"],
        viewer_certificate=[{"acm_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/c", "ssl_support_method": "sni-only"}],
        origin=[{"origin_id": "lb", "origin_path": "/base", "custom_header": [{"name": "X-A", "value": "1"}],
                 "custom_origin_config": [{"http_port": 80, "https_port": 8443, "origin_protocol_policy": "https-only"}]}],
        default_cache_behavior=[behavior],
        ordered_cache_behavior=[{**behavior, "path_pattern": "/a/*", "response_headers_policy_id": "60669652"}],
        restrictions=[{"geo_restriction": [{"restriction_type": "none"}]}],
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    found = cloud.names.distributions["aws_cloudfront_distribution.edge"]
    name = cloud.balancing.load_balancers["aws_lb.front"].dns_name
    assert (found.enabled, found.aliases) == (True, ("www.example.com",))
    assert found.origins == (DistributionOrigin("lb", name, "/base", "https-only", 80, 8443, {"X-A": "1"}),)
    hosts = Forwarding(Selection(frozenset({"host"})))
    assert found.behaviors == (
        CacheBehavior("/a/*", "lb", "https-only", (Forwarding(), hosts), sets_headers=True),
        CacheBehavior("*", "lb", "https-only"),
    )
    assert not [one for one in cloud.template.unread if one.resource_id == "aws_cloudfront_distribution.edge"]


def test_policies_origins_and_errors(tmp_path):
    selections = {
        "headers_config": [{"header_behavior": "whitelist", "headers": [{"items": ["Origin"]}]}],
        "cookies_config": [{"cookie_behavior": "all"}],
        "query_strings_config": [{"query_string_behavior": "whitelist", "query_strings": [{"items": ["q"]}]}],
    }
    plan = Plan().add("aws_s3_bucket.files", bucket="files")
    plan.add(
        "aws_lb.inside", load_balancer_type="application", name="inside", internal=True, subnets=[], security_groups=[]
    )
    plan.add("aws_cloudfront_origin_access_control.signs", signing_behavior="no-override")
    plan.add("aws_cloudfront_cache_policy.key", parameters_in_cache_key_and_forwarded_to_origin=[selections])
    plan.add(
        "aws_cloudfront_vpc_origin.inside",
        {"vpc_origin_endpoint_config": [{"arn": refers("aws_lb.inside.arn")}]},
        vpc_origin_endpoint_config=[{"http_port": 8080, "https_port": 443, "origin_protocol_policy": "http-only"}],
    )
    plan.add(
        "aws_cloudfront_distribution.edge",
        {
            "origin": [
                {"origin_access_control_id": refers("aws_cloudfront_origin_access_control.signs.id")},
                {"vpc_origin_config": [{"vpc_origin_id": refers("aws_cloudfront_vpc_origin.inside.id")}]},
            ],
            "default_cache_behavior": [{"cache_policy_id": refers("aws_cloudfront_cache_policy.key.id")}],
        },
        enabled=True,
        default_root_object="index.html",
        origin=[
            {"origin_id": "files", "domain_name": "files.s3.us-east-1.amazonaws.com"},
            {"origin_id": "inside", "domain_name": "inside.example.com", "vpc_origin_config": [{}]},
        ],
        origin_group=[{"origin_id": "both", "failover_criteria": [{"status_codes": [403, 502]}],
                       "member": [{"origin_id": "inside"}, {"origin_id": "files"}]}],
        default_cache_behavior=[{"target_origin_id": "both", "viewer_protocol_policy": "allow-all", "allowed_methods": ["GET"]}],
        custom_error_response=[{"error_code": 403, "response_code": 200, "response_page_path": "/index.html"}],
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    found = cloud.names.distributions["aws_cloudfront_distribution.edge"]
    (vpc_origin,) = cloud.names.vpc_origins.values()
    assert (vpc_origin.arn, vpc_origin.http_port, vpc_origin.protocol_policy) == ("aws_lb.inside", 8080, "http-only")
    files, inside = found.origins
    assert files.access == OriginAccess("aws_cloudfront_origin_access_control.signs", "no-override")
    assert inside.vpc_origin_id == vpc_origin.id
    assert found.groups == {"both": OriginGroup(("inside", "files"), frozenset({403, 502}))}
    assert found.errors == {403: CustomErrorResponse("/index.html", 200)}
    assert (found.root_object, found.behaviors[0].methods) == ("index.html", {"GET"})
    expected = Forwarding(Selection(frozenset({"origin"})), EVERYTHING, Selection(frozenset({"q"})))
    assert found.behaviors[0].forwards == (expected,)
    assert not [one for one in cloud.template.unread if "cloudfront" in one.resource_id]


@pytest.mark.parametrize(
    ("attribute", "host"),
    [
        ("bucket_regional_domain_name", "files.s3.eu-west-1.amazonaws.com"),
        ("bucket_domain_name", "files.s3.amazonaws.com"),
        ("website_endpoint", "files.s3-website-eu-west-1.amazonaws.com"),
    ],
)
def test_the_names_of_a_bucket(tmp_path, attribute, host):
    plan = Plan().add("aws_s3_bucket.files", bucket="files").add(
        "aws_cloudfront_distribution.edge",
        {"origin": [{"domain_name": refers(f"aws_s3_bucket.files.{attribute}")}]},
        origin=[{"origin_id": "files"}],
        default_cache_behavior=[{"target_origin_id": "files", "viewer_protocol_policy": "allow-all"}],
    )  # fmt: skip
    (origin,) = load([plan.write(tmp_path)]).names.distributions["aws_cloudfront_distribution.edge"].origins
    assert origin.domain_name == host


POLICY = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*"}
    ]
}  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "verdict", "assumes"),
    [
        (json.dumps(POLICY), "reachable", False),
        (json.dumps(POLICY).replace("/*", "/a"), "blocked", False),
        (..., "reachable", True),
    ],
)
def test_the_policy_of_a_bucket_admits_a_distribution(tmp_path, policy, verdict, assumes):
    plan = Plan().add("aws_s3_bucket.files", bucket="files")
    plan.add(
        "aws_s3_bucket_policy.files",
        {"bucket": refers("aws_s3_bucket.files.id"), "policy": refers("aws_cloudfront_distribution.edge.arn")},
        policy=policy,
    )
    plan.add("aws_cloudfront_origin_access_control.signs", signing_behavior="always")
    plan.add(
        "aws_cloudfront_distribution.edge",
        {"origin": [{"domain_name": refers("aws_s3_bucket.files.bucket_regional_domain_name"),
                     "origin_access_control_id": refers("aws_cloudfront_origin_access_control.signs.id")}]},
        enabled=True,
        origin=[{"origin_id": "files"}],
        default_cache_behavior=[{"target_origin_id": "files", "viewer_protocol_policy": "allow-all"}],
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    host = cloud.names.distributions["aws_cloudfront_distribution.edge"].domain_name
    found = trace(cloud, parse(cloud, "internet", f"https://{host}/x"))
    assert found.verdict == verdict
    assert any("which is not known" in text for text in found.assumptions) is assumes


ORIGINS = {
    "aws_lambda_function_url.u.function_url": r"[a-z0-9]+\.lambda-url\.eu-west-1\.on\.aws",
    "aws_apigatewayv2_api.h.api_endpoint": r"[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com",
    "aws_apigatewayv2_api.h.id": r"[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com",
    "aws_api_gateway_rest_api.r.id": r"[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com",
    "aws_s3_bucket.files.id": r"files\.s3\.eu-west-1\.amazonaws\.com",
    "aws_instance.web.id": None,
}


@pytest.mark.parametrize(("written", "host"), ORIGINS.items())
def test_the_host_of_an_origin_by_a_part_of_it(tmp_path, written, host):
    plan = Plan().add("aws_s3_bucket.files", bucket="files").add("aws_instance.web")
    plan.add("aws_lambda_function.f", function_name="f", runtime="python3.13", handler="a.b")
    plan.add("aws_lambda_function_url.u", function_name="f", authorization_type="NONE")
    plan.add("aws_apigatewayv2_api.h", name="h", protocol_type="HTTP")
    plan.add("aws_api_gateway_rest_api.r", name="r")
    plan.add(
        "aws_cloudfront_distribution.edge",
        {"origin": [{"domain_name": refers(written)}]},
        origin=[{"origin_id": "one"}],
        default_cache_behavior=[{"target_origin_id": "one", "viewer_protocol_policy": "allow-all"}],
    )
    cloud = load([plan.write(tmp_path)])
    (origin,) = cloud.names.distributions["aws_cloudfront_distribution.edge"].origins
    if host is None:
        assert isinstance(origin.domain_name, Unknown)
    else:
        assert re.fullmatch(host, origin.domain_name)
    assumed = [one.type for one in cloud.template.resources.values() if one.type.endswith(".edge.domain_name")]
    assert bool(assumed) is (host is not None and written.endswith(".id"))
