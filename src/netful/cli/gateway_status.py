"""API Gateway in `netful status`: remaining tokens, used quotas, caches."""

from collections.abc import Iterator
from typing import Any

from netful.render.columns import counted
from netful.render.language import spoken

_NO_LIMIT = 1e15


def gateway_lines(status: dict[str, Any]) -> Iterator[str]:
    """Return the lines; buckets and quotas without a request so far are left out."""
    if status["state"] is not None:
        count = len(status["workers"])
        who = counted(count, "worker") + ", " if count else ""
        restarts = ", " + spoken(f"{status['restarts']} started again") if status["restarts"] else ""
        state = spoken(f"state at {status['state']}") + (f" ({spoken('away')})" if status.get("away") else "")
        yield f"  API Gateway: {who}{state}{restarts}"
    for bucket in status["buckets"]:
        left = spoken(f"{bucket['tokens']:.1f} of {bucket['burst']:g} tokens, {bucket['rate']:g}/s")
        left = left if bucket["burst"] < _NO_LIMIT else spoken("no limit")
        yield f"  throttle  {bucket['of']:<30} {bucket['level']:<17} {left}"
    for quota in status["quotas"]:
        limit = spoken("no limit") if quota["limit"] is None else quota["limit"]
        of = f"{quota['usage_plan']} {quota['api_key']}"
        yield f"  quota     {of:<30} {quota['period']:<17} {quota['used']} of {limit}"
    for cache in status["caches"]:
        size = "" if cache["entries"] is None else spoken(f"{cache['entries']} entries") + ", "
        hits = spoken(f"{cache['CacheHitCount']} hits, {cache['CacheMissCount']} misses")
        yield f"  cache     {cache['stage']:<48} {size}{hits}"
