"""What an application load balancer asks of a token, besides its signature (newer-aws §11.1)."""

import pytest

from netful.engine.load_balancers.bearer_tokens import fault, token_in
from netful.model.authentication import ClaimRule, TokenValidation

NOW = 1000.0
HEADER = {"alg": "RS256"}
CLAIMS = {"iss": "https://me", "exp": 1001, "scope": "read write", "team": ["a", "b"], "tier": "gold"}


def asked(*claims, issuer="https://me"):
    return TokenValidation("https://me/keys", issuer, claims)


def claim(name, form, *values):
    return asked(ClaimRule(name, form, values))


@pytest.mark.parametrize(
    ("header", "token"), [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", ""), ("abc", ""), ("", "")]
)
def test_the_token_of_a_header(header, token):
    assert token_in(header) == token


@pytest.mark.parametrize(
    ("of", "header", "claims", "valid"),
    [
        (asked(), {}, {}, True),
        (asked(), {"alg": "HS256"}, {}, False),
        (asked(), {"alg": None}, {}, False),
        (asked(), {}, {"iss": "https://other"}, False),
        (asked(issuer=""), {}, {"iss": "https://other"}, True),
        (asked(), {}, {"exp": 1000}, False),
        (asked(), {}, {"exp": None}, False),
        (asked(), {}, {"exp": "soon"}, False),
        (asked(), {}, {"exp": "1001"}, True),
        (asked(), {}, {"nbf": 1000}, True),
        (asked(), {}, {"nbf": 1000.5}, False),
        (asked(), {}, {"iat": 1000.5}, False),
        (asked(), {}, {"iat": 1000.5, "nbf": 1}, False),
        (claim("tier", "single-string", "gold", "silver"), {}, {}, True),
        (claim("tier", "single-string", "silver"), {}, {}, False),
        (claim("tier", "single-string", "gold"), {}, {"tier": ["gold"]}, False),
        (claim("team", "string-array", "b"), {}, {}, True),
        (claim("team", "string-array", "c"), {}, {}, False),
        (claim("team", "string-array", "a"), {}, {"team": "a"}, False),
        (claim("team", "string-array", "a"), {}, {"team": [["a"], "b"]}, False),
        (claim("scope", "space-separated-values", "write"), {}, {}, True),
        (claim("scope", "space-separated-values", "read write"), {}, {}, False),
        (claim("scope", "space-separated-values", "read"), {}, {"scope": ["read"]}, False),
        (claim("absent", "single-string", "x"), {}, {}, False),
        (claim("tier", "a later form", "gold"), {}, {}, False),
    ],
)
def test_what_is_wrong_with_a_token(of, header, claims, valid):
    assert (fault(of, (HEADER | header, CLAIMS | claims), NOW) == "") is valid


def test_a_token_without_an_expiry_and_one_that_cannot_be_read_are_refused():
    assert fault(asked(), (HEADER, {"iss": "https://me"}), NOW)
    assert fault(asked(), None, NOW)
