"""Attributes of load balancers, target groups and listeners that may change a path, and that netful does not act on.

A path through one whose attribute differs from AWS's default has an assumption. Attributes that only change headers, logs, times
of draining or protection from deletion change no path.
"""

from collections.abc import Iterator, Mapping

_COUNT = "target_group_health.{}.minimum_healthy_targets.count"
_PERCENTAGE = "target_group_health.{}.minimum_healthy_targets.percentage"
_ENOUGH = "as many targets of {} are healthy as `{}` ({}) requires"
_ASSUMED: Mapping[str, tuple[str, str]] = {
    "dns_record.client_routing_policy": (
        "any_availability_zone", "the name of {} has the addresses of all zones, whatever `{}` ({}) prefers"),
    "routing.http.desync_mitigation_mode": ("defensive", "the request is one that `{1}` ({2}) of {0} lets through"),
    "tcp.idle_timeout.seconds": ("350", "the connection is not idle as long as `{1}` ({2}) of {0}"),
    "zonal_shift.config.enabled": ("false", "no zone is shifted away from {}, as `{}` ({}) allows"),
    **{key.format(which): (default, _ENOUGH) for which in ("dns_failover", "unhealthy_state_routing")
       for key, default in ((_COUNT, "1"), (_PERCENTAGE, "off"))},
}  # fmt: skip
"""The default and the assumption, by attribute; the assumption names the thing, the attribute and its value."""


def assumptions(thing: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """Yield the assumptions about the attributes of a thing, as written."""
    for attribute, value in attributes.items():
        default, text = _ASSUMED.get(attribute, (value, ""))
        if value != default:
            yield text.format(thing, attribute, value)
