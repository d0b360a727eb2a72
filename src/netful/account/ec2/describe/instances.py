"""Instances as `DescribeInstances` and `DescribeInstanceStatus` return them."""

from collections.abc import Mapping, Sequence
from typing import Any

from netful.account.ec2.catalogue import root_of
from netful.account.ec2.describe.further import disks
from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.describe.network_interfaces import records_of
from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import Resource, mapping
from netful.model.names.generated.instance_dns import private_dns_name
from netful.model.names.partitions import url_suffix

TYPE = "AWS::EC2::Instance"
STATES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
"""AWS's codes of the states of an instance."""

DEFAULT_TYPE = "m1.small"
"""AWS's default of `InstanceType`."""

_SAME = {
    "AmiLaunchIndex": 0, "Architecture": "x86_64", "CurrentInstanceBootMode": "legacy-bios",
    "EnaSupport": True, "EnclaveOptions": {"Enabled": False}, "HibernationOptions": {"Configured": False},
    "Hypervisor": "xen", "LaunchTime": SOME_TIME, "MaintenanceOptions": {"AutoRecovery": "default"},
    "PlatformDetails": "Linux/UNIX", "ProductCodes": [],
    "RootDeviceType": "ebs", "StateTransitionReason": "",
    "UsageOperation": "RunInstances", "UsageOperationUpdateTime": SOME_TIME, "VirtualizationType": "hvm",
    "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
    "PrivateDnsNameOptions": {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": False,
                              "EnableResourceNameDnsAAAARecord": False},
}  # fmt: skip
_METADATA = {
    "State": "applied", "HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled",
    "HttpProtocolIpv6": "disabled", "InstanceMetadataTags": "disabled",
}  # fmt: skip


def state_of(view: View, name: str) -> str:
    """Return the state of an instance: one whose interfaces are all idle does not run."""
    enis = view.cloud.network.interfaces_of(name)
    return "stopped" if enis and all(eni.idle for eni in enis) else "running"


def state(name: str) -> Record:
    """Return a state as AWS writes it."""
    return {"Code": STATES[name], "Name": name}


def reservation(view: View, records: Sequence[Mapping[str, Any]]) -> Record:
    """Return the reservation of instances that one call has launched."""
    end = str(records[0]["InstanceId"]).removeprefix("i-")
    return {"ReservationId": f"r-{end}", "OwnerId": view.cloud.account_id, "Groups": [], "Instances": records}


def instance(view: View, resource: Resource) -> Record:
    """Return the record of an instance."""
    said, enis = resource.properties, [*records_of(view, resource.id)]
    first = enis[0] if enis else {}
    address, public = first.get("PrivateIpAddress"), (first.get("Association") or {}).get("PublicIp")
    return {
        **_SAME,
        "MetadataOptions": {**_METADATA, **mapping(said.get("MetadataOptions"))},
        "Monitoring": {"State": "enabled" if view.flag(resource.id, "Monitoring") else "disabled"},
        "ImageId": view.id(said.get("ImageId")),
        "BlockDeviceMappings": disks(view, resource.id),
        "RootDeviceName": root_of(view.id(said.get("ImageId")))["DeviceName"],
        "InstanceType": view.id(said.get("InstanceType")) or DEFAULT_TYPE,
        "KeyName": view.id(said.get("KeyName")),
        "EbsOptimized": view.flag(resource.id, "EbsOptimized"),
        "IamInstanceProfile": _profile(view, said.get("IamInstanceProfile")),
        "NetworkInterfaces": enis,
        "Placement": {"AvailabilityZone": first.get("AvailabilityZone"), "Tenancy": "default", "GroupName": ""},
        "PrivateDnsName": private_dns_name(address, view.cloud.region_of(resource.id)) if address else "",
        "PrivateIpAddress": address,
        "PublicDnsName": _public_name(view, public) or "",
        "PublicIpAddress": public,
        "SecurityGroups": first.get("Groups", []),
        "SourceDestCheck": first.get("SourceDestCheck", True),
        "State": state(state_of(view, resource.id)),
        "SubnetId": first.get("SubnetId"),
        "VpcId": first.get("VpcId"),
    }


def _profile(view: View, named: object) -> Record | None:
    text = view.id(named)
    if text is None:
        return None
    arn = text if text.startswith("arn:") else view.cloud.arn("iam", f"instance-profile/{text}")
    return {"Arn": arn, "Id": "AIPAIOSFODNN7EXAMPLE"}


def _public_name(view: View, address: str | None) -> str:
    region = view.cloud.region
    zone = "compute-1" if region == "us-east-1" else f"{region}.compute"
    return f"ec2-{address.replace('.', '-')}.{zone}.{url_suffix(region)}" if address else ""


def status(view: View, resource: Resource) -> Record:
    """Return the status of an instance; one that runs has passed its checks."""
    one = instance(view, resource)
    checks = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    found = checks if one["State"]["Name"] == "running" else {"Status": "not-applicable"}
    return {
        "AvailabilityZone": one["Placement"]["AvailabilityZone"], "InstanceState": one["State"],
        "InstanceStatus": found, "SystemStatus": found, "Events": [],
    }  # fmt: skip
