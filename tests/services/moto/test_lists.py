"""Lists of services for requests that name nothing, which moto fails at."""

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


def test_option_groups_without_a_name(dispatcher):
    headers = [("content-type", "application/x-www-form-urlencoded")]
    form = b"Action=DescribeOptionGroups&Version=2014-10-31&EngineName=mysql"
    found = dispatcher.answer(FrameCall(1, "rds.us-east-1.amazonaws.com", "POST", "/", headers, form))
    assert (found.status, b"OptionGroupName" in found.body) == (200, False)


def test_executions_of_no_machine(dispatcher):
    headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AWSStepFunctions.ListExecutions")]
    call = FrameCall(1, "states.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps({}).encode())
    assert dispatcher.answer(call).status == 400
