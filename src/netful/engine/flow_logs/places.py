"""Names of the ends of flows: the owner of an address, and the ends that a word of the command line means."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network

from netful.engine.trace.ends.source_words import close
from netful.model.cloud import Cloud
from netful.model.core import QuestionError
from netful.model.names.service_names import SERVICES, service
from netful.model.network.addresses import service_address
from netful.model.network.availability_zones import zone_ids
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPAddress, IPNetwork

INTERNET, _AWS = "internet", "aws:"
_FORMS = "a function or resource, an address or a block, `internet` or `aws:SERVICE`"


def owner_name(eni: NetworkInterface) -> str:
    """Return the name of an interface's owner: a function's, or that of the functions that share the interface."""
    return "+".join(eni.function_ids) if eni.owner is InterfaceOwner.LAMBDA and eni.function_ids else eni.owner_id


def place_name(cloud: Cloud, vpc_id: str, address: IPAddress) -> str:
    """Return the name of the place with an address, as seen in a VPC; "" if it has none."""
    found = _interface(cloud, vpc_id, address)
    return owner_name(found) if found is not None else _services(cloud).get(address, "")


def zone_id_of(cloud: Cloud, subnet_id: str | None) -> str | None:
    """Return the id of the zone of a subnet; None if it is not known."""
    subnet = cloud.network.subnets.get(subnet_id or "")
    return zone_ids(cloud.region).get(subnet.zone) if subnet is not None else None


def _interface(cloud: Cloud, vpc_id: str, address: IPAddress) -> NetworkInterface | None:
    own = cloud.network.interface_at(vpc_id, address)
    return own or next(iter(cloud.network.interfaces_with(address)), None)


def _services(cloud: Cloud) -> Mapping[IPAddress, str]:
    """Return the names of AWS's regional services by their public addresses."""
    return cloud.derived(
        "flow_logs.services",
        lambda: {service_address(one, cloud.region): f"aws:{code}" for code, one in SERVICES.items()},
    )


class Ends:
    """The ends that a word means. Raises QuestionError if it means none."""

    def __init__(self, cloud: Cloud, word: str) -> None:
        self._cloud = cloud
        self._named = cloud.named(word)
        self._blocks: list[IPNetwork] = []
        self._internet = word == INTERNET
        if self._internet:
            return
        if word.startswith(_AWS):
            code = service(word.removeprefix(_AWS).partition(":")[0]).code
            if code not in SERVICES:
                raise QuestionError(
                    f"`{word}` is not a service that netful knows", hint="write, for example, `aws:ssm`"
                )
            self._named = f"{_AWS}{code}"
            return
        try:
            self._blocks = [ip_network(word, strict=False)]
        except ValueError:
            if not self._is_owner():
                hint = close(cloud, word, _FORMS, others=())
                raise QuestionError(f"`{word}` is not a place with flows", hint=hint) from None

    def _is_owner(self) -> bool:
        network = self._cloud.network
        functions = self._cloud.compute.functions
        return (
            self._named in functions
            or self._named in network.network_interfaces
            or bool(network.interfaces_of(self._named))
        )

    def include(self, vpc_id: str, address: IPAddress) -> bool:
        """Return whether an address, as seen in a VPC, is one of the ends."""
        if self._internet:
            return not any(address in block for block in _own_blocks(self._cloud))
        if self._blocks:
            return any(address in block for block in self._blocks)
        eni = _interface(self._cloud, vpc_id, address)
        if eni is not None:
            return self._named in (eni.id, eni.owner_id, *eni.function_ids)
        return _services(self._cloud).get(address) == self._named


def _own_blocks(cloud: Cloud) -> Iterator[IPNetwork]:
    for vpc in cloud.network.vpcs.values():
        yield from vpc.known_blocks
