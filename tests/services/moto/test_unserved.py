"""Operations whose results moto would make up: a client gets the error of an unknown operation."""

import json

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher


@pytest.fixture(scope="module")
def dispatcher():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", "123456789012")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield Dispatcher()


def answer(dispatcher, host, target, path="/", **asked):
    headers = [("content-type", "application/x-amz-json-1.1"), *([("x-amz-target", target)] if target else [])]
    call = FrameCall(1, f"{host}.us-east-1.amazonaws.com", "POST", path, headers, json.dumps(asked).encode())
    return dispatcher.answer(call)


@pytest.mark.parametrize(
    ("host", "target", "path"),
    [
        ("athena", "AmazonAthena.StartQueryExecution", "/"),
        ("ec2", "", "/"),  # netful's own; moto's has no types of instances here
        ("comprehend", "Comprehend_20171127.DetectSentiment", "/"),
        ("comprehend", "Comprehend_20171127.StartTopicsDetectionJob", "/"),
        ("rekognition", "RekognitionService.DetectLabels", "/"),
        ("textract", "Textract.DetectDocumentText", "/"),
        ("transcribe", "Transcribe.StartTranscriptionJob", "/"),
        ("pipes", "", "/v1/pipes/p"),
        ("polly", "", "/v1/speech"),
        ("bedrock-runtime", "", "/model/anthropic.claude/invoke"),
        ("bedrock", "", "/model/anthropic.claude/invoke"),
        ("runtime.sagemaker", "", "/endpoints/e/invocations"),
        ("codebuild", "CodeBuild_20161006.StartBuild", "/"),
        ("glue", "AWSGlue.StartJobRun", "/"),
        ("ssm", "AmazonSSM.SendCommand", "/"),
        ("dynamodb", "DynamoDB_20120810.ExecuteStatement", "/"),
        ("dynamodb", "DynamoDB_20120810.BatchExecuteStatement", "/"),
        ("dynamodb", "DynamoDB_20120810.ExecuteTransaction", "/"),
    ],
)
def test_a_result_is_not_made_up(dispatcher, host, target, path):
    found = answer(dispatcher, host, target, path, Statement="SELECT * FROM t", Statements=[], TransactStatements=[])
    assert b"not installed" not in found.body  # a package of moto's more would not change it
    assert (found.status, b"UnknownOperationException" in found.body) == (400, True)


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("athena", "AmazonAthena.ListWorkGroups"),
        ("codebuild", "CodeBuild_20161006.ListProjects"),
        ("ssm", "AmazonSSM.DescribeParameters"),
    ],
)
def test_records_are_kept(dispatcher, host, target):
    assert answer(dispatcher, host, target).status == 200
