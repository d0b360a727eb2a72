"""Writes of hosted zones."""

import secrets
from collections.abc import Mapping
from typing import Any

from netful.account import writing
from netful.account.changes import Remove, new, updated
from netful.account.operations.query_api import Parameters
from netful.account.route53 import health_checks, names
from netful.account.route53.names import new_id
from netful.account.route53.record_sets import name_servers, record_sets
from netful.account.route53.view import View
from netful.account.route53.zone_records import HOSTED_ZONE, TAGS, reference, resource_of, vpcs, zone_record
from netful.account.wire.errors import ApiError
from netful.model.core import Resource
from netful.model.names.hosted_zones import HostedZone

Change = writing.Change[View]
_LOCATION = "https://route53.amazonaws.com/2013-04-01/hostedzone/{}"
_USUAL = ("NS", "SOA")
_NOT_OWN = "The resource hostedzone/{} can only be managed by what made it, such as AWS Cloud Map"
_UNAUTHORIZED = "The VPC: {} you provided is not authorized to make the association."


def _create(view: View, asked: Parameters) -> Change:
    """CreateHostedZone: names in it resolve from now on; a private one has a VPC."""
    name, given = names.bare(str(asked["Name"])), str(asked["CallerReference"])
    if any(reference(view, zone) == given for zone in view.zones()):
        text = f"A hosted zone has already been created with the specified caller reference: {given}"
        raise ApiError("HostedZoneAlreadyExists", text, 409)
    if not name or any(not label or len(label) > 63 for label in name.split(".")):  # the longest label of DNS
        raise ApiError("InvalidDomainName", f"The domain name {asked['Name']} is not valid")
    config = asked.get("HostedZoneConfig") or {}
    if config.get("PrivateZone") and not asked.get("VPC"):
        raise ApiError("InvalidInput", "When you're creating a private hosted zone, you must specify a VPC")
    id_ = new_id("Z", secrets.token_hex())
    properties: dict[str, Any] = {"Name": f"{name}.", "CallerReference": given}
    if config.get("Comment"):
        properties["HostedZoneConfig"] = {"Comment": config["Comment"]}
    if asked.get("VPC"):
        vpc = _vpc(view, asked["VPC"])
        _check_conflict(view, vpc, name)
        properties["VPCs"] = [{"VPCId": vpc, "VPCRegion": view.cloud.region}]
    return Change((new(HOSTED_ZONE, id_, properties),), lambda after: _created(after, id_))


def _created(view: View, id_: str) -> Mapping[str, Any]:
    zone = view.cloud.names.hosted_zones[id_]
    private = {"VPC": vpcs(view, zone)[0]} if zone.private else {}
    return {
        "HostedZone": zone_record(view, zone),
        "ChangeInfo": view.log.made(),
        "DelegationSet": {"NameServers": name_servers(view, zone)},
        "Location": _LOCATION.format(id_),
        **private,
    }


def _delete(view: View, asked: Parameters) -> Change:
    """DeleteHostedZone: it must have no records of its own."""
    zone = view.zone(asked["Id"])
    resource = own_resource(view, zone)
    own = [one for one in record_sets(view, zone) if not (one.key[0] == zone.name and one.key[1] in _USUAL)]
    if own:
        text = "The specified hosted zone contains non-required resource record sets and so cannot be deleted."
        raise ApiError("HostedZoneNotEmpty", text)
    usual = [Remove(record.id) for record in zone.records]
    return Change((*usual, Remove(resource.id)), lambda _after: {"ChangeInfo": view.log.made()})


def _associate(view: View, asked: Parameters) -> Change:
    """AssociateVPCWithHostedZone: the VPC sees the zone from now on."""
    zone = view.zone(asked["HostedZoneId"])
    resource, vpc = own_resource(view, zone), _vpc(view, asked["VPC"])
    if not zone.private:
        text = f"The hosted zone {view.ids[zone.id]} is public, and cannot be associated with a VPC"
        raise ApiError("PublicZoneVPCAssociation", text)
    if vpc not in zone.vpc_ids:
        _check_conflict(view, vpc, zone.name)
    every = [*dict.fromkeys((*zone.vpc_ids, vpc))]
    return _seen_by(view, resource, every, asked)


