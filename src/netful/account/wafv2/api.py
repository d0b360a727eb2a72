"""WAF's API: what it describes judges requests, and what it writes judges the next one."""

from netful.account import reading
from netful.account.json_api import JsonApi
from netful.account.wafv2.reads import LOOKS
from netful.account.wafv2.writes import WRITES
from netful.account.writing import Running, Writer


class WafApi:
    """The operations of WAF (version 2)."""

    def __init__(self, running: Running) -> None:
        reads = reading.operations(LOOKS, lambda: running.cloud)
        writes = Writer(running, lambda cloud: cloud, "WAFInvalidParameterException").operations(WRITES)
        self.operations = {**reads, **writes}
        self.handle = JsonApi("wafv2", self.operations, "WAFInvalidParameterException").handle
