"""Drawn policies of APIs, and permissions of functions."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.templates import CLIENT, USERS, att, mostly, ref, resource, sub

BY_ENDPOINT = tuple({operator: {"aws:SourceVpce": ref("Ep")}} for operator in ("StringEquals", "StringNotEquals"))


@st.composite
def statements(draw, endpoints=BY_ENDPOINT):
    """A policy of an API, a domain or, which cannot name it, an endpoint."""
    conditions = (
        None, None, None, *endpoints, {"StringEquals": {"aws:SourceVpc": ref("Vpc")}}, {"IpAddress": {"aws:SourceIp": f"{CLIENT}/32"}},
        {"NotIpAddress": {"aws:SourceIp": f"{CLIENT}/32"}}, {"IpAddress": {"aws:VpcSourceIp": "10.0.1.0/24"}},
        {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}, {"Bool": {"aws:SecureTransport": "false"}},
    )  # fmt: skip
    principals = ("*", "*", {"AWS": "*"}, {"AWS": "123456789012"}, {"AWS": USERS["Partner"]}, {"AWS": att("CallerRole")})  # fmt: skip
    resources = ("execute-api:/*", "execute-api:/*", "*", "execute-api:/live/GET/*", "execute-api:/*/*/a")
    every = [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]
    for _ in range(draw(st.integers(0, 2))):
        condition = draw(st.sampled_from(conditions))
        every.append(
            {"Effect": draw(mostly("Deny", "Allow")), "Principal": draw(st.sampled_from(principals)),
             "Action": draw(mostly("execute-api:Invoke", "execute-api:*")), "Resource": draw(st.sampled_from(resources))}
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
