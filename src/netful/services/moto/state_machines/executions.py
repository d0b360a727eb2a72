"""History and end of executions as clients ask for them. moto returns the whole history in its order, and forgets why one was stopped."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

_ON_A_PAGE = 100
_AGAIN_SECONDS = 0.02


def page_history(responses: Any) -> None:
    """Return the history in pages, and from its end where the request says so."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    def get_execution_history(answer: Any) -> Any:
        asked = answer._get_param  # noqa: SLF001  # moto's own way
        events = [*answer.stepfunction_backend.get_execution_history(asked("executionArn"))["events"]]
        events.sort(key=lambda one: int(one["id"]), reverse=bool(asked("reverseOrder")))
        token, most = str(asked("nextToken") or 0), int(asked("maxResults") or _ON_A_PAGE)
        if not token.isdecimal():
            raise JsonRESTError("InvalidToken", f"Invalid Token: '{token}'")
        end = int(token) + most
        page = {"events": events[int(token) : end]}
        return responses.ActionResult({**page, "nextToken": str(end)} if end < len(events) else page)

    responses.StepFunctionResponse.get_execution_history = get_execution_history


def stop_at_once(responses: Any) -> None:
    """Stop executions also where they wait for a task's token, keep the error and the cause, and answer with the moment."""
    from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackConsumerLeft  # noqa: PLC0415  # loaded with the service
    from moto.stepfunctions.parser.asl.eval.environment import Environment  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped  # noqa: PLC0415

    def unless_stopped(end: Callable[..., None]) -> Callable[..., None]:
        def ended(environment: Any, *given: Any, **named: Any) -> None:
            if not isinstance(environment.program_state(), ProgramStopped):
                end(environment, *given, **named)

        return ended

    for operation in ("set_error", "set_timed_out"):
        setattr(Environment, operation, unless_stopped(getattr(Environment, operation)))

    def halt(execution: Any) -> None:
        """Stop an execution, which may not have begun, or may begin to wait."""
        while execution.stop_date is None:
            if environment := execution.exec_worker.env:
                environment.set_stop(stop_date=datetime.now(UTC), error=execution.error, cause=execution.cause)
                for end in [*environment.callback_pool_manager._pool.values()]:  # noqa: SLF001  # there is no public way
                    end.report(CallbackConsumerLeft())
                    end.interrupt_all()
                    if hasattr(end, "notify_activity_task_start"):
                        end.notify_activity_task_start(None)
            time.sleep(_AGAIN_SECONDS)

    def stop_execution(answer: Any) -> Any:
        arn, error, cause = map(answer._get_param, ("executionArn", "error", "cause"))  # noqa: SLF001  # moto's own way
        execution = answer.stepfunction_backend.describe_execution(arn)
        if execution.stop_date is None:
            execution.error, execution.cause = error, cause
            threading.Thread(target=halt, args=(execution,), daemon=True).start()
        return responses.ActionResult({"stopDate": execution.stop_date or datetime.now(UTC)})

    responses.StepFunctionResponse.stop_execution = stop_execution