def _disassociate(view: View, asked: Parameters) -> Change:
    """DisassociateVPCFromHostedZone: any but the last VPC."""
    zone = view.zone(asked["HostedZoneId"])
    resource, vpc = own_resource(view, zone), _vpc(view, asked["VPC"])
    if vpc not in zone.vpc_ids:
        text = f"The VPC {asked['VPC'].get('VPCId')} and hosted zone {view.ids[zone.id]} are not associated"
        raise ApiError("VPCAssociationNotFound", text, 404)
    left = [one for one in zone.vpc_ids if one != vpc]
    if not left:
        raise ApiError("LastVPCAssociation", "The last VPC of a private hosted zone cannot be disassociated")
    return _seen_by(view, resource, left, asked)


def _seen_by(view: View, resource: Resource, every: list[Any], asked: Parameters) -> Change:
    listed = [{"VPCId": vpc, "VPCRegion": view.cloud.region} for vpc in every]
    return Change((updated(resource, VPCs=listed),), lambda _after: {"ChangeInfo": view.log.made(asked.get("Comment"))})


def own_resource(view: View, zone: HostedZone) -> Resource:
    """Return the resource of a zone. Raises ApiError for one that another service manages, or that no template has."""
    resource = resource_of(view, zone)
    if resource is None:
        raise ApiError("AccessDenied", _NOT_OWN.format(view.ids[zone.id]), 403)
    return resource


def check_records(view: View, zone: HostedZone) -> None:
    """Raise ApiError for a zone whose records another service manages."""
    if zone.id in view.cloud.template.resources:
        own_resource(view, zone)


def _vpc(view: View, asked: Mapping[str, Any]) -> str:
    vpc = str(asked.get("VPCId", ""))
    name = view.ec2.names.get(vpc, vpc)
    if name not in view.cloud.network.vpcs or asked.get("VPCRegion", view.cloud.region) != view.cloud.region:
        raise ApiError("InvalidVPCId", _UNAUTHORIZED.format(vpc))
    return name


def _check_conflict(view: View, vpc: str, name: str) -> None:
    other = next((zone for zone in view.zones() if zone.name == name and vpc in zone.vpc_ids), None)
    if other is not None:
        text = f"The VPC {view.ec2.id(vpc)} in region {view.cloud.region} has already been associated with the hosted zone {view.ids[other.id]} with the same domain name."
        raise ApiError("ConflictingDomainExists", text)


def _comment(view: View, asked: Parameters) -> Change:
    zone = view.zone(asked["Id"])
    config = {"Comment": asked["Comment"]} if asked.get("Comment") else None
    edit = updated(own_resource(view, zone), HostedZoneConfig=config)
    return Change((edit,), lambda after: {"HostedZone": zone_record(after, after.zone(asked["Id"]))})


def _tagged(view: View, asked: Parameters) -> Resource:
    id_ = asked["ResourceId"]
    return (
        health_checks.found(view, id_) if asked["ResourceType"] == "healthcheck" else own_resource(view, view.zone(id_))
    )


def _tags_property(one: Resource) -> str:
    return health_checks.TAGS if one.type == health_checks.HEALTH_CHECK else TAGS


WRITES: Mapping[str, writing.Write[View]] = {
    "CreateHostedZone": _create,
    "DeleteHostedZone": _delete,
    "UpdateHostedZoneComment": _comment,
    "AssociateVPCWithHostedZone": _associate,
    "DisassociateVPCFromHostedZone": _disassociate,
    "ChangeTagsForResource": writing.retagging(_tagged, "AddTags", "RemoveTagKeys", _tags_property),
}
