"""Drawn clouds of APIs, as CloudFormation templates."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.domains import domains
from tests.helpers.draw_apis.newer import http_apis, socket_apis
from tests.helpers.draw_apis.policies import permissions, statements
from tests.helpers.draw_apis.rest import rest_apis
from tests.helpers.draw_apis.templates import ASSUME, NETWORK, mostly, ref, resource


@st.composite
def clouds(draw):
    """The template of a cloud of APIs."""
    policy = draw(mostly(None, *({"Statement": [{"Effect": effect, "Action": action, "Resource": "*"}]} for effect, action in (("Allow", "execute-api:Invoke"), ("Deny", "execute-api:*"), ("Allow", "lambda:*")))))  # fmt: skip
    role = resource("IAM::Role", AssumeRolePolicyDocument=ASSUME, Policies=policy and [{"PolicyName": "p", "PolicyDocument": policy}])  # fmt: skip
    door = resource(
        "EC2::VPCEndpoint", VpcId=ref("Vpc"), VpcEndpointType="Interface", ServiceName="com.amazonaws.us-east-1.execute-api", SubnetIds=[ref("Subnet")], SecurityGroupIds=[ref("Sg")],
        PrivateDnsEnabled=draw(st.booleans()), PolicyDocument=draw(mostly(None, draw(statements(())))),
    )  # fmt: skip
    rest = draw(rest_apis())
    kind = rest["Api"]["Properties"]["EndpointConfiguration"]["Types"][0]
    parts = (rest, draw(http_apis()), draw(socket_apis()), draw(domains(kind)), draw(permissions("May", "Api", "Http", "Chat")))  # fmt: skip
    resources = {**NETWORK, "CallerRole": role, "Ep": door}
    for part in parts:
        resources |= part
    return {"Resources": resources}
