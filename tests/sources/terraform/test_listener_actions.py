"""Actions of listeners in a plan, with their configuration."""

import pytest

from netful.model.authentication import ClaimRule, TokenValidation, sign_in, token_validation
from netful.model.balancing.load_balancers import RuleCondition
from netful.model.balancing.mutual_authentication import Mode, MutualAuthentication
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers


def cloud_of(folder, action, expressions=None, plan=None):
    plan = plan or Plan()
    plan.add("aws_lb.front", load_balancer_type="application", name="front", subnets=[], security_groups=[])
    written = {"load_balancer_arn": refers("aws_lb.front.arn"), "default_action": [expressions or {}]}
    plan.add("aws_lb_listener.web", written, load_balancer_arn=..., port=443, protocol="HTTPS", default_action=[action])
    return load([plan.write(folder)])


def action_of(cloud):
    (action,) = cloud.balancing.listeners["aws_lb_listener.web"].default_actions
    return action


def test_tokens(tmp_path):
    claim = {"format": "single-string", "name": "team", "values": ["a"]}
    config = {"issuer": "https://i", "jwks_endpoint": "https://i/k", "additional_claim": [claim]}
    action = action_of(cloud_of(tmp_path, {"type": "jwt-validation", "jwt_validation": [config]}))
    rule = ClaimRule("team", "single-string", ("a",))
    assert token_validation(action) == TokenValidation("https://i/k", "https://i", (rule,))


def test_identity_provider(tmp_path):
    config = {"authorization_endpoint": "https://i/a", "token_endpoint": "https://i/t", "client_id": "c",
              "on_unauthenticated_request": "deny", "session_timeout": 60}  # fmt: skip
    cloud = cloud_of(tmp_path, {"type": "authenticate-oidc", "authenticate_oidc": [config]})
    asked = sign_in(cloud, action_of(cloud))
    assert (asked.otherwise, asked.endpoint, asked.token_endpoint, asked.seconds) == (
        "deny",
        "https://i/a",
        "https://i/t",
        60,
    )


def test_user_pool(tmp_path):
    plan = Plan().add("aws_cognito_user_pool.users", name="users")
    plan.add(
        "aws_cognito_user_pool_domain.d",
        {"user_pool_id": refers("aws_cognito_user_pool.users.id")},
        domain="shop",
        user_pool_id=...,
    )
    plan.add(
        "aws_cognito_user_pool_client.c", {"user_pool_id": refers("aws_cognito_user_pool.users.id")}, user_pool_id=...
    )
    names = {"user_pool_arn": "aws_cognito_user_pool.users.arn", "user_pool_client_id": "aws_cognito_user_pool_client.c.id",
             "user_pool_domain": "aws_cognito_user_pool_domain.d.domain"}  # fmt: skip
    expressions = {"authenticate_cognito": [{name: refers(one) for name, one in names.items()}]}
    cloud = cloud_of(tmp_path, {"type": "authenticate-cognito", "authenticate_cognito": [{}]}, expressions, plan)
    asked = sign_in(cloud, action_of(cloud))
    assert asked.endpoint == "https://shop.auth.eu-west-1.amazoncognito.com/oauth2/authorize"
    assert asked.client_id
    assert asked.issuer.startswith("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_")


@pytest.mark.parametrize(
    ("action", "key", "config"),
    [
        ({"type": "redirect", "redirect": [{"port": "443", "status_code": "HTTP_301"}]}, "redirect", {"Port": "443", "StatusCode": "HTTP_301"}),
        ({"type": "fixed-response", "fixed_response": [{"status_code": "403", "content_type": "text/plain"}]},
         "fixed-response", {"StatusCode": "403", "ContentType": "text/plain"}),
    ],
)  # fmt: skip
def test_own_answers(tmp_path, action, key, config):
    found = action_of(cloud_of(tmp_path, action))
    assert (found.type, found.config) == (key, config)


