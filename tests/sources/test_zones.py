from ipaddress import ip_address

import pytest

from netful.engine.names.resolution import resolve
from netful.model.names.resolver import Direction
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: Corp.Internal., VPCs: [{VPCId: !Ref Vpc, VPCRegion: !Ref AWS::Region}]}}
  Api: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: api.corp.internal, Type: A, TTL: 60, ResourceRecords: [10.0.0.9]}}
  Group:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneName: corp.internal.
      RecordSets: [{Name: "*.corp.internal.", Type: A, AliasTarget: {DNSName: lb.example.org, HostedZoneId: Z1}}]
  Public: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneName: example.org., Name: www.example.org, Type: CNAME, ResourceRecords: [api.example.org]}}
  Out: {Type: AWS::Route53Resolver::ResolverEndpoint, Properties: {Direction: OUTBOUND, SecurityGroupIds: [sg-1], IpAddresses: [{SubnetId: !Ref A}]}}
  Rule: {Type: AWS::Route53Resolver::ResolverRule, Properties: {DomainName: office.example., RuleType: FORWARD, ResolverEndpointId: !Ref Out, TargetIps: [{Ip: 192.168.0.2}]}}
  Uses: {Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {ResolverRuleId: !Ref Rule, VPCId: !Ref Vpc}}
  Options: {Type: AWS::EC2::DHCPOptions, Properties: {DomainNameServers: [10.0.0.5]}}
  Has: {Type: AWS::EC2::VPCDHCPOptionsAssociation, Properties: {DhcpOptionsId: !Ref Options, VpcId: !Ref Vpc}}
  Nlb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: internal, Subnets: [!Ref A]}}
  Service: {Type: AWS::EC2::VPCEndpointService, Properties: {NetworkLoadBalancerArns: [!Ref Nlb], AcceptanceRequired: false}}
  Consumer: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: Interface, VpcId: !Ref Vpc, SubnetIds: [!Ref A], ServiceName: !Sub "com.amazonaws.vpce.${AWS::Region}.${Service}"}}
"""


def test_zones_and_their_records(cloud_of):
    zones = cloud_of(TEMPLATE).names.hosted_zones
    zone = zones["Zone"]
    assert (zone.name, zone.private, zone.vpc_ids) == ("corp.internal", True, ("Vpc",))
    first, second = zone.records
    assert (first.name, first.type, first.values, first.ttl) == ("api.corp.internal", "A", ("10.0.0.9",), 60)
    assert (second.name, second.alias) == ("*.corp.internal", "lb.example.org")
    assert not zones["example.org"].private


def test_resolver_rules_and_endpoints(cloud_of):
    cloud = cloud_of(TEMPLATE)
    rule = cloud.names.resolver_rules["Rule"]
    assert (rule.domain_name, rule.vpc_ids, rule.resolver_endpoint_id) == ("office.example", ("Vpc",), "Out")
    assert (rule.targets[0].ip, rule.targets[0].port) == (ip_address("192.168.0.2"), 53)
    assert cloud.names.resolver_endpoints["Out"].direction is Direction.OUTBOUND
    assert [eni.subnet_id for eni in cloud.network.interfaces_of("Out")] == ["A"]


def test_addresses_of_resolver_endpoints_are_those_of_the_template(cloud_of):
    given = "[{SubnetId: !Ref A, Ip: 10.0.0.53}, {SubnetId: !Ref A}, {SubnetId: !Ref A, Ip: 10.0.0.54}]"
    cloud = cloud_of(replaced(TEMPLATE, {"IpAddresses: [{SubnetId: !Ref A}]": f"IpAddresses: {given}"}))
    addresses = {str(eni.private_ip_address) for eni in cloud.network.interfaces_of("Out")}
    assert len(addresses) == 3
    assert addresses > {"10.0.0.53", "10.0.0.54"}


def test_dhcp_options(cloud_of):
    options = cloud_of(TEMPLATE).names.dhcp_options["Options"]
    assert (options.domain_name_servers, options.vpc_ids) == (("10.0.0.5",), ("Vpc",))


def test_an_endpoint_finds_its_service_by_name(cloud_of):
    cloud = cloud_of(TEMPLATE)
    service = cloud.network.vpc_endpoint_services["Service"]
    assert service.load_balancer_ids == ("Nlb",)
    assert cloud.network.vpc_endpoints["Consumer"].service_name == service.service_name


CLOUD_MAP = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Namespace: {Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: {Name: Svc.Local, Vpc: !Ref Vpc}}
  Web: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: web, DnsConfig: {NamespaceId: !Ref Namespace, DnsRecords: [{Type: A, TTL: 60}]}}}
  Old: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: old, NamespaceId: !Ref Namespace, DnsConfig: {DnsRecords: [{Type: A, TTL: 60}]}}}
  Ports: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: ports, NamespaceId: !Ref Namespace, DnsConfig: {DnsRecords: [{Type: SRV, TTL: 60}]}}}
  One: {Type: AWS::ServiceDiscovery::Instance, Properties: {ServiceId: !Ref Old, InstanceAttributes: {AWS_INSTANCE_IPV4: 10.0.0.99}}}
  Cname: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: cname, NamespaceId: !Ref Namespace, DnsConfig: {RoutingPolicy: WEIGHTED, DnsRecords: [{Type: CNAME, TTL: 60}]}}}
  Two: {Type: AWS::ServiceDiscovery::Instance, Properties: {ServiceId: !Ref Cname, InstanceAttributes: {AWS_INSTANCE_CNAME: old.svc.local}}}
  Alias: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: alias, NamespaceId: !Ref Namespace, DnsConfig: {RoutingPolicy: WEIGHTED, DnsRecords: [{Type: A, TTL: 60}]}}}
  Three: {Type: AWS::ServiceDiscovery::Instance, Properties: {ServiceId: !Ref Alias, InstanceAttributes: {AWS_ALIAS_DNS_NAME: !GetAtt Nlb.DNSName}}}
  Nlb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: internal, Subnets: [!Ref A]}}
  Empty: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: empty, NamespaceId: !Ref Namespace, DnsConfig: {DnsRecords: [{Type: A, TTL: 60}]}}}
  Idle: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: idle, NamespaceId: !Ref Namespace, DnsConfig: {DnsRecords: [{Type: A, TTL: 60}]}}}
  NoTasks: {Type: AWS::ECS::Service, Properties: {DesiredCount: 0, NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}, ServiceRegistries: [{RegistryArn: !GetAtt Idle.Arn}]}}
  Tasks:
    Type: AWS::ECS::Service
    Properties:
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}
      ServiceRegistries: [{RegistryArn: !GetAtt Web.Arn}, {RegistryArn: !GetAtt Ports.Arn, ContainerPort: 8080}]
"""


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("web.svc.local", "Tasks"),
        ("old.svc.local", "10.0.0.99"),
        ("cname.svc.local", "10.0.0.99"),
        ("alias.svc.local", "Nlb"),
        ("empty.svc.local", None),
        ("idle.svc.local", None),
        ("ports.svc.local", None),
        ("none.svc.local", None),
    ],
)
def test_services_have_names_in_their_namespace(cloud_of, name, owner):
    cloud = cloud_of(CLOUD_MAP)
    own = [str(eni.private_ip_address) for eni in cloud.network.interfaces_of(owner or "")]
    answer = resolve(cloud, "Vpc", name)
    assert [str(a) for a in answer.addresses] == (own or ([owner] if owner else []))
    assert answer.status == ("NOERROR" if owner else "NXDOMAIN")
    assert resolve(cloud, None, name).status == "NXDOMAIN"
