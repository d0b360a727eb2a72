"""Step Functions of the back ends' process: moto's interpreter runs each execution on a thread of its own.

| moto | here |
|---|---|
| an execution without a name has none | it has a generated one |
| a definition that the interpreter cannot read is refused | it is recorded and reported, and its executions fail (`definitions`) |
| `?` and `[` of StringMatches are wildcards | only `*` is |
| the end of an execution is seen before its output | they are seen together |
| an execution whose thread fails goes on for ever | it fails |
| StartSyncExecution is unknown | it is answered when the execution ends |
| executions are kept for good | those of an express machine go when they end; a standard one keeps its newest thousand |
| the interpreter's errors have no code for clients | they have AWS's |
| JSONata needs a Java virtual machine | `jsonata-python` evaluates it (`expressions`) |
| a distributed map succeeds where its items fail | it fails beyond its tolerated failures (`distributed_maps`) |

The threads use the interpreter and nothing else of moto, which is not made for threads: they call services by the daemon.
"""

import json
import logging
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import msgspec

from netful.engine.patterns.pattern import plain_pattern
from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.moto.state_machines import definitions, distributed_maps, expressions, quotas, versions, web_tasks
from netful.services.moto.state_machines.activities import GET, JSON, Activities
from netful.services.moto.state_machines.calls import NESTED, Clients, inherit_context
from netful.services.moto.state_machines.history import HistorySession
from netful.services.moto.state_machines.outlet import Outlet
from netful.services.moto.state_machines.spelling import name_errors, spell_members
from netful.services.moto.state_machines.tasks import fail_with_task

_log = logging.getLogger(__name__)

_MODULE = "moto.stepfunctions.responses"
_KEPT_EXECUTIONS = 1000
_TARGET, _START, _SYNC = "x-amz-target", "AWSStepFunctions.StartExecution", "AWSStepFunctions.StartSyncExecution"


