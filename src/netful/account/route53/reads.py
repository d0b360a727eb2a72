"""Operations of Route 53 that only look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from netful.account import reading
from netful.account.query_api import Operation, Parameters
from netful.account.reading import Look, Record
from netful.account.route53 import names
from netful.account.route53.change_log import ChangeLog
from netful.account.route53.record_sets import name_servers, record_sets
from netful.account.route53.view import View
from netful.account.route53.zone_records import vpcs, zone_record, zone_tags
from netful.account.wire.errors import ApiError

_PAGE = "100"
_PAGE_OF_RECORDS = "300"


class Reads:
    """The operations. `view` gives the cloud as it is now, `log` the changes that were made."""

    def __init__(self, view: Callable[[], View], log: ChangeLog) -> None:
        self._view = view
        self._log = log

    def operations(self) -> dict[str, Operation]:
        """Return all of them, by name."""
        looks: dict[str, Look[View]] = {
            "GetHostedZone": _hosted_zone,
            "GetHostedZoneCount": lambda view, _asked: {"HostedZoneCount": len(view.zones())},
            "ListHostedZones": _hosted_zones,
            "ListHostedZonesByName": _hosted_zones_by_name,
            "ListHostedZonesByVPC": _hosted_zones_by_vpc,
            "ListResourceRecordSets": _record_sets,
            "ListTagsForResource": _tags,
            "GetChange": lambda _view, asked: {"ChangeInfo": self._log.found(str(asked["Id"]))},
        }
        return reading.operations(looks, self._view)


def _hosted_zone(view: View, asked: Parameters) -> Record:
    zone = view.zone(asked["Id"])
    servers = {"DelegationSet": {"NameServers": name_servers(view, zone)}}
    return {"HostedZone": zone_record(view, zone), **({"VPCs": vpcs(view, zone)} if zone.private else servers)}


def _page(
    asked: Parameters, every: Sequence[Any], start: int, default: str = _PAGE
) -> tuple[Sequence[Any], int | None, str]:
    """Return a page, the place where the next one begins, and the size of a page."""
    most = str(asked.get("MaxItems") or default)
    if not (most.isascii() and most.isdecimal() and int(most)):
        raise ApiError("InvalidInput", f"'{most}' is not a valid number of items")
    end = start + int(most)
    return every[start:end], end if end < len(every) else None, most


def _hosted_zones(view: View, asked: Parameters) -> Record:
    zones = view.zones()
    marker = str(asked.get("Marker") or "")
    ids = [view.ids[zone.id] for zone in zones]
    if marker and marker not in ids:
        raise ApiError("NoSuchHostedZone", f"No hosted zone found with ID: {marker}", 404)
    page, following, most = _page(asked, zones, ids.index(marker) if marker else 0)
    more = {} if following is None else {"NextMarker": ids[following]}
    found = [zone_record(view, zone) for zone in page]
    return {"HostedZones": found, "Marker": marker, "IsTruncated": bool(more), "MaxItems": most, **more}


def _hosted_zones_by_name(view: View, asked: Parameters) -> Record:
    zones = sorted(view.zones(), key=lambda zone: (names.order(zone.name), view.ids[zone.id]))
    first = (names.order(str(asked.get("DNSName") or "")), str(asked.get("HostedZoneId") or ""))
    named = bool(asked.get("DNSName"))
    start = next(
        (n for n, z in enumerate(zones) if not named or (names.order(z.name), view.ids[z.id]) >= first), len(zones)
    )
    page, following, most = _page(asked, zones, start)
    more = {}
    if following is not None:
        more = {"NextDNSName": names.written(zones[following].name), "NextHostedZoneId": view.ids[zones[following].id]}
    repeated = {member: asked[member] for member in ("DNSName", "HostedZoneId") if asked.get(member)}
    found = [zone_record(view, zone) for zone in page]
    return {"HostedZones": found, "IsTruncated": bool(more), "MaxItems": most, **repeated, **more}


def _hosted_zones_by_vpc(view: View, asked: Parameters) -> Record:
    vpc = view.ec2.names.get(asked["VPCId"], asked["VPCId"])
    if vpc not in view.cloud.network.vpcs:
        raise ApiError("InvalidInput", f"The VPC {asked['VPCId']} does not exist")
    zones = [zone for zone in view.zones() if vpc in zone.vpc_ids]
    token = str(asked.get("NextToken") or "0")
    if not (token.isascii() and token.isdecimal()):
        raise ApiError("InvalidPaginationToken", f"'{token}' is not a valid token")
    page, following, most = _page(asked, zones, int(token))
    owner = {"OwningAccount": view.cloud.account_id}
    found = [{"HostedZoneId": view.ids[z.id], "Name": names.written(z.name), "Owner": owner} for z in page]
    return {
        "HostedZoneSummaries": found,
        "MaxItems": most,
        **({} if following is None else {"NextToken": str(following)}),
    }


def _record_sets(view: View, asked: Parameters) -> Record:
    every = record_sets(view, view.zone(asked["HostedZoneId"]))
    first = (
        names.order(str(asked.get("StartRecordName") or "")),
        str(asked.get("StartRecordType") or ""),
        str(asked.get("StartRecordIdentifier") or ""),
    )
    named = bool(asked.get("StartRecordName"))
    start = next(
        (n for n, one in enumerate(every) if not named or (names.order(one.key[0]), *one.key[1:]) >= first), len(every)
    )
    page, following, most = _page(asked, every, start, _PAGE_OF_RECORDS)
    more = {}
    if following is not None:
        record = every[following].record
        more = {f"NextRecord{key}": record.get(member) for key, member in _NEXT.items()}
    return {"ResourceRecordSets": [one.record for one in page], "IsTruncated": bool(more), "MaxItems": most, **more}


_NEXT = {"Name": "Name", "Type": "Type", "Identifier": "SetIdentifier"}


def _tags(view: View, asked: Parameters) -> Record:
    kind, id_ = asked["ResourceType"], asked["ResourceId"]
    if kind != "hostedzone":
        raise ApiError("NoSuchHealthCheck", f"No health check exists with the specified ID {id_}", 404)
    tags = zone_tags(view, view.zone(id_))
    return {"ResourceTagSet": {"ResourceType": kind, "ResourceId": id_, "Tags": tags}}
