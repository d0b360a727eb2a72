"""Route 53's API: zones and records, by which names resolve in the VPCs of the running network."""

from functools import partial

from netful.account.operations.rest_xml_api import RestXmlApi
from netful.account.route53 import health_checks, record_changes, zones
from netful.account.route53.change_log import ChangeLog
from netful.account.route53.reads import LOOKS
from netful.account.route53.view import SERVICE, View
from netful.account.writing import Running, operations


class Route53Api:
    """The operations."""

    def __init__(self, running: Running) -> None:
        view = partial(View.of, log=ChangeLog())
        writes = {**zones.WRITES, **record_changes.WRITES, **health_checks.WRITES}
        self.operations = operations(running, view, LOOKS, writes, "InvalidInput")
        self.handle = RestXmlApi(SERVICE, self.operations).handle
