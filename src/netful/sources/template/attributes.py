"""Tables of the values of `Ref` and `Fn::GetAtt`, by the type of the resource.

Rules:
1. `Ref` of a VPC, a subnet or a group, and `GetAtt` of its id, are the id that AWS would give (`model.identity`). The id of a
   type that is not there is the logical id.
2. `Ref` of a resource that AWS identifies by name is that name if the template sets it; `schema_names` has most of these properties.
3. An ARN looks real: partition, region and account of the stack, the name as in rule 2.
4. A value that only AWS decides is unknown, with that reason.
"""

from collections.abc import Callable
from typing import Any

from netful.model.identity import CLUSTER_GROUP, has_id
from netful.model.names.arns import aws_arn
from netful.model.names.generated.custom_domains import regional_host
from netful.model.names.generated.function_url import url_host
from netful.model.names.generated.generated_names import NAMINGS
from netful.model.names.generated.iam_names import access_key_id, canonical_user, role_id, secret_access_key
from netful.model.names.generated.user_pool import issuer_of
from netful.model.names.partitions import partition, url_suffix
from netful.model.names.service_names import service
from netful.model.resource_arns import ARN_TYPES
from netful.sources import schema_names

# The properties with the names of resources, which are the value of `Ref` unless another table has that: those of AWS's schemas
# and of the types that CloudFormation names, and those whose schema has a longer identifier or another word for it.
NAME_PROPERTIES = {
    **schema_names.name_properties(),
    **{kind: naming.property for kind, naming in NAMINGS.items() if not has_id(kind)},
    "AWS::ApiGateway::Model": "Name",
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::ApiGatewayV2::Stage": "StageName",
    "AWS::AppStream::DirectoryConfig": "DirectoryName",
    "AWS::CUR::ReportDefinition": "ReportName",
    "AWS::CloudFormation::Macro": "Name",
    "AWS::CodeBuild::Project": "Name",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::Cognito::UserPoolGroup": "GroupName",
    "AWS::EC2::KeyPair": "KeyName",
    "AWS::EntityResolution::SchemaMapping": "SchemaName",
    "AWS::Redshift::EndpointAccess": "EndpointName",
    "AWS::Route53::RecordSet": "Name",
    "AWS::StepFunctions::Activity": "Name",
}

# Types whose ids are made elsewhere (rule 1), by the logical id, the region and the account.
MADE_IDS: dict[str, Callable[[str, str, str], str]] = {"AWS::IAM::AccessKey": access_key_id}

# Parts of secrets, whose Ref and Id are the secret's ARN.
PARTS_OF_SECRETS = tuple(
    f"AWS::SecretsManager::{name}" for name in ("ResourcePolicy", "RotationSchedule", "SecretTargetAttachment")
)

# The property that an attribute repeats.
PROPERTY_ATTRIBUTES = {
    **{(kind, "Id"): "SecretId" for kind in PARTS_OF_SECRETS},
    ("AWS::EC2::VPC", "CidrBlock"): "CidrBlock",
    ("AWS::EC2::Subnet", "CidrBlock"): "CidrBlock",
    ("AWS::EC2::Subnet", "AvailabilityZone"): "AvailabilityZone",
    ("AWS::EC2::Subnet", "VpcId"): "VpcId",
    ("AWS::EC2::SecurityGroup", "VpcId"): "VpcId",
    ("AWS::EC2::Instance", "AvailabilityZone"): "AvailabilityZone",
    ("AWS::EC2::Instance", "PrivateIp"): "PrivateIpAddress",
    ("AWS::EC2::NetworkInterface", "PrimaryPrivateIpAddress"): "PrivateIpAddress",
    ("AWS::SSM::Parameter", "Value"): "Value",
    ("AWS::SSM::Parameter", "Type"): "Type",
    ("AWS::SQS::Queue", "QueueName"): "QueueName",
    ("AWS::SNS::Topic", "TopicName"): "TopicName",
    ("AWS::ECS::Service", "Name"): "ServiceName",
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerName"): "Name",
    ("AWS::ApiGateway::Stage", "StageName"): "StageName",
}

# The property that names a load balancer.
LOAD_BALANCERS = {
    "AWS::ElasticLoadBalancing::LoadBalancer": "LoadBalancerName",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
}

