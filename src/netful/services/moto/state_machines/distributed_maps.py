"""Distributed maps whose items fail: the map fails beyond its tolerated failures, none by default.

moto's have no threshold: they succeed with `null` for each item that failed. Up to the threshold such an item has the
description of its execution as its result, as on AWS.
"""

from collections.abc import Sequence
from typing import Any

from netful.services.moto.replacements import replacing
from netful.services.moto.state_machines.failures import failure, raised

_EXCEEDED = "States.ExceedToleratedFailureThreshold"
_CAUSE = "The specified tolerated failure threshold was exceeded"


def hook() -> None:
    """Have the interpreter count failures."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import (  # noqa: PLC0415  # loaded late
        distributed_iteration_component,
    )
    from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (  # noqa: PLC0415
        distributed_item_processor_worker,
    )
    from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.utils.encoding import to_json_str  # noqa: PLC0415

    @replacing(distributed_item_processor_worker.DistributedItemProcessorWorker, "_eval_job")
    def evaluate_item(evaluate: Any, worker: Any, env: Any, job: Any) -> None:
        evaluate(worker, env, job)
        state = env.program_state()
        if not isinstance(state, ProgramEnded):
            job.job_output = _Failed(to_json_str(job.job_input), getattr(state, "error", None) or {})

    @replacing(distributed_iteration_component.DistributedIterationComponent, "_map_run")
    def run(run_all: Any, component: Any, env: Any, eval_input: Any) -> None:
        run_all(component, env, eval_input)
        if _is_exceeded(eval_input, env.stack[-1]):
            raise raised(failure(env, _EXCEEDED, _CAUSE))


class _Failed(dict[str, Any]):
    """The result of an item that failed."""

    def __init__(self, item: str, error: dict[str, Any]) -> None:
        told = {"Error": error.get("error"), "Cause": error.get("cause")}
        super().__init__({**told, "Input": item, "InputDetails": {"Included": True}, "Status": "FAILED"})


def _is_exceeded(limits: Any, outputs: Sequence[Any]) -> bool:
    """Return whether more items failed than are tolerated; a limit of 0 has no effect beside the other one."""
    failed = sum(isinstance(one, _Failed) for one in outputs)
    count, percentage = limits.tolerated_failure_count, limits.tolerated_failure_percentage
    if not count and not percentage:
        return failed > 0
    return bool((count and failed > count) or (percentage and failed * 100 > percentage * len(outputs)))
