"""`AWS::ElasticLoadBalancing::LoadBalancer`, the classic load balancers, as listeners and target groups.

Rules:
1. Each entry of `Listeners` is a listener, and a target group of the instances at its `InstancePort`.
2. The registered targets are its `Instances`, and the fleets and services that name it.
3. `SSL` is `TLS`. Without `Scheme` it faces the internet; without `CrossZone` a node uses only targets of its own
   zone.
"""

from collections.abc import Iterator, Mapping

from netful.model.balancing.load_balancers import (
    Action,
    Listener,
    LoadBalancer,
    LoadBalancerType,
    Registration,
    Target,
    TargetGroup,
)
from netful.model.names.generated.load_balancer_dns import dns_name
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import Subnet
from netful.sources.parts import PartReader, of_each
from netful.sources.readers import launching
from netful.sources.readers.load_balancers import node
from netful.sources.readers.managed import DEFAULT_VPC, default_groups
from netful.sources.template.reading import Inventory, Reader, either, known_or

CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
_CROSS_ZONE = "load_balancing.cross_zone.enabled"


def _load_balancer(reader: Reader, subnets: Mapping[str, Subnet]) -> LoadBalancer:
    places = reader.known_texts("Subnets") or (DEFAULT_VPC,)
    internal = reader.text("Scheme") == "internal"
    name = known_or(reader.text("LoadBalancerName"), reader.id)
    cross_zone = reader.flag("CrossZone", default=False)
    return LoadBalancer(
        id=reader.id,
        name=name,
        dns_name=known_or(reader.text("DNSName"), "")  # only a description has it
        or dns_name(reader.id, reader.region, LoadBalancerType.CLASSIC, internal=internal, name=name),
        type=LoadBalancerType.CLASSIC,
        internal=internal,
        vpc_id=next((subnets[s].vpc_id for s in places if isinstance(s, str) and s in subnets), None),
        subnet_ids=places,
        security_group_ids=reader.known_texts("SecurityGroups") or default_groups(places[0], subnets),
        cross_zone=cross_zone,
        attributes={_CROSS_ZONE: str(cross_zone).lower()},
        origin=reader.origin,
    )


def nodes(inventory: Inventory, balancers: Mapping[str, LoadBalancer]) -> dict[str, NetworkInterface]:
    """Return one node for each subnet; one that faces the internet has a public address of AWS's own."""
    found = {}
    for balancer in (balancers[reader.id] for reader in inventory.of(CLASSIC)):
        for number, subnet_id in enumerate(balancer.subnet_ids, 1):
            id_ = f"eni-{balancer.id}-{subnet_id if isinstance(subnet_id, str) else number}"
            address = None if balancer.internal else inventory.public_address()
            found[id_] = node(balancer, id_, subnet_id, address)
    return found


def listeners(inventory: Inventory) -> dict[str, Listener]:
    """Return a listener for each entry of `Listeners`."""
    found = {}
    for reader in inventory.of(CLASSIC):
        for part in reader.parts("Listeners"):
            port, protocol = part.number("LoadBalancerPort"), known_or(part.text("Protocol"), "TCP").upper()
            certificate = part.text("SSLCertificateId")
            id_ = f"{reader.id}:{port}"
            found[id_] = Listener(
                id=id_,
                load_balancer_id=reader.id,
                port=either(port, 0),
                protocol="TLS" if protocol == "SSL" else protocol,
                default_actions=(Action("forward", (_group_id(reader, part),), (1,)),),
                certificates=() if certificate is None else (certificate,),
                origin=part.origin,
            )
    return found


def target_groups(inventory: Inventory) -> dict[str, TargetGroup]:
    """Return a target group for each instance port of a listener."""
    found = {}
    for reader in inventory.of(CLASSIC):
        registered = tuple(_registered(inventory, reader))
        targets = tuple(Target(instance) for instance in reader.known_texts("Instances"))
        checked, _, rest = known_or(reader.part("HealthCheck").text("Target"), "").partition(":")
        check_port, slash, path = rest.partition("/")
        for part in reader.parts("Listeners"):
            protocol = known_or(part.text("InstanceProtocol"), known_or(part.text("Protocol"), "TCP")).upper()
            id_ = _group_id(reader, part)
            found[id_] = TargetGroup(
                id=id_,
                target_type="instance",
                protocol="TLS" if protocol == "SSL" else protocol,
                port=part.number("InstancePort"),
                vpc_id=None,
                targets=targets,
                registered_by=registered,
                health_check_protocol=checked or protocol,
                health_check_port=check_port or "traffic-port",
                health_check_path=slash + path or "/",
                origin=part.origin,
            )
    return found


def _group_id(reader: Reader, part: Reader) -> str:
    return f"{reader.id}:instances:{part.number('InstancePort')}"


def _registered(inventory: Inventory, reader: Reader) -> Iterator[Registration]:
    """Yield the fleets and services that name the load balancer, by its id or its name."""
    own = {reader.id, known_or(reader.text("LoadBalancerName"), reader.id)}
    for fleet in inventory.of(launching.FLEET):
        if not own.isdisjoint(launching.registers_in(fleet, "LoadBalancerNames")):
            yield Registration(fleet.id)
    for service in inventory.of("AWS::ECS::Service"):
        if any(known_or(part.text("LoadBalancerName"), "") in own for part in service.parts("LoadBalancers")):
            yield Registration(service.id)


READERS = (
    of_each("load_balancers", _load_balancer, CLASSIC, needs=("subnets",)),
    PartReader("network_interfaces", nodes, needs=("load_balancers",)),
    PartReader("listeners", listeners),
    PartReader("target_groups", target_groups),
)
