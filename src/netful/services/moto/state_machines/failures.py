"""Failures of states, as the interpreter has them: an error with its cause, which catchers and retriers see."""

from __future__ import annotations

from typing import Any

RUNTIME, TASK_FAILED = "States.Runtime", "States.TaskFailed"


def failure(env: Any, error: str, cause: str, **more: str) -> Any:
    """Return the failure of a task; `more` are further details of its event."""
    from moto.stepfunctions.parser.api import HistoryEventType  # noqa: PLC0415  # loaded late
    from moto.stepfunctions.parser.asl.component.common.error_name import (  # noqa: PLC0415
        custom_error_name,
        failure_event,
        states_error_name,
        states_error_name_type,
    )

    types = {one.to_name(): one for one in states_error_name_type.StatesErrorNameType}
    name: Any
    if error in types:
        name = states_error_name.StatesErrorName(typ=types[error])
    else:  # its constructor refuses AWS's own errors of HTTP tasks, such as `States.Http.Socket`
        name = custom_error_name.CustomErrorName(None)
        name.error_name = error
    details: Any = {"taskFailedEventDetails": {"error": error, "cause": cause, **more}}
    return failure_event.FailureEvent(
        env=env, error_name=name, event_type=HistoryEventType.TaskFailed, event_details=details
    )


def raised(event: Any) -> Exception:
    """Return the exception that fails the state with a failure."""
    from moto.stepfunctions.parser.asl.component.common.error_name import failure_event  # noqa: PLC0415  # the same

    return failure_event.FailureEventException(event)
