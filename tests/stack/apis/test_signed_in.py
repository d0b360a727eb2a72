"""Who may call, in a running stack: tokens of its own user pool, of an issuer that it runs itself, and forged ones; a web ACL.

(api-gateway §0, §5.12, §6.5)
"""

import base64
import json
import textwrap
import time
import urllib.error
import urllib.request

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from joserfc import jwt
from joserfc.jwk import RSAKey

from netful.model.names.generated.function_url import url_host
from tests.helpers.stacks import written

pytestmark = pytest.mark.packets
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Pool: {Type: AWS::Cognito::UserPool, Properties: {UserPoolName: people}}
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties: {UserPoolId: !Ref Pool, ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      Auth: {DefaultAuthorizer: People, Authorizers: {People: {UserPoolArn: !GetAtt Pool.Arn}}}
  Own:
    Type: AWS::WAFv2::IPSet
    Properties: {Scope: REGIONAL, IPAddressVersion: IPV4, Addresses: [127.0.0.0/8]}
  Acl:
    Type: AWS::WAFv2::WebACL
    Properties:
      Scope: REGIONAL
      DefaultAction: {Block: {}}
      Rules:
        - Name: own-but-not-bots
          Priority: 0
          Action: {Allow: {}}
          Statement:
            AndStatement:
              Statements:
                - IPSetReferenceStatement: {Arn: !GetAtt Own.Arn}
                - NotStatement:
                    Statement:
                      ByteMatchStatement:
                        FieldToMatch: {SingleHeader: {Name: user-agent}}
                        SearchString: bot
                        PositionalConstraint: CONTAINS
                        TextTransformations: [{Priority: 0, Type: LOWERCASE}]
  Attached:
    Type: AWS::WAFv2::WebACLAssociation
    Properties:
      ResourceArn: !Sub "arn:aws:apigateway:${AWS::Region}::/restapis/${Rest}/stages/live"
      WebACLArn: !GetAtt Acl.Arn
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: People
        Authorizers:
          People:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {issuer: !Sub "https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}", audience: [!Ref Client]}
          Own:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {issuer: !GetAtt IssuerUrl.FunctionUrl, audience: [me]}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: |
        def handler(event, context):
            told = event["requestContext"]["authorizer"]
            return {"statusCode": 200, "body": told.get("claims", told.get("jwt", {}).get("claims"))["sub"]}
      Events:
        Rest: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /me, Method: get}}
        Http: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /me, Method: get}}
        Own: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /own, Method: get, Auth: {Authorizer: Own}}}
  Issuer:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Environment: {Variables: {JWKS: '%s'}}
      FunctionUrlConfig: {AuthType: NONE}
      InlineCode: |
        import json, os
        def handler(event, context):
            host = event["requestContext"]["domainName"]
            if event["rawPath"] == "/certs":
                return json.loads(os.environ["JWKS"])
            return {"issuer": f"https://{host}/", "jwks_uri": f"https://{host}/certs"}
"""


@pytest.fixture(scope="module")
def key():
    return RSAKey.generate_key(2048, {"kid": "own"})


@pytest.fixture(scope="module")
def stack(tmp_path_factory, key):
    folder = tmp_path_factory.mktemp("signed-in")
    keys = json.dumps({"keys": [key.as_dict(private=False)]})
    yield from written(folder, textwrap.dedent(TEMPLATE % keys)).while_up()


@pytest.fixture(scope="module")
def signed_in(status):
    """The tokens of somebody who signs in, as a browser does: without credentials."""
    where = {"region_name": "us-east-1", "endpoint_url": status["endpoint_url"]}
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
    admin = boto3.client("cognito-idp", **where, **keys)
    pool = admin.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    client = admin.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]["ClientId"]
    admin.admin_create_user(UserPoolId=pool, Username="ada", MessageAction="SUPPRESS")
    admin.admin_set_user_password(UserPoolId=pool, Username="ada", Password="Secret-123", Permanent=True)
    browser = boto3.client("cognito-idp", **where, config=Config(signature_version=UNSIGNED))
    parameters = {"USERNAME": "ada", "PASSWORD": "Secret-123"}
    done = browser.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    return done["AuthenticationResult"]


@pytest.fixture(scope="module")
def ask(status):
    urls = {api["resource"]: api["url"] for api in reversed(status["apis"])}  # of the first stage

    def ask_(api, path, token, **headers):
        request = urllib.request.Request(f"{urls[api]}{path}", headers={"Authorization": token, **headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return ask_


def payload(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.parametrize("api", ["Rest", "Http"])
def test_who_signs_in_is_let_through_and_a_forged_token_is_not(signed_in, ask, key, api):
    token = signed_in["IdToken"]
    claims = payload(token)
    assert ask(api, "/me", token) == (200, claims["sub"])
    forged = jwt.encode({"alg": "RS256", "kid": "dummy"}, claims, key)
    assert ask(api, "/me", forged) == (401, '{"message":"Unauthorized"}')


def test_access_token_is_for_the_audience_by_its_client(signed_in, ask):
    token = signed_in["AccessToken"]
    assert ask("Http", "/me", token) == (200, payload(token)["sub"])
    assert ask("Rest", "/me", token) == (401, '{"message":"Unauthorized"}')  # no scope is asked for


def test_issuer_that_the_stack_runs_serves_its_keys(ask, key):
    claims = {
        "iss": f"https://{url_host('IssuerUrl', 'us-east-1')}/",
        "aud": "me",
        "sub": "bob",
        "exp": int(time.time()) + 600,
    }
    other = RSAKey.generate_key(2048, {"kid": "own"})
    assert ask("Http", "/own", jwt.encode({"alg": "RS256", "kid": "own"}, claims, key)) == (200, "bob")
    assert ask("Http", "/own", jwt.encode({"alg": "RS256", "kid": "own"}, claims, other))[0] == 401


def test_web_acl_stops_a_request_before_its_token_is_looked_at(stack, ask, signed_in):
    bot = {"User-Agent": "Some BOT"}
    assert ask("Rest", "/me", "no token", **bot) == (403, '{"message":"Forbidden"}')
    assert ask("Http", "/me", signed_in["IdToken"], **bot)[0] == 200
    path = stack.trace("internet", "Rest GET /live/me")
    (hop,) = [hop for hop in path["hops"] if hop["kind"] == "waf"]
    assert (hop["component"], hop["verdict"], hop["rule"]) == ("Acl", "deny", "the default action stops it")
