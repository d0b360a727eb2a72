"""Names that CloudFormation gives to resources whose template sets none: `STACK-LOGICALID-` and twelve letters and digits.

The end is derived from account, region, stack and logical id, so that a prediction, a restart and a running stack agree. A
name that would be too long has a shorter stack and logical id, never a shorter end (control-plane §3.6).
"""

import re
from string import ascii_letters, digits

from netful.model.core import Frozen, Resource
from netful.model.names.generated.id_forms import letters

_END = 12
_LETTERS = ascii_letters + digits
_OTHERS = re.compile(r"[^A-Za-z0-9]+")
_UNNAMED = "stack"  # as `netful up` calls a stack whose folder has no letters or digits of ASCII in its name


class Naming(Frozen):
    """Naming of the resources of a type: the property, and the form of a generated name."""

    property: str
    longest: int = 64
    lower: bool = False
    fifo: str = ""
    """The property of a FIFO queue or topic, whose name ends in `.fifo`."""


NAMINGS = {
    "AWS::CloudWatch::Alarm": Naming("AlarmName", longest=255),
    "AWS::Cognito::UserPool": Naming("UserPoolName", longest=128),
    "AWS::DAX::Cluster": Naming("ClusterName", longest=20, lower=True),
    "AWS::DAX::SubnetGroup": Naming("SubnetGroupName", longest=255, lower=True),
    "AWS::DocDB::DBCluster": Naming("DBClusterIdentifier", longest=63, lower=True),
    "AWS::DocDB::DBInstance": Naming("DBInstanceIdentifier", longest=63, lower=True),
    "AWS::DocDB::DBSubnetGroup": Naming("DBSubnetGroupName", longest=255, lower=True),
    "AWS::DynamoDB::GlobalTable": Naming("TableName"),
    "AWS::DynamoDB::Table": Naming("TableName"),
    "AWS::ECR::Repository": Naming("RepositoryName", longest=256, lower=True),
    "AWS::ECS::Cluster": Naming("ClusterName"),
    "AWS::ECS::Service": Naming("ServiceName", longest=255),
    "AWS::ECS::TaskDefinition": Naming("Family", longest=255),
    "AWS::ElastiCache::CacheCluster": Naming("ClusterName", longest=50, lower=True),
    "AWS::ElastiCache::ReplicationGroup": Naming("ReplicationGroupId", longest=40, lower=True),
    "AWS::ElastiCache::ServerlessCache": Naming("ServerlessCacheName", longest=40, lower=True),
    "AWS::ElastiCache::SubnetGroup": Naming("CacheSubnetGroupName", longest=255, lower=True),
    "AWS::Elasticsearch::Domain": Naming("DomainName", longest=28, lower=True),
    "AWS::Events::Archive": Naming("ArchiveName", longest=48),
    "AWS::Events::Connection": Naming("Name"),
    "AWS::Events::Rule": Naming("Name"),
    "AWS::IAM::Group": Naming("GroupName", longest=128),
    "AWS::IAM::InstanceProfile": Naming("InstanceProfileName", longest=128),
    "AWS::IAM::ManagedPolicy": Naming("ManagedPolicyName", longest=128),
    "AWS::IAM::Role": Naming("RoleName"),
    "AWS::IAM::User": Naming("UserName"),
    "AWS::Kinesis::Stream": Naming("Name"),
    "AWS::KinesisFirehose::DeliveryStream": Naming("DeliveryStreamName"),
    "AWS::Lambda::Function": Naming("FunctionName"),
    "AWS::Logs::LogGroup": Naming("LogGroupName"),
    "AWS::MemoryDB::Cluster": Naming("ClusterName", longest=40, lower=True),
    "AWS::MemoryDB::SubnetGroup": Naming("SubnetGroupName", longest=255, lower=True),
    "AWS::Neptune::DBCluster": Naming("DBClusterIdentifier", longest=63, lower=True),
    "AWS::Neptune::DBInstance": Naming("DBInstanceIdentifier", longest=63, lower=True),
    "AWS::Neptune::DBSubnetGroup": Naming("DBSubnetGroupName", longest=255, lower=True),
    "AWS::OpenSearchService::Domain": Naming("DomainName", longest=28, lower=True),
    "AWS::RDS::DBCluster": Naming("DBClusterIdentifier", longest=63, lower=True),
    "AWS::RDS::DBClusterEndpoint": Naming("DBClusterEndpointIdentifier", longest=63, lower=True),
    "AWS::RDS::DBClusterParameterGroup": Naming("DBClusterParameterGroupName", longest=255, lower=True),
    "AWS::RDS::DBInstance": Naming("DBInstanceIdentifier", longest=63, lower=True),
    "AWS::RDS::DBParameterGroup": Naming("DBParameterGroupName", longest=255, lower=True),
    "AWS::RDS::DBProxy": Naming("DBProxyName", longest=64, lower=True),
    "AWS::RDS::DBProxyEndpoint": Naming("DBProxyEndpointName", longest=64, lower=True),
    "AWS::RDS::DBSubnetGroup": Naming("DBSubnetGroupName", longest=255, lower=True),
    "AWS::Redshift::Cluster": Naming("ClusterIdentifier", longest=63, lower=True),
    "AWS::S3::Bucket": Naming("BucketName", longest=63, lower=True),
    "AWS::SNS::Topic": Naming("TopicName", fifo="FifoTopic"),
    "AWS::SQS::Queue": Naming("QueueName", fifo="FifoQueue"),
    "AWS::SSM::Parameter": Naming("Name"),
    "AWS::Scheduler::Schedule": Naming("Name"),
    "AWS::Scheduler::ScheduleGroup": Naming("Name"),
    "AWS::SecretsManager::Secret": Naming("Name"),
    "AWS::StepFunctions::StateMachine": Naming("StateMachineName"),
}
"""The types whose resources CloudFormation names."""


class Names(Frozen):
    """The names of a stack in a region of an account."""

    account_id: str
    region: str
    stack: str

    def of(self, naming: Naming, logical_id: str, *, fifo: bool = False, generation: int = 0) -> str:
        """Return the name of a resource; after each replacement (`generation`) it is another one."""
        stack, own = (_OTHERS.sub("-", text).strip("-") for text in (self.stack, logical_id))
        stack = stack or _UNNAMED
        seed = f"{self.account_id}/{self.region}/{stack}/{logical_id}" + (f"/{generation}" if generation else "")
        end = letters(seed, _LETTERS, _END)
        suffix = ".fifo" if fifo else ""
        room = naming.longest - len(f"--{end}{suffix}")
        stack = stack[: max(room // 2, room - len(own))]
        name = f"{stack}-{own[: room - len(stack)]}-{end}{suffix}"
        return name.lower() if naming.lower else name


def is_name_made(resource: Resource) -> bool:
    """Return whether CloudFormation makes the name of a resource: its template has none."""
    naming = NAMINGS.get(resource.type)
    return naming is not None and naming.property not in resource.property_origins


def physical_name(resource: Resource) -> str | None:
    """Return the name of a resource of a type that CloudFormation names; None for another, or if it is not known."""
    naming = NAMINGS.get(resource.type)
    name = resource.properties.get(naming.property) if naming else None
    return name if isinstance(name, str) else None
