"""Cloud Control API reads any resource of the account."""

import asyncio
import json

import pytest

from netful.account.cloud_control import CloudControlApi
from netful.account.cloudformation.deployments.changes import known
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.services.http.backend_requests import json_request

QUEUE = Resource("Queue", "AWS::SQS::Queue", {"DelaySeconds": 5}, ref="https://sqs/queue")
URL = Resource("Url", "AWS::Lambda::Url", {"TargetFunctionArn": "arn:aws:lambda:us-east-1:1:function:hello"})


class Running:
    cloud = Cloud.of(resources={one.id: one for one in (QUEUE, URL)})


@pytest.fixture
def ask():
    def ask(operation, **asked):
        request = json_request(f"CloudApiService.{operation}", asked, version="1.0")
        response = asyncio.run(CloudControlApi(Running()).handle(request))
        return response.status, json.loads(response.body)

    return ask


def test_a_resource_is_found_by_its_physical_id(ask):
    status, found = ask("GetResource", TypeName="AWS::SQS::Queue", Identifier="https://sqs/queue")
    assert status == 200
    assert json.loads(found["ResourceDescription"]["Properties"]) == known(QUEUE.properties)


@pytest.mark.parametrize("identifier", ["hello", "arn:aws:lambda:us-east-1:1:function:hello"])
def test_a_url_is_found_by_its_function(ask, identifier):
    _, found = ask("GetResource", TypeName="AWS::Lambda::Url", Identifier=identifier)
    assert json.loads(found["ResourceDescription"]["Properties"])["FunctionUrl"].startswith("https://")


def test_resources_of_a_type_are_listed(ask):
    _, found = ask("ListResources", TypeName="AWS::SQS::Queue")
    assert [one["Identifier"] for one in found["ResourceDescriptions"]] == ["https://sqs/queue"]


@pytest.mark.parametrize(
    ("operation", "asked", "code"),
    [
        ("GetResource", {"TypeName": "AWS::Lambda::Url", "Identifier": "other"}, "ResourceNotFoundException"),
        ("CreateResource", {}, "UnknownOperationException"),
    ],
)
def test_what_is_not_there_is_an_error_of_the_client(ask, operation, asked, code):
    status, found = ask(operation, **asked)
    assert (status, found["__type"]) == (400, code)
