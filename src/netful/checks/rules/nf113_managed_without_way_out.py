"""NF113: a managed service, an instance or a task runs in a subnet that does not lead to what AWS needs there.

Builds of CodeBuild, nodes of EKS and EMR, jobs of Glue, environments of Airflow, notebooks without direct internet
access, canaries and replication instances run in your subnet, and call S3, CloudWatch Logs and other services from
there. Without a path they stay in provisioning, or fail after minutes.

Instead: Use a subnet with a route to a NAT gateway, or add endpoints for the services.
"""

from collections.abc import Iterator

from netful.checks.facts.proof import way_out
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.tasks.definition import SERVICE
from netful.engine.tasks.needs import needs_of
from netful.model.cloud import Cloud
from netful.model.core import Resource, at, listed, mapping, mappings
from netful.model.network.protocols import ALL_PROTOCOLS, TCP

_SERVICES = {
    "AWS::Batch::ComputeEnvironment": ("logs",),
    "AWS::BedrockAgentCore::Runtime": ("ecr.api", "ecr.dkr", "logs", "s3"),
    "AWS::Cloud9::EnvironmentEC2": ("ssm", "ssmmessages"),
    "AWS::CodeBuild::Project": ("logs", "s3"),
    "AWS::EKS::Nodegroup": ("ec2", "ecr.api", "ecr.dkr", "s3"),
    "AWS::EMR::Cluster": ("s3",),
    "AWS::EMRServerless::Application": ("s3",),
    "AWS::Glue::Connection": ("s3",),
    "AWS::MWAA::Environment": ("kms", "logs", "monitoring", "s3", "sqs"),
    "AWS::Redshift::Cluster": ("s3",),
    "AWS::SageMaker::Domain": ("sagemaker.api", "s3"),
    "AWS::SageMaker::Model": ("s3",),
    "AWS::SageMaker::NotebookInstance": ("sagemaker.api", "s3"),
    "AWS::SageMaker::ProcessingJob": ("s3",),
    "AWS::SecretsManager::RotationSchedule": ("secretsmanager",),
    "AWS::Synthetics::Canary": ("s3", "monitoring"),
}
"""The services that what runs in a subnet calls, by type."""

_ONLY_WITH = {
    "AWS::BedrockAgentCore::Runtime": ("AgentRuntimeArtifact.ContainerConfiguration", ""),
    "AWS::Cloud9::EnvironmentEC2": ("ConnectionType", "connect_ssm"),
    "AWS::Redshift::Cluster": ("EnhancedVpcRouting", "true"),
    "AWS::SageMaker::Domain": ("AppNetworkAccessType", "vpconly"),
    "AWS::SageMaker::Model": ("PrimaryContainer.ModelDataUrl", ""),
    "AWS::SageMaker::NotebookInstance": ("DirectInternetAccess", "disabled"),
}
"""The property and its value, "" for any, with which a type calls them from its subnet."""

# Engines of DMS's endpoints that are AWS services, which the replication instance calls.
_OF_ENGINE = {"s3": "s3", "kinesis": "kinesis-streams", "dynamodb": "dynamodb"}
_AGENT = ("ecs", "ecs-agent", "ecs-telemetry")
_WITH_SECRET = ("_AUTH", "_CERTIFICATE")
"""Ends of the types of a source's access that name a secret."""
_MANAGED_CORE = "AmazonSSMManagedInstanceCore"


