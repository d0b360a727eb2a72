"""Metrics and alarms of CloudWatch where moto's differ from AWS's.

| | moto | AWS, and here |
|---|---|---|
| statistics | of all metrics that have the requested dimensions among others | of the metric with exactly these |
| list of metrics | a metric without dimensions once for each of its values | each metric once |
| results of an expression | empty | of metric math; here the operation is an unknown one, as nothing computes it |
| state of an alarm, which nothing evaluates | OK whenever it is put | INSUFFICIENT_DATA, and as it was when it is put again |
"""

from typing import Any

from netful.services.moto.replacements import replacing


def match_dimensions(models: Any) -> None:
    """Correct the statistics."""

    @replacing(models.CloudWatchBackend)
    def get_metric_statistics(statistics: Any, backend: Any, *args: Any, dimensions: Any, **named: Any) -> Any:
        every, wanted = backend.metric_data, len(dimensions or ())
        backend.metric_data = [one for one in every if len(one.dimensions) == wanted]
        try:
            return statistics(backend, *args, dimensions=dimensions, **named)
        finally:
            backend.metric_data = every


def list_once(models: Any) -> None:
    """List each metric once."""

    @replacing(models.CloudWatchBackend)
    def get_filtered_metrics(listed: Any, backend: Any, *asked: Any) -> Any:
        return [
            *{(one.namespace, one.name, *map(_pair, one.dimensions)): one for one in listed(backend, *asked)}.values()
        ]


def _pair(dimension: Any) -> tuple[str, str]:
    return dimension.name, dimension.value


def refuse_expressions(models: Any) -> None:
    """Let GetMetricData be an unknown operation for an expression that is more than the id of another query."""

    @replacing(models.CloudWatchBackend)
    def get_metric_data(data: Any, backend: Any, queries: Any, *asked: Any, **named: Any) -> Any:
        ids = {one["Id"] for one in queries}
        for one in queries:
            if one.get("Expression", one["Id"]) not in ids:
                raise NotImplementedError(f"netful does not compute this expression of metrics: {one['Expression']}")
        return data(backend, queries, *asked, **named)


def keep_states(models: Any) -> None:
    """Begin alarms without data, and leave their state when they are put again."""

    @replacing(models.CloudWatchBackend)
    def put_metric_alarm(put: Any, backend: Any, **named: Any) -> Any:
        before = backend.alarms.get(named["name"])
        alarm = put(backend, **named)
        alarm.state_value = before.state_value if before else "INSUFFICIENT_DATA"
        alarm.state_reason = before.state_reason if before else alarm.state_reason
        return alarm
