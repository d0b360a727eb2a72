"""Quotas of executions, so that no definition takes the memory and the time of the others.

| quota | AWS | here |
|---|---|---|
| events in the history of a standard execution | 25,000 | the same |
| time of an express execution | 5 minutes | the same |
| history of an express execution | none is kept | the same |
| iterations of a map at the same time | 40, or 10,000 where it is distributed | 40 |
| running executions | a million | 1,000; one that an execution starts: 100 |
| characters of a definition, and of an input | 1,048,576 and 262,144 | the same |
| evaluation of a JSONata expression | some time and depth | 1 s, 500 calls |
| `..` in a JSONPath | | 2: each multiplies the work by the depth of the data |
| items of `States.ArrayRange` | 1,000 | the same, before they are made |

moto has the quota of a state's output only, keeps every thread that it starts, and reads a JSONPath each time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from netful.services.moto.state_machines import failures

EXPRESS = "EXPRESS"
EVALUATION_MILLISECONDS, EVALUATION_DEPTH = 1000, 500
_EVENTS, _EXPRESS_SECONDS, _ITERATIONS, _RUNNING, _NESTED = 25_000, 300, 40, 1000, 100
_DEFINITION, _INPUT = 1 << 20, 1 << 18
_DESCENTS, _ITEMS = 2, 1000
_TURN_SECONDS = 0.0005  # of a thread: one that computes delays each call by several turns


class Running:
    """The executions that run."""

    def __init__(self) -> None:
        self._arns: set[str] = set()

    def begin(self, arn: str) -> None:
        """Count an execution."""
        self._arns.add(arn)

    def end(self, arn: str) -> None:
        """Forget an execution, and the threads that have ended."""
        from moto.stepfunctions.parser.utils import TMP_THREADS  # noqa: PLC0415  # loaded late

        self._arns.discard(arn)
        TMP_THREADS.clear()

    def check(self, given: str | None, *, nested: bool) -> None:
        """Refuse an execution beyond the quota, or one with a longer input than AWS accepts. `nested`: an execution starts it."""
        from moto.stepfunctions.exceptions import ValidationException  # noqa: PLC0415  # the same
        from moto.stepfunctions.parser.api import ExecutionLimitExceeded  # noqa: PLC0415  # the same

        if given is not None and len(given) > _INPUT:
            raise ValidationException(
                "1 validation error detected: Value at 'input' failed to satisfy constraint: "
                f"Member must have length less than or equal to {_INPUT}"
            )
        most = _NESTED if nested else _RUNNING
        if len(self._arns) >= most:
            raise ExecutionLimitExceeded(f"{most} executions are running, the most that netful runs")


def check_definition(definition: str, invalid: type[Exception]) -> None:
    """Refuse a definition that is longer than AWS accepts."""
    if len(definition) > _DEFINITION:
        raise invalid(f"Invalid State Machine Definition: 'DEFINITION_TOO_LONG: more than {_DEFINITION} characters'")


def hook() -> None:
    """Have the interpreter keep to the quotas."""
    from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.array import array_range  # noqa: PLC0415  # loaded late
    from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import (  # noqa: PLC0415
        inline_iteration_component,
    )
    from moto.stepfunctions.parser.asl.component.state.state import CommonStateField  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.utils import json_path  # noqa: PLC0415
    from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker  # noqa: PLC0415

    _limit_history(CommonStateField)
    _limit_iterations(inline_iteration_component.InlineIterationComponent)
    _limit_time(ExecutionWorker)
    vars(json_path)["parse"] = _path
    vars(array_range)["range"] = _items
    sys.setswitchinterval(_TURN_SECONDS)


@lru_cache(maxsize=1024)
def _path(text: str) -> Any:
    """Return a JSONPath."""
    from jsonpath_ng.ext.parser import parse  # noqa: PLC0415  # the same

    if text.count("..") > _DESCENTS:
        raise ValueError(
            f"the JSONPath '{text}' has more than {_DESCENTS} recursive descents, the most that netful evaluates"
        )
    return parse(text)


def _items(first: int, end: int, step: int) -> range:
    """Return the items of an array, before they are made."""
    items = range(first, end, step)
    if len(items) > _ITEMS:
        raise ValueError(f"Arrays cannot contain more than {_ITEMS} items, size: {len(items)}.")
    return items


def padded(pad: Callable[..., Any]) -> Callable[..., Any]:
    """Return JSONata's function `$pad` with a quota for the text, which it makes in one turn."""

    def bounded(text: Any, width: Any = None, character: Any = None) -> Any:
        if isinstance(width, int | float) and abs(width) > _INPUT:
            raise ValueError(f"$pad: more than {_INPUT} characters")
        return pad(text, width, character)

    return bounded


def _limit_history(states: Any) -> None:
    enter = states._eval_body  # noqa: SLF001  # there is no public way

    def entered(state: Any, env: Any) -> None:
        events = env.event_manager._history_event_list  # noqa: SLF001  # the same
        if env.execution_type == EXPRESS:
            events.clear()
        elif len(events) >= _EVENTS - 2:  # the state and the failure of the execution follow
            cause = f"The execution reached the maximum number of history events ({_EVENTS})."
            raise failures.raised(failures.failure(env, failures.RUNTIME, cause))
        enter(state, env)

    states._eval_body = entered  # noqa: SLF001  # the same


def _limit_iterations(maps: Any) -> None:
    launch: Callable[..., Any] = maps._launch_worker  # noqa: SLF001  # the same

    def launched(own: Any, env: Any, eval_input: Any, job_pool: Any) -> Any:
        workers = job_pool.netful_workers = getattr(job_pool, "netful_workers", 0) + 1
        return launch(own, env=env, eval_input=eval_input, job_pool=job_pool) if workers <= _ITERATIONS else None

    maps._launch_worker = launched  # noqa: SLF001  # the same


def _limit_time(worker_class: Any) -> None:
    program_of = worker_class._get_evaluation_entrypoint  # noqa: SLF001  # the same

    def limited(worker: Any) -> Any:
        program = program_of(worker)
        if worker._evaluation_details.state_machine_details.typ == EXPRESS:  # noqa: SLF001  # the same
            own = program.timeout_seconds.timeout_seconds if program.timeout_seconds else _EXPRESS_SECONDS
            program.timeout_seconds = SimpleNamespace(timeout_seconds=min(own, _EXPRESS_SECONDS))
        return program

    worker_class._get_evaluation_entrypoint = limited  # noqa: SLF001  # the same
