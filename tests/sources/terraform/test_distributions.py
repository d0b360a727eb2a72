"""CloudFront distributions of a plan."""

from netful.model.names.distributions import CacheBehavior, DistributionOrigin
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
    assert found.behaviors == (
        CacheBehavior("/a/*", "lb", "https-only", forwards_host=True),
        CacheBehavior("*", "lb", "https-only"),
    )
    assert not [one for one in cloud.template.unread if one.resource_id == "aws_cloudfront_distribution.edge"]
