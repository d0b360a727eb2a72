"""Members of calls: Step Functions writes each as `StateMachineArn`, and the services as `stateMachineArn` or otherwise.

moto's interpreter has the two ways of writing, but does not use them.
"""

from functools import cache
from typing import Any

from botocore import xform_name
from botocore.model import OperationModel
from moto.core.utils import get_service_model


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


@cache
def _operation(service: str, action: str) -> OperationModel:
    """Return an operation by its name in Python. Raise KeyError if the service does not have it."""
    model = get_service_model(service)
    names = {xform_name(name): name for name in model.operation_names}
    return model.operation_model(names[action])
