"""Operations of Route 53 that only look."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from netful.account.operations.query_api import Parameters
from netful.account.reading import Look, Record
from netful.account.route53 import health_checks, names
from netful.account.route53.record_sets import name_servers, record_sets
from netful.account.route53.view import View
from netful.account.route53.zone_records import TAGS as ZONE_TAGS
from netful.account.route53.zone_records import resource_of, vpcs, zone_record
from netful.account.tags import tag_list
from netful.account.wire.errors import ApiError
from netful.model.core import Resource

_PAGE = "100"
_PAGE_OF_RECORDS = "300"


def _hosted_zone(view: View, asked: Parameters) -> Record:
    zone = view.zone(asked["Id"])
    servers = {"DelegationSet": {"NameServers": name_servers(view, zone)}}
    return {"HostedZone": zone_record(view, zone), **({"VPCs": vpcs(view, zone)} if zone.private else servers)}


def _page(
    asked: Parameters, every: Sequence[Any], start: int, following: Callable[[int], Record], default: str = _PAGE
) -> tuple[Sequence[Any], Record]:
    """Return a page, and the members of an answer that tell the rest: `following` returns those of the next page, by its place."""
    most = str(asked.get("MaxItems") or default)
    if not (most.isascii() and most.isdecimal() and int(most)):
        raise ApiError("InvalidInput", f"'{most}' is not a valid number of items")
    end, more = start + int(most), start + int(most) < len(every)
    return every[start:end], {"IsTruncated": more, "MaxItems": most, **(following(end) if more else {})}


def _marked(
    asked: Parameters, member: str, ids: Sequence[str], records: Callable[[int], Record], missing: ApiError
) -> Record:
    """Return the answer with a page of things that begins at the id of a marker; `records` returns the record of one, by its place."""
    marker = str(asked.get("Marker") or "")
    if marker and marker not in ids:
        raise missing
    start = ids.index(marker) if marker else 0
    page, rest = _page(asked, range(len(ids)), start, lambda place: {"NextMarker": ids[place]})
    return {member: [records(place) for place in page], "Marker": marker, **rest}


def _hosted_zones(view: View, asked: Parameters) -> Record:
    private = asked.get("HostedZoneType") == "PrivateHostedZone"
    zones = [zone for zone in view.zones() if (zone.private or not private) and not asked.get("DelegationSetId")]
    missing = ApiError("NoSuchHostedZone", f"No hosted zone found with ID: {asked.get('Marker')}", 404)
    ids = [view.ids[zone.id] for zone in zones]
    return _marked(asked, "HostedZones", ids, lambda place: zone_record(view, zones[place]), missing)


def _hosted_zones_by_name(view: View, asked: Parameters) -> Record:
    zones = sorted(view.zones(), key=lambda zone: (names.order(zone.name), view.ids[zone.id]))
    first = (names.order(str(asked.get("DNSName") or "")), str(asked.get("HostedZoneId") or ""))
    named = bool(asked.get("DNSName"))
    start = next(
        (n for n, z in enumerate(zones) if not named or (names.order(z.name), view.ids[z.id]) >= first), len(zones)
    )

    def following(place: int) -> Record:
        zone = zones[place]
        return {"NextDNSName": names.written(zone.name), "NextHostedZoneId": view.ids[zone.id]}

    page, rest = _page(asked, zones, start, following)
    repeated = {member: asked[member] for member in ("DNSName", "HostedZoneId") if asked.get(member)}
    return {"HostedZones": [zone_record(view, zone) for zone in page], **repeated, **rest}


def _hosted_zones_by_vpc(view: View, asked: Parameters) -> Record:
    vpc = view.ec2.names.get(asked["VPCId"], asked["VPCId"])
    if vpc not in view.cloud.network.vpcs:
        raise ApiError("InvalidInput", f"The VPC {asked['VPCId']} does not exist")
    zones = [zone for zone in view.zones() if vpc in zone.vpc_ids]
    token = str(asked.get("NextToken") or "0")
    if not (token.isascii() and token.isdecimal()):
        raise ApiError("InvalidPaginationToken", f"'{token}' is not a valid token")
    page, rest = _page(asked, zones, int(token), lambda place: {"NextToken": str(place)})
    owner = {"OwningAccount": view.cloud.account_id}
    found = [{"HostedZoneId": view.ids[z.id], "Name": names.written(z.name), "Owner": owner} for z in page]
    return {"HostedZoneSummaries": found, **rest}


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

    def following(place: int) -> Record:
        return {f"NextRecord{key}": every[place].record.get(member) for key, member in _NEXT.items()}

    page, rest = _page(asked, every, start, following, _PAGE_OF_RECORDS)
    return {"ResourceRecordSets": [one.record for one in page], **rest}


_NEXT = {"Name": "Name", "Type": "Type", "Identifier": "SetIdentifier"}


def _tags_of_several(view: View, asked: Parameters) -> Record:
    return {"ResourceTagSets": [_tag_set(view, asked["ResourceType"], one) for one in asked["ResourceIds"]]}


def _tag_set(view: View, kind: str, id_: str) -> Record:
    checked = kind == "healthcheck"
    resource = health_checks.found(view, id_) if checked else resource_of(view, view.zone(id_))
    written = resource.properties.get(health_checks.TAGS if checked else ZONE_TAGS) if resource else None
    return {"ResourceType": kind, "ResourceId": id_, "Tags": tag_list(written)}


# --- health checks ----------------------------------------------------------------------------------------------------


def _health_check(view: View, asked: Parameters) -> Resource:
    return health_checks.found(view, asked["HealthCheckId"])


def _health_checks(view: View, asked: Parameters) -> Record:
    every = health_checks.every(view)
    missing = health_checks.missing(asked.get("Marker"))
    ids = [view.cloud.aws_id(one.id) for one in every]
    return _marked(asked, "HealthChecks", ids, lambda place: health_checks.record(view, every[place]), missing)


def _health_status(view: View, asked: Parameters) -> Record:
    """GetHealthCheckStatus: no checker of AWS reaches what runs here, so none has observed anything."""
    _health_check(view, asked)
    return {"HealthCheckObservations": []}


# --- what zones do not have -------------------------------------------------------------------------------------------

_NONE = {
    "ListReusableDelegationSets": "DelegationSets", "ListTrafficPolicies": "TrafficPolicySummaries",
    "ListTrafficPolicyInstances": "TrafficPolicyInstances",
}  # fmt: skip
"""Lists of what calls and templates cannot make, each with its member."""

_LIMITS = {"MAX_HOSTED_ZONES_BY_OWNER": 500, "MAX_HEALTH_CHECKS_BY_OWNER": 200, "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER": 100,
           "MAX_TRAFFIC_POLICIES_BY_OWNER": 50, "MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER": 5}  # fmt: skip
_LIMITS_OF_ZONE = {"MAX_RRSETS_BY_ZONE": 10000, "MAX_VPCS_ASSOCIATED_BY_ZONE": 300}


def _none(member: str, _view: View, asked: Parameters) -> Record:
    truncated = {"IsTruncated": False, "MaxItems": str(asked.get("MaxItems") or _PAGE)}
    return {member: [], **truncated, "Marker": "", "TrafficPolicyIdMarker": ""}


def _signing(view: View, asked: Parameters) -> Record:
    view.zone(asked["HostedZoneId"])
    return {"Status": {"ServeSignature": "NOT_SIGNING"}, "KeySigningKeys": []}


def _tested(view: View, asked: Parameters) -> Record:
    """TestDNSAnswer: the values of the records with a name and a type."""
    zone, name, kind = view.zone(asked["HostedZoneId"]), names.bare(asked["RecordName"]), asked["RecordType"]
    every = record_sets(view, zone)
    found = [one.record for one in every if one.key[0] == name and one.key[1] == kind]
    values = [value["Value"] for one in found for value in one.get("ResourceRecords") or ()]
    if any(one.get("AliasTarget") for one in found):
        raise ApiError("InvalidInput", "The answer of an alias is not tested here")
    code = "NOERROR" if any(one.key[0] == name for one in every) else "NXDOMAIN"
    return {"Nameserver": name_servers(view, zone)[0], "RecordName": asked["RecordName"], "RecordType": kind,
            "RecordData": values, "ResponseCode": code, "Protocol": "UDP"}  # fmt: skip


def _authorizations(view: View, asked: Parameters) -> Record:
    """ListVPCAssociationAuthorizations: no VPC of another account needs one."""
    return {"HostedZoneId": view.ids[view.zone(asked["HostedZoneId"]).id], "VPCs": []}


def _query_logging(view: View, asked: Parameters) -> Record:
    wanted = view.zone(asked["HostedZoneId"]) if asked.get("HostedZoneId") else None
    rows = []
    for zone in view.zones():
        resource = resource_of(view, zone)
        config = resource.properties.get("QueryLoggingConfig") if resource else None
        if isinstance(config, Mapping) and wanted in (None, zone):
            group, id_ = str(config.get("CloudWatchLogsLogGroupArn")), str(uuid.uuid5(uuid.NAMESPACE_OID, zone.id))
            rows.append({"Id": id_, "HostedZoneId": view.ids[zone.id], "CloudWatchLogsLogGroupArn": group})
    return {"QueryLoggingConfigs": rows}


def _zone_limit(view: View, asked: Parameters) -> Record:
    zone = view.zone(asked["HostedZoneId"])
    used = len(zone.vpc_ids) if "VPCS" in asked["Type"] else len(record_sets(view, zone))
    return {"Limit": {"Type": asked["Type"], "Value": _limit(_LIMITS_OF_ZONE, asked)}, "Count": used}


def _account_limit(view: View, asked: Parameters) -> Record:
    used = {
        "MAX_HOSTED_ZONES_BY_OWNER": len(view.zones()),
        "MAX_HEALTH_CHECKS_BY_OWNER": len(health_checks.every(view)),
    }
    return {"Limit": {"Type": asked["Type"], "Value": _limit(_LIMITS, asked)}, "Count": used.get(asked["Type"], 0)}


def _limit(limits: Mapping[str, int], asked: Parameters) -> int:
    if asked["Type"] not in limits:
        raise ApiError("InvalidInput", f"'{asked['Type']}' is not a limit")
    return limits[asked["Type"]]


LOOKS: Mapping[str, Look[View]] = {
    "GetHostedZone": _hosted_zone,
    "GetHostedZoneCount": lambda view, _asked: {"HostedZoneCount": len(view.zones())},
    "ListHostedZones": _hosted_zones,
    "ListHostedZonesByName": _hosted_zones_by_name,
    "ListHostedZonesByVPC": _hosted_zones_by_vpc,
    "ListResourceRecordSets": _record_sets,
    "ListTagsForResource": lambda view, asked: {
        "ResourceTagSet": _tag_set(view, asked["ResourceType"], asked["ResourceId"])
    },
    "ListTagsForResources": _tags_of_several,
    "GetDNSSEC": _signing,
    "TestDNSAnswer": _tested,
    "ListVPCAssociationAuthorizations": _authorizations,
    "ListQueryLoggingConfigs": _query_logging,
    "ListHealthChecks": _health_checks,
    "GetHealthCheck": lambda view, asked: {"HealthCheck": health_checks.record(view, _health_check(view, asked))},
    "GetHealthCheckCount": lambda view, _asked: {"HealthCheckCount": len(health_checks.every(view))},
    "GetHealthCheckStatus": _health_status,
    "GetHostedZoneLimit": _zone_limit,
    "GetAccountLimit": _account_limit,
    **{name: partial(_none, member) for name, member in _NONE.items()},
    "GetChange": lambda view, asked: {"ChangeInfo": view.log.found(str(asked["Id"]))},
}
