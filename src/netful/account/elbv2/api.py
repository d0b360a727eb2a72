"""The API of load balancing: what it describes runs, and what it writes runs before the call returns."""

from __future__ import annotations

from collections.abc import Callable

from netful.account.elbv2.describe.target_health import Found
from netful.account.elbv2.reads import Reads
from netful.account.elbv2.view import SERVICE, View
from netful.account.query_api import QueryApi
from netful.account.writing import Running


class ElbV2Api:
    """The operations. `health` is what the running load balancers find, as it is at each look."""

    def __init__(self, running: Running, health: Callable[[], Found]) -> None:
        reads = Reads(lambda: View.of(running.cloud), health)
        self.handle = QueryApi(SERVICE, reads.operations(), validated=True).handle
