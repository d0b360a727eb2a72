"""Describe operations beside instances: their status and attributes, images, instance types, key pairs."""

from collections.abc import Callable, Mapping
from typing import Any

from netful.account.ec2 import catalogue
from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.describe.instances import DEFAULT_TYPE, TYPE, instances, statuses
from netful.account.ec2.kinds import Kind
from netful.account.ec2.listing import described, page
from netful.account.ec2.view import View
from netful.account.ec2.world import World, record
from netful.account.query_api import Parameters
from netful.account.reading import Look
from netful.account.wire.errors import ApiError
from netful.model.core.resource import Resource
from netful.model.identity import ec2_id

KEY_PAIR = "AWS::EC2::KeyPair"
_MISSING = ("InvalidInstanceID.NotFound", "The instance ID '{}' does not exist")
_STATUS = Kind("DescribeInstanceStatus", "InstanceStatuses", "InstanceId", "InstanceIds", _MISSING, statuses,
               aliases={"instance-state-name": "instance-state.name", "instance-state-code": "instance-state.code",
                        "instance-status.reachability": "instance-status.details.status",
                        "system-status.reachability": "system-status.details.status"})  # fmt: skip


_IMAGES = Kind("DescribeImages", "Images", "ImageId", "ImageIds",
               ("InvalidAMIID.NotFound", "The image id '[{}]' does not exist"),
               aliases={"is-public": "public", "owner-alias": "image-owner-alias",
                        "block-device-mapping.volume-type": "block-device-mappings.ebs.volume-type"})  # fmt: skip
_TYPES = Kind("DescribeInstanceTypes", "InstanceTypes", "InstanceType", "InstanceTypes",
              ("InvalidInstanceType", "The following supplied instance types do not exist: [{}]"),
              aliases={"processor-info.supported-architecture": "processor-info.supported-architectures",
                       "supported-usage-class": "supported-usage-classes",
                       "supported-virtualization-type": "supported-virtualization-types",
                       "vcpu-info.default-vcpus": "v-cpu-info.default-v-cpus", "memory-info.size-in-mib": "memory-info.size-in-mi-b"})  # fmt: skip
_KEYS = Kind("DescribeKeyPairs", "KeyPairs", "KeyName", "KeyNames",
             ("InvalidKeyPair.NotFound", "The key pair '{}' does not exist"))  # fmt: skip


def _statuses(view: View, asked: Parameters) -> Mapping[str, Any]:
    known, all_ = view.known(asked, "InstanceIds"), [*statuses(view)]
    missing = [one for one in known.get("InstanceIds") or () if one not in {each["InstanceId"] for each in all_}]
    if missing:
        raise ApiError(_MISSING[0], _MISSING[1].format(missing[0]))
    shown = [one for one in all_ if asked.get("IncludeAllInstances") or one["InstanceState"]["Name"] == "running"]
    there = {one["InstanceId"] for one in shown}
    ids = [one for one in known.get("InstanceIds") or () if one in there]
    if known.get("InstanceIds") and not ids:
        shown = []
    return described(_STATUS, view, {**known, "InstanceIds": ids}, shown)


def _credits(view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return the credit options of burstable instances: the usual ones."""
    every = {str(one["InstanceId"]): str(one["InstanceType"]) for one in instances(view)}
    wanted = view.known(asked, "InstanceIds").get("InstanceIds") or every
    missing = next((one for one in wanted if one not in every), None)
    if missing is not None:
        raise ApiError(_MISSING[0], _MISSING[1].format(missing))
    listed = [
        {"InstanceId": one, "CpuCredits": "standard" if every[one].startswith("t2.") else "unlimited"}
        for one in wanted
        if every[one].startswith("t")
    ]
    return page("InstanceCreditSpecifications", asked, listed)


def _images(view: View, asked: Parameters) -> Mapping[str, Any]:
    owners = asked.get("Owners") or ()
    rows = [
        one for one in catalogue.images(asked)
        if not owners or {one["OwnerId"], one["ImageOwnerAlias"]} & {*owners}
    ]  # fmt: skip
    return described(_IMAGES, view, asked, rows)


def _key_pairs(view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return the key pairs that instances of the account have, and those of templates."""
    resources = view.cloud.template.resources.values()
    with_keys = sorted((one for one in resources if one.type in (TYPE, KEY_PAIR)), key=lambda one: one.type == KEY_PAIR)
    named = {view.id(one.properties.get("KeyName")): one for one in with_keys}
    rows = [
        {"KeyName": name, "KeyPairId": ec2_id("key", view.cloud.account_id, view.cloud.region, name),
         "KeyType": one.properties.get("KeyType") or "rsa", "CreateTime": SOME_TIME,
         "Tags": [] if one.type == TYPE else view.tags(one.id)}
        for name, one in named.items() if name
    ]  # fmt: skip
    return described(_KEYS, view, asked, rows)


_ATTRIBUTES: Mapping[str, Callable[[View, Resource, Mapping[str, Any]], Any]] = {
    "instanceType": lambda view, one, _r: {"Value": view.id(one.properties.get("InstanceType")) or DEFAULT_TYPE},
    "userData": lambda view, one, _r: {"Value": view.id(one.properties.get("UserData"))},
    "disableApiTermination": lambda view, one, _r: {"Value": view.flag(one.id, "DisableApiTermination")},
    "disableApiStop": lambda view, one, _r: {"Value": view.flag(one.id, "DisableApiStop")},
    "instanceInitiatedShutdownBehavior": lambda view, one, _r: {
        "Value": view.id(one.properties.get("InstanceInitiatedShutdownBehavior")) or "stop"
    },
    "ebsOptimized": lambda view, one, _r: {"Value": view.flag(one.id, "EbsOptimized")},
    "rootDeviceName": lambda _view, _one, r: {"Value": r["RootDeviceName"]},
    "sourceDestCheck": lambda _view, _one, r: {"Value": r["SourceDestCheck"]},
    "enaSupport": lambda _view, _one, r: {"Value": r["EnaSupport"]},
    "enclaveOptions": lambda _view, _one, r: r["EnclaveOptions"],
    "groupSet": lambda _view, _one, r: r["SecurityGroups"],
    "blockDeviceMapping": lambda _view, _one, _r: [],
    "productCodes": lambda _view, _one, _r: [],
}
_MEMBERS = {"groupSet": "Groups", "blockDeviceMapping": "BlockDeviceMappings"}


def _attribute(view: View, asked: Parameters) -> Mapping[str, Any]:
    world = World(view.cloud, view)
    name, attribute = world.existing(asked, "InstanceId"), str(asked.get("Attribute"))
    resource = world.resource(name)
    if attribute not in _ATTRIBUTES or resource is None:
        text = f"Value ({attribute}) for parameter attribute is invalid. Unknown attribute."
        raise ApiError("InvalidParameterValue", text)
    id_ = str(view.id(name))
    value = _ATTRIBUTES[attribute](view, resource, record(view, "InstanceId", id_))
    return {"InstanceId": id_, _MEMBERS.get(attribute, attribute[:1].upper() + attribute[1:]): value}


LOOKS: Mapping[str, Look[View]] = {
    "DescribeInstanceStatus": _statuses,
    "DescribeInstanceAttribute": _attribute,
    "DescribeImages": _images,
    "DescribeInstanceTypes": lambda view, asked: described(_TYPES, view, asked, [*catalogue.instance_types(asked)]),
    "DescribeKeyPairs": _key_pairs,
    "DescribeInstanceCreditSpecifications": _credits,
}