# Addresses that a running stack gives: each is the text that it replaces, as those of `{{resolve:…}}`.
ADDRESSES = {
    ("AWS::EC2::Instance", "PrivateIp"),
    ("AWS::EC2::Instance", "PublicIp"),
    ("AWS::EC2::NetworkInterface", "PrimaryPrivateIpAddress"),
}
ADDRESS_REFERENCE = "{{{{resolve:address:{id}.{attribute}}}}}"

# The attributes that name what AWS makes with a resource, as in `identity.MADE_WITH`.
MADE_WITH = {
    ("AWS::EC2::VPC", "DefaultSecurityGroup"): "default",
    ("AWS::EC2::VPC", "DefaultNetworkAcl"): "default-acl",
    (
        "AWS::EC2::VPC",
        "Netful::MainRouteTable",
    ): "main",  # no template has such a name: that of plans and of the default VPC
    ("AWS::EC2::NatGateway", "RouteTableId"): "routes",
    ("AWS::EC2::TransitGateway", "AssociationDefaultRouteTableId"): "default",  # the same
    ("AWS::EC2::TransitGateway", "PropagationDefaultRouteTableId"): "default",  # the same
    ("AWS::ApiGateway::RestApi", "RootResourceId"): "root",
    ("AWS::EKS::Cluster", CLUSTER_GROUP): CLUSTER_GROUP,
}

# Databases whose master user's secret RDS may make.
DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
NAMESPACE_ARN = "servicediscovery:{r}:{a}:namespace/{n}"
S3_FILES_ARN = "s3files:{r}:{a}:file-system/{n}"
RULE_ARN = "events:{r}:{a}:rule/{n}"
SCHEDULE_ARN = "scheduler:{r}:{a}:schedule/{n}"
PROXY_ARN = "rds:{r}:{a}:db-proxy:{n}"
DATABASE_IDS = (("AWS::RDS::DBInstance", "DbiResourceId"), ("AWS::RDS::DBCluster", "DBClusterResourceId"))

# Secrets, whose ARNs have an end of their own.
OF_SECRETS = "AWS::SecretsManager::Secret"

# Namespaces of Cloud Map, each of which has a hosted zone.
NAMESPACES = ("AWS::ServiceDiscovery::PrivateDnsNamespace", "AWS::ServiceDiscovery::PublicDnsNamespace")

