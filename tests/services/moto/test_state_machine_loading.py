"""Loading of Step Functions: without the services that its interpreter would bring along."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.programs

PROGRAM = """
import sys
from netful.services.moto.dispatch import Dispatcher
dispatcher = Dispatcher()
dispatcher.load("states.us-east-1.amazonaws.com")
print("moto.ec2.models" in sys.modules)
dispatcher.load("batch.us-east-1.amazonaws.com")
from moto.batch import batch_backends
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_batch
from moto.batch.utils import JobStatus
print(state_task_service_batch.JobStatus is JobStatus)
"""


def test_ec2_is_not_loaded_with_it_and_batch_can_be_loaded_after_it():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
