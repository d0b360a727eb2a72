"""Tokens that a load balancer validates: the key set, the claims, the statuses (newer-aws §11.1)."""

import asyncio
import json
import time

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from netful.model.balancing.load_balancers import Action, Listener
from netful.services.http.message import Response
from tests.helpers.proxies import NODE, answering, ask, cloud_of, get

pytestmark = pytest.mark.programs

PORT = 21892
ISSUER = "https://idp.example.com"
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": kid}, private=True) for kid in ("a", "b"))
CONFIG = {"JwksEndpoint": f"{ISSUER}/keys", "Issuer": ISSUER}


def token(key=KEY, *, alg="RS256", **claims):
    every = {"iss": ISSUER, "exp": time.time() + 86_400, **claims}
    known = {name: value for name, value in every.items() if value is not None}
    return jws.serialize_compact(
        {"alg": alg, "kid": key.kid}, json.dumps(known), key, registry=jws.JWSRegistry(algorithms=[alg])
    )


def key_set(*keys, status=200):
    return Response(status, (), json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode())


def status_of(folder, given, keys, **config):
    """The status of a request with a token, and how often the key set was fetched."""
    fetched = []

    async def call(node_id, request):
        fetched.append((node_id, request.host, request.target))
        return keys

    async def main():
        inside = Action("fixed-response", config={"StatusCode": "200"})
        listener = Listener("L", "Lb", PORT, "HTTP", (Action("jwt-validation", config=CONFIG | config), inside))
        async with answering(folder, cloud_of(listener), call):
            headers = {"Authorization": f"Bearer {given}"} if given else {}
            return [(await ask(PORT, get("/", **headers))).status for _ in range(2)]

    first, second = asyncio.run(main())
    assert first == second
    return first, fetched


def claim(form, *values):
    return {"AdditionalClaims": [{"Name": "team", "Format": form, "Values": list(values)}]}


@pytest.mark.parametrize(
    ("given", "config", "status"),
    [
        (token(), {}, 200),
        ("", {}, 401),
        ("no.token", {}, 401),
        (token(OTHER), {}, 401),
        (token(alg="RS512"), {}, 401),
        (token(exp=None), {}, 401),
        (token(exp=1), {}, 401),
        (token(nbf=time.time() + 86_400), {}, 401),
        (token(iss="https://other.example.com"), {}, 401),
        (token(iss=None), {}, 401),
        (token(team="a"), claim("single-string", "a", "b"), 200),
        (token(team=["a"]), claim("single-string", "a"), 401),
        (token(team=["c", "a"]), claim("string-array", "a"), 200),
        (token(team="c a"), claim("space-separated-values", "a"), 200),
        (token(team="c a"), claim("space-separated-values", "d"), 401),
        (token(), claim("single-string", "a"), 401),
    ],
)
def test_token(tmp_path, given, config, status):
    assert status_of(tmp_path, given, key_set(KEY), **config)[0] == status


@pytest.mark.parametrize(
    ("keys", "status"),
    [
        (None, 500),
        (key_set(KEY, status=404), 562),
        (Response(200, (), b"no keys"), 562),
        (Response(200, (), b" " * 160_000), 500),
        (key_set(*[KEY] * 11), 500),
    ],
)
def test_key_set(tmp_path, keys, status):
    assert status_of(tmp_path, token(), keys)[0] == status


def test_key_set_is_fetched_once_by_the_node(tmp_path):
    assert status_of(tmp_path, token(), key_set(KEY))[1] == [(NODE.id, "idp.example.com", "/keys")]