# What follows `arn:PARTITION:` (rule 3); `{n}` is the name.
ARNS = {
    "AWS::CloudWatch::Alarm": "cloudwatch:{r}:{a}:alarm:{n}",
    "AWS::DynamoDB::Table": "dynamodb:{r}:{a}:table/{n}",
    "AWS::DynamoDB::GlobalTable": "dynamodb:{r}:{a}:table/{n}",
    "AWS::EC2::PrefixList": "ec2:{r}:{a}:prefix-list/{n}",
    "AWS::ECR::Repository": "ecr:{r}:{a}:repository/{n}",
    "AWS::ECS::Cluster": "ecs:{r}:{a}:cluster/{n}",
    "AWS::ElastiCache::ServerlessCache": "elasticache:{r}:{a}:serverlesscache:{n}",
    "AWS::ElastiCache::User": "elasticache:{r}:{a}:user:{n}",
    "AWS::ElastiCache::UserGroup": "elasticache:{r}:{a}:usergroup:{n}",
    "AWS::EFS::AccessPoint": "elasticfilesystem:{r}:{a}:access-point/{n}",
    "AWS::EFS::FileSystem": "elasticfilesystem:{r}:{a}:file-system/{n}",
    "AWS::Events::Archive": "events:{r}:{a}:archive/{n}",
    "AWS::Events::Connection": "events:{r}:{a}:connection/{n}",
    "AWS::Events::EventBus": "events:{r}:{a}:event-bus/{n}",
    "AWS::IAM::Group": "iam::{a}:group/{n}",
    "AWS::IAM::InstanceProfile": "iam::{a}:instance-profile/{n}",
    "AWS::IAM::ManagedPolicy": "iam::{a}:policy/{n}",
    "AWS::IAM::Role": "iam::{a}:role/{n}",
    "AWS::IAM::User": "iam::{a}:user/{n}",
    "AWS::KMS::Key": "kms:{r}:{a}:key/{n}",
    "AWS::Kinesis::Stream": "kinesis:{r}:{a}:stream/{n}",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:{r}:{a}:deliverystream/{n}",
    "AWS::Lambda::CapacityProvider": "lambda:{r}:{a}:capacity-provider:{n}",
    "AWS::Lambda::EventSourceMapping": "lambda:{r}:{a}:event-source-mapping:{n}",
    "AWS::Lambda::Function": "lambda:{r}:{a}:function:{n}",
    "AWS::Logs::LogGroup": "logs:{r}:{a}:log-group:{n}:*",
    "AWS::MemoryDB::ACL": "memorydb:{r}:{a}:acl/{n}",
    "AWS::MemoryDB::Cluster": "memorydb:{r}:{a}:cluster/{n}",
    "AWS::MemoryDB::ParameterGroup": "memorydb:{r}:{a}:parametergroup/{n}",
    "AWS::MemoryDB::SubnetGroup": "memorydb:{r}:{a}:subnetgroup/{n}",
    "AWS::MemoryDB::User": "memorydb:{r}:{a}:user/{n}",
    "AWS::RDS::DBCluster": "rds:{r}:{a}:cluster:{n}",
    "AWS::RDS::DBInstance": "rds:{r}:{a}:db:{n}",
    "AWS::RDS::DBSubnetGroup": "rds:{r}:{a}:subgrp:{n}",
    "AWS::Route53Profiles::Profile": "route53profiles:{r}:{a}:profile/{n}",
    "AWS::Route53Resolver::FirewallDomainList": "route53resolver:{r}:{a}:firewall-domain-list/{n}",
    "AWS::Route53Resolver::FirewallRuleGroup": "route53resolver:{r}:{a}:firewall-rule-group/{n}",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": "route53resolver:{r}:{a}:resolver-query-log-config/{n}",
    "AWS::Route53Resolver::ResolverRule": "route53resolver:{r}:{a}:resolver-rule/{n}",
    "AWS::S3::Bucket": "s3:::{n}",
    "AWS::Scheduler::ScheduleGroup": "scheduler:{r}:{a}:schedule-group/{n}",
    "AWS::SecretsManager::Secret": "secretsmanager:{r}:{a}:secret:{n}",
    "AWS::ServiceDiscovery::HttpNamespace": NAMESPACE_ARN,
    "AWS::ServiceDiscovery::PrivateDnsNamespace": NAMESPACE_ARN,
    "AWS::ServiceDiscovery::PublicDnsNamespace": NAMESPACE_ARN,
    "AWS::ServiceDiscovery::Service": "servicediscovery:{r}:{a}:service/{n}",
    "AWS::SQS::Queue": "sqs:{r}:{a}:{n}",
    "AWS::SNS::Topic": "sns:{r}:{a}:{n}",
    "AWS::StepFunctions::Activity": "states:{r}:{a}:activity:{n}",
    "AWS::StepFunctions::StateMachine": "states:{r}:{a}:stateMachine:{n}",
    "AWS::Cognito::UserPool": "cognito-idp:{r}:{a}:userpool/{n}",
}
REF_IS_ARN = {
    "AWS::StepFunctions::Activity",
    "AWS::IAM::ManagedPolicy", "AWS::SecretsManager::Secret", "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine",
}  # fmt: skip
# Attributes that are the ARN of a firewall, its policy or a rule group, which is their id.
_FIREWALLS = {"FirewallArn", "FirewallPolicyArn", "RuleGroupArn"}
ARN_ATTRIBUTES = {
    "ARN", "Arn", "DBClusterArn", "DBInstanceArn", "DBSubnetGroupArn", "EventSourceMappingArn", "PolicyArn", "TopicArn",
}  # fmt: skip

# Types whose Ref joins the values of properties.
JOINED_REFS: dict[str, tuple[str | tuple[str, ...], ...]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": (("ResourceId",), ("ScalableDimension",), ("ServiceNamespace",)),
    "AWS::EC2::Route": (
        ("RouteTableId",),
        ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"),
    ),
    "AWS::EC2::VPCGatewayAttachment": ("IGW", ("VpcId",)),
    **dict.fromkeys(PARTS_OF_SECRETS, (("SecretId",),)),
}

# Attributes that are the id itself, besides `Id` and the type's own name with `Id`.
_NAMES_OF_IDS = (
    "Id GroupId AllocationId ServiceArn ServiceId RestApiId ApiId DistributionConfigurationId "
    "TransitGatewayAttachmentId ListenerArn HostedZoneId LoadBalancerArn ResolverEndpointId "
    "ResolverRuleAssociationId ResolverRuleId RuleArn TargetGroupArn TaskDefinitionArn TrustStoreArn"
)
_IDS = {*_NAMES_OF_IDS.split()}


