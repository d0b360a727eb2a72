"""Metric filters of CloudWatch Logs: of a group that exists, one of each name, and gone with their group. moto has one list for all."""

from typing import Any

from netful.services.moto.refusals import refuse
from netful.services.moto.replacements import replacing


def of_groups(models: Any) -> None:
    """Let each group have its filters, and refuse what does not exist."""
    described = models.LogGroup.to_describe_dict
    models.LogGroup.metric_filters = 0
    models.LogGroup.to_describe_dict = lambda own: {**described(own), "metricFilterCount": own.metric_filters}
    backend = models.LogsBackend

    def there(own: Any, group: str | None) -> None:
        if group and group not in own.groups:
            raise models.ResourceNotFoundException

    def of(own: Any, group: str, name: str = "") -> list[Any]:
        return [one for one in own.filters.get_matching_filters(name or None, group) if name in ("", one["filterName"])]

    @replacing(backend)
    def put_metric_filter(put: Any, own: Any, name: str, pattern: str, group: str, transformations: Any) -> None:
        own.filters.delete_filter(name, group)
        put(own, name, pattern, group, transformations)
        own.groups[group].metric_filters = len(of(own, group))

    @replacing(backend)
    def delete_metric_filter(delete: Any, own: Any, name: str, group: str) -> None:
        if not of(own, group, name):
            raise models.ResourceNotFoundException("The specified metric filter does not exist.")
        delete(own, name, group)
        own.groups[group].metric_filters = len(of(own, group))

    @replacing(backend)
    def delete_log_group(delete: Any, own: Any, group: str) -> None:
        delete(own, group)
        for one in of(own, group):
            own.filters.delete_filter(one["filterName"], group)

    refuse(backend, "put_metric_filter", lambda own, _name, _pattern, group, _transformations: there(own, group))
    refuse(backend, "delete_metric_filter", lambda own, _name, group: there(own, group))
    refuse(backend, "describe_metric_filters", lambda own, _prefix, group, *_more: there(own, group))
