"""Statistics of metrics with exact dimensions. moto adds up all metrics that have the requested dimensions among others."""

from typing import Any


def match_dimensions(models: Any) -> None:
    """Correct the statistics."""
    statistics = models.CloudWatchBackend.get_metric_statistics

    def exact(backend: Any, *args: Any, dimensions: Any, **named: Any) -> Any:
        every, wanted = backend.metric_data, len(dimensions or ())
        backend.metric_data = [one for one in every if len(one.dimensions) == wanted]
        try:
            return statistics(backend, *args, dimensions=dimensions, **named)
        finally:
            backend.metric_data = every

    models.CloudWatchBackend.get_metric_statistics = exact
