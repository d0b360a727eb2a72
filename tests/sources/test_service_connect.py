"""Service Connect of ECS: netful says that it does not resolve its names, and they are unknown to tasks of its clients."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from tests.helpers.terraform_plans import everything_out, network, refers

SERVICE = """
    Resources:
      Tasks:
        Type: AWS::ECS::Service
        Properties:
          ServiceConnectConfiguration: {{Enabled: {on}, Namespace: mesh}}
"""
NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Mesh: {Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: {Name: mesh.local, Vpc: !Ref Vpc}}
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ServiceConnectDefaults: {Namespace: !GetAtt Mesh.Arn}}}
"""
MEMBERS = {
    "Server": "{Enabled: true, Namespace: mesh.local, Services: [{PortName: http, ClientAliases: [{DnsName: back.example.com, Port: 80}, {DnsName: Back}]}]}",
    "Client": "{Enabled: true, Namespace: !GetAtt Mesh.Arn}",
    "Public": "{Enabled: true, Namespace: example.org, Services: [{PortName: http, DiscoveryName: api}, {PortName: web}]}",
    "Usual": "{Enabled: true}",
    "ByArn": "{Enabled: true}",
    "Beside": "{Enabled: true, Namespace: example.org}",
    "Stranger": "{Enabled: true, Namespace: other}",
    "Plain": "{Enabled: false}",
    "Maybe": "{Enabled: !ImportValue on}",
    "Given": "!ImportValue mesh",
}


def test_names_of_service_connect_are_a_warning(cloud_of):
    (warning,) = [one for one in cloud_of(SERVICE.format(on="true")).template.warnings if "Service Connect" in one]
    assert "`Tasks`" in warning
    assert not [one for one in cloud_of(SERVICE.format(on="false")).template.warnings if "Service Connect" in one]


@pytest.mark.parametrize(
    ("start", "host", "outcome"),
    [
        ("Client", "http.mesh.local", "unknown"),
        ("Client", "back.example.com", "unknown"),
        ("Client", "back", "unknown"),
        ("Client", "BACK", "unknown"),
        ("Stranger", "back", "dns"),
        ("Usual", "http.mesh.local", "unknown"),
        ("Usual", "back.example.com", "unknown"),
        ("Usual", "api.example.org", "timeout"),
        ("ByArn", "http.mesh.local", "unknown"),
        ("ByArn", "api.example.org", "timeout"),
        ("Beside", "api.example.org", "unknown"),
        ("Beside", "web.example.org", "unknown"),
        ("Beside", "www.example.org", "timeout"),
        ("Stranger", "http.mesh.local", "dns"),
        ("Stranger", "back.example.com", "timeout"),
        ("Plain", "http.mesh.local", "dns"),
        ("Maybe", "http.mesh.local", "unknown"),
        ("Given", "http.mesh.local", "unknown"),
        ("Client", "db.other.internal", "dns"),
    ],
)
def test_names_of_service_connect_are_unknown_to_its_clients(cloud_of, start, host, outcome):
    placed = "NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A], SecurityGroups: [!Ref Sg]}}"
    text = NETWORK + "".join(
        f"  {name}: {{Type: AWS::ECS::Service, Properties: {{Cluster: {'!GetAtt Cluster.Arn' if name == 'ByArn' else '!Ref Cluster'}, LaunchType: FARGATE, {placed}, ServiceConnectConfiguration: {connect}}}}}\n"
        for name, connect in MEMBERS.items()
    )
    cloud = cloud_of(text)
    for asked in (f"{host}:tcp/80", f"http://{host}/"):
        found = trace(cloud, parse(cloud, start, asked))
        assert (found.verdict if found.verdict == "unknown" else found.symptom.kind) == outcome


def test_names_of_service_connect_are_unknown_in_a_plan(tmp_path):
    plan = everything_out(network())
    mesh = "aws_service_discovery_private_dns_namespace.mesh"
    plan.add(mesh, {"vpc": refers("aws_vpc.main.id")}, vpc=..., name="mesh.local")
    place = [{"subnets": refers("aws_subnet.private.id"), "security_groups": refers("aws_security_group.fn.id")}]
    connect = [{"namespace": refers(f"{mesh}.arn")}]
    plan.add(
        "aws_ecs_service.client", {"network_configuration": place, "service_connect_configuration": connect},
        launch_type="FARGATE", network_configuration=[{}], service_connect_configuration=[{"enabled": True, "service": []}],
    )  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"] = {
        "network_configuration": [{"subnets": True, "security_groups": True}],
        "service_connect_configuration": [{"namespace": True}],
    }
    cloud = load([plan.write(tmp_path)])
    assert any("Service Connect" in one for one in cloud.template.warnings)
    assert trace(cloud, parse(cloud, "aws_ecs_service.client", "http.mesh.local:tcp/80")).verdict == "unknown"
    assert trace(cloud, parse(cloud, "aws_lambda_function.orders", "http.mesh.local:tcp/80")).symptom.kind == "dns"
