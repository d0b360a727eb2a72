"""Names of file systems of EFS: in the VPC of its mount targets, one gives the address of that in the client's zone, elsewhere none.

The answer has the mount targets of all zones, because a query does not tell its client's; the name of one zone has that one. It is
unknown if a mount target may be there whose subnet or file system is not known.
"""

import re
from collections.abc import Collection, Iterator

from netful.engine.files.mounts import is_mount_target, targets_of
from netful.engine.flows.codes import Code
from netful.engine.flows.ruling import needs
from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.network.network_interface import NetworkInterface
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
    given6 = tuple(one.ipv6_address for one in there if one.ipv6_address)
    if given or given6:
        assumed = (f"{system.id} has a mount target in the zone of each client",) if not zone else ()
        where = f"public DNS, a name of {system.id}"
        return DnsAnswer(name, given, zone=where, origin=system.origin, assumptions=assumed, ipv6_addresses=given6)
    if vpc is not None and (missing := tuple(dict.fromkeys(_undecided(cloud, vpc, system, there)))):
        return DnsAnswer(name, status="UNKNOWN", zone=system.id, origin=system.origin, missing=missing)
    where = f"{system.id} has no mount target there"
    return DnsAnswer(name, status="NXDOMAIN", zone=where, code=Code.NETFUL_DNS_NXDOMAIN, origin=system.origin)


def _undecided(cloud: Cloud, vpc: Vpc, system: Resource, there: Collection[NetworkInterface]) -> Iterator[str]:
    """Yield what would tell whether a mount target serves a VPC: its subnet, zone or file system may not be known or loaded."""
    for one in targets_of(cloud, system.id):
        somewhere = not cloud.network.zone_of_interface(one) and cloud.network.vpc_of_interface(one) in (None, vpc)
        if one in there or somewhere:
            yield from needs(one.subnet_id, f"the address of {one.owner_id}")
    for target in cloud.template.resources.values():
        named = target.properties.get("FileSystemId") if is_mount_target(cloud, target.id) else None
        yield from needs(named, "") if isinstance(named, Unknown) else ()
