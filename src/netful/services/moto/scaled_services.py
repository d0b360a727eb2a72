"""Scalable targets of ECS: moto would look for the service among its own ones, of which a stack has none.

The stack's own handler has found the service before the request comes here. Runs only in the back end's process.
"""

import sys
from typing import Any

_MODELS = "moto.applicationautoscaling.models"


def scale_any_service() -> None:
    """Register the services of ECS that a request names, if Application Auto Scaling is loaded."""
    models: Any = sys.modules.get(_MODELS)
    if models is not None:
        models.ApplicationAutoscalingBackend._ecs_service_exists_for_target = lambda *_: True  # noqa: SLF001
