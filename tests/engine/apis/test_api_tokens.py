"""What `trace` says of the signatures of tokens: whose keys they need, and what it takes for granted (api-gateway §6.5)."""

import json
from pathlib import Path

import pytest

from netful.engine.authorization.token_issuers import signer_of
from netful.model.apis.api import Authorizer
from netful.model.names.generated.user_pool import issuer_of

API = """
Parameters: {Other: {Type: String}}
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://example.com"}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Http, RouteKey: GET /a, Target: !Sub "integrations/${Integration}", AuthorizerId: !Ref Who, AuthorizationType: JWT}
  Who:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Http
      Name: j
      AuthorizerType: JWT
      IdentitySource: ["$request.header.Authorization"]
      JwtConfiguration: {Issuer: %s, Audience: [me]}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: here.example}}
  Record: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: id.here.example, Type: A, ResourceRecords: [!Ref Address]}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet}}
  Address: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Web}}
"""
NOBODY = "tokens of %s are signed by it: its keys are not available here"
UNKNOWN = "https://unknown.example"


@pytest.fixture
def hop(cloud_of, ask):
    """The authorization of a request to the API, and what is assumed."""

    def hop_(issuer):
        path = ask(cloud_of(API % issuer), "internet", "Http GET /a")
        return next(hop for hop in path.hops if hop.kind == "authorization"), path.assumptions

    return hop_


@pytest.mark.parametrize(
    ("issuer", "keys"),
    [
        ("!GetAtt Pool.ProviderURL", "the keys of Pool"),
        ('!Sub "https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}"', "the keys of Pool"),
        ("https://id.here.example/", "the keys that id.here.example serves"),
        (
            "https://http.execute-api.us-east-1.amazonaws.com",
            "the keys that http.execute-api.us-east-1.amazonaws.com serves",
        ),
    ],
)
def test_keys_that_a_signature_needs(hop, issuer, keys):
    found, assumptions = hop(issuer)
    assert found.rule == f"JWT authorizer, by {keys}"
    assert "the request carries what Who accepts" in assumptions
    assert not [one for one in assumptions if "signed" in one]


def test_keys_that_the_project_names(hop):
    Path("netful.toml").write_text(f'[issuers."{UNKNOWN}"]\njwks = "k.json"\n')
    Path("k.json").write_text(json.dumps({"keys": [{"kty": "RSA", "n": "AQ", "e": "AQAB"}]}))
    found, assumptions = hop(UNKNOWN)
    assert found.rule == "JWT authorizer, by the keys at netful.toml:1"
    assert NOBODY % UNKNOWN not in assumptions


@pytest.mark.parametrize(
    "issuer", [UNKNOWN, "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other", "https://elsewhere.example/"]
)
def test_signature_that_is_taken_for_granted(hop, issuer):
    found, assumptions = hop(issuer)
    assert found.rule == "JWT authorizer"
    assert NOBODY % issuer in assumptions


@pytest.mark.parametrize(("named", "signer"), [("pool/b", "b"), ("pool/none", "a"), (None, "a")])
def test_the_signer_is_the_issuer_that_the_token_names(named, signer):
    pools = [f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_{name}" for name in "ab"]
    claims = {} if named is None else {"iss": issuer_of(f"us-east-1_{named.removeprefix('pool/')}")}
    authorizer = Authorizer("Who", "who", "COGNITO_USER_POOLS", provider_arns=tuple(pools))
    assert signer_of(authorizer, claims) == issuer_of(f"us-east-1_{signer}")


def test_issuer_of_a_parameter_without_a_value_is_no_crash(hop):
    found, _ = hop("!Ref Other")
    assert (found.verdict, found.rule) == ("allow", "JWT authorizer")
