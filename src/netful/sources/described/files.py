"""The files of a described account: which there are, and what they hold.

Two layouts: `REGION/*.json`, and `accounts/ACCOUNT/REGION/*.json`. A file is known by the key that the AWS CLI puts at the
top (`{"Vpcs": […]}`), so its own name does not matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netful.model.catalog import REGIONS
from netful.model.errors import SourceError
from netful.model.origin import Origin
from netful.sources.described.item import Item
from netful.sources.unreadable import unreadable

# The key that holds a thing's own id, by the key at the top of the file.
ID_KEYS = {
    "Addresses": "AllocationId",
    "DBInstances": "DBInstanceIdentifier",
    "EgressOnlyInternetGateways": "EgressOnlyInternetGatewayId",
    "Functions": "FunctionName",
    "InternetGateways": "InternetGatewayId",
    "LoadBalancerAttributes": "LoadBalancerArn",
    "LoadBalancerListeners": "LoadBalancerArn",
    "LoadBalancerTargetHealth": "TargetGroupArn",
    "LoadBalancers": "LoadBalancerArn",
    "Listeners": "ListenerArn",
    "ManagedPrefixLists": "PrefixListId",
    "NatGateways": "NatGatewayId",
    "NetworkAcls": "NetworkAclId",
    "NetworkInterfaces": "NetworkInterfaceId",
    "PrefixLists": "PrefixListId",
    "Reservations": "ReservationId",
    "RouteTables": "RouteTableId",
    "Rules": "RuleArn",
    "SecurityGroups": "GroupId",
    "ServiceConfigurations": "ServiceId",
    "Subnets": "SubnetId",
    "TargetGroupAttributes": "TargetGroupArn",
    "TargetGroups": "TargetGroupArn",
    "TransitGatewayAttachments": "TransitGatewayAttachmentId",
    "TransitGatewayPropagations": "TransitGatewayRouteTableId",
    "TransitGatewayRouteTables": "TransitGatewayRouteTableId",
    "TransitGatewayStaticRoutes": "TransitGatewayRouteTableId",
    "TransitGatewayVpcAttachments": "TransitGatewayAttachmentId",
    "TransitGateways": "TransitGatewayId",
    "VpcEndpoints": "VpcEndpointId",
    "VpcPeeringConnections": "VpcPeeringConnectionId",
    "Vpcs": "VpcId",
    "VpnConnections": "VpnConnectionId",
    "VpnGateways": "VpnGatewayId",
}
_ID = re.compile(r'"(\w+)"\s*:\s*"([^"]+)"|\n')
MAX_BYTES = 256 << 20


class Description:
    """All that one region of one account says, by the key at the top of its files."""

    def __init__(self, folder: Path, account: str = "") -> None:
        self.region = folder.name
        self.account = account
        self._items: dict[str, list[Item]] = {}
        for file in sorted(folder.glob("*.json")):
            self._read(file)

    def of(self, key: str) -> list[Item]:
        """The things under a key."""
        return self._items.get(key, [])

    def instances(self) -> list[Item]:
        """The instances of all reservations; those that are gone are left out."""
        every = [item for reservation in self.of("Reservations") for item in reservation.parts("Instances")]
        return [item for item in every if item.text("State", "Name") not in ("terminated", "shutting-down")]

    def _read(self, file: Path) -> None:
        text, root = _parsed(file)
        for key, values in root.items():
            if key not in ID_KEYS or not isinstance(values, list):
                continue
            lines = _lines(text, ID_KEYS[key])
            for value in values:
                if not isinstance(value, dict):
                    raise SourceError(f"an item of `{key}` is not an object", origin=Origin(str(file)))
                line = lines.get(str(value.get(ID_KEYS[key])), 0)
                item = Item(value, Origin(str(file), line), self.region, self.account)
                self._items.setdefault(key, []).append(item)


def _parsed(file: Path) -> tuple[str, dict[str, Any]]:
    try:
        if not file.is_file() or file.stat().st_size > MAX_BYTES:
            raise SourceError(f"the file is none, or has more than {MAX_BYTES:,} bytes", origin=Origin(str(file)))
        text = file.read_text(encoding="utf-8-sig")
        root = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(file, error) from None
    except json.JSONDecodeError as error:
        origin = Origin(str(file), error.lineno)
        raise SourceError("the file is not valid JSON", origin=origin, why=error.msg.lower()) from None
    except RecursionError:
        raise SourceError("the file is nested too deep", origin=Origin(str(file))) from None
    if not isinstance(root, dict):
        raise SourceError(
            "the file is no output of the AWS CLI", origin=Origin(str(file)), hint="it has to be an object"
        )
    return text, root


def _lines(text: str, key: str) -> dict[str, int]:
    """The line on which each id stands first; one pass."""
    found: dict[str, int] = {}
    line = 1
    for match in _ID.finditer(text):
        if match[0] == "\n":
            line += 1
        elif match[1] == key:
            found.setdefault(match[2], line)
    return found


def is_described(folder: Path) -> bool:
    """Whether a folder is a described account."""
    return next(_regions(folder), None) is not None


def descriptions(folder: Path) -> list[Description]:
    """Every region of every account in a folder."""
    return [Description(region, account) for region, account in _regions(folder)]


def _regions(folder: Path) -> Iterator[tuple[Path, str]]:
    if folder.name in REGIONS and any(folder.glob("*.json")):
        yield folder, ""
        return
    for region in sorted(folder.iterdir()):
        if region.is_dir() and region.name in REGIONS:
            yield region, ""
    accounts = folder / "accounts"
    for account in sorted(accounts.iterdir()) if accounts.is_dir() else ():
        for region in sorted(account.iterdir()) if account.is_dir() else ():
            if region.is_dir() and region.name in REGIONS:
                yield region, account.name