def test_weights(tmp_path):
    plan = (
        Plan()
        .add("aws_lb_target_group.a", port=80, protocol="HTTP")
        .add("aws_lb_target_group.b", port=80, protocol="HTTP")
    )
    groups = [{"weight": 1}, {"weight": 3}]
    written = [{"arn": refers(f"aws_lb_target_group.{name}.arn")} for name in "ab"]
    action = {"type": "forward", "forward": [{"target_group": groups}]}
    found = action_of(cloud_of(tmp_path, action, {"forward": [{"target_group": written}]}, plan))
    assert (found.target_group_ids, found.weights) == (("aws_lb_target_group.a", "aws_lb_target_group.b"), (1, 3))


def test_conditions(tmp_path):
    blocks = [
        {"http_header": [{"http_header_name": "X-A", "values": ["1"]}]},
        {"query_string": [{"key": "a", "value": "b"}, {"value": "c"}]},
        {"source_ip": [{"values": ["10.0.0.0/8"]}]},
        {"path_pattern": [{"regex_values": ["^/a"]}]},
    ]
    plan = Plan().add("aws_lb_listener_rule.r", {"listener_arn": refers("aws_lb_listener.web.arn")}, listener_arn=...,
                      priority=1, condition=blocks, action=[{"type": "fixed-response"}])  # fmt: skip
    cloud = cloud_of(tmp_path, {"type": "fixed-response"}, plan=plan)
    assert cloud.balancing.listener_rules["aws_lb_listener_rule.r"].conditions == (
        RuleCondition("http-header", ("1",), "X-A"),
        RuleCondition("query-string", ("a=b", "c")),
        RuleCondition("source-ip", ("10.0.0.0/8",)),
        RuleCondition("path-pattern", regexes=("^/a",)),
    )


def test_client_certificates(tmp_path):
    plan = Plan().add(
        "aws_lb_trust_store.clients", ca_certificates_bundle_s3_bucket="b", ca_certificates_bundle_s3_key="k"
    )
    plan.add("aws_lb.front", load_balancer_type="application", name="front", subnets=[], security_groups=[])
    written = {
        "load_balancer_arn": refers("aws_lb.front.arn"),
        "mutual_authentication": [{"trust_store_arn": refers("aws_lb_trust_store.clients.arn")}],
    }
    asked = {"mode": "verify", "ignore_client_certificate_expiry": True}
    plan.add("aws_lb_listener.web", written, load_balancer_arn=..., port=443, protocol="HTTPS",
             default_action=[{"type": "fixed-response"}], mutual_authentication=[asked])  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    asked = MutualAuthentication(Mode.VERIFY, "aws_lb_trust_store.clients", ignores_expiry=True)
    assert cloud.balancing.listeners["aws_lb_listener.web"].mutual_authentication == asked
    assert cloud.balancing.trust_stores["aws_lb_trust_store.clients"].bucket == "b"


def test_transforms_of_a_rule(tmp_path):
    rewrites = {"url-rewrite": "url_rewrite_config", "host-header-rewrite": "host_header_rewrite_config"}
    transforms = [
        {"type": kind, name: [{"rewrite": [{"regex": "^/shop", "replace": "/"}]}]} for kind, name in rewrites.items()
    ]
    plan = Plan()
    plan.add(
        "aws_lb_listener_rule.shop", {"listener_arn": refers("aws_lb_listener.web.arn")}, listener_arn=..., priority=1,
        action=[{"type": "fixed-response", "fixed_response": [{"status_code": "200", "content_type": "text/plain"}]}],
        condition=[{"path_pattern": [{"values": ["/shop/*"]}]}], transform=transforms,
    )  # fmt: skip
    cloud = cloud_of(tmp_path, {"type": "fixed-response"}, plan=plan)
    rewriting = {"Rewrites": [{"Regex": "^/shop", "Replace": "/"}]}
    assert cloud.balancing.listener_rules["aws_lb_listener_rule.shop"].transforms == (
        {"Type": "url-rewrite", "UrlRewriteConfig": rewriting},
        {"Type": "host-header-rewrite", "HostHeaderRewriteConfig": rewriting},
    )
