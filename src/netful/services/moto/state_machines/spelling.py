"""Names in calls of services as Step Functions writes them, where moto's interpreter writes them otherwise.

| name | Step Functions | services |
|---|---|---|
| member of a call | `StateMachineArn` | `stateMachineArn` or otherwise |
| error of `aws-sdk` | `S3.NoSuchKeyException`: begins with the service's name as in Java | `NoSuchKey` |
"""

import re
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.model import OperationModel
from moto.core.utils import get_service_model

_WORDS = re.compile(
    r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z][A-Za-z0-9])|(?<=[A-Z])(?=[A-Z][a-z](?![0-9])|v[0-9])|(?<=[0-9])(?=[A-Za-z])"
)
"""The places between two words of a service's id."""


def spell_members() -> None:
    """Have the interpreter write requests as services do, and their answers as Step Functions does."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service  # noqa: PLC0415  # loaded late

    service: Any = state_task_service.StateTaskService

    def model(state: Any, service_name: str | None, action: str | None) -> OperationModel:
        return _operation(state._get_boto_service_name(service_name), state._get_boto_service_action(action))  # noqa: SLF001  # there is no public way

    def request(
        state: Any, parameters: Any, boto_service_name: str | None = None, service_action_name: str | None = None
    ) -> None:
        shape = model(state, boto_service_name, service_action_name).input_shape
        if shape is not None:
            state._to_boto_request(parameters, shape)  # noqa: SLF001  # the same

    def response(
        state: Any, response: Any, boto_service_name: str | None = None, service_action_name: str | None = None
    ) -> None:
        shape = model(state, boto_service_name, service_action_name).output_shape
        if shape is not None:
            state._from_boto_response(response, shape)  # noqa: SLF001  # the same

    service._normalise_parameters, service._normalise_response = request, response  # noqa: SLF001  # the same


def name_errors() -> None:
    """Begin the errors of `aws-sdk` with the service as catchers and retriers name it."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk  # noqa: PLC0415  # loaded late

    service: Any = state_task_service_aws_sdk.StateTaskServiceAwsSdk
    event = service._from_error  # noqa: SLF001  # there is no public way

    def from_error(state: Any, env: Any, ex: Exception) -> Any:
        state._normalise_service_error_name = lambda _: _java_name(state._get_boto_service_name())  # noqa: SLF001  # the same
        return event(state, env, ex)

    service._from_error = from_error  # noqa: SLF001  # the same


@cache
def _java_name(service: str) -> str:
    """Return the name of a service in its client for Java: `DynamoDb` for DynamoDB, `SecretsManager` for Secrets Manager."""
    words = _WORDS.split(get_service_model(service).service_id)
    return "".join(word.capitalize() for word in words)


@cache
def _operation(service: str, action: str) -> OperationModel:
    """Return an operation by its name in Python. Raise KeyError if the service does not have it."""
    model = get_service_model(service)
    names = {xform_name(name): name for name in model.operation_names}
    return model.operation_model(names[action])
