"""Statistics of metrics with exact dimensions. moto adds up all metrics that have the requested dimensions among others.

Runs only in the back end's process.
"""

import sys
from typing import Any

_MODULE = "moto.cloudwatch.models"


def match_dimensions() -> None:
    """Correct the service if it is loaded."""
    module: Any = sys.modules.get(_MODULE)
    if module is None or getattr(module.CloudWatchBackend.get_metric_statistics, "exact", False):
        return
    statistics = module.CloudWatchBackend.get_metric_statistics

    def exact(backend: Any, *args: Any, dimensions: Any, **named: Any) -> Any:
        every, wanted = backend.metric_data, len(dimensions or ())
        backend.metric_data = [one for one in every if len(one.dimensions) == wanted]
        try:
            return statistics(backend, *args, dimensions=dimensions, **named)
        finally:
            backend.metric_data = every

    exact.exact = True  # type: ignore[attr-defined]
    module.CloudWatchBackend.get_metric_statistics = exact