@Rule.of("managed service in a subnet without a way to what it needs", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for type_, services in _SERVICES.items():
        path, value = _ONLY_WITH.get(type_, ("", ""))
        for resource in facts.cloud.template.of_type(type_):
            written = at(resource.properties, path) if path else ""
            if written is not None and value in ("", str(written).lower()):
                yield from _problem(facts, resource, services, _cluster_of(facts.cloud, resource))
    for source in facts.cloud.template.of_type("AWS::Lambda::EventSourceMapping"):
        yield from _polled(facts, source)
    for service in facts.cloud.template.of_type(SERVICE):
        yield from _problem(facts, service, *_of_tasks(facts.cloud, service))
    for instance in facts.cloud.template.of_type("AWS::EC2::Instance"):
        if _is_managed(facts.cloud, instance):
            yield from _problem(facts, instance, ("ssm", "ssmmessages"))
    services = tuple(_of_replication(facts))
    for replication in facts.cloud.template.of_type("AWS::DMS::ReplicationInstance"):
        if replication.properties.get("PubliclyAccessible") is False:
            yield from _problem(facts, replication, services)
    for connection in facts.cloud.template.of_type("AWS::Glue::Connection"):
        yield from _of_workers(facts.cloud, connection)


def _of_workers(cloud: Cloud, connection: Resource) -> Problems:
    """Find a connection of Glue whose groups do not admit all TCP ports, which Glue demands for the workers of a job."""
    named = [name for eni in cloud.network.places_of(connection.id) for name in eni.security_group_ids]
    groups = [cloud.network.security_groups.get(str(name)) for name in named]
    whole = {(ALL_PROTOCOLS, None), (TCP, (0, 65535))}
    rules = {
        (rule.ip_protocol, (rule.from_port, rule.to_port) if rule.ip_protocol == TCP else None)
        for group in groups if group for rule in group.ingress
    }  # fmt: skip
    if groups and all(groups) and not cloud.network.unplaced_rules and whole.isdisjoint(rules):
        message = (
            f"`{connection.id}` needs a group that admits all TCP ports from itself: the workers of a job use them"
        )
        hint = "add a rule for tcp/0-65535 from the group itself to one of its groups"
        yield Problem.of(connection, message, hint, Certainty.LIKELY, cause=f"workers of `{connection.id}`")


def _cluster_of(cloud: Cloud, nodes: Resource) -> tuple[str, ...]:
    """Return the cluster of EKS that nodes join; none for other types."""
    named = cloud.named(str(nodes.properties.get("ClusterName")))
    return (named,) if named in cloud.template.resources else ()


def _polled(facts: Facts, source: Resource) -> Problems:
    """Find the pollers of a function's Kafka, broker or DocumentDB: they call the source, and on demand also services."""
    if str(source.properties.get("Enabled")).lower() == "false":
        return  # it does not poll
    accesses = mappings(source.properties.get("SourceAccessConfigurations"))
    secret = any(str(one.get("Type")).endswith(_WITH_SECRET) for one in accesses)
    services = ("sts", "lambda", *(("secretsmanager",) if secret else ()))
    on_demand = source.properties.get("ProvisionedPollerConfig") is None
    others = (name for name in source.references if name not in facts.cloud.compute.functions)
    polled = tuple(name for name in others if facts.cloud.network.places_of(name))
    yield from _problem(facts, source, services if on_demand else (), polled)


def _of_tasks(cloud: Cloud, service: Resource) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what ECS Exec needs, and what the agent of container instances does: also the images of tasks."""
    given = service.properties
    execs = ("ssmmessages",) if str(given.get("EnableExecuteCommand")).lower() == "true" else ()
    if "NetworkConfiguration" in given or given.get("LaunchType") in ("FARGATE", "EXTERNAL"):
        return execs, ()
    task = cloud.template.resources.get(cloud.named(str(given.get("TaskDefinition"))))
    needs = needs_of(task.properties, cloud.region_of(task.id)) if task else ()
    return (*_AGENT, *execs), tuple(need.destination for need in needs)


def _is_managed(cloud: Cloud, instance: Resource) -> bool:
    """Return whether the role of an instance lets Systems Manager manage it."""
    profile = cloud.template.resources.get(cloud.named(str(instance.properties.get("IamInstanceProfile"))))
    names = listed(profile.properties.get("Roles")) if profile else ()
    roles = (cloud.access.role_named(cloud.named(name)) for name in names if isinstance(name, str))
    return any(_MANAGED_CORE in str(arn) for role in roles if role for arn in role.managed_policy_arns)


def _of_replication(facts: Facts) -> Iterator[str]:
    """Yield the AWS services that endpoints of DMS are, and the one that has their passwords."""
    for endpoint in facts.cloud.template.of_type("AWS::DMS::Endpoint"):
        yield from filter(None, [_OF_ENGINE.get(str(endpoint.properties.get("EngineName")))])
        if any(mapping(value).get("SecretsManagerSecretId") for value in endpoint.properties.values()):
            yield "secretsmanager"


def _problem(facts: Facts, resource: Resource, services: tuple[str, ...], others: tuple[str, ...] = ()) -> Problems:
    """Find the services and `others` that one of the interfaces of a resource does not reach."""
    for eni in facts.cloud.network.places_of(resource.id):
        known = isinstance(eni.subnet_id, str)
        blocked = facts.blocked(eni.id, (*(f"aws:{one}" for one in services), *others)) if known else {}
        if blocked:
            path = next(iter(blocked.values()))
            yield Problem.of(
                resource,
                f"`{resource.id}` needs {', '.join(blocked)}, to which its subnet `{eni.subnet_id}` does not lead",
                way_out(blocked),
                Certainty.LIKELY,
                path,
                cause=f"{', '.join(blocked)}, from `{eni.subnet_id}`",
            )
            return
