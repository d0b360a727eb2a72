"""Route 53 Resolver's API: names in the VPCs that run resolve as it describes, and as it changes."""

from functools import partial

from netful.account.creation_times import CreationTimes
from netful.account.operations.json_api import JsonApi
from netful.account.records import tags
from netful.account.records.view import View
from netful.account.resolver import domain_lists, endpoints, firewall_rules, query_logging, rule_groups, rules, settings
from netful.account.resolver.kinds import KINDS, SERVICE
from netful.account.writing import Running, operations

_NOUNS = (endpoints, rules, domain_lists, firewall_rules, rule_groups, query_logging, settings)


class ResolverApi:
    """The operations."""

    def __init__(self, running: Running) -> None:
        view = partial(View, created=CreationTimes())
        looking = {**{name: look for noun in _NOUNS for name, look in noun.LOOKS.items()}, **tags.looks(KINDS)}
        writes = {**{name: write for noun in _NOUNS for name, write in noun.WRITES.items()}, **tags.writes(KINDS)}
        self.operations = operations(
            running, view, looking, writes, "InvalidParameterException", "ResourceExistsException"
        )
        self.handle = JsonApi(SERVICE, self.operations).handle
