"""Tasks of ECS that a state waits for: one that fails fails the state, where moto's interpreter goes on."""

from collections.abc import Callable, Mapping
from typing import Any

from netful.services.moto.state_machines.failures import TASK_FAILED, failure, raised


def fail_with_task() -> None:
    """Have `ecs:runTask.sync` fail if a container fails, or if the task does not start."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (  # noqa: PLC0415  # loaded late
        state_task_service_ecs,
    )
    from moto.stepfunctions.parser.asl.utils.encoding import to_json_str  # noqa: PLC0415

    service: Any = state_task_service_ecs.StateTaskServiceEcs
    build = service._build_sync_resolver  # noqa: SLF001  # there is no public way

    def build_resolver(state: Any, env: Any, *given: Any, **more: Any) -> Callable[[], Any]:
        resolve = build(state, env, *given, **more)

        def resolver() -> Any:
            task = resolve()
            if task is None or not _fails(task):
                return task
            details = {
                "resource": state._get_sfn_resource(),  # noqa: SLF001  # the same
                "resourceType": state._get_sfn_resource_type(),  # noqa: SLF001  # the same
            }
            raise raised(failure(env, TASK_FAILED, to_json_str(task), **details))

        return resolver

    service._build_sync_resolver = build_resolver  # noqa: SLF001  # the same


def _fails(task: Mapping[str, Any]) -> bool:
    codes = [one.get("ExitCode") for one in task.get("Containers", ())]
    return task.get("StopCode") == "TaskFailedToStart" or any(codes)
