"""Pollers of event sources in a VPC: Kafka, brokers of Amazon MQ and DocumentDB, for functions and pipes.

Their interfaces are in the subnets and the groups of the source. The template names those of a Kafka that AWS does not manage.
The function itself need not be in a VPC. Other sources, and brokers with public addresses, are polled from AWS's own network.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from netful.model.core import Maybe, Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.sources.template.reading import Inventory, Reader

MAPPING, PIPE = "AWS::Lambda::EventSourceMapping", "AWS::Pipes::Pipe"
_BROKER = "AWS::AmazonMQ::Broker"
_POLLED = (_BROKER, "AWS::DocDB::DBCluster", "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster")
_SOURCE = {MAPPING: "EventSourceArn", PIPE: "Source"}
_SUBNET, _GROUP = "VPC_SUBNET", "VPC_SECURITY_GROUP"
_KINDS = ("subnet:", "security_group:")


def pollers(inventory: Inventory, of_sources: Iterable[NetworkInterface]) -> Iterator[NetworkInterface]:
    """Yield the interfaces of the pollers, of which each subnet has one. `of_sources` has the interfaces of the sources."""
    polled: dict[str, dict[Maybe[str], NetworkInterface]] = {}
    for eni in of_sources:
        if eni.public_ip is None or inventory.type_of(eni.owner_id) != _BROKER:
            polled.setdefault(eni.owner_id, {}).setdefault(eni.subnet_id, eni)
    for reader in inventory.of(MAPPING, PIPE):
        source = _source(inventory, reader)
        places = polled.get(source, {}).values() if source else _written(reader)
        yield from (_poller(reader, place, number) for number, place in enumerate(places, 1))


def _poller(reader: Reader, place: NetworkInterface, number: int) -> NetworkInterface:
    """Return the interface of a poller at the place of another interface."""
    return replace(
        place,
        id=f"eni-{reader.id}-{place.subnet_id if isinstance(place.subnet_id, str) else number}",
        owner=InterfaceOwner.SERVICE,
        owner_id=reader.id,
        private_ip_address=None,
        ipv6_address=None,
        public_ip=None,
        public_doubt=None,
        private=True,
        idle="",
        origin=reader.origin,
    )


def _source(inventory: Inventory, reader: Reader) -> str:
    """Return the name of the source that is polled from its VPC; "" for all others."""
    named = reader.text(_SOURCE[reader.type])
    referred = () if isinstance(named, Unknown) else (str(named),)
    every = (*referred, *inventory.resources[reader.id].references)
    return next((name for name in every if inventory.type_of(name) in _POLLED), "")


def _written(reader: Reader) -> Iterator[NetworkInterface]:
    """Yield places in the subnets and groups that are written for a Kafka of one's own."""
    if reader.type == PIPE:
        vpc = reader.part("SourceParameters").part("SelfManagedKafkaParameters").part("Vpc")
        subnets, groups = vpc.known_texts("Subnets"), vpc.known_texts("SecurityGroup")
    else:
        found = [(part.text("Type"), part.literal("URI")) for part in reader.parts("SourceAccessConfigurations")]
        subnets, groups = (
            tuple(_without_kind(reader, uri) for type_, uri in found if type_ == kind and uri is not None)
            for kind in (_SUBNET, _GROUP)
        )
    for subnet in subnets:
        yield NetworkInterface("", InterfaceOwner.SERVICE, reader.id, subnet, groups)


def _without_kind(reader: Reader, uri: Maybe[str]) -> Maybe[str]:
    """Return the name of the subnet or group that a URI such as `subnet:subnet-0a1b2c3d` has."""
    if isinstance(uri, Unknown):
        return uri
    return reader.named(next((uri.removeprefix(kind) for kind in _KINDS if uri.startswith(kind)), uri))
