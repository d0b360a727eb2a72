"""Requests that others pass on, traced through the private-api-everywhere example and through broken variants of it."""

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import api_clients
from netful.engine.apis.ways import ways
from netful.engine.trace.question import parse
from netful.model.core import QuestionError
from netful.model.names.generated.endpoint_dns import first_label
from netful.sources import load
from tests.helpers import paths
from tests.helpers.ids import api_id, ec2_id
from tests.helpers.places import EXAMPLES
from tests.helpers.texts import replaced

EXAMPLE = EXAMPLES / "private-api-everywhere"
API = f"{api_id('Orders')}.execute-api.us-east-1.amazonaws.com"
ENDPOINT = f"{first_label(ec2_id('vpce', 'ApiEndpoint'))}.execute-api.us-east-1.vpce.amazonaws.com"
BY_PROXY = "https://api.corp.example/orders/17"
BY_BALANCER = "https://direct.corp.example/prod/orders/17"


@pytest.fixture(scope="module")
def cloud():
    return load([EXAMPLE])


@pytest.fixture
def changed(tmp_path):
    """The example with a text of its template or of its netful.toml replaced."""

    def changed_(old, new):
        for name in ("template.yaml", "netful.toml", "nginx.conf"):
            text = (EXAMPLE / name).read_text()
            (tmp_path / name).write_text(text.replace(old, new))
        assert any(
            (tmp_path / name).read_text() != (EXAMPLE / name).read_text() for name in ("template.yaml", "netful.toml")
        )
        return load([tmp_path])

    return changed_


def first_refusal(path):
    return next(
        (hop.kind, hop.component, hop.code) for hop in (*path.hops, *path.return_hops) if hop.n in path.blockers
    )


def test_request_that_a_host_passes_on_is_followed_to_its_end(cloud):
    path = paths.path(cloud, "PeerApp", BY_PROXY)
    assert path.verdict == "reachable"
    kinds = [(hop.kind, hop.component) for hop in path.hops]
    for before, after in [
        (("name", "dns"), ("listener", "Balancer")),
        (("listener", "Balancer"), ("target group", "ProxyTargets")),
        (("target group", "ProxyTargets"), ("proxy", "ReverseProxy")),
        (("proxy", "ReverseProxy"), ("name", "ApiEndpoint")),
        (("name", "ApiEndpoint"), ("endpoint", "ApiEndpoint")),
        (("endpoint", "ApiEndpoint"), ("host", "Orders")),
        (("host", "Orders"), ("integration", "Backend")),
    ]:
        assert kinds.index(before) < kinds.index(after)
    assert path.seen_as == "10.0.1.6"  # API Gateway sees the proxy, not the client


def test_request_that_a_load_balancer_rewrites(cloud):
    path = paths.path(cloud, "PeerApp", BY_BALANCER)
    assert path.verdict == "reachable"
    (transform,) = [hop for hop in path.hops if hop.kind == "transform"]
    assert transform.asks == "direct.corp.example/prod/orders/17"
    assert f"{API}/prod/orders/17" in transform.rule.lower()


@pytest.mark.parametrize(
    ("source", "destination", "symptom", "refusal"),
    [
        ("VpcApp", "https://kept.corp.example/prod/orders/17", "403", ("host", "ApiEndpoint", "NETFUL_API_HOST_UNKNOWN")),
        ("VpcApp", "https://api.corp.example/nothing", "reachable", None),
        ("internet", BY_PROXY, "name not found", ("name", "dns", "NETFUL_DNS_NXDOMAIN")),
        ("PartnerApp", BY_PROXY, "name not found", ("name", "dns", "NETFUL_DNS_NXDOMAIN")),
        ("on-premises", BY_PROXY, "reachable", None),
        ("on-premises", f"https://{API}/prod/orders/17", "reachable", None),
        ("on-premises", "https://regional.execute-api.us-east-1.amazonaws.com/prod/orders/17", "403",
         ("host", "Regional", "NETFUL_API_PUBLIC_THROUGH_ENDPOINT")),
        ("SpokeApp", f"https://{ENDPOINT}/prod/orders/17", "403", ("host", "ApiEndpoint", "NETFUL_API_HOST_UNKNOWN")),
        ("SpokeApp", f"https://{ENDPOINT}/prod/orders/17 Host: {API}", "reachable", None),
        ("SpokeApp", f"https://{ENDPOINT}/prod/orders/17 x-apigw-api-id: orders", "reachable", None),
        ("VpcApp", "https://private.corp.example/orders/17", "reachable", None),
        ("PeerApp", "https://internal-balancer-3486955215.us-east-1.elb.amazonaws.com/orders/17", "wrong certificate",
         ("tls", "Balancer", "NETFUL_TLS_NAME_MISMATCH")),
    ],
)  # fmt: skip
def test_what_a_client_gets(cloud, source, destination, symptom, refusal):
    path = paths.path(cloud, source, destination)
    assert str(path.symptom) == symptom
    if refusal is not None:
        assert first_refusal(path) == refusal


