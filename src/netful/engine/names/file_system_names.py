"""Names of file systems of EFS: in the VPC of its mount targets, one gives the address of that in the client's zone, elsewhere none.

The answer has the mount targets of all zones, because a query does not tell its client's; the name of one zone has that one.
"""

import re

from netful.engine.files.mounts import targets_of
from netful.engine.flows.codes import Code
from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.network.vpc import Vpc

FILE_SYSTEM = "AWS::EFS::FileSystem"
_NAME = re.compile(r"(?:(?P<zone>[a-z0-9-]+)\.)?(?P<id>fs-[0-9a-z]+)\.efs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?")


def answer(cloud: Cloud, vpc: Vpc | None, name: str, host: str) -> DnsAnswer | None:
    """Return the answer to the name of a loaded file system; None for every other name."""
    found = _NAME.fullmatch(host)
    system = cloud.template.resources.get(cloud.named(found["id"])) if found else None
    if found is None or system is None or system.type != FILE_SYSTEM:
        return None
    zone = found["zone"]
    own = [one for one in targets_of(cloud, system.id) if vpc and cloud.network.vpc_of_interface(one) == vpc]
    there = [one for one in own if not zone or cloud.network.zone_of_interface(one) == zone]
    given = tuple(one.private_ip_address for one in there if one.private_ip_address)
    if not given:
        where = f"{system.id} has no mount target there"
        return DnsAnswer(name, status="NXDOMAIN", zone=where, code=Code.NETFUL_DNS_NXDOMAIN, origin=system.origin)
    assumed = (f"{system.id} has a mount target in the zone of each client",) if not zone else ()
    return DnsAnswer(name, given, zone=f"public DNS, a name of {system.id}", origin=system.origin, assumptions=assumed)
