"""Network interfaces as `DescribeNetworkInterfaces` returns them, with AWS's descriptions (control-plane §6.3, lambda §1.9)."""

import uuid
from collections.abc import Iterator

from netful.account.ec2.describe.gateways import SOME_TIME, association_id
from netful.account.ec2.describe.interface_appearances import Appearance, appearance
from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.engine.tasks.places import is_placed
from netful.model.core import Frozen, Resource, known_in
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

ATTACHMENT = "AWS::EC2::NetworkInterfaceAttachment"


class LambdaInterface(Frozen):
    """An interface of Lambda, its status, and whether it follows the design of before 2019."""

    eni: NetworkInterface
    status: str = "in-use"
    per_sandbox: bool = False


def described(view: View) -> Iterator[NetworkInterface]:
    """Yield the interfaces of everything but functions; a service has those of its tasks alone."""
    every = view.cloud.network.network_interfaces.values()
    found = (eni for eni in every if eni.owner is not InterfaceOwner.LAMBDA and eni.private_ip_address is not None)
    return (eni for eni in found if is_placed(view.cloud, eni))


def network_interface(view: View, eni: NetworkInterface) -> Record:
    """Return the record of an interface of anything but functions."""
    return _record(view, eni, appearance(view, eni), "available" if _is_loose(eni) else "in-use")


def records_of(view: View, owner: str) -> Iterator[Record]:
    """Yield the interfaces of an instance, the primary one first."""
    for eni in sorted(view.cloud.network.interfaces_of(owner), key=lambda one: one.device_index):
        yield _record(view, eni, appearance(view, eni), "in-use")


def _is_loose(eni: NetworkInterface) -> bool:
    """Return whether an interface is attached to nothing."""
    return eni.owner_id == eni.id and (eni.owner is InterfaceOwner.INSTANCE or bool(eni.idle))


def lambda_interface(view: View, one: LambdaInterface) -> Record:
    """Return the record of an interface of functions."""
    owner = one.eni.owner_id.partition(":")[0]  # it may be a version's
    function = view.cloud.compute.functions.get(owner)
    name = function.function_name if function else owner
    number = uuid.uuid5(uuid.NAMESPACE_OID, one.eni.id)
    requester = f"{_role_id(function)}:awslambda_0_{number.int % 10**15:015}"
    if one.per_sandbox:
        look = Appearance("interface", f"AWS Lambda VPC ENI: {number}", f"{requester}:{name}")
    else:
        look = Appearance("lambda", f"AWS Lambda VPC ENI-{name}-{number}", requester)
    return _record(view, one.eni, look, one.status)


def _role_id(function: Function | None) -> str:
    """Return a role's unique id, derived from its name."""
    name = str(function.role) if function else ""
    return "AROA" + uuid.uuid5(uuid.NAMESPACE_OID, name).hex[:17].upper()


def _record(view: View, eni: NetworkInterface, look: Appearance, status: str) -> Record:
    subnet = known_in(view.cloud.network.subnets, eni.subnet_id)
    addresses = [a for a in (eni.private_ip_address, *eni.secondary_private_ip_addresses) if a]
    association = _association(view, eni)
    return {
        "NetworkInterfaceId": view.interface_id(eni.id),
        "InterfaceType": look.type,
        "Description": look.description,
        "RequesterId": look.requester or None,
        "RequesterManaged": bool(look.requester),
        "Status": status,
        "SubnetId": view.id(eni.subnet_id),
        "VpcId": view.id(subnet.vpc_id) if subnet else None,
        "AvailabilityZone": view.id(subnet.availability_zone) if subnet else None,
        "OwnerId": view.cloud.account_id,
        "MacAddress": _mac(eni),
        "PrivateIpAddress": str(addresses[0]) if addresses else None,
        "PrivateIpAddresses": [
            {"PrivateIpAddress": str(a), "Primary": n == 0, "Association": None if n else association}
            for n, a in enumerate(addresses)
        ],
        "Ipv6Addresses": [{"Ipv6Address": str(eni.ipv6_address)}] if eni.ipv6_address else [],
        "Association": association,
        "Attachment": _attachment(view, eni, look, status),
        "Groups": [*_groups(view, eni)],
        "SourceDestCheck": eni.source_dest_check,
        "TagSet": view.tags(eni.id),
    }


def _mac(eni: NetworkInterface) -> str:
    number = uuid.uuid5(uuid.NAMESPACE_OID, f"{eni.id} {eni.subnet_id}").hex
    return ":".join(["06", *(number[n : n + 2] for n in range(0, 10, 2))])


def _attachment(view: View, eni: NetworkInterface, look: Appearance, status: str) -> Record | None:
    if status == "available":
        return None
    end = view.interface_id(eni.id).removeprefix("eni-")
    state = "attaching" if status == "attaching" else "attached"
    if look.requester:
        return {
            "AttachmentId": f"ela-attach-{end}", "InstanceOwnerId": look.instance_owner, "Status": state,
            "DeviceIndex": 1, "DeleteOnTermination": False,
        }  # fmt: skip
    if eni.owner is not InterfaceOwner.INSTANCE:
        return None
    own = view.association_of(ATTACHMENT, NetworkInterfaceId=eni.id)
    return {
        "AttachmentId": str(view.id(own.id)) if own else f"eni-attach-{end}", "InstanceId": view.id(eni.owner_id),
        "Status": state, "InstanceOwnerId": view.cloud.account_id, "DeviceIndex": eni.device_index,
        "DeleteOnTermination": _deleted(view, eni, own), "NetworkCardIndex": 0, "AttachTime": SOME_TIME,
    }  # fmt: skip


def _deleted(view: View, eni: NetworkInterface, attachment: Resource | None) -> bool:
    """Return whether an interface is deleted with its instance; one that was there before its instance stays."""
    if attachment is not None:
        return attachment.properties.get("DeleteOnTermination") is not False
    return eni.id not in view.cloud.template.resources


def _association(view: View, eni: NetworkInterface) -> Record | None:
    """Return the public address of an interface: an Elastic IP of the account, or one that AWS assigned."""
    if eni.public_ip is None:
        return None
    elastic = view.cloud.network.elastic_ip_at(eni.public_ip)
    if elastic is None:
        return {"PublicIp": str(eni.public_ip), "IpOwnerId": "amazon"}
    own = {"AllocationId": view.id(elastic.id), "AssociationId": association_id(view, elastic)}
    return {"PublicIp": str(eni.public_ip), "IpOwnerId": view.cloud.account_id, **own}


def _groups(view: View, eni: NetworkInterface) -> Iterator[Record]:
    for group_id in eni.security_group_ids:
        group = view.cloud.network.security_groups.get(str(group_id))
        if group is not None:
            yield {"GroupId": view.id(group.id), "GroupName": group.group_name or view.id(group.id)}
