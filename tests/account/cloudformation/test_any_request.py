"""Any request to CloudFormation's API gets an answer or a client's error: never a fault of the server."""

import contextlib
import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from netful.account.cloudformation.api import OPERATIONS
from netful.account.wire.service_model import service_model
from tests.account.cloudformation.conftest import network
from tests.helpers.account_client import filled
from tests.helpers.examples import examples
from tests.helpers.query_client import Refused

JUNK = st.one_of(
    st.text(max_size=12), st.sampled_from(["app", "arn:x", "{}", "[]", "null", "-1", "Resources: {A: 1}", network()])
)


def answered(cloudformation, action, asked):
    with contextlib.suppress(Refused):  # a fault of the server is another exception here
        cloudformation(action, **asked)


@pytest.mark.parametrize("action", sorted(OPERATIONS))
def test_every_member_of_a_request_may_be_there(cloudformation, action):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    shape = service_model("cloudformation").operation_model(action).input_shape
    for more in ({}, {"StackName": "app"}, {"StackName": "app", "TemplateBody": network()}):
        answered(cloudformation, action, {**filled(shape), **{k: v for k, v in more.items() if k in shape.members}})


@examples(150, suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_texts_may_be_anything(cloudformation, data):
    action = data.draw(st.sampled_from(sorted(OPERATIONS)))
    shape = service_model("cloudformation").operation_model(action).input_shape
    texts = [name for name, one in shape.members.items() if one.type_name == "string" and not one.metadata.get("enum")]
    asked = {name: data.draw(JUNK) for name in texts if data.draw(st.booleans())}
    least = {name: one.metadata.get("min", 0) for name, one in shape.members.items() if one.type_name == "string"}
    needed = {name: filled(shape.members[name]) for name in shape.required_members}
    answered(cloudformation, action, needed | {k: v for k, v in asked.items() if len(v) >= least[k]})


@examples(150, suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_a_damaged_template_ends_in_a_state(clients, cloudformation, data):
    template = json.loads(network())
    places = [*_places(template)]
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(
        st.one_of(JUNK, st.none(), st.integers(), st.lists(st.text(max_size=3)), st.just({"Ref": "Vpc"}))
    )
    answered(cloudformation, "CreateStack", {"StackName": "app", "TemplateBody": json.dumps(template)})
    for stack in cloudformation("DescribeStacks")["Stacks"]:
        assert stack["StackStatus"] in ("CREATE_COMPLETE", "ROLLBACK_COMPLETE"), stack
        cloudformation("DeleteStack", StackName=stack["StackName"])
    assert [one["CidrBlock"] for one in clients.ec2("DescribeVpcs")["Vpcs"]] == ["172.31.0.0/16"]


def _places(node):
    """Every place of a value in a template."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in members:
        yield node, key
        yield from _places(value)
