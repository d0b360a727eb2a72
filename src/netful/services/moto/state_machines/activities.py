"""Activities: workers ask for tasks by GetActivityTask, which is answered when a state waits for a worker, at the latest after a minute.

moto's interpreter has the states, but no operation that gives their tasks to workers.
"""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.moto.state_machines.outlet import Outlet

GET = "AWSStepFunctions.GetActivityTask"
JSON = (("Content-Type", "application/x-amz-json-1.0"),)
_POLL_SECONDS = 60.0
_MISSING = "com.amazonaws.swf.service.v2.model#ActivityDoesNotExist"


class Activities:
    """Tasks that wait for workers, and workers that wait for tasks, by the ARNs of activities."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._turn = threading.Lock()
        self._tasks: dict[str, deque[tuple[str, Any]]] = defaultdict(deque)
        self._workers: dict[str, deque[tuple[int, str | None]]] = defaultdict(deque)

    def hook(self) -> None:
        """Have states give their tasks to the workers."""
        from moto.stepfunctions.parser.api import ActivityDoesNotExist  # noqa: PLC0415
        from moto.stepfunctions.parser.asl.eval.callback import callback  # noqa: PLC0415
        from moto.stepfunctions.responses import get_backend  # noqa: PLC0415  # the service is loaded late

        backend_of: Any = get_backend
        missing: Any = ActivityDoesNotExist

        def is_there(arn: str) -> bool:
            region, account = arn.split(":")[3:5]
            return arn in backend_of(account, region).activities

        def add(pool: Any, callback_id: str, activity_arn: str, activity_input: str) -> Any:
            if not is_there(activity_arn):
                raise missing
            end = callback.ActivityCallbackEndpoint(callback_id, activity_input)
            pool._pool[callback_id] = end  # noqa: SLF001  # there is no public way
            self._offer(activity_arn, callback_id, end)
            return end

        start: Any = callback.ActivityTaskStartEndpoint
        start._outcome = None  # noqa: SLF001  # moto reads it after a time without a worker
        manager: Any = callback.CallbackPoolManager
        manager.add_activity_task = add
        self._is_there: Callable[[str], bool] = is_there

    def answer(self, call: FrameCall) -> FrameReply | None:
        """Answer a worker that asks for a task, as soon as one waits."""
        asked = json.loads(call.body)
        arn, worker = str(asked.get("activityArn")), asked.get("workerName")
        if not self._is_there(arn):
            refusal = {"__type": _MISSING, "message": f"Activity does not exist: '{arn}'"}
            return FrameReply(call.id, 400, JSON, json.dumps(refusal).encode())
        with self._turn:
            while self._tasks[arn]:
                token, end = self._tasks[arn].popleft()
                if end.consumer_error is None:
                    return _given(call.id, worker, token, end)
            self._workers[arn].append((call.id, worker))
        timer = threading.Timer(_POLL_SECONDS, self._dismiss, (arn, call.id, worker))
        timer.daemon = True
        timer.start()
        return None

    def _offer(self, arn: str, token: str, end: Any) -> None:
        with self._turn:
            if not self._workers[arn]:
                self._tasks[arn].append((token, end))
                return
            id_, worker = self._workers[arn].popleft()
        self._outlet.send(_given(id_, worker, token, end))

    def _dismiss(self, arn: str, id_: int, worker: str | None) -> None:
        """Answer a worker that has waited in vain."""
        with self._turn:
            if (id_, worker) not in self._workers[arn]:
                return
            self._workers[arn].remove((id_, worker))
        self._outlet.send(FrameReply(id_, 200, JSON, b"{}"))


def _given(id_: int, worker: str | None, token: str, end: Any) -> FrameReply:
    """Return the answer with a task, whose state observes that it has begun."""
    end.notify_activity_task_start(worker)
    content = {"taskToken": token, "input": end.get_activity_input()}
    return FrameReply(id_, 200, JSON, json.dumps(content).encode())
