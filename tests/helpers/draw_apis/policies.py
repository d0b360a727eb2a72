"""Drawn policies of APIs, and permissions of functions."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.templates import CLIENT, USERS, att, mostly, ref, resource, sub

BY_ENDPOINT = (
    *({operator: {"aws:SourceVpce": ref("Ep")}} for operator in ("StringEquals", "StringNotEquals", "StringNotEqualsIfExists")),
    {"StringEquals": {"aws:SourceVpce": [ref("Ep"), ref("Other")]}},
)  # fmt: skip
CONDITIONS = (
    {"StringEquals": {"aws:SourceVpc": ref("Vpc")}}, {"StringNotEquals": {"aws:SourceVpc": [ref("Vpc"), "vpc-0123456789abcdef0"]}},
    {"IpAddress": {"aws:SourceIp": [f"{CLIENT}/32", "192.0.2.0/24"]}}, {"NotIpAddress": {"aws:SourceIp": f"{CLIENT}/32"}},
    {"IpAddress": {"aws:VpcSourceIp": "10.0.1.0/24"}}, {"NotIpAddress": {"aws:VpcSourceIp": ["10.0.0.0/24", "10.0.1.77/32"]}},
    {"IpAddressIfExists": {"aws:SourceIp": f"{CLIENT}/32"}, "StringEqualsIfExists": {"aws:SourceVpc": ref("Vpc")}},
    {"Null": {"aws:SourceVpc": "true"}}, {"Null": {"aws:SourceIp": "false"}},
    {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}, {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}, {"ArnNotLike": {"aws:PrincipalArn": USERS["Own"]}},
    {"StringLike": {"aws:Referer": "https://shop.example/*"}}, {"StringNotEquals": {"aws:UserAgent": "curl/8"}}, {"Null": {"aws:Referer": "true"}},
    {"Bool": {"aws:SecureTransport": "false"}}, {"ForAnyValue:StringEquals": {"aws:SourceVpc": ref("Vpc")}},
)  # fmt: skip


@st.composite
def statements(draw, endpoints=BY_ENDPOINT):
    """A policy of an API, a domain or, which cannot name it, an endpoint."""
    conditions = (None, None, None, None, None, *endpoints, *CONDITIONS)
    principals = ("*", "*", {"AWS": "*"}, {"AWS": "123456789012"}, {"AWS": USERS["Partner"]}, {"AWS": att("CallerRole")})  # fmt: skip
    resources = ("execute-api:/*", "execute-api:/*", "*", "execute-api:/live/GET/*", "execute-api:/*/*/a")
    every = [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]
    for _ in range(draw(st.integers(0, 2))):
        condition = draw(st.sampled_from(conditions))
        every.append(
            {"Effect": draw(mostly("Deny", "Allow")), draw(mostly("Principal", "NotPrincipal")): draw(st.sampled_from(principals)),
             draw(mostly("Action", "NotAction")): draw(mostly("execute-api:Invoke", "execute-api:*", "execute-api:InvalidateCache")),
             draw(mostly("Resource", "NotResource")): draw(st.sampled_from(resources))}
            | ({"Condition": condition} if condition else {})
        )  # fmt: skip
    return {"Version": "2012-10-17", "Statement": every[0 if draw(mostly(True, False)) else 1 :] or every}


@st.composite
def permissions(draw, prefix, *apis):
    """The permissions of the functions for API Gateway; most of the time for everything."""
    found = {}
    for target in ("Fn", "Who", "Live"):
        for number in range(draw(mostly(1, 0, 2))):
            whole = {api: f"arn:aws:execute-api:us-east-1:123456789012:${{{api}}}" for api in apis}
            arn = whole[draw(st.sampled_from(apis))]
            source = draw(mostly(None, *(sub(arn + end) for end in ("/*", "/*/*/a", "/live/*/*", "/*/GET/*", "/*/*/a/*", "/authorizers/*", "/*/$default"))))  # fmt: skip
            found[f"{prefix}{target}{number}"] = resource(
                "Lambda::Permission", FunctionName=ref(target), Action="lambda:InvokeFunction",
                Principal=draw(mostly("apigateway.amazonaws.com", "*", "events.amazonaws.com")), SourceArn=source,
            )  # fmt: skip
    return found