class Interpreter:
    """The interpreter, once the service is loaded."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._clients = Clients(outlet)
        self._activities = Activities(outlet)
        self._running = quotas.Running()
        self._hooked = False
        self._sync_call: int | None = None
        self._nested = False

    def hook(self) -> None:
        """Replace parts of moto, if the service is loaded."""
        if self._hooked or _MODULE not in sys.modules:
            return
        self._hooked = True
        from moto.core.config import default_user_config  # noqa: PLC0415  # the service is loaded late
        from moto.core.exceptions import AWSError  # noqa: PLC0415
        from moto.stepfunctions.parser.asl.utils import boto_client  # noqa: PLC0415  # before others import from it

        inherit_context()
        boto_client.boto_client_for = self._clients.client
        default_user_config["stepfunctions"] = {"execute_state_machine": True}
        from moto.stepfunctions.parser import api, models  # noqa: PLC0415
        from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator.implementations import (  # noqa: PLC0415
            string_operators,
        )
        from moto.stepfunctions.parser.backend import execution, execution_worker  # noqa: PLC0415

        errors: list[Any] = [one for one in vars(api).values() if isinstance(one, type) and issubclass(one, AWSError)]
        for error in errors:
            error.TYPE = error.code if hasattr(error, "code") else error.TYPE
        expressions.hook()
        distributed_maps.hook()
        spell_members()
        name_errors()
        fail_with_task()
        string_operators.StringMatches._compare = staticmethod(_matches)  # type: ignore[assignment, method-assign]  # noqa: SLF001  # there is no public way
        web_tasks.hook(self._outlet)
        self._activities.hook()
        versions.hook()
        quotas.hook()
        definitions.hook(models.StepFunctionsParserBackend, api.InvalidDefinition, self._outlet)
        self._hook_starts(models.StepFunctionsParserBackend, execution.Execution, api.StateMachineTypeNotSupported)
        self._hook_ends(execution_worker.ExecutionWorker, api.ExecutionStatus)
        _end_at_once(execution.BaseExecutionWorkerCommunication)

    def answer(self, call: FrameCall, answer: Callable[[FrameCall], FrameReply | None]) -> FrameReply | None:
        """Answer a call by `answer`. A synchronous execution starts as any other, and is answered when it ends."""
        headers = {name.lower(): value for name, value in call.headers}
        target = headers.get(_TARGET, "")
        self._nested = NESTED in headers
        if target == GET and self._hooked:
            return self._activities.answer(call)
        if target != _SYNC:
            return answer(call)
        started = tuple((name, _START if name.lower() == _TARGET else value) for name, value in call.headers)
        self._sync_call = call.id
        try:
            reply = answer(msgspec.structs.replace(call, headers=started))
        finally:
            self._sync_call = None
        return reply if reply and reply.status >= 300 else None

    def _hook_starts(self, backend_class: Any, execution_class: Any, not_supported: type[Exception]) -> None:
        """Give executions a name, a history, and the synchronous call that waits for them."""
        begin, start = backend_class.start_execution, execution_class.start

        def begin_named(backend: Any, arn: str, name: str | None = None, given: str | None = None, **more: Any) -> Any:
            self._running.check(given, nested=self._nested)
            backend._validate_name(name or "")  # noqa: SLF001  # there is no public way
            if self._sync_call is not None and backend.describe_state_machine(arn).type != quotas.EXPRESS:
                raise not_supported("This operation is not supported by this type of state machine")
            return begin(backend, arn, name or str(uuid4()), given, **more)

        def start_told(execution: Any) -> None:
            execution.netful_sync_call = self._sync_call
            self._running.begin(execution.exec_arn)
            execution._cloud_watch_logging_session = HistorySession(self._outlet, execution)  # noqa: SLF001  # the same
            start(execution)

        backend_class.start_execution = begin_named
        execution_class.start = start_told

    def _hook_ends(self, worker_class: Any, statuses: Any) -> None:
        """Have each execution end, also if its thread fails, and answer the call that waits for it."""
        run = worker_class._execution_logic  # noqa: SLF001  # the same

        def run_to_end(worker: Any) -> None:
            execution = worker._execution_communication.execution  # noqa: SLF001  # the same
            try:
                run(worker)
            except Exception as error:  # noqa: BLE001  # the thread's last word
                _log.exception("%s", execution.exec_arn)
                execution.stop_date = datetime.now(UTC)
                execution.error, execution.cause = "States.Runtime", f"{type(error).__name__}: {error}"
                execution.exec_status = statuses.FAILED
                event = {"type": "ExecutionFailed", "details": {"error": execution.error, "cause": execution.cause}}
                execution._cloud_watch_logging_session.publish_history_log(event)  # noqa: SLF001  # the same
            self._ended(execution)

        worker_class._execution_logic = run_to_end  # noqa: SLF001  # the same

    def _ended(self, execution: Any) -> None:
        if execution.netful_sync_call is not None:
            self._outlet.send(
                FrameReply(execution.netful_sync_call, 200, JSON, json.dumps(_result(execution)).encode())
            )
        self._running.end(execution.exec_arn)
        machine = execution.state_machine
        with suppress(Exception):  # the machine was deleted, or the execution
            kept = machine.backend.describe_state_machine(machine.arn).executions
            if machine.type == quotas.EXPRESS:
                kept.remove(execution)
            elif len(kept) > _KEPT_EXECUTIONS:
                kept.remove(next(one for one in kept if one.stop_date is not None))


def _end_at_once(reporter: Any) -> None:
    """Let clients see the end of an execution with all that belongs to it, its output as text."""
    reflect = reporter._reflect_execution_status  # noqa: SLF001  # there is no public way

    def reflect_at_once(report: Any) -> None:
        end = SimpleNamespace(exec_worker=report.execution.exec_worker)
        reflect(SimpleNamespace(execution=end))
        status = vars(end).pop("exec_status")
        if hasattr(end, "output"):
            end.output = json.dumps(end.output, separators=(",", ":"), default=_moment)
        vars(report.execution).update(vars(end))
        report.execution.exec_status = status

    reporter._reflect_execution_status = reflect_at_once  # noqa: SLF001  # the same


def _moment(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _result(execution: Any) -> dict[str, Any]:
    """Return the answer of StartSyncExecution."""
    described = execution.to_describe_output()
    for moment in ("startDate", "stopDate"):
        described[moment] = described[moment].timestamp()
    seconds = described["stopDate"] - described["startDate"]
    if described["status"] == "ABORTED":
        described["status"] = "FAILED"
    described["output"] = execution.output
    billing = {"billedDurationInMilliseconds": -(-int(seconds * 1000) // 100) * 100, "billedMemoryUsedInMB": 64}
    return {name: value for name, value in described.items() if value is not None} | {"billingDetails": billing}


def _matches(variable: Any, pattern: str) -> bool:
    """Return whether a text has the form of StringMatches, where `*` is anything; a backslash before it takes that away."""
    parts = re.split(r"(\\.|\*)", pattern)
    form = "".join(".*" if part == "*" else re.escape(part.removeprefix("\\")) for part in parts)
    return isinstance(variable, str) and plain_pattern(f"(?s){form}").fullmatch(variable) is not None