def _domain_name_arn(id_: str, region: str, _account_id: str) -> str:
    return aws_arn("apigateway", region, "", f"/domainnames/{id_}")


# Regions whose names follow a dash in the hosts of websites; in all others they follow a dot.
_WITH_DASH = frozenset({
    "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-1", "sa-east-1", "us-east-1", "us-gov-west-1", "us-west-1",
    "us-west-2",
})  # fmt: skip


def _website(bucket: str, region: str) -> str:
    return f"{bucket}.s3-website{'-' if region in _WITH_DASH else '.'}{region}.{url_suffix(region)}"


# Attributes that follow from the id and the place.
DERIVED: dict[tuple[str, str], Callable[[str, str, str], Any]] = {
    ("AWS::ApiGatewayV2::Api", "ExecuteApiArn"): lambda id_, r, a: aws_arn("execute-api", r, a, id_),
    ("AWS::ApiGateway::DomainName", "DomainNameArn"): _domain_name_arn,
    ("AWS::ApiGatewayV2::DomainName", "DomainNameArn"): _domain_name_arn,
    ("AWS::ApiGatewayV2::DomainName", "RegionalDomainName"): lambda id_, r, _a: regional_host(id_, r),
    ("AWS::Cognito::UserPool", "ProviderName"): lambda id_, _r, _a: issuer_of(id_).removeprefix("https://"),
    ("AWS::Cognito::UserPool", "ProviderURL"): lambda id_, _r, _a: issuer_of(id_),
    ("AWS::Cognito::UserPoolClient", "ClientId"): lambda id_, _r, _a: id_,
    ("AWS::CloudFront::Distribution", "DomainName"): lambda id_, _r, _a: f"d{id_.lower()}.cloudfront.net",
    ("AWS::CloudFront::CloudFrontOriginAccessIdentity", "S3CanonicalUserId"): lambda id_, _r, _a: canonical_user(id_),
    ("AWS::CloudFront::VpcOrigin", "Arn"): lambda id_, r, a: aws_arn("cloudfront", r, a, f"vpcorigin/{id_}"),
    ("AWS::ECR::Repository", "RepositoryUri"): lambda id_, r, a: f"{a}.{service('ecr.dkr').host(r)}/{id_}",
    ("AWS::IAM::AccessKey", "SecretAccessKey"): lambda id_, _r, _a: secret_access_key(id_),
    ("AWS::IAM::Role", "RoleId"): lambda id_, _r, a: role_id(id_, a),
    ("AWS::Lambda::Url", "FunctionUrl"): lambda id_, r, _a: f"https://{url_host(id_, r)}/",
    ("AWS::S3::Bucket", "DomainName"): lambda id_, _r, _a: f"{id_}.s3.amazonaws.com",
    ("AWS::S3::Bucket", "DualStackDomainName"): lambda id_, r, _a: f"{id_}.s3.dualstack.{r}.{url_suffix(r)}",
    ("AWS::S3::Bucket", "RegionalDomainName"): lambda id_, r, _a: f"{id_}.{service('s3').host(r)}",
    ("AWS::S3::Bucket", "WebsiteEndpoint"): lambda id_, r, _a: _website(
        id_, r
    ),  # no template has such a name: that of plans and of the default VPC
    ("AWS::S3::Bucket", "WebsiteURL"): lambda id_, r, _a: f"http://{_website(id_, r)}",
    ("AWS::SQS::Queue", "QueueUrl"): lambda id_, r, a: f"https://{service('sqs').host(r)}/{a}/{id_}",
}


def arn(pattern: str, region: str, account_id: str, name: str = "") -> str:
    """Return an ARN from what follows `arn:PARTITION:` (rule 3)."""
    return f"arn:{partition(region)}:" + pattern.format(r=region, a=account_id, n=name)


CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
"""Beginnings of the types of custom resources, whose functions give attributes of any name their values."""


def is_own_id(kind: str, attribute: str) -> bool:
    """Return whether an attribute of a type is the resource's own id."""
    if kind.startswith(CUSTOM):
        return False
    if kind in ARN_TYPES and (attribute == "Arn" or attribute in _FIREWALLS):
        return True
    return attribute in _IDS or attribute.lower() == f"{kind.rsplit('::', 1)[-1]}Id".lower()
