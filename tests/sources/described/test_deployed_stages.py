"""Stages serve their deployments: what an API has now may not be deployed yet."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.described_answers import account

REST = {"stageName": "prod", "deploymentId": "d"}
MANUAL = {"StageName": "$default", "AutoDeploy": False, "DeploymentId": "d"}
AUTOMATIC = {"StageName": "$default", "AutoDeploy": True, "DeploymentId": "d"}
FAILED = {"LastDeploymentStatusMessage": "Deployment attempt failed: Unable to deploy API because no routes exist"}


@pytest.mark.parametrize(
    ("name", "stages", "question", "assumed"),
    [
        ("rest-stages", {"item": [REST]}, "rest123456 GET /prod/", 1),
        ("rest-stages", {"item": [REST, REST | {"stageName": "dev"}]}, "rest123456 GET /prod/", 1),
        ("http-stages", {"Items": [MANUAL]}, "http123456 GET /x", 1),
        ("http-stages", {"Items": [AUTOMATIC]}, "http123456 GET /x", 0),
        ("http-stages", {"Items": [AUTOMATIC | FAILED]}, "http123456 GET /x", 1),
    ],
)
def test_an_api_is_assumed_to_be_as_its_stage_has_it(tmp_path, name, stages, question, assumed):
    cloud = account(tmp_path, **{name: stages})
    path = trace(cloud, parse(cloud, "internet", question))
    assert path.verdict == "reachable"
    assert ["since its deployment" in one for one in path.assumptions].count(True) == assumed
