"""CloudWatch's statistics of a metric are those of its very dimensions; moto's are also those of metrics that have more.

Runs in the back end's process only.
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

_MODULE = "moto.cloudwatch.models"
_METHOD = "get_metric_statistics"


def match_dimensions_exactly() -> None:
    """Have statistics be those of the dimensions that are asked for, where the service is loaded."""
    module: Any = sys.modules.get(_MODULE)
    if module is None or hasattr(module, "netful_matches_exactly"):
        return
    module.netful_matches_exactly = True
    counted = getattr(module.CloudWatchBackend, _METHOD)
    signature = inspect.signature(counted)

    def statistics(backend: Any, *given: Any, **named: Any) -> Any:
        asked = signature.bind(backend, *given, **named).arguments.get("dimensions") or ()
        wanted = {(one["Name"], one.get("Value")) for one in asked}
        metrics = [one for one in backend.get_all_metrics() if {(d.name, d.value) for d in one.dimensions} == wanted]
        backend.get_all_metrics = lambda: metrics  # the instance's own, for as long as this takes
        try:
            return counted(backend, *given, **named)
        finally:
            del backend.get_all_metrics

    setattr(module.CloudWatchBackend, _METHOD, statistics)
