"""NF113: a managed service runs in a subnet that does not lead to what the service itself needs."""

from collections.abc import Mapping
from typing import Any

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.core import Resource, at, listed, mapping
from netful.sources.readers.placements import PLACEMENTS

_SERVICES = {
    "AWS::CodeBuild::Project": ("logs", "s3"),
    "AWS::EKS::Nodegroup": ("ec2", "ecr.api", "ecr.dkr"),
    "AWS::EMR::Cluster": ("s3",),
    "AWS::Glue::Connection": ("s3",),
    "AWS::MWAA::Environment": ("kms", "logs", "monitoring", "s3", "sqs"),
    "AWS::SageMaker::Domain": ("sagemaker.api", "s3"),
    "AWS::SageMaker::NotebookInstance": ("sagemaker.api", "s3"),
    "AWS::SecretsManager::RotationSchedule": ("secretsmanager",),
    "AWS::Synthetics::Canary": ("s3", "monitoring"),
}
"""The services that what runs in a subnet calls, by type."""

_ONLY_WITH = {
    "AWS::SageMaker::Domain": ("AppNetworkAccessType", "VpcOnly"),
    "AWS::SageMaker::NotebookInstance": ("DirectInternetAccess", "Disabled"),
}
"""The property and its value with which a type calls them from its subnet."""

_NODES = {"AWS::EKS::Nodegroup": "Subnets", "AWS::EMR::Cluster": "Instances.Ec2SubnetId"}
"""The property with the subnets of nodes, whose groups AWS makes; other types are in the table of placements."""

# Engines of DMS's endpoints that are AWS services, which the replication instance calls.
_OF_ENGINE = {"s3": "s3", "kinesis": "kinesis-streams", "dynamodb": "dynamodb"}


@Rule.of(
    title="managed service in a subnet without a way to what it needs",
    severity=Severity.HIGH,
    why=(
        "Builds of CodeBuild, nodes of EKS and EMR, jobs of Glue, environments of Airflow, notebooks without direct internet "
        "access, canaries and replication instances run in your subnet, and call S3, CloudWatch Logs and other services from there. "
        "Without a path they stay in provisioning, or fail after minutes."
    ),
    instead="Use a subnet with a route to a NAT gateway, or add endpoints for the services.",
)
def check(facts: Facts) -> Problems:
    for type_, services in _SERVICES.items():
        needed = _ONLY_WITH.get(type_)
        for resource in facts.of_type(type_):
            if needed is None or resource.properties.get(needed[0]) == needed[1]:
                subnets, groups = _places(resource)
                yield from _problem(facts, resource, subnets, groups, services)
    yield from _replication(facts)
    yield from _polled(facts)


def _polled(facts: Facts) -> Problems:
    """Find the pollers of a function's Kafka, broker or DocumentDB: they call the source, and on demand also STS and Lambda."""
    for source in facts.of_type("AWS::Lambda::EventSourceMapping"):
        if str(source.properties.get("Enabled")).lower() == "false":
            continue  # it does not poll
        on_demand = source.properties.get("ProvisionedPollerConfig") is None
        services = ("sts", "lambda") if on_demand else ()
        others = tuple(name for name in source.references if name not in facts.cloud.compute.functions)
        polled = tuple(name for name in others if facts.cloud.network.places_of(name))
        places = facts.cloud.network.places_of(source.id)
        subnets = [eni.subnet_id for eni in places if isinstance(eni.subnet_id, str)]
        groups = [group for eni in places[:1] for group in eni.security_group_ids if isinstance(group, str)]
        yield from _problem(facts, source, subnets, groups, services, polled)


def _replication(facts: Facts) -> Problems:
    """Find replication instances of DMS whose endpoints are AWS services or have their password in one."""
    services: list[str] = []
    for endpoint in facts.of_type("AWS::DMS::Endpoint"):
        services += filter(None, [_OF_ENGINE.get(str(endpoint.properties.get("EngineName")))])
        if any(mapping(value).get("SecretsManagerSecretId") for value in endpoint.properties.values()):
            services.append("secretsmanager")
    for instance in facts.of_type("AWS::DMS::ReplicationInstance"):
        group = facts.cloud.template.resources.get(
            facts.cloud.named(str(instance.properties.get("ReplicationSubnetGroupIdentifier")))
        )
        if group is not None and instance.properties.get("PubliclyAccessible") is False:
            groups = _at(instance.properties, "VpcSecurityGroupIds")
            yield from _problem(facts, instance, _at(group.properties, "SubnetIds"), groups, tuple(services))


def _problem(
    facts: Facts,
    resource: Resource,
    subnets: list[str],
    groups: list[str],
    services: tuple[str, ...],
    others: tuple[str, ...] = (),
) -> Problems:
    """Find the services and `others` that one of the subnets does not lead to. Without groups, that of the VPC is taken.

    An interface of the resource has its own groups, as a node has that of its cluster, and its public address. Where the resource
    has none, its groups are taken, or that of the VPC.
    """
    known = {subnet for subnet in subnets if facts.cloud.named(subnet) in facts.cloud.network.subnets}
    own = {eni.subnet_id: eni.id for eni in facts.cloud.network.places_of(resource.id)}
    for subnet in sorted(known):
        source = own.get(facts.cloud.named(subnet)) or f"subnet:{subnet}+{'+'.join(groups) or 'default'}"
        blocked = facts.blocked(source, (*(f"aws:{service}" for service in services), *others))
        if blocked:
            path = next(iter(blocked.values()))
            yield Problem.of(
                resource,
                f"`{resource.id}` needs {', '.join(blocked)}, to which its subnet `{facts.cloud.named(subnet)}` does not lead",
                path.hint or "add a route to a NAT gateway, or endpoints for these services",
                Certainty.LIKELY,
                path,
            )
            return


def _places(resource: Resource) -> tuple[list[str], list[str]]:
    """Return the subnets and the groups of a resource."""
    if resource.type in _NODES:
        return _at(resource.properties, _NODES[resource.type]), []
    placement = PLACEMENTS[resource.type]
    return _at(resource.properties, placement.subnets), _at(resource.properties, placement.groups)


def _at(properties: Mapping[str, Any], path: str) -> list[str]:
    """Return the known texts at a path of properties, which is a list or a text with commas."""
    texts = (item for item in listed(at(properties, path)) if isinstance(item, str))
    return [part.strip() for text in texts for part in text.split(",")]
