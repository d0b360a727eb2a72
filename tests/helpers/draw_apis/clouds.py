"""Drawn clouds of APIs, as CloudFormation templates."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.domains import domains
from tests.helpers.draw_apis.function_urls import function_urls
from tests.helpers.draw_apis.links import LINKS
from tests.helpers.draw_apis.newer import http_apis, socket_apis
from tests.helpers.draw_apis.policies import permissions, statements
from tests.helpers.draw_apis.rest import rest_apis
from tests.helpers.draw_apis.templates import ASSUME, NETWORK, mostly, ref, resource, sub

ARN = "arn:aws:execute-api:*:${AWS::AccountId}:*"


@st.composite
def clouds(draw):
    """The template of a cloud of APIs."""
    allows = (
        ("execute-api:Invoke", "*"),
        ("execute-api:*", sub(f"{ARN}/live/GET/*")),
        ("execute-api:Invoke", sub(f"{ARN}/*/*/a*")),
    )
    statements_ = [{"Effect": "Allow", "Action": action, "Resource": where} for action, where in allows]
    denials = (
        {"Effect": "Deny", "Action": "execute-api:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": sub(f"{ARN}/*/GET/a/?")},
    )
    own = draw(
        st.sampled_from((*statements_, *statements_, {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}))
    )
    policy = draw(mostly({"Statement": [own, *draw(mostly((), *((one,) for one in denials)))]}, None))
    role = resource("IAM::Role", AssumeRolePolicyDocument=ASSUME, Policies=policy and [{"PolicyName": "p", "PolicyDocument": policy}])  # fmt: skip
    door = resource(
        "EC2::VPCEndpoint", VpcId=ref("Vpc"), VpcEndpointType="Interface", ServiceName="com.amazonaws.us-east-1.execute-api", SubnetIds=[ref("Subnet")], SecurityGroupIds=[ref("Sg")],
        PrivateDnsEnabled=draw(st.booleans()), PolicyDocument=draw(mostly(None, draw(statements(())))),
    )  # fmt: skip
    other = {
        **door["Properties"],
        "PrivateDnsEnabled": False,
        "PolicyDocument": draw(mostly(None, draw(statements(())))),
    }
    rest = draw(rest_apis())
    kind = rest["Api"]["Properties"]["EndpointConfiguration"]["Types"][0]
    parts = (rest, draw(http_apis()), draw(socket_apis()), draw(domains(kind)), draw(function_urls()), draw(permissions("May", "Api", "Http", "Chat")))  # fmt: skip
    resources = {**NETWORK, "CallerRole": role, "Ep": door, "Other": resource("EC2::VPCEndpoint", **other)}
    for part in parts:
        resources |= part
    uses = any("VPC_LINK" in str(one) for one in resources.values())
    return {"Resources": resources | (LINKS if uses else {})}
