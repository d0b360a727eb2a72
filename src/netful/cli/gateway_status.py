"""API Gateway in `netful status`: remaining tokens, used quotas, caches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_NO_LIMIT = 1e15


def gateway_lines(told: dict[str, Any]) -> Iterator[str]:
    """Return the lines; buckets and quotas without a request so far are left out."""
    if told["state"] is not None:
        count = len(told["workers"])
        who = f"{count} workers, " if count else ""
        restarts = f", {told['restarts']} started again" if told["restarts"] else ""
        yield f"  API Gateway: {who}state at {told['state']}{' (away)' if told.get('away') else ''}{restarts}"
    for bucket in told["buckets"]:
        left = f"{bucket['tokens']:.1f} of {bucket['burst']:g} tokens, {bucket['rate']:g}/s"
        left = left if bucket["burst"] < _NO_LIMIT else "no limit"
        yield f"  throttle  {bucket['of']:<30} {bucket['level']:<17} {left}"
    for quota in told["quotas"]:
        limit = "no limit" if quota["limit"] is None else quota["limit"]
        of = f"{quota['usage_plan']} {quota['api_key']}"
        yield f"  quota     {of:<30} {quota['period']:<17} {quota['used']} of {limit}"
    for cache in told["caches"]:
        size = "" if cache["entries"] is None else f"{cache['entries']} entries, "
        yield f"  cache     {cache['stage']:<48} {size}{cache['CacheHitCount']} hits, {cache['CacheMissCount']} misses"
