"""Sign-in by an identity provider: redirects, callback, session, headers for targets (newer-aws §11.1)."""

import asyncio
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from netful.balancer.consulted.claim_signer import ClaimSigner
from netful.balancer.consulted.consultation import Question
from netful.balancer.consulted.sign_ins import SignIns
from netful.model.balancing.load_balancers import Action, Listener
from netful.services.http.backend_requests import rest_request
from netful.services.http.message import Response
from tests.helpers.proxies import ADDRESS, answering, ask, cloud_of, get, not_called

PORT = 21893
IDP = "https://idp.example.com"
OIDC = {
    "AuthorizationEndpoint": f"{IDP}/authorize", "TokenEndpoint": f"{IDP}/token", "UserInfoEndpoint": f"{IDP}/user",
    "Issuer": IDP, "ClientId": "a b", "ClientSecret": "s", "Scope": "openid email",
}  # fmt: skip
COGNITO = {
    "UserPoolDomain": "shop",
    "UserPoolClientId": "c1",
    "UserPoolArn": "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_x",
}
PLACE = ("L", "0")


def cloud(kind="oidc", config=OIDC):
    inside = Action("fixed-response", config={"StatusCode": "200"})
    return cloud_of(Listener("L", "Lb", PORT, "HTTPS", (Action(f"authenticate-{kind}", config=config), inside)))


def question(target="/orders?x=1", **headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Question("GET", target, "192.0.2.1", str(ADDRESS), (("host", "shop.example.com"), *named), b"")


class Provider:
    """An identity provider; `answers` are those to a path."""

    def __init__(self, **answers):
        known = {
            "token": Response(200, (), b'{"access_token": "T"}'),
            "user": Response(200, (), b'{"sub": "u1", "email": "a@b"}'),
        }
        self.answers = known | answers
        self.asked = []

    async def call(self, _node_id, request):
        self.asked.append(request)
        return self.answers[request.target.strip("/")]


def signed_in(provider, config=OIDC, signer=None, back=None):
    """The answers to a first request, to the return from the provider, and to the request with the session."""

    async def main():
        signs = SignIns(provider.call, not_called, signer or ClaimSigner())
        signs.follow(cloud(config=config))
        first = await signs.answer("Lb", question(), PLACE)
        state = dict(parse_qsl(urlsplit(first.header("location")).query))["state"]
        query = back or f"code=C&state={state}"
        returned = await signs.returned("Lb", question(f"/oauth2/idpresponse?{query.format(state=state)}"), ())
        cookie = "; ".join(v.partition(";")[0] for name, v in returned.headers if name == "Set-Cookie")
        return first, returned, await signs.answer("Lb", question(cookie=cookie), PLACE)

    return asyncio.run(main())


@pytest.mark.programs
@pytest.mark.parametrize(
    ("kind", "config", "status", "location"),
    [
        ("oidc", OIDC, 302, f"{IDP}/authorize?client_id=a+b&response_type=code&scope=openid+email"),
        ("cognito", COGNITO, 302,
         "https://shop.auth.us-east-1.amazoncognito.com/oauth2/authorize?client_id=c1&response_type=code&scope=openid"),
        ("oidc", OIDC | {"OnUnauthenticatedRequest": "deny"}, 401, None),
        ("oidc", OIDC | {"OnUnauthenticatedRequest": "allow"}, 200, None),
    ],
)  # fmt: skip
def test_who_has_not_signed_in(tmp_path, kind, config, status, location):
    async def main():
        async with answering(tmp_path, cloud(kind, config)):
            return await ask(PORT, get("/a")), await ask(PORT, get("/oauth2/idpresponse?code=x&state=y"))

    found, back = asyncio.run(main())
    led = found.header("location")
    assert (found.status, led and led.partition("&redirect_uri=")[0]) == (status, location)
    assert back.status == 401  # nobody began this sign-in


def test_sign_in():
    provider, signer = Provider(), ClaimSigner()
    first, returned, after = signed_in(provider, signer=signer)
    assert first.status == 302
    assert (returned.status, returned.header("location")) == (302, "https://shop.example.com/orders?x=1")
    token, user = provider.asked
    assert dict(parse_qsl(token.body.decode())) == {
        "grant_type": "authorization_code", "code": "C", "client_id": "a b",
        "redirect_uri": "https://shop.example.com/oauth2/idpresponse",
    }  # fmt: skip
    assert dict(user.headers)["Authorization"] == "Bearer T"
    assert (after.status, after.header("x-amzn-oidc-accesstoken"), after.header("x-amzn-oidc-identity")) == (
        200,
        "T",
        "u1",
    )
    data = jws.extract_compact(after.header("x-amzn-oidc-data").encode())
    published = signer.answer(rest_request("GET", f"/{data.headers()['kid']}"))
    key = ECKey.import_key(published.body)
    verified = jws.deserialize_compact(
        after.header("x-amzn-oidc-data"), key, registry=jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    )
    assert json.loads(verified.payload) | {"exp": 0} == {"sub": "u1", "email": "a@b", "iss": IDP, "exp": 0}
    assert data.headers()["client"] == "a b"


@pytest.mark.parametrize(
    ("answers", "back", "status"),
    [
        ({"token": None}, None, 500),
        ({"token": Response(400, (), b"{}")}, None, 561),
        ({"user": None}, None, 500),
        ({"user": Response(500, (), b"")}, None, 561),
        ({"user": Response(200, (), b'{"sub": "\\ud800"}')}, None, 561),
        ({"user": Response(200, (), json.dumps({"sub": "u", "x": "y" * 12_000}).encode())}, None, 500),
        ({}, "error=access_denied&state={state}", 561),
        ({}, "code=C", 401),
        ({}, "code=C&state=x{state}", 401),
    ],
)
def test_sign_in_that_fails(answers, back, status):
    _, returned, after = signed_in(Provider(**answers), back=back)
    assert returned.status == status
    assert after.status == 302  # still without a session


def test_session_of_another_stack():
    _, returned, _ = signed_in(Provider())
    cookie = next(value.partition(";")[0] for name, value in returned.headers if name == "Set-Cookie")
    other = SignIns(not_called, not_called, ClaimSigner())
    other.follow(cloud())
    assert asyncio.run(other.answer("Lb", question(cookie=cookie), PLACE)).status == 302
