"""Custom domain names, mappings, VPC links, tags and the account's settings that calls change."""

import asyncio
import json

import pytest

from tests.account.apigateway.test_rest_api_writes import definition, mock
from tests.helpers.account_client import without_metadata

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
"""
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/c"
REGIONAL = {"regionalCertificateArn": CERTIFICATE, "endpointConfiguration": {"types": ["REGIONAL"]}}


@pytest.fixture
def bench(controlled):
    return controlled(NETWORK)


@pytest.fixture
def api(bench):
    api = bench.rest.import_rest_api(body=json.dumps(definition(a=mock("one"))))["id"]
    bench.rest.create_deployment(restApiId=api, stageName="live")
    return api


@pytest.fixture
def domain(bench):
    return bench.rest.create_domain_name(domainName="api.example.com", tags={"team": "blue"}, **REGIONAL)


def at_domain(bench, path):
    return asyncio.run(bench.call("GET", path, host="api.example.com"))


def test_domain_is_read_back(bench, domain):
    found = without_metadata(bench.rest.get_domain_name(domainName="api.example.com"))
    assert found == without_metadata(domain)
    assert found["regionalDomainName"].endswith(".execute-api.us-east-1.amazonaws.com")
    assert (found["regionalHostedZoneId"], found["domainNameStatus"]) == ("Z1UJRXOUMOOFQ8", "AVAILABLE")
    assert (found["regionalCertificateArn"], found["tags"]) == (CERTIFICATE, {"team": "blue"})
    [newer] = bench.http.get_domain_names()["Items"]
    assert newer["DomainNameConfigurations"][0]["ApiGatewayDomainName"] == found["regionalDomainName"]


def test_mapping_leads_to_an_api(bench, api, domain):
    del domain
    made = bench.rest.create_base_path_mapping(domainName="api.example.com", basePath="v1", restApiId=api, stage="live")
    assert (made["basePath"], at_domain(bench, "/v1/a").body) == ("v1", b"one")
    patch = [{"op": "replace", "path": "/basePath", "value": "v2"}]
    bench.rest.update_base_path_mapping(domainName="api.example.com", basePath="v1", patchOperations=patch)
    assert (at_domain(bench, "/v1/a").status, at_domain(bench, "/v2/a").body) == (403, b"one")
    with pytest.raises(bench.rest.exceptions.ConflictException):
        bench.rest.create_base_path_mapping(domainName="api.example.com", basePath="v2", restApiId=api)
    bench.rest.delete_base_path_mapping(domainName="api.example.com", basePath="v2")
    assert at_domain(bench, "/v2/a").status == 403
    assert bench.rest.get_base_path_mappings(domainName="api.example.com")["items"] == []


def test_mapping_to_nothing(bench, api, domain):
    del domain
    for given in ({"restApiId": "none"}, {"restApiId": api, "stage": "none"}):
        with pytest.raises(bench.rest.exceptions.BadRequestException):
            bench.rest.create_base_path_mapping(domainName="api.example.com", **given)


def test_changed_and_deleted_domain(bench, api, domain):
    del domain
    patch = [{"op": "replace", "path": "/securityPolicy", "value": "TLS_1_0"}]
    assert (
        bench.rest.update_domain_name(domainName="api.example.com", patchOperations=patch)["securityPolicy"]
        == "TLS_1_0"
    )
    bench.rest.create_base_path_mapping(domainName="api.example.com", restApiId=api, stage="live")
    assert at_domain(bench, "/a").body == b"one"
    bench.rest.delete_domain_name(domainName="api.example.com")
    with pytest.raises(bench.rest.exceptions.NotFoundException, match="Invalid domain name identifier specified"):
        bench.rest.get_domain_name(domainName="api.example.com")
    assert bench.cloud.apis.base_path_mappings == {}


def test_domain_that_is_refused(bench, domain):
    del domain
    for name in ("api.example.com", "none"):
        with pytest.raises(bench.rest.exceptions.BadRequestException):
            bench.rest.create_domain_name(domainName=name, **REGIONAL)


def test_edge_domain(bench):
    found = bench.rest.create_domain_name(domainName="edge.example.com", certificateArn=CERTIFICATE)
    assert (found["distributionHostedZoneId"], found["endpointConfiguration"]["types"]) == ("Z2FDTNDATAQYW2", ["EDGE"])


def test_private_domain_with_an_association(bench):
    policy = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}]})  # fmt: skip
    made = bench.rest.create_domain_name(
        domainName="p.example.com", endpointConfiguration={"types": ["PRIVATE"]}, policy=policy
    )
    id_, unknown = made["domainNameId"], {"domainName": "p.example.com", "domainNameId": "another000"}
    assert made["domainNameArn"].endswith(f":/domainnames/p.example.com+{id_}")
    assert (
        bench.rest.get_domain_name(domainName="p.example.com", domainNameId=id_)["domainNameArn"]
        == made["domainNameArn"]
    )
    with pytest.raises(bench.rest.exceptions.NotFoundException):
        bench.rest.get_domain_name(**unknown)
    bench.rest.tag_resource(resourceArn=made["domainNameArn"], tags={"a": "b"})
    assert bench.rest.get_tags(resourceArn=made["domainNameArn"])["tags"] == {"a": "b"}
    given = {
        "domainNameArn": made["domainNameArn"],
        "accessAssociationSourceType": "VPCE",
        "accessAssociationSource": "vpce-1",
    }
    association = bench.rest.create_domain_name_access_association(**given)
    [listed] = bench.rest.get_domain_name_access_associations()["items"]
    assert listed == without_metadata(association)
    assert [one.vpc_endpoint_id for one in bench.cloud.apis.domain_name_access_associations.values()] == ["vpce-1"]
    arn = association["domainNameAccessAssociationArn"]
    assert arn.endswith(f":/domainnameaccessassociations/domainname/p.example.com+{id_}/vpcesource/vpce-1")
    bench.rest.delete_domain_name_access_association(domainNameAccessAssociationArn=arn)
    with pytest.raises(bench.rest.exceptions.NotFoundException):
        bench.rest.delete_domain_name_access_association(domainNameAccessAssociationArn=arn)


def test_domain_and_mappings_of_the_newer_version(bench, api):
    http, name = bench.http, {"DomainName": "api.example.com"}
    made = http.create_domain_name(**name, DomainNameConfigurations=[{"CertificateArn": CERTIFICATE, "EndpointType": "REGIONAL"}], Tags={"a": "b"})  # fmt: skip
    assert without_metadata(http.get_domain_name(**name)) == without_metadata(made)
    mapping = http.create_api_mapping(**name, ApiId=api, Stage="live", ApiMappingKey="v1")
    assert (without_metadata(http.get_api_mapping(**name, ApiMappingId=mapping["ApiMappingId"])), at_domain(bench, "/v1/a").body) == (without_metadata(mapping), b"one")  # fmt: skip
    http.update_api_mapping(**name, ApiMappingId=mapping["ApiMappingId"], ApiId=api, ApiMappingKey="v2")
    assert at_domain(bench, "/v2/a").body == b"one"
    with pytest.raises(http.exceptions.ConflictException):
        http.create_api_mapping(**name, ApiId=api, Stage="live", ApiMappingKey="v2")
    with pytest.raises(http.exceptions.NotFoundException):
        http.create_api_mapping(**name, ApiId="none", Stage="live")
    with pytest.raises(http.exceptions.BadRequestException):
        http.create_api_mapping(**name, ApiId=api, Stage="none")
    changed = http.update_domain_name(**name, DomainNameConfigurations=[{"CertificateArn": CERTIFICATE + "2", "EndpointType": "REGIONAL"}])  # fmt: skip
    assert changed["DomainNameConfigurations"][0]["CertificateArn"] == CERTIFICATE + "2"
    http.delete_api_mapping(**name, ApiMappingId=mapping["ApiMappingId"])
    assert http.get_api_mappings(**name)["Items"] == []
    http.delete_domain_name(**name)
    assert http.get_domain_names()["Items"] == []


def test_link_of_the_first_version(bench):
    rest, arn = bench.rest, "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/n/0"
    made = rest.create_vpc_link(name="l", targetArns=[arn], tags={"a": "b"})
    assert without_metadata(rest.get_vpc_link(vpcLinkId=made["id"])) == without_metadata(made)
    assert (made["status"], made["targetArns"]) == ("AVAILABLE", [arn])
    patch = [{"op": "replace", "path": "/name", "value": "other"}]
    assert rest.update_vpc_link(vpcLinkId=made["id"], patchOperations=patch)["name"] == "other"
    assert [one["id"] for one in rest.get_vpc_links()["items"]] == [made["id"]]
    rest.delete_vpc_link(vpcLinkId=made["id"])
    with pytest.raises(rest.exceptions.NotFoundException):
        rest.get_vpc_link(vpcLinkId=made["id"])
    with pytest.raises(rest.exceptions.BadRequestException):
        rest.create_vpc_link(name="l", targetArns=[])


def test_link_of_the_second_version(bench):
    http = bench.http
    made = http.create_vpc_link(Name="l", SubnetIds=["Subnet"], SecurityGroupIds=["Group"], Tags={"a": "b"})
    assert made["SubnetIds"][0].startswith("subnet-")
    again = http.create_vpc_link(Name="by id", SubnetIds=made["SubnetIds"])
    assert bench.cloud.apis.vpc_links[again["VpcLinkId"]].subnet_ids == ("Subnet",)
    assert len(bench.cloud.network.interfaces_of(made["VpcLinkId"])) == 1
    assert without_metadata(http.get_vpc_link(VpcLinkId=made["VpcLinkId"])) == without_metadata(made)
    assert len(http.get_vpc_links()["Items"]) == 2
    assert http.update_vpc_link(VpcLinkId=made["VpcLinkId"], Name="other")["Name"] == "other"
    api = http.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
    behind = http.create_integration(ApiId=api, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri="http://a", ConnectionType="VPC_LINK", ConnectionId=made["VpcLinkId"])["IntegrationId"]  # fmt: skip
    http.create_route(ApiId=api, RouteKey="$default", Target=f"integrations/{behind}")
    with pytest.raises(http.exceptions.BadRequestException, match="is referenced in"):
        http.delete_vpc_link(VpcLinkId=made["VpcLinkId"])
    http.delete_api(ApiId=api)
    http.delete_vpc_link(VpcLinkId=made["VpcLinkId"])
    assert bench.cloud.network.interfaces_of(made["VpcLinkId"]) == ()
    with pytest.raises(http.exceptions.BadRequestException, match="subnet-0 does not exist"):
        http.create_vpc_link(Name="l", SubnetIds=["subnet-0"])


def test_tags(bench, api, domain):
    del domain
    rest = bench.rest
    for name in (f"restapis/{api}", f"restapis/{api}/stages/live", "domainnames/api.example.com"):
        arn = f"arn:aws:apigateway:us-east-1::/{name}"
        rest.tag_resource(resourceArn=arn, tags={"x": "y", "z": ""})
        rest.untag_resource(resourceArn=arn, tagKeys=["z", "team"])
        assert rest.get_tags(resourceArn=arn)["tags"] == {"x": "y"}
    assert rest.get_stage(restApiId=api, stageName="live")["tags"] == {"x": "y"}
    with pytest.raises(rest.exceptions.NotFoundException):
        rest.get_tags(resourceArn="arn:aws:apigateway:us-east-1::/restapis/none")
    with pytest.raises(rest.exceptions.BadRequestException):
        rest.get_tags(resourceArn="none")


def test_tags_of_an_http_api(bench):
    api = bench.http.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
    arn = f"arn:aws:apigateway:us-east-1::/apis/{api}"
    bench.http.tag_resource(ResourceArn=arn, Tags={"x": "y"})
    assert bench.http.get_tags(ResourceArn=arn)["Tags"] == bench.http.get_api(ApiId=api)["Tags"] == {"x": "y"}
    bench.http.untag_resource(ResourceArn=arn, TagKeys=["x"])
    assert bench.http.get_tags(ResourceArn=arn)["Tags"] == {}


def test_role_of_the_account(bench):
    role = "arn:aws:iam::123456789012:role/logs"
    patch = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
    assert bench.rest.update_account(patchOperations=[patch])["cloudwatchRoleArn"] == role
    assert "cloudwatchRoleArn" not in bench.rest.update_account(patchOperations=[{**patch, "value": ""}])
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="Invalid patch path"):
        bench.rest.update_account(patchOperations=[{**patch, "path": "/x"}])


def test_routing_rules_lead_by_header_and_path(bench, api):
    bench.rest.create_domain_name(domainName="api.example.com", routingMode="ROUTING_RULE_ONLY", **REGIONAL)
    other = bench.rest.import_rest_api(body=json.dumps(definition(a=mock("two"))))["id"]
    bench.rest.create_deployment(restApiId=other, stageName="live")
    http, name = bench.http, {"DomainName": "api.example.com"}

    def to(api_id):
        return [{"InvokeApi": {"ApiId": api_id, "Stage": "live"}}]

    beta = [{"MatchHeaders": {"AnyOf": [{"Header": "x-mode", "ValueGlob": "beta*"}]}}]
    made = http.create_routing_rule(Priority=10, Conditions=beta, Actions=to(other), **name)
    rest = http.create_routing_rule(Priority=20, Conditions=[], Actions=to(api), **name)
    assert made["RoutingRuleArn"].endswith(f"/domainnames/api.example.com/routingrules/{made['RoutingRuleId']}")
    assert (made["Actions"], made["Conditions"], rest["Conditions"]) == (to(other), beta, [])
    assert [at_domain(bench, "/a").body, by_mode(bench, "beta2")] == [b"one", b"two"]
    listed = http.list_routing_rules(**name)["RoutingRules"]
    assert [(one["RoutingRuleId"], one["Priority"]) for one in listed] == [
        (made["RoutingRuleId"], 10),
        (rest["RoutingRuleId"], 20),
    ]
    with pytest.raises(http.exceptions.ConflictException):
        http.create_routing_rule(Priority=20, Conditions=[], Actions=to(api), **name)
    put = http.put_routing_rule(
        RoutingRuleId=made["RoutingRuleId"], Priority=30, Conditions=beta, Actions=to(other), **name
    )
    assert (put["Priority"], by_mode(bench, "beta2")) == (30, b"one")  # the rule without conditions comes first now
    http.delete_routing_rule(RoutingRuleId=rest["RoutingRuleId"], **name)
    assert [at_domain(bench, "/a").status, by_mode(bench, "beta2")] == [403, b"two"]
    with pytest.raises(http.exceptions.NotFoundException):
        http.get_routing_rule(RoutingRuleId=rest["RoutingRuleId"], **name)


def by_mode(bench, mode):
    return asyncio.run(bench.call("GET", "/a", host="api.example.com", x_mode=mode)).body


@pytest.mark.parametrize(
    ("priority", "stage", "error"),
    [(1_000_001, "live", "BadRequestException"), (1, "other", "NotFoundException")],
)
def test_routing_rules_that_are_refused(bench, api, domain, priority, stage, error):
    actions = [{"InvokeApi": {"ApiId": api, "Stage": stage}}]
    with pytest.raises(getattr(bench.http.exceptions, error)):
        bench.http.create_routing_rule(
            DomainName=domain["domainName"], Priority=priority, Conditions=[], Actions=actions
        )
