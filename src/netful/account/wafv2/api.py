"""WAF's API: what it describes judges requests, and what it writes judges the next one."""

from netful.account.operations.json_api import JsonApi
from netful.account.wafv2.reads import LOOKS
from netful.account.wafv2.writes import WRITES
from netful.account.writing import Running, operations


class WafApi:
    """The operations of WAF (version 2)."""

    def __init__(self, running: Running) -> None:
        self.operations = operations(running, lambda cloud: cloud, LOOKS, WRITES, "WAFInvalidParameterException")
        self.handle = JsonApi("wafv2", self.operations, "WAFInvalidParameterException").handle
