"""Records that Route 53 refuses: of another name than their zone's, beside others of their name, or with a value of another form."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from netful.model.cloud import Cloud
from netful.model.core import is_true
from netful.model.names.hosted_zones import HostedZone, RecordSet

_ADDRESSES = {"A": IPv4Address, "AAAA": IPv6Address}


def of_zones(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield the records that a loaded zone does not take, each with the first reason."""
    for zone in cloud.names.hosted_zones.values():
        records = [one for one in zone.records if zone.loaded and zone.name and _is_sure(cloud, one)]
        for number, record in enumerate(records):
            if reason := _unfit(zone, record) or _conflict(cloud, record, records[:number]):
                yield record.id, reason


def _is_sure(cloud: Cloud, record: RecordSet) -> bool:
    resource = cloud.template.resources.get(record.id)
    return resource is not None and not resource.is_uncertain


def _unfit(zone: HostedZone, record: RecordSet) -> str:
    """Return why a record does not fit its zone or its type; "" if it does."""
    if record.name != zone.name and not record.name.endswith(f".{zone.name}"):
        return f"{record.name} is not in the zone {zone.name}"
    if record.type == "CNAME" and record.name == zone.name:
        return f"the zone {zone.name} has no CNAME of its own name"
    for value in record.values if record.type in _ADDRESSES else ():
        try:
            _ADDRESSES[record.type](value) if isinstance(value, str) else None
        except AddressValueError:
            return f"{value} is not an address of a record of type {record.type}"
    return ""


def _conflict(cloud: Cloud, record: RecordSet, before: list[RecordSet]) -> str:
    """Return why a record may not be beside those before it; "" if it may. Records with a `SetIdentifier` repeat a name, and Terraform may overwrite one."""
    for other in (one for one in before if one.name == record.name):
        if (record.type == "CNAME") != (other.type == "CNAME"):
            return f"`{other.id}` is a record of {record.name} already, and a CNAME is alone"
        if other.type == record.type and not any(_is_one_of_several(cloud, one) for one in (record, other)):
            return f"`{other.id}` is the record of {record.name} of type {record.type} already"
    return ""


def _is_one_of_several(cloud: Cloud, record: RecordSet) -> bool:
    own = cloud.template.resources[record.id]
    overwrites = is_true(own.properties.get("AllowOverwrite"))  # an argument of Terraform
    return own.type != "AWS::Route53::RecordSet" or overwrites or own.properties.get("SetIdentifier") is not None
