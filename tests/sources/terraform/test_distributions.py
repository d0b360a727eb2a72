"""CloudFront distributions of a plan."""

import json

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
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
        origin=[{"origin_id": "lb", "origin_path": "/base", "custom_header": [{"name": "X-A", "value": "1"}],
                 "custom_origin_config": [{"http_port": 80, "https_port": 8443, "origin_protocol_policy": "https-only"}]}],
        default_cache_behavior=[behavior],
        ordered_cache_behavior=[{**behavior, "path_pattern": "/a/*"}],
        restrictions=[{"geo_restriction": [{"restriction_type": "none"}]}],
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    found = cloud.names.distributions["aws_cloudfront_distribution.edge"]
    name = cloud.balancing.load_balancers["aws_lb.front"].dns_name
    assert (found.enabled, found.aliases) == (True, ("www.example.com",))
    assert found.origins == (DistributionOrigin("lb", name, "/base", "https-only", 80, 8443, {"X-A": "1"}),)
    hosts = Forwarding(Selection(frozenset({"host"})))
    assert found.behaviors == (
        CacheBehavior("/a/*", "lb", "https-only", (Forwarding(), hosts)),
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
