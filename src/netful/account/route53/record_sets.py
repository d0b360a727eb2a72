"""Record sets of a hosted zone as the API returns them, each with the resource that has it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.elbv2.describe.load_balancers import zone_id
from netful.account.route53 import names
from netful.account.route53.view import SERVICE, View
from netful.account.wire.coercion import typed
from netful.account.wire.service_model import service_model
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.core import Frozen, Unknown
from netful.model.names.hosted_zones import HostedZone, RecordSet

RECORD_SET, RECORD_SETS = "AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup"
_PRIVATE_SERVERS = (
    "ns-1536.awsdns-00.co.uk.",
    "ns-0.awsdns-00.com.",
    "ns-1024.awsdns-00.org.",
    "ns-512.awsdns-00.net.",
)
_ENDS = ("co.uk", "com", "org", "net")
_NS_SECONDS, _SOA_SECONDS = 172_800, 900
_SOA = "{} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"

Key = tuple[str, str, str]
"""The key of a record set in its zone: a name, a type and a set identifier."""


class Placed(Frozen):
    """A record set, the resource that has it, and its place in a group of record sets."""

    record: Mapping[str, Any]
    resource_id: str = ""
    place: int | None = None

    @property
    def key(self) -> Key:
        """The key of the record set."""
        return key(self.record)


def key(record: Mapping[str, Any]) -> Key:
    """Return the key of a record set of a request or an answer."""
    return names.bare(str(record["Name"])), str(record["Type"]), str(record.get("SetIdentifier", ""))


def name_servers(view: View, zone: HostedZone) -> tuple[str, ...]:
    """Return the name servers of a zone: those of all private zones, or four of its own."""
    if zone.private:
        return _PRIVATE_SERVERS
    number = int(view.ids[zone.id].encode().hex(), 16)
    return tuple(f"ns-{512 * at + number % 512}.awsdns-{number % 64:02}.{end}" for at, end in enumerate(_ENDS))


def record_sets(view: View, zone: HostedZone) -> list[Placed]:
    """Return the record sets of a zone in the order of Route 53, with the two that every zone has."""
    own = [*_placed(view, zone)]
    known = {one.key for one in own}
    servers = [f"{one.rstrip('.')}." for one in name_servers(view, zone)]
    apex = {"Name": names.written(zone.name)}
    usual = (
        {**apex, "Type": "NS", "TTL": _NS_SECONDS, "ResourceRecords": [{"Value": one} for one in servers]},
        {**apex, "Type": "SOA", "TTL": _SOA_SECONDS, "ResourceRecords": [{"Value": _SOA.format(servers[0])}]},
    )
    own += [Placed(record) for record in usual if key(record) not in known]
    return sorted(own, key=lambda one: (names.order(one.key[0]), *one.key[1:]))


def _placed(view: View, zone: HostedZone) -> Iterator[Placed]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for record in zone.records:
        kind = (record.id, record.name, record.type)
        place, raw = _written(view, record, seen[kind])
        seen[kind] += 1
        yield Placed(_record(view, zone, record, raw), record.id, place)


def _written(view: View, record: RecordSet, number: int) -> tuple[int | None, Mapping[str, Any]]:
    """Return the properties of a record set as its resource has them, and their place in a group."""
    resource = view.cloud.template.resources.get(record.id)
    if resource is None or resource.type not in (RECORD_SET, RECORD_SETS):
        return None, {}
    if resource.type == RECORD_SET:
        return None, resource.properties
    same = [
        (place, part)
        for place, part in enumerate(resource.properties.get("RecordSets") or ())
        if (names.bare(str(part.get("Name"))), part.get("Type")) == (record.name, record.type)
    ]
    return same[number] if number < len(same) else (None, {})


def _record(view: View, zone: HostedZone, record: RecordSet, raw: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = typed(service_model(SERVICE).shape_for("ResourceRecordSet"), raw)
    found |= {"Name": names.written(record.name), "Type": record.type, "ResourceRecords": None}
    if record.alias is None:
        values = [value for value in record.values if not isinstance(value, Unknown)]
        return found | {"TTL": record.ttl, "ResourceRecords": [{"Value": value} for value in values]}
    alias = "" if isinstance(record.alias, Unknown) else record.alias
    given = found.get("AliasTarget") or {}
    target = {
        "HostedZoneId": given.get("HostedZoneId") or _zone_of_alias(view, zone, alias),
        "DNSName": names.written(alias),
        "EvaluateTargetHealth": given.get("EvaluateTargetHealth", False),
    }
    return found | {"AliasTarget": target, "TTL": None}


def _zone_of_alias(view: View, zone: HostedZone, alias: str) -> str:
    """Return the id of the zone that an alias leads to: that of a load balancer's name, else the record's own."""
    for balancer in view.cloud.balancing.load_balancers.values():
        if balancer.is_named(alias):
            return zone_id(view.cloud.region, network=balancer.type is LoadBalancerType.NETWORK)
    return view.ids[zone.id]