@pytest.mark.parametrize(
    ("old", "new", "symptom", "refusal"),
    [
        # the proxy's own way to the endpoint: the proxy says that it got no answer
        (
            "SourceSecurityGroupId: !Ref ProxySg}",
            "CidrIp: 10.9.0.0/16}",
            "504",
            ("sg in", "EndpointSg", "ENI_SG_RULES_MISMATCH"),
        ),
        # the load balancer's way to the proxy: the load balancer says so
        (
            "FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !Ref BalancerSg",
            "FromPort: 8080, ToPort: 8080, CidrIp: 10.9.0.0/16",
            "504",
            ("sg in", "ProxySg", "ENI_SG_RULES_MISMATCH"),
        ),
        # a name that the proxy does not find
        ('to = "https://${UPSTREAM}', 'to = "https://nothing.example', "502", ("name", "dns", "NETFUL_DNS_NXDOMAIN")),
        # a Host that the endpoint does not know
        (
            'headers = { Host = "${API_HOST}" }',
            'headers = { Host = "$host" }',
            "403",
            ("host", "ApiEndpoint", "NETFUL_API_HOST_UNKNOWN"),
        ),
        # the stage left out of the path
        ("${UPSTREAM}/prod/orders", "${UPSTREAM}/orders", "403", ("stage", "Orders", "NETFUL_API_NO_STAGE")),
        # a resource policy that admits another endpoint only
        (
            "aws:SourceVpce: [!Ref ApiEndpoint, !Ref PartnerEndpoint]",
            "aws:SourceVpce: [!Ref PartnerEndpoint]",
            "403",
            ("policy", "Orders", "NETFUL_API_RESOURCE_POLICY_DENY"),
        ),
    ],
)
def test_what_stops_a_request_behind_the_proxy_is_named(changed, old, new, symptom, refusal):
    path = paths.path(changed(old, new), "PeerApp", BY_PROXY)
    assert (str(path.symptom), first_refusal(path)) == (symptom, refusal)


def test_the_hint_is_about_the_proxy_where_it_is_the_proxy_that_is_not_let_in(changed):
    path = paths.path(changed("SourceSecurityGroupId: !Ref ProxySg}", "CidrIp: 10.9.0.0/16}"), "PeerApp", BY_PROXY)
    assert all(name in path.hint for name in ("`EndpointSg`", "tcp/443", "`ProxySg`"))


def test_a_private_domain_without_an_association_is_told_by_the_certificate_and_helped_by_one(changed):
    elsewhere = changed("AccessAssociationSource: !Ref ApiEndpoint", "AccessAssociationSource: !Ref PartnerEndpoint")
    path = paths.path(elsewhere, "VpcApp", "https://private.corp.example/orders/17")
    assert first_refusal(path) == ("tls", "ApiEndpoint", "NETFUL_TLS_NAME_MISMATCH")
    assert all(name in path.hint for name in ("`PrivateDomain`", "`ApiEndpoint`"))


def test_a_group_that_is_written_to_have_no_targets_has_none(changed):
    path = paths.path(changed("Targets: [{Id: 10.0.1.4}, {Id: 10.0.2.4}]", "Targets: []"), "PeerApp", BY_BALANCER)
    assert (str(path.symptom), first_refusal(path)) == (
        "503", ("target group", "EndpointTargets", "ELBV2_LISTENER_HAS_NO_TG"),
    )  # fmt: skip


def test_a_name_of_an_endpoint_that_is_not_there_is_unknown(changed):
    gone = replaced(ENDPOINT, {first_label(ec2_id("vpce", "ApiEndpoint"))[-8:]: "00000000"})
    path = paths.path(changed('to = "https://${UPSTREAM}', f'to = "https://{gone}'), "PeerApp", BY_PROXY)
    assert (path.verdict, path.missing) == ("unknown", (f"the endpoint that {gone} names",))
    asked = paths.path(load([EXAMPLE]), "SpokeApp", f"https://{gone}/prod/orders/17 Host: {API}")
    assert (asked.verdict, [hop.kind for hop in asked.hops if hop.kind == "host"]) == ("unknown", [])


