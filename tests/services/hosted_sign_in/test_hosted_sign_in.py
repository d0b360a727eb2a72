"""The domain of a user pool: what it answers to applications and users, with a pool that is written here."""

import asyncio
import base64
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from netful.services.hosted_sign_in.hosted_sign_in import HostedSignIn, fault
from netful.services.http.backend_requests import rest_request
from netful.services.http.message import Request, Response

HOST = "shop.auth.us-east-1.amazoncognito.com"
BACK = "https://shop.example.com/oauth2/idpresponse"
CLIENT = {
    "ClientId": "c", "ClientSecret": "s", "CallbackURLs": [BACK], "LogoutURLs": ["https://shop.example.com/bye"],
    "AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"],
}  # fmt: skip
QUERY = {"client_id": "c", "response_type": "code", "scope": "openid", "redirect_uri": BACK, "state": "S"}
TOKENS = {"IdToken": "I", "AccessToken": "A", "RefreshToken": "R", "ExpiresIn": 3600, "TokenType": "Bearer"}
SIGNED_IN = {"AuthenticationResult": TOKENS}


class Pool:
    """Cognito's operations, with one answer each."""

    def __init__(self, **answers):
        self.answers = {
            "DescribeUserPoolDomain": {"DomainDescription": {"UserPoolId": "us-east-1_x"}},
            "DescribeUserPoolClient": {"UserPoolClient": CLIENT},
            "AdminInitiateAuth": SIGNED_IN,
            "GetUser": {"Username": "ada", "UserAttributes": [{"Name": "sub", "Value": "1"}]},
        } | answers

    async def call(self, host, request):
        assert host == "cognito-idp.us-east-1.amazonaws.com"
        found = self.answers[dict(request.headers)["X-Amz-Target"].rpartition(".")[2]]
        return Response(400 if "__type" in found else 200, (), json.dumps(found).encode())


def asked(domain, method, target, form=None, **headers):
    bare = rest_request(method, target, urlencode(form or {}).encode())
    named = (("Host", HOST), *headers.items())
    return asyncio.run(domain.handle(Request(method, target, named, bare.body, bare.connection)))


def signed_in(domain, **query):
    form = {"username": "ada", "password": "p"}
    return asked(domain, "POST", f"/login?{urlencode(QUERY | query)}", form)


def code_of(domain):
    found = dict(parse_qsl(urlsplit(signed_in(domain).header("location")).query))
    assert found["state"] == "S"
    return found["code"]


def token(domain, code, secret="s", **form):
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK} | form
    basic = base64.b64encode(f"c:{secret}".encode()).decode()
    answer = asked(domain, "POST", "/oauth2/token", given, Authorization=f"Basic {basic}")
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize(
    ("client", "query", "error"),
    [
        ({}, {}, ""),
        (None, {}, "invalid_client"),
        ({"CallbackURLs": []}, {}, "redirect_mismatch"),
        ({"AllowedOAuthFlows": ["implicit"]}, {}, "unauthorized_client"),
        ({"AllowedOAuthFlowsUserPoolClient": False}, {}, "unauthorized_client"),
        ({}, {"response_type": "token"}, "unsupported_response_type"),
        ({}, {"scope": "openid email"}, "invalid_scope"),
    ],
)
def test_what_applications_may_ask(client, query, error):
    assert fault(None if client is None else CLIENT | client, QUERY | query) == error


def test_a_code_is_exchanged_once():
    domain = HostedSignIn(Pool().call)
    code = code_of(domain)
    assert token(domain, code) == (200, {
        "id_token": "I", "access_token": "A", "refresh_token": "R", "expires_in": 3600, "token_type": "Bearer",
    })  # fmt: skip
    assert token(domain, code) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("secret", "form", "error"),
    [
        ("x", {}, "invalid_client"),
        ("s", {"redirect_uri": "https://other"}, "invalid_grant"),
        ("s", {"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_tokens_that_are_refused(secret, form, error):
    domain = HostedSignIn(Pool().call)
    assert token(domain, code_of(domain), secret, **form) == (400, {"error": error})


def test_users_that_are_refused():
    refused = Pool(AdminInitiateAuth={"__type": "NotAuthorizedException", "message": "no"})
    assert b"Incorrect" in signed_in(HostedSignIn(refused.call)).body
    challenged = Pool(AdminInitiateAuth={"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s"})
    assert b"new_password" in signed_in(HostedSignIn(challenged.call)).body


def test_pages_of_other_sites_cannot_sign_in():
    answer = asked(
        HostedSignIn(Pool().call), "POST", f"/login?{urlencode(QUERY)}", {}, Origin="https://evil.example.com"
    )
    assert answer.status == 403


def test_user_info_needs_a_token_of_the_pool():
    user = asked(HostedSignIn(Pool().call), "GET", "/oauth2/userInfo", Authorization="Bearer A")
    assert json.loads(user.body) == {"sub": "1", "username": "ada"}
    refused = Pool(GetUser={"__type": "NotAuthorizedException"})
    assert asked(HostedSignIn(refused.call), "GET", "/oauth2/userInfo").status == 401


@pytest.mark.parametrize(
    ("target", "status"), [("https://shop.example.com/bye", 302), ("https://evil.example.com", 400)]
)
def test_logout(target, status):
    query = urlencode({"client_id": "c", "logout_uri": target})
    assert asked(HostedSignIn(Pool().call), "GET", f"/logout?{query}").status == status
