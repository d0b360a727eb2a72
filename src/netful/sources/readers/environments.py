"""Instances of Elastic Beanstalk's environments, by the options of the environment and its configuration template.

Beside the groups of the options they have one that Beanstalk makes. Its load balancer is not read.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import Maybe, Unknown, known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Subnet
from netful.sources.parts import PartReader
from netful.sources.readers.managed import default_subnets
from netful.sources.template.reading import Inventory, Reader

_TEMPLATE = "AWS::ElasticBeanstalk::ConfigurationTemplate"
_VPC, _LAUNCH = "aws:ec2:vpc", "aws:autoscaling:launchconfiguration"


def interfaces(inventory: Inventory, subnets: Mapping[str, Subnet]) -> dict[str, NetworkInterface]:
    """Return one interface for each subnet of an environment."""
    found = {}
    for reader in inventory.of("AWS::ElasticBeanstalk::Environment"):
        options = _options(inventory, reader)
        made = Unknown(f"AWS makes a group for `{reader.id}`", (f"the group that AWS makes for {reader.id}",))
        places = [*_listed(reader, options.get((_VPC, "Subnets")))] or default_subnets(inventory)
        for number, subnet_id in enumerate(places, 1):
            subnet = known_in(subnets, subnet_id)
            asked = str(options.get((_VPC, "AssociatePublicIpAddress"), "false")).casefold() == "true"
            public = asked or (subnet is not None and subnet.map_public_ip_on_launch)
            id_ = f"eni-{reader.id}-{subnet_id if isinstance(subnet_id, str) else number}"
            found[id_] = NetworkInterface(
                id=id_,
                owner=InterfaceOwner.INSTANCE,
                owner_id=reader.id,
                subnet_id=subnet_id,
                security_group_ids=(*_listed(reader, options.get((_LAUNCH, "SecurityGroups"))), made),
                public_ip=inventory.public_address() if public else None,
                origin=reader.origin,
            )
    return found


def _options(inventory: Inventory, reader: Reader) -> dict[tuple[Any, Any], Any]:
    """Return the values of the options by namespace and name: those of the environment precede those of its template."""
    template = next((one for one in inventory.of(_TEMPLATE) if one.id == reader.text("TemplateName")), None)
    parts = (part for one in (template, reader) if one for part in one.parts("OptionSettings"))
    return {(part.get("Namespace"), part.get("OptionName")): part.get("Value") for part in parts}


def _listed(reader: Reader, value: Any) -> Iterator[Maybe[str]]:
    """Yield the ids of a list with commas."""
    for text in value.split(",") if isinstance(value, str) else () if value is None else (value,):
        yield reader.named(text.strip()) if isinstance(text, str) else text


READERS = (PartReader("network_interfaces", interfaces, needs=("subnets",)),)
