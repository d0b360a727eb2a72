"""Claims of the ID tokens that user pools sign."""

import base64
import json

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher

PASSWORD = "Passw0rd!"  # of no one


@pytest.fixture
def pools(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    dispatcher = Dispatcher()

    def call(operation, **asked):
        target = f"AWSCognitoIdentityProviderService.{operation}"
        headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)]
        request = FrameCall(1, "cognito-idp.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(asked).encode())
        reply = dispatcher.answer(request)
        assert reply.status == 200
        return json.loads(reply.body or "{}")

    return call


@pytest.mark.parametrize(
    ("read", "claims"), [({}, {"email": "a@b.example", "name": "A"}), ({"ReadAttributes": ["name"]}, {"name": "A"})]
)
def test_an_id_token_has_the_attributes_that_its_client_may_read(pools, read, claims):
    pool = pools("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    client = pools("CreateUserPoolClient", UserPoolId=pool, ClientName="c", ExplicitAuthFlows=flows, **read)
    client_id = client["UserPoolClient"]["ClientId"]
    attributes = [{"Name": "email", "Value": "a@b.example"}, {"Name": "name", "Value": "A"}]
    pools("SignUp", ClientId=client_id, Username="a", Password=PASSWORD, UserAttributes=attributes)
    pools("AdminConfirmSignUp", UserPoolId=pool, Username="a")
    shown = {"USERNAME": "a", "PASSWORD": PASSWORD}
    signed = pools("InitiateAuth", ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=shown)
    body = signed["AuthenticationResult"]["IdToken"].split(".")[1]
    token = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert {name: token[name] for name in ("email", "name") if name in token} == claims
    assert token["sub"]
