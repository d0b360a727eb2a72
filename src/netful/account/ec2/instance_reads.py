"""Describe operations beside instances: their status and attributes, images, instance types, key pairs."""

from collections.abc import Mapping

from netful.account.ec2 import catalogue
from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.describe.instances import TYPE, status
from netful.account.ec2.kinds import KIND, Kind
from netful.account.ec2.listing import Attribute, attribute, described, page
from netful.account.ec2.world import Look, World
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.model.identity import ec2_id

KEY_PAIR = "AWS::EC2::KeyPair"
_INSTANCES = KIND["InstanceId"]
_STATUS = Kind("DescribeInstanceStatus", "InstanceId", TYPE, status, _INSTANCES.not_found,
               aliases={"instance-state-name": "instance-state.name", "instance-state-code": "instance-state.code",
                        "instance-status.reachability": "instance-status.details.status",
                        "system-status.reachability": "system-status.details.status"})  # fmt: skip
_IMAGES = Kind("DescribeImages", "ImageId", not_found=
               ("InvalidAMIID.NotFound", "The image id '[{}]' does not exist"),
               aliases={"is-public": "public", "owner-alias": "image-owner-alias",
                        "block-device-mapping.volume-type": "block-device-mapping.ebs.volume-type"})  # fmt: skip
_TYPES = Kind("DescribeInstanceTypes", "InstanceType",
              not_found=("InvalidInstanceType", "The following supplied instance types do not exist: [{}]"))  # fmt: skip
_KEYS = Kind("DescribeKeyPairs", "KeyName", not_found=("InvalidKeyPair.NotFound", "The key pair '{}' does not exist"))


def _statuses(world: World, asked: Parameters) -> Record:
    known, all_ = world.known(asked, "InstanceIds"), [*_STATUS.records(world)]
    missing = [one for one in known.get("InstanceIds") or () if one not in {each["InstanceId"] for each in all_}]
    if missing:
        raise _STATUS.missing(missing[0])
    shown = [one for one in all_ if asked.get("IncludeAllInstances") or one["InstanceState"]["Name"] == "running"]
    there = {one["InstanceId"] for one in shown}
    ids = [one for one in known.get("InstanceIds") or () if one in there]
    if known.get("InstanceIds") and not ids:
        shown = []
    return described(_STATUS, world, {**known, "InstanceIds": ids}, shown)


def _credits(world: World, asked: Parameters) -> Record:
    """Return the credit options of burstable instances: the usual ones."""
    every = {str(one["InstanceId"]): str(one["InstanceType"]) for one in _INSTANCES.records(world)}
    wanted = world.known(asked, "InstanceIds").get("InstanceIds") or every
    missing = next((one for one in wanted if one not in every), None)
    if missing is not None:
        raise _INSTANCES.missing(missing)
    listed = [
        {"InstanceId": one, "CpuCredits": "standard" if every[one].startswith("t2.") else "unlimited"}
        for one in wanted
        if every[one].startswith("t")
    ]
    return page("InstanceCreditSpecifications", asked, listed)


def _images(world: World, asked: Parameters) -> Record:
    owners = asked.get("Owners") or ()
    rows = [
        one for one in catalogue.images(asked)
        if not owners or {one["OwnerId"], one["ImageOwnerAlias"]} & {*owners}
    ]  # fmt: skip
    return described(_IMAGES, world, asked, rows)


def _key_pairs(world: World, asked: Parameters) -> Record:
    """Return the key pairs that instances of the account have, and those of templates."""
    with_keys = (*world.of_type(TYPE), *world.of_type(KEY_PAIR))
    named = {world.id(one.properties.get("KeyName")): one for one in with_keys}
    rows = [
        {"KeyName": name, "KeyPairId": ec2_id("key", world.cloud.account_id, world.cloud.region, name),
         "KeyType": one.properties.get("KeyType") or "rsa", "CreateTime": SOME_TIME,
         "Tags": [] if one.type == TYPE else world.tags(one.id)}
        for name, one in named.items() if name
    ]  # fmt: skip
    return described(_KEYS, world, asked, rows)


_ATTRIBUTES: Mapping[str, Attribute] = {
    "instanceType": "InstanceType",
    "userData": lambda world, name, _one: {"Value": world.id(world.said(name).get("UserData"))},
    "disableApiTermination": lambda world, name, _one: {"Value": world.flag(name, "DisableApiTermination")},
    "disableApiStop": lambda world, name, _one: {"Value": world.flag(name, "DisableApiStop")},
    "instanceInitiatedShutdownBehavior": lambda world, name, _one: {
        "Value": world.id(world.said(name).get("InstanceInitiatedShutdownBehavior")) or "stop"
    },
    "ebsOptimized": "EbsOptimized",
    "rootDeviceName": "RootDeviceName",
    "sourceDestCheck": "SourceDestCheck",
    "enaSupport": "EnaSupport",
    "enclaveOptions": lambda _world, _name, one: one["EnclaveOptions"],
    "groupSet": lambda _world, _name, one: one["SecurityGroups"],
    "blockDeviceMapping": lambda _world, _name, _one: [],
    "productCodes": lambda _world, _name, _one: [],
}
_MEMBERS = {"groupSet": "Groups", "blockDeviceMapping": "BlockDeviceMappings"}


LOOKS: Mapping[str, Look] = {
    "DescribeInstanceStatus": _statuses,
    "DescribeInstanceAttribute": attribute("InstanceId", _ATTRIBUTES, _MEMBERS),
    "DescribeImages": _images,
    "DescribeInstanceTypes": lambda world, asked: described(_TYPES, world, asked, [*catalogue.instance_types(asked)]),
    "DescribeKeyPairs": _key_pairs,
    "DescribeInstanceCreditSpecifications": _credits,
}
