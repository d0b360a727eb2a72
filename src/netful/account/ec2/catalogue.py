"""Images and instance types: a few of AWS's, so that clients which look them up before a launch go on."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_IMAGES = (
    # name, description, owner, alias of the owner, architecture, root device
    ("al2023-ami-2023.6.20250115.0-kernel-6.1-x86_64", "Amazon Linux 2023 AMI", "137112412989", "amazon", "x86_64", "/dev/xvda"),
    ("al2023-ami-2023.6.20250115.0-kernel-6.1-arm64", "Amazon Linux 2023 AMI", "137112412989", "amazon", "arm64", "/dev/xvda"),
    ("amzn2-ami-hvm-2.0.20250113.1-x86_64-gp2", "Amazon Linux 2 AMI", "137112412989", "amazon", "x86_64", "/dev/xvda"),
    ("ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250115", "Canonical, Ubuntu, 24.04, amd64",
     "099720109477", None, "x86_64", "/dev/sda1"),
    ("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20250112", "Canonical, Ubuntu, 22.04, amd64",
     "099720109477", None, "x86_64", "/dev/sda1"),
    ("debian-12-amd64-20250115-1993", "Debian 12 (20250115-1993)", "136693071363", None, "x86_64", "/dev/xvda"),
)  # fmt: skip
_IMAGE_ID = re.compile(r"ami-[0-9a-f]{8,17}")

_SIZES = {
    # size: virtual processors, memory in units of the family
    "nano": (2, 0.5), "micro": (2, 1), "small": (2, 2), "medium": (2, 4), "large": (2, 8), "xlarge": (4, 16),
    "2xlarge": (8, 32), "4xlarge": (16, 64),
}  # fmt: skip
_BURSTABLE, _STEADY = tuple(_SIZES)[:7], tuple(_SIZES)[4:]
_FAMILIES = {
    # family: sizes, memory of a size relative to general purpose, architecture
    "t2": (_BURSTABLE, 1, "x86_64"), "t3": (_BURSTABLE, 1, "x86_64"), "t3a": (_BURSTABLE, 1, "x86_64"),
    "t4g": (_BURSTABLE, 1, "arm64"), "m5": (_STEADY, 1, "x86_64"), "m6i": (_STEADY, 1, "x86_64"),
    "m6g": (_STEADY, 1, "arm64"), "m7g": (_STEADY, 1, "arm64"), "c5": (_STEADY, 0.5, "x86_64"),
    "c6i": (_STEADY, 0.5, "x86_64"), "c6g": (_STEADY, 0.5, "arm64"), "r5": (_STEADY, 2, "x86_64"),
    "r6g": (_STEADY, 2, "arm64"),
}  # fmt: skip
_FREE = ("t2.micro", "t3.micro")
_INTERFACES, _ADDRESSES = 3, 10
_MIB = 1024


def images(wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the images, and every one that a request names by an id of AWS's form."""
    for number, (name, text, owner, alias, architecture, device) in enumerate(_IMAGES, 1):
        yield _image(f"ami-0{number:016x}", name, text, owner, alias, architecture, device)
    known = {f"ami-0{number:016x}" for number in range(1, len(_IMAGES) + 1)}
    for id_ in wanted.get("ImageIds") or ():
        if _IMAGE_ID.fullmatch(id_) and id_ not in known:
            yield _image(id_, id_, "", "137112412989", "amazon", "x86_64", "/dev/xvda")


def root_of(image: str | None) -> Mapping[str, Any]:
    """Return the root device of an image, with its disk."""
    every = [*images({"ImageIds": [image or ""]})]
    mapping: Mapping[str, Any] = next((one for one in every if one["ImageId"] == image), every[0])[
        "BlockDeviceMappings"
    ][0]
    return mapping


def _image(
    id_: str, name: str, text: str, owner: str, alias: str | None, architecture: str, device: str
) -> dict[str, Any]:
    volume = {"DeleteOnTermination": True, "VolumeSize": 8, "VolumeType": "gp3", "Encrypted": False}
    return {
        "ImageId": id_, "Name": name, "Description": text, "OwnerId": owner, "ImageOwnerAlias": alias,
        "ImageLocation": f"{alias or owner}/{name}", "Architecture": architecture, "CreationDate": "2025-01-15T00:00:00.000Z",
        "State": "available", "Public": True, "ImageType": "machine", "RootDeviceName": device, "RootDeviceType": "ebs",
        "BlockDeviceMappings": [{"DeviceName": device, "Ebs": volume}], "VirtualizationType": "hvm", "Hypervisor": "xen",
        "EnaSupport": True, "PlatformDetails": "Linux/UNIX", "UsageOperation": "RunInstances", "ProductCodes": [],
        "Tags": [],
    }  # fmt: skip


def instance_types(_wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the instance types."""
    for family, (sizes, memory, architecture) in _FAMILIES.items():
        for size in sizes:
            cores, units = _SIZES[size]
            yield _instance_type(f"{family}.{size}", cores, int(units * memory * _MIB), architecture)


def _instance_type(name: str, cores: int, memory: int, architecture: str) -> dict[str, Any]:
    card = {"NetworkCardIndex": 0, "NetworkPerformance": "Up to 5 Gigabit", "MaximumNetworkInterfaces": _INTERFACES}
    return {
        "InstanceType": name, "CurrentGeneration": True, "FreeTierEligible": name in _FREE, "BareMetal": False,
        "SupportedUsageClasses": ["on-demand", "spot"], "SupportedRootDeviceTypes": ["ebs"],
        "SupportedVirtualizationTypes": ["hvm"], "Hypervisor": "nitro", "InstanceStorageSupported": False,
        "ProcessorInfo": {"SupportedArchitectures": [architecture], "SustainedClockSpeedInGhz": 2.5},
        "VCpuInfo": {"DefaultVCpus": cores, "DefaultCores": cores, "DefaultThreadsPerCore": 1},
        "MemoryInfo": {"SizeInMiB": memory},
        "EbsInfo": {"EbsOptimizedSupport": "default", "EncryptionSupport": "supported", "NvmeSupport": "required"},
        "NetworkInfo": {
            "NetworkPerformance": "Up to 5 Gigabit", "MaximumNetworkInterfaces": _INTERFACES, "MaximumNetworkCards": 1,
            "DefaultNetworkCardIndex": 0, "NetworkCards": [card], "Ipv4AddressesPerInterface": _ADDRESSES,
            "Ipv6AddressesPerInterface": _ADDRESSES, "Ipv6Supported": True, "EnaSupport": "required",
        },
        "HibernationSupported": False, "BurstablePerformanceSupported": name.startswith("t"),
        "DedicatedHostsSupported": False, "AutoRecoverySupported": True, "SupportedBootModes": ["legacy-bios", "uefi"],
    }  # fmt: skip
