"""Resources at whose interfaces something can answer: instances, databases, caches, and services other than those that only send."""

from netful.model.network.network_interface import InterfaceOwner

_OWNERS = {InterfaceOwner.INSTANCE, InterfaceOwner.DATABASE, InterfaceOwner.CACHE, InterfaceOwner.SERVICE}
# AWS's own ends of connections that begin or end elsewhere. A resolver's endpoint is answered by the VPC's resolver.
_ONLY_SENDING = {
    "AWS::ApiGatewayV2::VpcLink",
    "AWS::AppRunner::VpcConnector",
    "AWS::Batch::ComputeEnvironment",
    "AWS::BedrockAgentCore::BrowserCustom",
    "AWS::BedrockAgentCore::CodeInterpreterCustom",
    "AWS::BedrockAgentCore::Runtime",
    "AWS::CodeBuild::Fleet",
    "AWS::CodeBuild::Project",
    "AWS::DMS::ReplicationConfig",
    "AWS::DMS::ReplicationInstance",
    "AWS::EC2::ClientVpnEndpoint",
    "AWS::EC2::InstanceConnectEndpoint",
    "AWS::EMRServerless::Application",
    "AWS::Events::Rule",
    "AWS::Glue::Connection",
    "AWS::Glue::Crawler",
    "AWS::Glue::Job",
    "AWS::Grafana::Workspace",
    "AWS::ImageBuilder::InfrastructureConfiguration",
    "AWS::IoT::TopicRuleDestination",
    "AWS::KafkaConnect::Connector",
    "AWS::KinesisAnalyticsV2::Application",
    "AWS::Lambda::EventSourceMapping",
    "AWS::MSK::Replicator",
    "AWS::Pipes::Pipe",
    "AWS::QuickSight::VPCConnection",
    "AWS::Route53Resolver::ResolverEndpoint",
    "AWS::SageMaker::Domain",
    "AWS::SageMaker::Model",
    "AWS::SageMaker::NotebookInstance",
    "AWS::Scheduler::Schedule",
    "AWS::StepFunctions::StateMachine",
    "AWS::Synthetics::Canary",
    "AWS::VpcLattice::ResourceGateway",
}


def can_answer(owner: InterfaceOwner, type_: str) -> bool:
    """Return whether something can answer at the interfaces of a resource of a type; "" for one that is not in a template."""
    return owner in _OWNERS and type_ not in _ONLY_SENDING
