"""Endpoints of IAM's actions."""

import pytest

from netful.engine.iam.action_endpoints import _ENDPOINTS, endpoints_of
from netful.engine.iam.service_actions import prefix_of


@pytest.mark.parametrize("prefix", _ENDPOINTS)
def test_the_actions_of_an_endpoint_have_its_prefix(prefix):
    codes = " ".join(_ENDPOINTS[prefix].values()).split()
    assert {prefix_of(code) for code in codes} <= {prefix}


@pytest.mark.parametrize(
    ("action", "endpoints"),
    [
        ("BEDROCK:invokemodel", ("bedrock-runtime",)),
        ("bedrock:InvokeModel*", ("bedrock-runtime",)),
        ("bedrock:Converse?tream", ("bedrock-runtime",)),
        ("bedrock:StartAutomatedReasoningPolicyBuildWorkflow", ("bedrock",)),
        ("bedrock:CreatePromptRouter", ("bedrock",)),
        ("bedrock:CreatePrompt", ("bedrock-agent",)),
        ("bedrock:GetFlow", ("bedrock-agent",)),
        ("bedrock:GetFlowExecution", ("bedrock-agent-runtime",)),
        ("bedrock:CreateModelInvocationJob", ("bedrock",)),
        ("states:*", ("states", "sync-states")),
        ("states:Describe*", ("states",)),
        ("states:Start*", ("states", "sync-states")),
        ("lambda:*", ("lambda",)),
        ("elasticache:*", ()),
        ("ssm:GetParameter", ("ssm",)),
    ],
)
def test_endpoints(action, endpoints):
    assert endpoints_of(action) == endpoints
