"""The API of load balancing: what it describes runs, and what it writes runs before the call returns."""

from collections.abc import Callable, Mapping
from functools import partial

from netful.account.creation_times import CreationTimes
from netful.account.elbv2.describe.target_health import Found
from netful.account.elbv2.reads import Reads
from netful.account.elbv2.view import SERVICE, View
from netful.account.elbv2.writes import attributes, listeners, load_balancers, rules, tags, target_groups, trust_stores
from netful.account.elbv2.writes.trust_stores import Bundles
from netful.account.operations.query_api import QueryApi
from netful.account.writing import Running, Write, Writer

WRITES: Mapping[str, Write[View]] = {
    **attributes.WRITES,
    **load_balancers.WRITES,
    **target_groups.WRITES,
    **listeners.WRITES,
    **rules.WRITES,
    **tags.WRITES,
    **trust_stores.WRITES,
}


class ElbV2Api:
    """The operations. `health` is what the running load balancers find, as it is at each look; `bundles` reads buckets."""

    def __init__(self, running: Running, health: Callable[[], Found], bundles: Bundles) -> None:
        view = partial(View.of, created=CreationTimes())
        reads = Reads(lambda: view(running.cloud), health)
        writes = Writer(running, view, "ValidationError").operations(WRITES)
        writes |= trust_stores.reading(running, view, bundles, writes)
        self.handle = QueryApi(SERVICE, {**reads.operations(), **writes}, validated=True).handle
