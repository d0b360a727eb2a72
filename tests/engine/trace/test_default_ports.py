import pytest

from netful.engine.trace.ends.default_ports import default_port
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from tests.helpers import small_clouds

EVERY = {"Sasl": {"Iam": {"Enabled": True}, "Scram": {"Enabled": True}}, "Tls": {"Enabled": True}}


@pytest.mark.parametrize(
    ("properties", "port"),
    [
        ({}, 9094),
        ({"EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "PLAINTEXT"}}}, 9092),
        ({"EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "TLS_PLAINTEXT"}}}, 9094),
        ({"ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}}, 9098),
        ({"ClientAuthentication": {"Sasl": {"Scram": {"Enabled": "true"}, "Iam": {"Enabled": False}}}}, 9096),
    ],
)
def test_brokers_listen_by_how_clients_are_let_in(properties, port):
    kafka = Resource("Kafka", "AWS::MSK::Cluster", properties)
    assert default_port(Cloud.of(resources={"Kafka": kafka}), "Kafka", 443) == port


@pytest.mark.parametrize(
    ("type_", "properties", "admitted", "port"),
    [
        ("AWS::Neptune::DBCluster", {"DBPort": 9182}, None, 9182),
        ("AWS::DAX::Cluster", {}, None, 8111),
        ("AWS::DAX::Cluster", {"ClusterEndpointEncryptionType": "TLS"}, None, 9111),
        ("AWS::DocDBElastic::Cluster", {}, None, 27017),
        ("AWS::Timestream::InfluxDBInstance", {}, None, 8086),
        ("AWS::Timestream::InfluxDBCluster", {"Port": 9999}, None, 9999),
        ("AWS::FSx::FileSystem", {"FileSystemType": "LUSTRE"}, None, 988),
        ("AWS::FSx::FileSystem", {"FileSystemType": "WINDOWS"}, None, 445),
        ("AWS::FSx::FileSystem", {"FileSystemType": "ONTAP"}, 445, 445),
        ("AWS::FSx::FileSystem", {"FileSystemType": "OPENZFS"}, None, 2049),
        ("AWS::Transfer::Server", {}, None, 22),
        ("AWS::Transfer::Server", {"Protocols": ["SFTP", "AS2"]}, 5080, 5080),
        ("AWS::Transfer::Server", {"Protocols": ["FTPS"]}, None, 21),
        ("AWS::AmazonMQ::Broker", {"EngineType": "RABBITMQ"}, 61617, 5671),
        ("AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"}, None, 61617),
        ("AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"}, 5671, 5671),
        ("AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"}, 80, 61617),
        ("AWS::MSK::Cluster", {"ClientAuthentication": EVERY}, None, 9098),
        ("AWS::MSK::Cluster", {"ClientAuthentication": EVERY}, 9096, 9096),
        ("AWS::MSK::Cluster", {"ClientAuthentication": EVERY}, 9094, 9094),
        ("AWS::MSK::Cluster", {"ClientAuthentication": EVERY}, 9092, 9098),
    ],
)
def test_of_several_ports_the_one_that_groups_admit_is_meant(type_, properties, admitted, port):
    made = small_clouds.cloud(
        small_clouds.group("Sg", ingress=(small_clouds.rule(6, admitted),) if admitted else ()),
        small_clouds.eni("eni-Server"),
    )
    resources = {"Server": Resource("Server", type_, properties)}
    assert default_port(made.having(resources=resources), "Server", 443) == port


@pytest.mark.parametrize(("protocol", "port"), [(6, 5671), (17, 61617), (1, 61617)])
def test_rules_of_other_protocols_admit_no_port(protocol, port):
    group = small_clouds.group("Sg", ingress=(small_clouds.rule(protocol, 5671),))
    broker = Resource("Server", "AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"})
    made = small_clouds.cloud(group, small_clouds.eni("eni-Server")).having(resources={"Server": broker})
    assert default_port(made, "Server", 443) == port


@pytest.mark.parametrize(("asked", "noted"), [(61617, False), (5671, False), (80, True)])
def test_a_port_of_another_protocol_of_a_broker_is_no_assumption(asked, noted):
    made = small_clouds.cloud(small_clouds.group("Sg"), small_clouds.eni("eni-Server"), small_clouds.eni("eni-client"))
    broker = Resource("Server", "AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"})
    question = parse(made.having(resources={"Server": broker}), "client", f"Server:tcp/{asked}")
    assert any("listens" in note for note in question.assumptions) is noted


@pytest.mark.parametrize(
    ("type_", "properties", "asked", "noted"),
    [
        (
            "AWS::RDS::DBInstance",
            {"Engine": "postgres", "Port": Unknown("p")},
            "Server",
            "`Port` of `Server` is not known",
        ),
        (
            "AWS::RDS::DBInstance",
            {"Engine": "postgres", "Port": Unknown("p")},
            "Server:tcp/1",
            "`Port` of `Server` is not known",
        ),
        (
            "AWS::RDS::DBInstance",
            {"Engine": "postgres", "Port": Unknown("p")},
            "Server:tcp/5432",
            "`Port` of `Server` is not known",
        ),
        ("AWS::RDS::DBInstance", {"Engine": Unknown("p")}, "Server", "`Engine` of `Server` is not known"),
        ("AWS::RDS::DBInstance", {"Engine": Unknown("p"), "Port": 1}, "Server", "as none was given"),
        (
            "AWS::MSK::Cluster",
            {"ClientAuthentication": Unknown("p")},
            "Server",
            "`ClientAuthentication.Sasl.Iam.Enabled` of `Server` is not known",
        ),
        ("AWS::MSK::Cluster", {"ClientAuthentication": EVERY}, "Server", "as none was given"),
        ("AWS::Neptune::DBCluster", {"DBPort": Unknown("p")}, "Server", "`DBPort` of `Server` is not known"),
    ],
)
def test_a_port_that_is_not_known_is_an_assumption(type_, properties, asked, noted):
    made = small_clouds.cloud(small_clouds.group("Sg"), small_clouds.eni("eni-Server"), small_clouds.eni("eni-client"))
    question = parse(made.having(resources={"Server": Resource("Server", type_, properties)}), "client", asked)
    assert any(noted in note for note in question.assumptions)


BALANCED = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: s, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: udp, FromPort: 0, ToPort: 65535, CidrIp: 10.0.0.0/16}]}}
  Client: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Sg]}}
  Server: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Sg]}}
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: TYPE, Scheme: internal, Subnets: [!Ref A]}}
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Protocol: PROTOCOL, Port: PORT, VpcId: !Ref Vpc, Targets: [{Id: !Ref Server}]}}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Balancer, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}] LISTENS}}
"""


@pytest.mark.parametrize(
    ("type_", "protocol", "port", "question", "verdict"),
    [
        ("network", "UDP", 514, ("Client", "Balancer"), "reachable"),
        ("network", "UDP", 514, ("Balancer", "Server"), "reachable"),
        ("network", "TCP_UDP", 53, ("Client", "Balancer"), "blocked"),
        ("gateway", "GENEVE", 6081, ("Balancer", "Server"), "reachable"),
    ],
)
def test_the_protocol_is_that_of_the_listener_or_the_target_group(cloud_of, type_, protocol, port, question, verdict):
    listens = f", Port: {port}, Protocol: {protocol}" if type_ == "network" else ""
    text = BALANCED.replace("TYPE", type_).replace("PROTOCOL", protocol).replace("PORT", str(port))
    cloud = cloud_of(text.replace(" LISTENS", listens))
    assert trace(cloud, parse(cloud, *question)).verdict == verdict


def test_the_port_of_a_service_is_the_first_one_of_its_containers(cloud_of):
    cloud = cloud_of(
        BALANCED.partition("  Balancer:")[0]
        + """
  Definition:
    Type: AWS::ECS::TaskDefinition
    Properties: {Family: web, ContainerDefinitions: [{Name: web, Image: w, PortMappings: [{ContainerPort: 9000}, {ContainerPort: 8080}]}]}
  Service: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Definition, NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A], SecurityGroups: [!Ref Sg]}}}}
"""
    )
    assert default_port(cloud, "Service", 443) == 9000
