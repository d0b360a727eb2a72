"""Managed services that AWS refuses for the number of their subnets or brokers, and clusters of EKS without an endpoint."""

from collections.abc import Callable, Iterator, Mapping

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, at, is_true, is_wholly_known, whole_number

_MULTI_ZONE = "MULTI_AZ"
_CONFIGURATIONS = ("WindowsConfiguration", "OntapConfiguration", "OpenZFSConfiguration")


def subnet_counts(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield services with more or fewer subnets than their mode demands."""
    for resource in cloud.template.of_type(*_COUNTS):
        path, count = _COUNTS[resource.type]
        number, demanded = counted(at(resource.properties, path)), count(resource)
        if number is not None and demanded is not None and number != demanded:
            yield resource.id, f"it has {number} subnets, and its mode demands {demanded}"


def counted(items: object) -> int | None:
    """Return the number of items of a list; None if that is not known: an item by an open condition may be left out."""
    if not isinstance(items, list | tuple) or any(isinstance(one, Unknown) and one.computed for one in items):
        return None
    return len(items)


def brokers(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield clusters of MSK whose brokers are not the same number in each subnet."""
    for cluster in cloud.template.of_type("AWS::MSK::Cluster"):
        number = counted(at(cluster.properties, _CLIENTS))
        brokers = whole_number(cluster.properties.get("NumberOfBrokerNodes"))
        if number and brokers is not None and brokers % number:
            yield cluster.id, f"{brokers} brokers are not a multiple of {number} subnets"


def endpoints(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield clusters of EKS with neither a public nor a private endpoint."""
    for cluster in cloud.template.of_type("AWS::EKS::Cluster"):
        config = at(cluster.properties, "ResourcesVpcConfig")
        flags = [at(config, f"Endpoint{name}Access") for name in ("Public", "Private")]
        if flags[0] is not None and all(str(one).lower() in ("false", "none") for one in flags):
            yield cluster.id, "its public and its private endpoint are off"


def _of_broker(broker: Resource) -> int | None:
    """Return the number of subnets of a broker; a public one has none of its own."""
    if is_true(broker.properties.get("PubliclyAccessible")):
        return None
    return {"SINGLE_INSTANCE": 1, "ACTIVE_STANDBY_MULTI_AZ": 2}.get(str(broker.properties.get("DeploymentMode")))


def _of_domain(domain: Resource) -> int | None:
    config = at(domain.properties, "ClusterConfig") or at(domain.properties, "ElasticsearchClusterConfig")
    zones = whole_number(at(config, "ZoneAwarenessConfig.AvailabilityZoneCount"), 2)
    several = zones if is_true(at(config, "ZoneAwarenessEnabled")) else 1
    with_standby = is_true(at(config, "MultiAZWithStandbyEnabled"))
    return several if config and is_wholly_known(config) and not with_standby else None


def _of_file_system(system: Resource) -> int | None:
    modes = [at(system.properties, f"{name}.DeploymentType") for name in _CONFIGURATIONS]
    return 2 if any(str(one).startswith(_MULTI_ZONE) for one in modes) else None


_CLIENTS = "BrokerNodeGroupInfo.ClientSubnets"
_COUNTS: Mapping[str, tuple[str, Callable[[Resource], int | None]]] = {
    "AWS::AmazonMQ::Broker": ("SubnetIds", _of_broker),
    "AWS::Elasticsearch::Domain": ("VPCOptions.SubnetIds", _of_domain),
    "AWS::FSx::FileSystem": ("SubnetIds", _of_file_system),
    "AWS::OpenSearchService::Domain": ("VPCOptions.SubnetIds", _of_domain),
}
"""The property with the subnets, by type, and the number that a resource demands; None if any."""