def test_answers_to_the_proxy_go_their_own_way_back(changed):
    # what the endpoint in one subnet answers does not come into the other, where the proxy is
    acl = """
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  AclOfA: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref SubnetA}}
  AclIn: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: -1, RuleAction: deny, CidrBlock: 10.0.2.4/32}}
  AclRest: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 2, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}}
  AclOut: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, Egress: true, RuleNumber: 1, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}}
  Certificate:
"""
    path = paths.path(changed("\n  Certificate:\n", acl), "PeerApp", BY_PROXY)
    assert str(path.symptom) == "504"
    assert [hop.kind for hop in path.return_hops if hop.n in path.blockers] == ["nacl in"]


def test_hosts_that_pass_a_request_round_are_followed_only_so_far(changed):
    cloud = changed('to = "https://${UPSTREAM}/prod/orders"', 'to = "https://api.corp.example/orders"')
    path = paths.path(cloud, "PeerApp", BY_PROXY)
    assert [hop.kind for hop in path.hops].count("proxy") == 4
    assert (str(path.symptom), first_refusal(path)) == ("504", ("listener", "Balancer", "NETFUL_REQUEST_LOOP"))


@pytest.mark.parametrize("header", ["Host", "Host:", "no blank: x"])
def test_headers_that_are_none(cloud, header):
    with pytest.raises(QuestionError, match="is not a header"):
        parse(cloud, "VpcApp", f"https://{ENDPOINT}/ {header}")


def test_every_way_to_every_api(cloud):
    found = {(way.api_id, way.by): way.question for way in ways(cloud)}
    assert found["Orders", "own name"] == f"https://{API}/prod/orders/17"
    assert found["Orders", "name of ApiEndpoint, with Host"] == f"https://{ENDPOINT}/prod/orders/17 Host: {API}"
    assert found["Orders", "reverse proxy, as api.corp.example"] == BY_PROXY
    assert found["Orders", "load balancer, Host rewritten, as direct.corp.example"] == BY_BALANCER
    assert (
        found["Orders", "load balancer, Host kept, as kept.corp.example"] == "https://kept.corp.example/prod/orders/17"
    )
    assert found["Orders", "custom domain private.corp.example"] == "https://private.corp.example/orders/17"
    assert [by for api, by in found if api == "Edge"] == ["own name"]


def test_a_name_that_leads_to_a_listener_of_tls_is_no_way(changed):
    cloud = changed("      Port: 443\n      Protocol: HTTPS", "      Port: 443\n      Protocol: TLS")
    assert [way.by for way in ways(cloud) if "load balancer" in way.by or "proxy" in way.by] == []


def test_a_way_by_a_name_that_is_not_known_says_what_is_missing(changed):
    named = "DomainName: !ImportValue network-Domain"
    cloud = changed("DomainName: private.corp.example", named)
    assert [(way.url, way.missing) for way in ways(cloud) if way.missing] == [
        ("https://<import network-Domain>/orders/17", ("import network-Domain",))
    ]


def test_who_may_call(cloud):
    assert api_clients(Facts(cloud)) == (
        "internet", "on-premises", "RegionApp", "VpcApp", "PeerApp", "SpokeApp", "PartnerApp",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("methods", "asked"),
    [("[POST]", ["POST"]), ("[OPTIONS, PUT]", ["PUT"]), ("[POST, GET]", [""]), ("[OPTIONS]", []), ("[ANY]", [""])],
)
def test_an_api_without_get_is_asked_by_another_method(cloud_of, methods, asked):
    text = """
        Resources:
          Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
          Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}}
          Sent: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationMethod: ANY, IntegrationUri: "https://example.com/", PayloadFormatVersion: "1.0"}}
    """
    route = "          {0}: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Api, RouteKey: {0} /x, Target: !Sub 'integrations/${{Sent}}'}}}}\n"
    cloud = cloud_of(text.rstrip() + "\n" + "".join(route.format(method) for method in methods.strip("[]").split(", ")))
    url = f"https://{api_id('Api')}.execute-api.us-east-1.amazonaws.com/x"
    assert [way.question for way in ways(cloud)] == [f"{method} {url}".strip() for method in asked]
    assert [paths.path(cloud, "internet", way.question).verdict for way in ways(cloud)] == ["reachable"] * len(asked)
