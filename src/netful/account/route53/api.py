"""Route 53's API: zones and records, by which names resolve in the VPCs of the running network."""

from netful.account.rest_xml_api import RestXmlApi
from netful.account.route53 import health_checks
from netful.account.route53.change_log import ChangeLog
from netful.account.route53.reads import Reads
from netful.account.route53.record_changes import change_record_sets
from netful.account.route53.view import SERVICE, View
from netful.account.route53.zones import ZoneWrites
from netful.account.writing import Running, Writer


class Route53Api:
    """The operations."""

    def __init__(self, running: Running) -> None:
        log = ChangeLog()
        reads = Reads(lambda: View.of(running.cloud), log).operations()
        writes = {
            **ZoneWrites(log).writes(),
            "ChangeResourceRecordSets": change_record_sets(log),
            **health_checks.WRITES,
        }
        self.operations = {**reads, **Writer(running, View.of, "InvalidInput").operations(writes)}
        self.handle = RestXmlApi(SERVICE, self.operations).handle
