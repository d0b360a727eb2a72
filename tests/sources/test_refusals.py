import pytest

from netful.sources import load
from netful.sources.refusals import before_deployment, refusals
from tests.helpers.described_answers import OWNER, account
from tests.helpers.terraform_plans import Plan, refers

VPC = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, InstanceTenancy: TENANCY}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  A2: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: us-east-1b}}
  Lax: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.4.0/24, AvailabilityZone: us-west-2-lax-1a}}
  Any: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.5.0/24}}
  Any2: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.6.0/24}}
  ById: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.7.0/24, AvailabilityZoneId: use1-az1}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Tgw: {Type: AWS::EC2::TransitGateway}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.internal, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
  Gateway: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.dynamodb, RouteTableIds: [!Ref Table]}}
"""
FURTHER = "Further: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, CidrBlock: %s}}"
INTERFACE = "E: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.%s}}"
ATTACHMENT = "T: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: %s}}"
BALANCER = (
    "Lb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: %s, Scheme: internal, Subnets: %s}}"
)
ZONE = "Z: {Type: AWS::Route53::HostedZone, Properties: {Name: %s, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}"
TO_SERVICE = "G: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.%s, RouteTableIds: [!Ref Table]}}"
S3 = "s3, SubnetIds: [!Ref A], PrivateDnsEnabled: true"
GATEWAY = """Igw2: {Type: AWS::EC2::InternetGateway}
  Attached2: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: %s, InternetGatewayId: !Ref Igw2}}"""
FUNCTION = """Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Handler: index.handler, Runtime: python3.12, Role: !GetAtt Role.Arn, Code: {ZipFile: "x = 1"}, VpcConfig: {SubnetIds: [!Ref A]}}"""
ACL = "Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: %s, DefaultAction: {Allow: {}}}}"
APIS = """Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Name: r}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}"""
PROTECTED = f"""{ACL}
  {APIS}
  As: {{Type: AWS::WAFv2::WebACLAssociation, Properties: {{WebACLArn: !GetAtt Acl.Arn, ResourceArn: !Sub "arn:aws:apigateway:us-east-1::/%s/stages/s"}}}}"""
DISTRIBUTION = f"""{ACL}
  Cdn: {{Type: AWS::CloudFront::Distribution, Properties: {{DistributionConfig: {{Enabled: true, WebACLId: !GetAtt Acl.Arn,
    Origins: [{{Id: o, DomainName: example.com, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}],
    DefaultCacheBehavior: {{TargetOriginId: o, ViewerProtocolPolicy: allow-all}}}}}}}}"""
SHOWN = """Cdn: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Enabled: true, ViewerCertificate: {AcmCertificateArn: '%s'},
    Origins: [{Id: o, DomainName: example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}, OriginCustomHeaders: [{HeaderName: %s, HeaderValue: v}]}],
    DefaultCacheBehavior: {TargetOriginId: o, ViewerProtocolPolicy: allow-all}}}}"""
ALIASED = """Cdn: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Enabled: true, Aliases: [www.example.com], %sOrigins: [{Id: o, DomainName: example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}], DefaultCacheBehavior: {TargetOriginId: o, ViewerProtocolPolicy: allow-all}}}}"""
OF_ACM = "arn:aws:acm:%s:123456789012:certificate/c"
ORIGIN = """Sg: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: d}}
  Lb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: %s, Scheme: internal, Subnets: [!Ref A, !Ref B]%s}}
  L: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Lb, Port: 443, Protocol: %s, Certificates: [{CertificateArn: c}], DefaultActions: [{Type: forward, TargetGroupArn: g}]}}
  Vo: {Type: AWS::CloudFront::VpcOrigin, Properties: {VpcOriginEndpointConfig: {Name: o, Arn: !Ref Lb, OriginProtocolPolicy: http-only}}}"""
GROUPED = ", SecurityGroups: [!Ref Sg]"
LIST = "Pl: {Type: AWS::EC2::PrefixList, Properties: {PrefixListName: p, AddressFamily: IPv4, MaxEntries: %s, Entries: [{Cidr: 10.1.0.0/16}, {Cidr: %s}]}}"
PAIR = """Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B]}}
  Nlb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: internal, Subnets: [!Ref A, !Ref B]}}
  Web: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: HTTP, VpcId: !Ref Vpc}}
  Raw: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: TCP, VpcId: !Ref Vpc}}
  Quick: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: TCP_QUIC, VpcId: !Ref Vpc}}
  Kind: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: !ImportValue kind, Scheme: internal, Subnets: [!Ref A, !Ref B]}}"""
LISTENER = f"""{PAIR}
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {{LoadBalancerArn: !Ref %s, Port: 80, Protocol: %s, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref %s}}]}}"""
RULE = f"""{LISTENER % ("Alb", "HTTP", "Web")}
  R:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref L
      Priority: 1
      Conditions: [{{Field: path-pattern, Values: [/a]}}]
      Actions: [{{Type: forward, TargetGroupArn: !Ref %s}}]"""
ACTION = f"""{PAIR}
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {{LoadBalancerArn: !Ref %s, Port: 80, Protocol: %s, DefaultActions: [%s]}}"""
REDIRECT = "{Type: redirect, RedirectConfig: {StatusCode: HTTP_301%s}}"
OF_RULE = RULE.replace("{{Type: forward, TargetGroupArn: !Ref %s}}", "%s").replace(
    "{Type: forward, TargetGroupArn: !Ref %s}]", "%s]"
)
SIGN_IN = "{Type: authenticate-cognito, Order: 1, AuthenticateCognitoConfig: {UserPoolArn: p, UserPoolClientId: c, UserPoolDomain: d}}, {Type: forward, Order: 2, TargetGroupArn: !Ref Web}"
FAR = """Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  FarA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24}}
  There: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref FarA, ImageId: ami-1}}
  Here: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, ImageId: ami-1}}
"""
APART = (
    FAR
    + "  "
    + LISTENER.replace("Protocol: HTTP, VpcId: !Ref Vpc", "Protocol: HTTP, VpcId: %s") % ("%s", "Alb", "HTTP", "Web")
)
RULE_APART = (
    FAR
    + "  "
    + RULE
    + "\n  Other: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: HTTP, VpcId: !Ref Far}}"
)
TARGET = (
    FAR
    + "  Tg: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: TCP, VpcId: !Ref Vpc, TargetType: %s, Targets: [{Id: %s}]}}"
)
TO_ALB = f"""{LISTENER % ("Alb", "HTTP", "Web")}
  Tg: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Port: %s, Protocol: TCP, VpcId: !Ref Vpc, TargetType: alb, Targets: [{{Id: !Ref Alb}}]}}}}"""
CERTIFICATE = "Certificates: [{CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/c'}]"
VERIFIED = "MutualAuthentication: {Mode: verify}"
SERVICE = """Tg: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: HTTP, VpcId: !Ref Vpc%s}}
  Td: {Type: AWS::ECS::TaskDefinition, Properties: {NetworkMode: awsvpc, ContainerDefinitions: [{Name: app, PortMappings: [{%s}]}]}}
  S:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Td
      LaunchType: %s
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A], AssignPublicIp: %s}}
      LoadBalancers: [{ContainerName: %s, ContainerPort: 8080, TargetGroupArn: !Ref Tg}]"""
IP, PORT = ", TargetType: ip", "ContainerPort: '8080'"
AT_EDGE = """F: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, Handler: a.h, Role: 'arn:aws:iam::123456789012:role/r', Code: {S3Bucket: b, S3Key: k}, %s}}
  V: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref F}}
  Cdn:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: o, DomainName: example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior:
          TargetOriginId: o
          ViewerProtocolPolicy: https-only
          LambdaFunctionAssociations: [{EventType: origin-request, LambdaFunctionARN: %s}]"""
IN_ONE_ZONE = "Many: {Type: AWS::%s, Properties: {%s}}"
BARE = """Bare: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16, EnableDnsHostnames: true}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Bare, CidrBlock: 10.9.1.0/24, AvailabilityZone: us-east-1a}}
  D: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Bare, CidrBlock: 10.9.2.0/24, AvailabilityZone: us-east-1b}}
  """
OPEN = (
    BARE
    + "Wide: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: %s, Subnets: [!Ref C]}}"
)
NAT_OF_BARE = (
    BARE
    + "Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref C, ConnectivityType: %s, AllocationId: eipalloc-1}}"
)
PUBLIC_OF_BARE = (
    BARE
    + """Places: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref C, !Ref D]}}
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBSubnetGroupName: !Ref Places, PubliclyAccessible: %s}}"""
)
TRANSIT = """One: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref A]}}
  Two: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: %s, VpcId: !Ref Vpc, SubnetIds: [!Ref B]}}"""
VPNS = """V1: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  V2: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  X1: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, VpnGatewayId: !Ref V1}}
  X2: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: %s, VpnGatewayId: !Ref V2}}"""
MOUNTS = """M1: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: fs-1, SubnetId: !Ref A, SecurityGroups: []}}
  M2: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: fs-1, SubnetId: !Ref %s, SecurityGroups: []}}"""
ELSEWHERE = """Y: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.8.0/24, AvailabilityZone: !ImportValue one}}
  Z: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.9.0/24, AvailabilityZone: !ImportValue two}}
  M1: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: fs-1, SubnetId: !Ref Y, SecurityGroups: []}}
  M2: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: fs-1, SubnetId: !Ref Z, SecurityGroups: []}}"""
CARRIED = (
    BARE
    + """Carrier: {Type: AWS::EC2::CarrierGateway, Properties: {VpcId: !Ref Bare}}
  W: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Bare, CidrBlock: 10.9.3.0/24, AvailabilityZone: us-east-1-wl1-bos-wlz-1}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref W, ImageId: ami-1}}
  Ip: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Host, NetworkBorderGroup: us-east-1-wl1-bos-wlz-1}}"""
)
PEERED = """Beside: {Type: AWS::EC2::VPC, Properties: {CidrBlock: %s}}
  Peer: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Beside}}"""
SHARED = (
    LISTENER % ("Alb", "HTTP", "Web")
    + """
  Alb2: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B]}}
  L2: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref %s, Port: 81, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Web}]}}"""
)
SUBNETS = "Places: {Type: AWS::%s::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: %s}}"
CACHE = "Cache: {Type: AWS::ElastiCache::ReplicationGroup, Properties: {ReplicationGroupDescription: d, AuthToken: a-long-token-of-it, %s}}"
GROUP = "Sg: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: %s, GroupDescription: %s}}"
RULE_OF_GROUP = GROUP % (
    "!Ref Vpc",
    "d, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8, Description: %s}]",
)
ADDRESS = """Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  FarA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref %s, ImageId: ami-1}}
  Ip: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Host}}"""
TO_INSTANCE = """Host: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, NetworkInterfaces: [{DeviceIndex: 0, SubnetId: !Ref A}%s]}}
  Eni: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A}}
  Own: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Own, DestinationCidrBlock: 192.168.0.0/16, %s}}"""
ATTACHED = """
  Later: {Type: AWS::EC2::NetworkInterfaceAttachment, Properties: {NetworkInterfaceId: !Ref Eni, InstanceId: !Ref Host, DeviceIndex: 1}}"""
DATABASE = "Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql, AllocatedStorage: '20', DBInstanceClass: %s}}"
CHECKED = "Tg: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: lambda, HealthCheckTimeoutSeconds: %s, HealthCheckIntervalSeconds: 20}}"
PARAMETER = "Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: x, Name: %s}}"
NAMED = "Named: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: r, Code: {ZipFile: x}, Environment: {Variables: {%s: x}}}}"
WITH_BODY = "Api: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {openapi: 3.0.1, info: {title: t, version: '1'}, paths: {\"%s\": {get: {x-amazon-apigateway-integration: {type: mock}}}}}}}"
WITH_PART = """Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Part: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: %s}}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Part, HttpMethod: GET, AuthorizationType: NONE, Integration: {Type: MOCK}}}"""
EDGE = """Box: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A}}
  Listed: {Type: AWS::EC2::PrefixList, Properties: {PrefixListName: p, AddressFamily: IPv4, MaxEntries: 1, Entries: [{Cidr: 10.0.1.0/24}]}}
  Edge: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfIgw: {Type: AWS::EC2::GatewayRouteTableAssociation, Properties: {RouteTableId: !Ref Edge, GatewayId: !Ref Igw}}
  In: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Edge, %s}}"""
NAT = "Nat: {Type: AWS::EC2::NatGateway, Properties: {%s}}"
HEALTH = "Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: HTTP, %s}}"
OF_UDP = HEALTH.replace("HTTP", "%s") % (
    "UDP",
    "TargetGroupAttributes: [{Key: preserve_client_ip.enabled, Value: '%s'}]",
)
PARTS = """Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  FarA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24, AvailabilityZone: us-east-1b}}
  FarNat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref FarA, ConnectivityType: private}}
  Alone: {Type: AWS::EC2::InternetGateway}
  Link: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Far}}
  """
OWN_ACL = "Own: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}\n  "
OF_ACL = f"{PARTS}{OWN_ACL}Part: {{Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {{NetworkAclId: !Ref Own, SubnetId: %s}}}}"
WITH_ROUTE = (
    PARTS
    + "Part: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 192.168.0.0/16, %s}}"
)
RECORDS = "R%s: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: %s, Type: %s, TTL: '60', ResourceRecords: [%s]%s}}"
TWO_RECORDS = f"{RECORDS % (1, 'db.corp.internal', 'A', '10.0.1.9', '%s')}\n  {RECORDS % (2, 'db.corp.internal', '%s', '%s', '%s')}"
ADDRESSED = "Host: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A, PrivateIpAddress: %s}}"
MACHINE = """Sm:
    Type: AWS::StepFunctions::StateMachine
    Properties: {RoleArn: arn:aws:iam::123456789012:role/r, StateMachineType: %s, DefinitionString: '{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "%s", "End": true}}}'}"""
TASK = """Td: {Type: AWS::ECS::TaskDefinition, Properties: {%s, ContainerDefinitions: [{Name: app, PortMappings: [{ContainerPort: 80, HostPort: %s}]}]}}
  S: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Td, LaunchType: EC2%s}}"""
IN_SUBNETS = ", NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}"
MANAGED = "Many: {Type: AWS::%s, Properties: {%s}}"
KAFKA = "MSK::Cluster", "NumberOfBrokerNodes: %s, BrokerNodeGroupInfo: {ClientSubnets: [!Ref A, %s]}"
SEARCH = (
    "OpenSearchService::Domain",
    "ClusterConfig: {ZoneAwarenessEnabled: %s}, VPCOptions: {SubnetIds: [!Ref A, !Ref B]}",
)
BROKER = "AmazonMQ::Broker", "PubliclyAccessible: %s, DeploymentMode: SINGLE_INSTANCE, SubnetIds: [!Ref A, !Ref B]"
FILES = "FSx::FileSystem", "FileSystemType: WINDOWS, WindowsConfiguration: {DeploymentType: %s}, SubnetIds: [!Ref A]"
KUBERNETES = (
    "EKS::Cluster",
    "ResourcesVpcConfig: {SubnetIds: [!Ref A, !Ref B], EndpointPublicAccess: %s, EndpointPrivateAccess: %s}",
)
FIREWALL = (
    "NetworkFirewall::Firewall",
    "VpcId: !Ref Vpc, FirewallPolicyArn: p, SubnetMappings: [{SubnetId: !Ref A}, {SubnetId: !Ref %s}]",
)
POLICY = """P: {Type: AWS::NetworkFirewall::FirewallPolicy, Properties: {FirewallPolicyName: p, FirewallPolicy: {%s StatefulRuleGroupReferences: [{ResourceArn: %s}]}}}
  Rules: {Type: AWS::NetworkFirewall::RuleGroup, Properties: {Type: STATEFUL, RuleGroup: {%s RulesSource: {RulesString: ""}}}}"""
STRICTLY = "StatefulEngineOptions: {RuleOrder: STRICT_ORDER},"
STRICT_GROUP = "StatefulRuleOptions: {RuleOrder: STRICT_ORDER},"
OF_AWS = '"arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/BotNetCommandAndControlDomains%sOrder"'
SHARDS = (
    "ElastiCache::ReplicationGroup",
    "ReplicationGroupDescription: d, Engine: redis, NumNodeGroups: %s, AutomaticFailoverEnabled: false",
)
STICKY = "TargetGroupAttributes: [{Key: stickiness.enabled, Value: %s}, {Key: stickiness.type, Value: source_ip}]"
RESOLVER = """Out: {Type: AWS::Route53Resolver::ResolverEndpoint, Properties: {Direction: %s, SecurityGroupIds: [], IpAddresses: [{SubnetId: !Ref A}%s]}}
  One: {Type: AWS::Route53Resolver::ResolverRule, Properties: {DomainName: corp.example, RuleType: FORWARD, ResolverEndpointId: !Ref Out, TargetIps: [{Ip: 192.168.0.2}]}}
  Two: {Type: AWS::Route53Resolver::ResolverRule, Properties: {DomainName: %s, RuleType: SYSTEM}}
  OfOne: {Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {VPCId: !Ref Vpc, ResolverRuleId: !Ref One}}
  OfTwo: {Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {VPCId: !Ref Vpc, ResolverRuleId: !Ref Two}}"""
TWICE = ", {SubnetId: !Ref B}"
LINKED = f"""{PAIR}
  Link: {{Type: AWS::ApiGateway::VpcLink, Properties: {{Name: l, TargetArns: [!Ref %s]}}}}"""
APPLIANCES = "E: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: GatewayLoadBalancer, ServiceName: com.amazonaws.vpce.us-east-1.vpce-svc-1, SubnetIds: [%s]}}"
MAYBE = "!If [Prod, !Ref B, !Ref AWS::NoValue]"
OPEN_CONDITION = "\nParameters: {Env: {Type: String}}\nConditions: {Prod: !Equals [!Ref Env, prod]}"
TWO_LISTENERS = f"""{LISTENER % ("Nlb", "TCP", "Raw")}
  L2: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Nlb, Port: %s, Protocol: TCP, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Raw}}]}}}}"""
TWO_RULES = f"""{RULE % "Web"}
  R2: {{Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {{ListenerArn: !Ref L, Priority: %s, Conditions: [{{Field: path-pattern, Values: [/b]}}], Actions: [{{Type: forward, TargetGroupArn: !Ref Web}}]}}}}"""
TWO_GROUPS = "\n  ".join(GROUP.replace("Sg", name) % ("!Ref Vpc", "d, GroupName: %s") for name in ("Sg", "Sg2"))
MORE = "{Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Sg, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: %s}}"
ADDED = f"{GROUP % ('!Ref Vpc', 'd')}\n  First: {MORE % '10.0.0.0/8'}\n  More: {MORE}"
CLIENTS = "Vpn: {Type: AWS::EC2::ClientVpnEndpoint, Properties: {ClientCidrBlock: %s, ServerCertificateArn: c, AuthenticationOptions: [], ConnectionLogOptions: {Enabled: false}}}"
OUTWARD = """Eigw: {Type: AWS::EC2::EgressOnlyInternetGateway, Properties: {VpcId: !Ref Vpc}}
  Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, EgressOnlyInternetGatewayId: !Ref Eigw, %s}}"""
TWO_NATS = """Ip: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  Ip2: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  N1: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref A, AllocationId: !GetAtt Ip.AllocationId}}
  N2: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref B, AllocationId: !GetAtt %s.AllocationId}}"""
QUEUE = "{Type: AWS::SQS::Queue}"
QUEUE_FIFO = "{Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}"
TOPIC_FIFO = "{Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}"
SUBSCRIBED = """Queue: %s
  Topic: %s
  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: %s, Endpoint: !GetAtt Queue.Arn}}"""
FILTERED = """Topic: {Type: AWS::SNS::Topic}
  First: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: 'arn:aws:sqs:us-east-1:123456789012:q', FilterPolicy: {kind: [x]}}}
  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: 'arn:aws:sqs:us-east-1:123456789012:%s', FilterPolicy: {kind: [%s]}}}"""
DEAD = """Queue: %s
  Q: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Queue.Arn, maxReceiveCount: 3}}}"""
NOTIFIED = """Queue: %s
  Bucket: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {QueueConfigurations: [{Event: 's3:ObjectCreated:*', Queue: !GetAtt Queue.Arn, %s}], LambdaConfigurations: [{Event: %s, Function: f, %s}]}}}"""
OF_KEYS = "Filter: {S3Key: {Rules: [{Name: %s, Value: %s}]}}"
ONE = "One: {Type: AWS::%s, Properties: {%s}}"
SNAPPED = "Runtime: python3.13, Handler: a.b, Role: r, Code: {ZipFile: x}, SnapStart: {ApplyOn: PublishedVersions}, EphemeralStorage: {Size: %s}"
TO_URL = """Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  Link: {Type: AWS::ApiGatewayV2::VpcLink, Properties: {Name: l, SubnetIds: [!Ref A]}}
  One: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationMethod: ANY, ConnectionType: VPC_LINK, ConnectionId: !Ref Link, IntegrationUri: %s, PayloadFormatVersion: '1.0'}}"""
REFUSED = {
    "a URL through a link of an HTTP API": (TO_URL % "'http://lb.example.com/'", "One"),
    "a FIFO queue at a standard topic": (SUBSCRIBED % (QUEUE_FIFO, "{Type: AWS::SNS::Topic}", "sqs"), "S"),
    "two subscriptions of one queue": (FILTERED % ("q", "y"), "S"),
    "a function at a FIFO topic": (SUBSCRIBED % (QUEUE, TOPIC_FIFO, "lambda"), "S"),
    "a dead letter queue of the other kind": (DEAD % QUEUE_FIFO, "Q"),
    "a notification of a FIFO queue": (NOTIFIED % (QUEUE_FIFO, "", "'s3:ObjectRemoved:*'", ""), "Bucket"),
    "two notifications of one event": (
        NOTIFIED % (QUEUE, OF_KEYS % ("prefix", "in/"), "'s3:ObjectCreated:Put'", OF_KEYS % ("suffix", ".jpg")),
        "Bucket",
    ),
    "a FIFO queue with another name": (ONE % ("SQS::Queue", "FifoQueue: true, QueueName: orders"), "One"),
    "a standard topic with a name of FIFO": (ONE % ("SNS::Topic", "TopicName: orders.fifo"), "One"),
    "provisioned concurrency of no version": (
        ONE
        % (
            "Lambda::Alias",
            "FunctionName: f, FunctionVersion: $LATEST, Name: live, ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 1}",
        ),
        "One",
    ),
    "a snapshot with a large /tmp": (ONE % ("Lambda::Function", SNAPPED % 513), "One"),
    "OPTIONS of a function URL": (
        ONE % ("Lambda::Url", "TargetFunctionArn: f, AuthType: AWS_IAM, Cors: {AllowMethods: [GET, OPTIONS]}"),
        "One",
    ),
    "a certificate of an edge-optimized domain in Europe": (
        ONE % ("ApiGateway::DomainName", f"DomainName: a.example.com, CertificateArn: '{OF_ACM % 'eu-west-1'}'"),
        "One",
    ),
    "a callback of HTTP": (
        ONE % ("Cognito::UserPoolClient", "UserPoolId: p, CallbackURLs: ['http://example.com/in']"),
        "One",
    ),
    "two functions in a target group": (
        ONE % ("ElasticLoadBalancingV2::TargetGroup", "TargetType: lambda, Targets: [{Id: a}, {Id: b}]"),
        "One",
    ),
    "a subnet of another VPC at a network ACL": (OF_ACL % "!Ref FarA", "Part"),
    "a route to a NAT gateway of another VPC": (WITH_ROUTE % "NatGatewayId: !Ref FarNat", "Part"),
    "an endpoint in a subnet of another VPC": (PARTS + INTERFACE % "sqs, SubnetIds: [!Ref FarA]", "E"),
    "subnets of databases in two VPCs": (PARTS + SUBNETS % ("RDS", "[!Ref A, !Ref FarA]"), "Places"),
    "a UDP listener and a group of TCP": (LISTENER % ("Nlb", "UDP", "Raw"), "L"),
    "hidden clients of UDP": (OF_UDP % "false", "Group"),
    "health checks that are off": (HEALTH % "HealthCheckEnabled: false", "Group"),
    "health checks of HTTP by TCP": (HEALTH % "HealthCheckProtocol: TCP", "Group"),
    "health checks each second": (HEALTH % "HealthCheckIntervalSeconds: 1", "Group"),
    "a single health check": (HEALTH % "HealthyThresholdCount: 1", "Group"),
    "a prefix list in the table of a gateway": (
        EDGE % "DestinationPrefixListId: !Ref Listed, NetworkInterfaceId: !Ref Box",
        "In",
    ),
    "a way out in the table of a gateway": (EDGE % "DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw", "In"),
    "a block outside of the VPC in the table of a gateway": (
        EDGE % "DestinationCidrBlock: 10.9.0.0/16, NetworkInterfaceId: !Ref Box",
        "In",
    ),
    "a public NAT gateway without an address": (NAT % "SubnetId: !Ref A", "Nat"),
    "a regional NAT gateway that is private": (
        NAT % "VpcId: !Ref Vpc, AvailabilityMode: regional, ConnectivityType: private",
        "Nat",
    ),
    "a parameter with a Japanese name": (PARAMETER % "/設定/db", "Text"),
    "an environment variable with a Japanese name": (NAMED % "設定", "Named"),
    "an environment variable of one letter": (NAMED % "A", "Named"),
    "a body with a Japanese path": (WITH_BODY % "/注文/{id}", "Api"),
    "a part of a path in Japanese": (WITH_PART % "注文", "Api"),
    "an apostrophe in a group's description": (GROUP % ("!Ref Vpc", "the app's"), "Sg"),
    "an apostrophe in a rule's description": (RULE_OF_GROUP % "the app's", "Sg"),
    "an address in a VPC without an internet gateway": (ADDRESS % "FarA", "Ip"),
    "a route to an instance with two interfaces": (
        TO_INSTANCE % (", {DeviceIndex: 1, SubnetId: !Ref B}", "InstanceId: !Ref Host"),
        "Way",
    ),
    "a route to an instance with a further interface": (
        TO_INSTANCE % (", {DeviceIndex: 1, NetworkInterfaceId: !Ref Eni}", "InstanceId: !Ref Host"),
        "Way",
    ),
    "a class without its prefix": (DATABASE % "t4g.micro", "Db"),
    "a timeout that is longer than the interval": (CHECKED % 30, "Tg"),
    "a TCP listener of an application load balancer": (LISTENER % ("Alb", "TCP", "Web"), "L"),
    "an HTTP listener of a network load balancer": (LISTENER % ("Nlb", "HTTP", "Raw"), "L"),
    "an HTTPS listener without a certificate": (LISTENER % ("Alb", "HTTPS", "Web"), "L"),
    "verified clients without a trust store": (LISTENER % ("Alb", f"HTTPS, {CERTIFICATE}, {VERIFIED}", "Web"), "L"),
    "a TLS listener without a certificate": (LISTENER % ("Nlb", "TLS", "Raw"), "L"),
    "a network load balancer before a group of HTTP": (LISTENER % ("Nlb", "TCP", "Web"), "L"),
    "an application load balancer before a group of TCP": (LISTENER % ("Alb", "HTTP", "Raw"), "L"),
    "a rule with a group of TCP": (RULE % "Raw", "R"),
    "a redirect to the same URL": (ACTION % ("Alb", "HTTP", REDIRECT % ", Port: '80', Query: a=1"), "L"),
    "a rule with a redirect to the same URL": (OF_RULE % (REDIRECT % ", Path: '/#{path}'"), "R"),
    "a sign-in at a listener of HTTP": (ACTION % ("Alb", "HTTP", SIGN_IN), "L"),
    "a redirect of a network load balancer": (ACTION % ("Nlb", "TCP", REDIRECT % ", Port: '443'"), "L"),
    "a group of another VPC": (APART % "!Ref Far", "L"),
    "a rule with a group of another VPC": (RULE_APART % "Other", "R"),
    "an instance of another VPC": (TARGET % ("instance", "!Ref There"), "Tg"),
    "a public address as a target": (TARGET % ("ip", "198.51.100.7, AvailabilityZone: all"), "Tg"),
    "an address outside of the VPC without a zone": (TARGET % ("ip", "10.9.1.50"), "Tg"),
    "a load balancer as a target at a port without a listener": (TO_ALB % 81, "Tg"),
    "tasks of Fargate in a group of instances": (
        SERVICE % (", TargetType: instance", PORT, "FARGATE", "DISABLED", "app"),
        "S",
    ),
    "tasks with interfaces in a group without a type": (SERVICE % ("", PORT, "EC2", "DISABLED", "app"), "S"),
    "a container that is not there": (SERVICE % (IP, PORT, "FARGATE", "ENABLED", "other"), "S"),
    "a port that is not there": (SERVICE % (IP, "ContainerPort: 80", "FARGATE", "ENABLED", "app"), "S"),
    "public addresses of tasks at instances": (SERVICE % (IP, PORT, "EC2", "ENABLED", "app"), "S"),
    "a NAT gateway without an internet gateway": (NAT_OF_BARE % "public", "Nat"),
    "a load balancer without an internet gateway": (OPEN % "internet-facing", "Wide"),
    "a public database without an internet gateway": (PUBLIC_OF_BARE % "true", "Db"),
    "a second attachment of a VPC": (TRANSIT % "!Ref Tgw", "Two"),
    "a second virtual private gateway": (VPNS % "!Ref Vpc", "V2"),
    "a second mount target in a zone": (MOUNTS % "A2", "M2"),
    "peered VPCs with the same addresses": (PEERED % "10.0.128.0/17", "Peer"),
    "a group of two load balancers": (SHARED % "Alb2", "L2"),
    "a cluster in one zone": (
        IN_ONE_ZONE % ("EKS::Cluster", "ResourcesVpcConfig: {SubnetIds: [!Ref A, !Ref A2]}"),
        "Many",
    ),
    "a proxy in one zone": (IN_ONE_ZONE % ("RDS::DBProxy", "VpcSubnetIds: [!Ref A]"), "Many"),
    "a function of the edge in a VPC": (AT_EDGE % ("VpcConfig: {SubnetIds: [!Ref A]}", "!Ref V"), "Cdn"),
    "a function of the edge with variables": (AT_EDGE % ("Environment: {Variables: {AB: c}}", "!Ref V"), "Cdn"),
    "a function of the edge for Arm": (AT_EDGE % ("Architectures: [arm64]", "!Ref V"), "Cdn"),
    "a function of the edge without a version": (AT_EDGE % ("MemorySize: 128", "!GetAtt F.Arn"), "Cdn"),
    "a function of the edge in another Region": (
        AT_EDGE % ("MemorySize: 128", "arn:aws:lambda:eu-west-1:123456789012:function:f:7"),
        "Cdn",
    ),
    "subnets of databases in one zone": (SUBNETS % ("RDS", "[!Ref A, !Ref A2]"), "Places"),
    "one subnet of databases": (SUBNETS % ("DocDB", "[!Ref Any]"), "Places"),
    "a token without TLS": (CACHE % "Engine: redis", "Cache"),
    "a token with TLS switched off": (CACHE % "Engine: valkey, TransitEncryptionEnabled: false", "Cache"),
    "a web ACL of CloudFront at a stage": (PROTECTED % ("CLOUDFRONT", "restapis/${Rest}"), "As"),
    "a web ACL of an HTTP API": (PROTECTED % ("REGIONAL", "apis/${Http}"), "As"),
    "a regional web ACL of a distribution": (DISTRIBUTION % "REGIONAL", "Cdn"),
    "a header that CloudFront sets": (SHOWN % (OF_ACM % "us-east-1", "Host"), "Cdn"),
    "a header of AWS": (SHOWN % (OF_ACM % "us-east-1", "X-Amz-Date"), "Cdn"),
    "a certificate of another region for viewers": (SHOWN % (OF_ACM % "eu-west-1", "X-A"), "Cdn"),
    "a VPC origin without a security group": (ORIGIN % ("network", "", "TCP"), "Vo"),
    "a VPC origin with a listener of TLS": (ORIGIN % ("network", GROUPED, "TLS"), "Vo"),
    "a dual-stack VPC origin": (ORIGIN % ("network", f"{GROUPED}, IpAddressType: dualstack", "TCP"), "Vo"),
    "more entries than a list may have": (LIST % (1, "10.2.0.0/16"), "Pl"),
    "an entry of another family": (LIST % (2, "'2001:db8::/32'"), "Pl"),
    "a restricted block": (FURTHER % "192.168.0.0/16", "Further"),
    "an overlapping block": (FURTHER % "10.0.128.0/17", "Further"),
    "a second internet gateway": (GATEWAY % "!Ref Vpc", "Igw2"),
    "an endpoint twice in a zone": (INTERFACE % "sqs, SubnetIds: [!Ref A, !Ref A2]", "E"),
    "an attachment twice in a zone": (ATTACHMENT % "[!Ref A, !Ref A2]", "T"),
    "a load balancer twice in a zone": (BALANCER % ("network", "[!Ref A, !Ref A2]"), "Lb"),
    "an application load balancer in one zone": (BALANCER % ("application", "[!Ref A]"), "Lb"),
    "a second zone of a name": (ZONE % "corp.internal", "Z"),
    "a second gateway endpoint": (TO_SERVICE % "dynamodb", "G"),
    "private DNS without a gateway endpoint": (INTERFACE % S3, "E"),
    "a record of another zone": (RECORDS % (1, "db.other.internal", "A", "10.0.1.9", ""), "R1"),
    "a CNAME of the zone's own name": (RECORDS % (1, "corp.internal", "CNAME", "a.example", ""), "R1"),
    "a CNAME beside an address": (TWO_RECORDS % ("", "CNAME", "a.example", ""), "R2"),
    "a second record of a name and type": (TWO_RECORDS % ("", "A", "10.0.1.8", ""), "R2"),
    "a name as an address": (RECORDS % (1, "db.corp.internal", "A", "a.example", ""), "R1"),
    "an address outside of the subnet": (ADDRESSED % "10.0.9.9", "Host"),
    "an address that AWS reserves": (ADDRESSED % "10.0.1.2", "Host"),
    "a service without subnets": (TASK % ("NetworkMode: awsvpc", 80, ""), "S"),
    "a service with subnets of tasks at a bridge": (TASK % ("NetworkMode: bridge", 8080, IN_SUBNETS), "S"),
    "a task of Fargate at a bridge": (TASK % ("RequiresCompatibilities: [FARGATE]", 80, ""), "Td"),
    "another port of the host": (TASK % ("NetworkMode: awsvpc", 8080, IN_SUBNETS), "Td"),
    "brokers that zones do not share": (MANAGED % KAFKA % (3, "!Ref B"), "Many"),
    "brokers in one zone": (MANAGED % KAFKA % (2, "!Ref A2"), "Many"),
    "a domain of one zone with two subnets": (MANAGED % SEARCH % "false", "Many"),
    "a single broker with two subnets": (MANAGED % BROKER % "false", "Many"),
    "files of two zones with one subnet": (MANAGED % FILES % "MULTI_AZ_1", "Many"),
    "a cluster without an endpoint": (MANAGED % KUBERNETES % ("false", "false"), "Many"),
    "a firewall twice in a zone": (MANAGED % FIREWALL % "A2", "Many"),
    "a strict policy with a group of default order": (POLICY % (STRICTLY, "!Ref Rules", ""), "P"),
    "a policy of default order with a strict group": (POLICY % ("", "!Ref Rules", STRICT_GROUP), "P"),
    "a strict policy with AWS's group of default order": (POLICY % (STRICTLY, OF_AWS % "Action", ""), "P"),
    "a policy of default order with default actions": (
        POLICY % ("StatefulDefaultActions: ['aws:drop_strict'],", "!Ref Rules", ""),
        "P",
    ),
    "a policy of default order with a priority": (POLICY % ("", "!Ref Rules, Priority: 1", ""), "P"),
    "shards without failover": (MANAGED % SHARDS % 2, "Many"),
    "cookies of HTTP by addresses": (HEALTH % (STICKY % "'true'"), "Group"),
    "a group of HTTP before a load balancer": (HEALTH % "TargetType: alb", "Group"),
    "a block of IPv6 as one of IPv4": (RULE_OF_GROUP.replace("10.0.0.0/8", "'::/0'") % "d", "Sg"),
    "a group with the name of an id": (GROUP % ("!Ref Vpc", "d, GroupName: sg-web"), "Sg"),
    "two groups of a name": (TWO_GROUPS % ("web", "web"), "Sg2"),
    "an endpoint of the Resolver with one address": (RESOLVER % ("OUTBOUND", "", "other.example"), "Out"),
    "a rule with an inbound endpoint": (RESOLVER % ("INBOUND", TWICE, "other.example"), "One"),
    "two rules of a domain": (RESOLVER % ("OUTBOUND", TWICE, "corp.example"), "Two"),
    "a link to an application load balancer": (LINKED % "Alb", "Link"),
    "an endpoint of appliances in two subnets": (APPLIANCES % "!Ref A, !Ref B", "E"),
    "two listeners at a port": (TWO_LISTENERS % 80, "L2"),
    "two rules of a priority": (TWO_RULES % 1, "R2"),
    "a rule that the group has": (ADDED % "10.0.0.0/8", "More"),
    "a name with a final hyphen": (BALANCER % ("network, Name: web-", "[!Ref A, !Ref B]"), "Lb"),
    "a name of internal load balancers": (BALANCER % ("network, Name: internal-web", "[!Ref A, !Ref B]"), "Lb"),
    "an underscore in the name of a group": (HEALTH % "Name: my_web", "Group"),
    "few addresses for clients of a VPN": (CLIENTS % "172.16.0.0/24", "Vpn"),
    "IPv4 through an egress-only internet gateway": (OUTWARD % "DestinationCidrBlock: 192.0.2.0/24", "Way"),
    "aliases without a certificate": (ALIASED % "ViewerCertificate: {CloudFrontDefaultCertificate: true}, ", "Cdn"),
    "aliases without any certificate": (ALIASED % "", "Cdn"),
    "a task of Fargate with much memory": (
        TASK % ("NetworkMode: awsvpc, RequiresCompatibilities: [FARGATE], Cpu: 256, Memory: 4096", 80, IN_SUBNETS),
        "Td",
    ),
    "a state machine that waits in an express workflow": (
        MACHINE % ("EXPRESS", "arn:aws:states:::ecs:runTask.sync"),
        "Sm",
    ),
    "a grace period without a load balancer": (
        TASK % ("NetworkMode: bridge", 80, ", HealthCheckGracePeriodSeconds: 60"),
        "S",
    ),
    "a daemon at Fargate": (
        (TASK % ("NetworkMode: awsvpc", 80, f"{IN_SUBNETS}, SchedulingStrategy: DAEMON")).replace("EC2,", "FARGATE,"),
        "S",
    ),
    "two NAT gateways with an address": (TWO_NATS % "Ip", "N2"),
}
ACCEPTED = {
    "a listener through a link of an HTTP API": TO_URL % "!ImportValue listener",
    "a record of the zone": RECORDS % (1, "db.corp.internal.", "A", "10.0.1.9", ""),
    "a record whose address ends in a space": RECORDS % (1, "db.corp.internal", "A", "'10.0.1.9 '", ""),
    "a record whose address is not known": RECORDS % (1, "db.corp.internal", "A", "!ImportValue ip", ""),
    "records of two types": TWO_RECORDS % ("", "TXT", "'\"a\"'", ""),
    "records with identifiers": TWO_RECORDS
    % (", SetIdentifier: a, Weight: 1", "A", "10.0.1.8", ", SetIdentifier: b, Weight: 1"),
    "an address of the subnet": ADDRESSED % "10.0.1.9",
    "a service with subnets": TASK % ("NetworkMode: awsvpc", 80, IN_SUBNETS),
    "a service at a bridge": TASK % ("NetworkMode: bridge", 8080, ""),
    "a service whose network mode is not known": TASK % ("NetworkMode: !ImportValue m", 8080, ""),
    "brokers in two zones": MANAGED % KAFKA % (4, "!Ref B"),
    "a domain of two zones": MANAGED % SEARCH % "true",
    "a domain of zones that are not known": MANAGED % SEARCH % "!ImportValue z",
    "a public broker": MANAGED % BROKER % "true",
    "files of one zone": MANAGED % FILES % "SINGLE_AZ_2",
    "a cluster with a private endpoint": MANAGED % KUBERNETES % ("false", "true"),
    "a firewall in two zones": MANAGED % FIREWALL % "B",
    "a strict policy with a strict group": POLICY
    % (f"{STRICTLY} StatefulDefaultActions: ['aws:drop_strict'],", "!Ref Rules, Priority: 1", STRICT_GROUP),
    "a strict policy with AWS's strict group": POLICY % (STRICTLY, OF_AWS % "Strict", ""),
    "a policy of default order": POLICY % ("", "!Ref Rules", ""),
    "a policy of an order that is not known": POLICY
    % ("StatefulEngineOptions: {RuleOrder: !ImportValue order},", "!Ref Rules", STRICT_GROUP),
    "a group of an order that is not known": POLICY
    % (STRICTLY, "!Ref Rules", "StatefulRuleOptions: !ImportValue options,"),
    "one shard without failover": MANAGED % SHARDS % 1,
    "a way of stickiness that is off": HEALTH % (STICKY % "'false'"),
    "groups of two names": TWO_GROUPS % ("web", "app"),
    "an endpoint of the Resolver": RESOLVER % ("OUTBOUND", TWICE, "other.example"),
    "a link to a network load balancer": LINKED % "Nlb",
    "an endpoint of appliances": APPLIANCES % "!Ref A",
    "an endpoint of appliances in one of two subnets": APPLIANCES % f"{MAYBE}, {MAYBE}" + OPEN_CONDITION,
    "brokers in a subnet that may be left out": MANAGED % KAFKA % (2, f"!Ref B, {MAYBE}") + OPEN_CONDITION,
    "a domain in a subnet that may be left out": (MANAGED % SEARCH % "true").replace("!Ref B", f"!Ref B, {MAYBE}")
    + OPEN_CONDITION,
    "a group with a name that is like an id": GROUP % ("!Ref Vpc", "d, GroupName: SG-web"),
    "two listeners": TWO_LISTENERS % 81,
    "two rules": TWO_RULES % 2,
    "a rule that the group does not have": ADDED % "172.16.0.0/12",
    "a name of a load balancer": BALANCER % ("network, Name: web-1", "[!Ref A, !Ref B]"),
    "addresses for clients of a VPN": CLIENTS % "172.16.0.0/22",
    "IPv6 through an egress-only internet gateway": OUTWARD % "DestinationIpv6CidrBlock: '::/0'",
    "aliases with a certificate": ALIASED % "ViewerCertificate: {AcmCertificateArn: !ImportValue c}, ",
    "a task of Fargate": TASK
    % ("NetworkMode: awsvpc, RequiresCompatibilities: [FARGATE], Cpu: 256, Memory: '2048'", 80, IN_SUBNETS),
    "a standard workflow that waits": MACHINE % ("STANDARD", "arn:aws:states:::ecs:runTask.sync"),
    "an express workflow that does not wait": MACHINE % ("EXPRESS", "arn:aws:states:::lambda:invoke"),
    "a daemon at instances": TASK % ("NetworkMode: bridge", 80, ", SchedulingStrategy: DAEMON"),
    "two NAT gateways": TWO_NATS % "Ip2",
    "a FIFO queue at a FIFO topic": SUBSCRIBED % (QUEUE_FIFO, TOPIC_FIFO, "sqs"),
    "two equal subscriptions of one queue": FILTERED % ("q", "x"),
    "subscriptions of two queues": FILTERED % ("p", "y"),
    "subscriptions that may be equal": FILTERED % ("q", "!ImportValue kind"),
    "a queue at a FIFO topic": SUBSCRIBED % (QUEUE, TOPIC_FIFO, "sqs"),
    "a dead letter queue of the same kind": DEAD % QUEUE,
    "a kind of queue that is not known": DEAD % QUEUE_FIFO.replace("true", "!ImportValue kind"),
    "notifications of two events": NOTIFIED % (QUEUE, "", "'s3:ObjectRemoved:*'", ""),
    "notifications of other objects": NOTIFIED
    % (QUEUE, OF_KEYS % ("suffix", ".png"), "'s3:ObjectCreated:*'", OF_KEYS % ("suffix", ".jpg")),
    "a FIFO queue without a name": ONE % ("SQS::Queue", "FifoQueue: true"),
    "a FIFO queue with its name": ONE % ("SQS::Queue", "FifoQueue: true, QueueName: orders.fifo"),
    "a snapshot with a small /tmp": ONE % ("Lambda::Function", SNAPPED % 512),
    "a certificate of an edge-optimized domain": ONE
    % ("ApiGateway::DomainName", f"DomainName: a.example.com, CertificateArn: '{OF_ACM % 'us-east-1'}'"),
    "a callback of HTTP at localhost": ONE
    % ("Cognito::UserPoolClient", "UserPoolId: p, CallbackURLs: ['http://localhost:3000/in', 'app://in']"),
    "a subnet of the VPC at a network ACL": OF_ACL % "!Ref A",
    "a subnet that is not known at a network ACL": OF_ACL % "!ImportValue s",
    "a route to a peering of the VPC": WITH_ROUTE % "VpcPeeringConnectionId: !Ref Link",
    "a route to a gateway without a VPC": WITH_ROUTE % "GatewayId: !Ref Alone",
    "a TCP listener and a group of TCP and QUIC": LISTENER % ("Nlb", "TCP", "Quick"),
    "a TLS listener and a group of TCP": LISTENER % ("Nlb", f"TLS, {CERTIFICATE}", "Raw"),
    "shown clients of UDP": OF_UDP % "true",
    "health checks that are off at targets that are not known": HEALTH
    % "HealthCheckEnabled: false, TargetType: !ImportValue type",
    "health checks at a port of their own": HEALTH
    % "HealthCheckPort: 9000, HealthCheckIntervalSeconds: 10, HealthyThresholdCount: 2",
    "the block of the VPC in the table of a gateway": EDGE
    % "DestinationCidrBlock: 10.0.0.0/16, NetworkInterfaceId: !Ref Box",
    "a block that is not known in the table of a gateway": EDGE
    % "DestinationCidrBlock: !ImportValue block, NetworkInterfaceId: !Ref Box",
    "a public NAT gateway with an address that is not known": NAT % "SubnetId: !Ref A, AllocationId: !ImportValue ip",
    "a private NAT gateway": NAT % "SubnetId: !Ref A, ConnectivityType: private",
    "a NAT gateway whose kind is not known": NAT % "SubnetId: !Ref A, ConnectivityType: !ImportValue kind",
    "a regional NAT gateway": NAT % "VpcId: !Ref Vpc, AvailabilityMode: regional",
    "a parameter with a path": PARAMETER % "/app/db_1.host-name",
    "a parameter whose name is not known": PARAMETER % "!ImportValue name",
    "an environment variable": NAMED % "Db_1",
    "a body with parameters": WITH_BODY % "/orders:all/v1.0/{id}/{proxy+}",
    "a part of a path that is not known": WITH_PART % "!ImportValue part",
    "a description of a group": GROUP % ("!Ref Vpc", "app (web)"),
    "a description of a group that is not known": GROUP % ("!Ref Vpc", "!ImportValue d"),
    "a description of a rule": RULE_OF_GROUP % "app",
    "an address in a VPC with an internet gateway": ADDRESS % "A",
    "an address in a subnet that is not known": ADDRESS.replace("!Ref %s", "!ImportValue s"),
    "a route to an instance with one interface": TO_INSTANCE % ("", "InstanceId: !Ref Host"),
    "a route to an instance that gets an interface": f"{TO_INSTANCE % ('', 'InstanceId: !Ref Host')}{ATTACHED}",
    "a route to an interface": TO_INSTANCE % (", {DeviceIndex: 1, SubnetId: !Ref B}", "NetworkInterfaceId: !Ref Eni"),
    "a class of databases": DATABASE % "db.t4g.micro",
    "a timeout of health checks": CHECKED % 10,
    "a header of one's own": SHOWN % (OF_ACM % "us-east-1", "X-Host"),
    "a network load balancer as a VPC origin": ORIGIN % ("network", GROUPED, "TCP"),
    "a load balancer with groups that are not known as a VPC origin": ORIGIN
    % ("network", ", SecurityGroups: !ImportValue g", "TCP"),
    "an application load balancer as a VPC origin": ORIGIN % ("application", "", "HTTPS"),
    "as many entries as a list may have": LIST % (2, "10.2.0.0/16"),
    "entries of a list that are not known": LIST % (2, "!ImportValue block"),
    "an HTTP listener": LISTENER % ("Alb", "HTTP", "Web"),
    "a TCP listener": LISTENER % ("Nlb", "TCP", "Raw"),
    "a load balancer of a type that is not known": LISTENER % ("Kind", "TCP", "Raw"),
    "an HTTPS listener with a certificate": LISTENER % ("Alb", f"HTTPS, {CERTIFICATE}", "Web"),
    "an HTTPS listener with a certificate that is not known": LISTENER
    % ("Alb", "HTTPS, Certificates: !ImportValue c", "Web"),
    "verified clients": LISTENER % ("Alb", f"HTTPS, {CERTIFICATE}, {VERIFIED[:-1]}, TrustStoreArn: t}}", "Web"),
    "a rule with a group of HTTP": RULE % "Web",
    "a redirect to HTTPS": ACTION % ("Alb", "HTTP", REDIRECT % ", Protocol: HTTPS, Port: '443'"),
    "a redirect to a path": ACTION % ("Alb", "HTTP", REDIRECT % ", Path: '/new/#{path}'"),
    "a redirect to a port that is not known": ACTION % ("Alb", "HTTP", REDIRECT % ", Port: !ImportValue port"),
    "a redirect of a load balancer of a type that is not known": ACTION % ("Kind", "HTTP", REDIRECT % ", Port: '443'"),
    "a sign-in at a listener of HTTPS": ACTION % ("Alb", f"HTTPS, {CERTIFICATE}", SIGN_IN),
    "a rule with a redirect to a host": OF_RULE % (REDIRECT % ", Host: www.example.com"),
    "a group of a VPC that is not known": APART % "!ImportValue vpc",
    "a rule with a group of its own VPC": RULE_APART % "Web",
    "an instance of the VPC": TARGET % ("instance", "!Ref Here"),
    "an instance that is not known": TARGET % ("instance", "!ImportValue instance"),
    "an address of the VPC": TARGET % ("ip", "10.0.1.50"),
    "an address outside of the VPC": TARGET % ("ip", "10.9.1.50, AvailabilityZone: all"),
    "an address outside of the VPC in a zone that is not known": TARGET
    % ("ip", "10.9.1.50, AvailabilityZone: !ImportValue zone"),
    "an address that is not known": TARGET % ("ip", "!ImportValue address"),
    "a load balancer as a target at the port of its listener": TO_ALB % 80,
    "a load balancer as a target at a port that is not known": TO_ALB % "!ImportValue port",
    "tasks of Fargate in a group of addresses": SERVICE % (IP, PORT, "FARGATE", "ENABLED", "app"),
    "a group of a type that is not known": SERVICE
    % (", TargetType: !ImportValue t", PORT, "FARGATE", "ENABLED", "app"),
    "a port in a range": SERVICE % (IP, "ContainerPortRange: 8000-9000", "FARGATE", "ENABLED", "app"),
    "a port that is not known": SERVICE % (IP, "ContainerPort: !ImportValue p", "FARGATE", "ENABLED", "app"),
    "tasks at instances without public addresses": SERVICE % (IP, PORT, "EC2", "DISABLED", "app"),
    "a NAT gateway without public addresses": NAT_OF_BARE % "private",
    "a NAT gateway of a type that is not known": NAT_OF_BARE % "!ImportValue type",
    "a load balancer of a scheme that is not known": OPEN % "!ImportValue scheme",
    "a private database": PUBLIC_OF_BARE % "false",
    "an attachment to another gateway": TRANSIT % "tgw-1",
    "a virtual private gateway of another VPC": VPNS % "vpc-1",
    "a mount target in another zone": MOUNTS % "B",
    "mount targets in zones that are not known": ELSEWHERE,
    "an address in a VPC with a carrier gateway": CARRIED,
    "peered VPCs with other addresses": PEERED % "10.3.0.0/16",
    "a group of two listeners": SHARED % "Alb",
    "a cluster in two zones": IN_ONE_ZONE % ("EKS::Cluster", "ResourcesVpcConfig: {SubnetIds: [!Ref A, !Ref B]}"),
    "a function of the edge": AT_EDGE % ("MemorySize: 128", "!Ref V"),
    "a function of the edge that is not known": AT_EDGE % ("MemorySize: 128", "!ImportValue edge"),
    "a function of the edge that is no text": AT_EDGE % ("MemorySize: 128", "[!Ref V]"),
    "subnets of databases in two zones": SUBNETS % ("RDS", "[!Ref A, !Ref B]"),
    "subnets of databases in zones that are not written": SUBNETS % ("RDS", "[!Ref Any, !Ref Any2]"),
    "a subnet of databases in a Local Zone": SUBNETS % ("RDS", "[!Ref Lax]"),
    "a token with TLS": CACHE % "Engine: redis, TransitEncryptionEnabled: true",
    "a token of Valkey": CACHE % "Engine: valkey",
    "a web ACL of a REST API": PROTECTED % ("REGIONAL", "restapis/${Rest}"),
    "a web ACL of a scope that is not known": PROTECTED % ("!ImportValue scope", "restapis/${Rest}"),
    "a web ACL of a distribution": DISTRIBUTION % "CLOUDFRONT",
    "a further block": FURTHER % "10.2.0.0/16",
    "a public block": FURTHER % "100.64.0.0/16",
    "a gateway of another VPC": GATEWAY % "vpc-0123",
    "an endpoint in two zones": INTERFACE % "sqs, SubnetIds: [!Ref A, !Ref B]",
    "zones that are not written": INTERFACE % "sqs, SubnetIds: [!Ref A, !Ref Any, !Ref Any2]",
    "zones that are written differently": INTERFACE % "sqs, SubnetIds: [!Ref A, !Ref ById]",
    "an attachment in two zones": ATTACHMENT % "[!Ref A, !Ref B]",
    "a network load balancer in one zone": BALANCER % ("network", "[!Ref A]"),
    "an application load balancer in a Local Zone": BALANCER % ("application", "[!Ref Lax]"),
    "another zone": ZONE % "other.internal",
    "a gateway endpoint of another service": TO_SERVICE % "s3",
    "private DNS with a gateway endpoint": f"{INTERFACE % S3}\n  {TO_SERVICE % 's3'}",
    "a function": FUNCTION,
}


@pytest.mark.parametrize(("more", "refused"), REFUSED.values(), ids=REFUSED)
def test_what_aws_refuses(cloud_of, more, refused):
    cloud = cloud_of(f"{VPC}  {more}\n".replace("TENANCY", "default"))
    assert [one.resource_id for one in refusals(cloud)] == [refused]
    assert [one.touches for one in cloud.template.unread if one.assumption] == [(refused,)]
    assert len(cloud.template.warnings) == 1


def test_a_database_in_a_refused_subnet_group_has_the_assumption(cloud_of):
    database = "Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBSubnetGroupName: !Ref Places}}"
    cloud = cloud_of(f"{VPC}  {SUBNETS % ('RDS', '[!Ref A]')}\n  {database}\n".replace("TENANCY", "default"))
    assert [one.touches for one in cloud.template.unread if one.assumption] == [("Places", "Db")]


@pytest.mark.parametrize("more", ACCEPTED.values(), ids=ACCEPTED)
def test_what_aws_accepts(cloud_of, more):
    cloud = cloud_of(f"{VPC}  {more}\n".replace("TENANCY", "default"))
    assert [*refusals(cloud)] == []


def test_a_function_in_a_vpc_of_dedicated_tenancy(cloud_of):
    cloud = cloud_of(f"{VPC}  {FUNCTION}\n".replace("TENANCY", "dedicated"))
    assert [one.resource_id for one in refusals(cloud)] == ["Fn"]


@pytest.mark.parametrize(("value", "refused"), [({}, False), ({"Env": "prod"}, False), ({"Env": "both"}, True)])
def test_resources_that_exclude_each_other_are_no_reason(cloud_of, value, refused):
    """Which of the two is there depends on a parameter without a value."""
    cloud = cloud_of(
        """
Parameters: {Env: {Type: String}}
Conditions:
  Prod: !Or [!Equals [!Ref Env, prod], !Equals [!Ref Env, both]]
  Test: !Or [!Not [!Equals [!Ref Env, prod]], !Equals [!Ref Env, both]]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First: {Type: AWS::EC2::InternetGateway, Condition: Prod}
  Second: {Type: AWS::EC2::InternetGateway, Condition: Test}
  ToFirst: {Type: AWS::EC2::VPCGatewayAttachment, Condition: Prod, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref First}}
  ToSecond: {Type: AWS::EC2::VPCGatewayAttachment, Condition: Test, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Second}}
""",
        **value,
    )
    assert bool([*refusals(cloud)]) is refused


def test_what_is_described_was_accepted(tmp_path):
    """The answers about internet gateways were not saved; the one about databases names one subnet."""
    own = {"VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "available", "ConnectivityType": "public"}
    places = {"DBSubnetGroupName": "g", "VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-1"}]}
    database = {
        "DBInstanceIdentifier": "db",
        "DBInstanceArn": f"arn:aws:rds:eu-west-1:{OWNER}:db:db",
        "Engine": "postgres",
    }
    cloud = account(
        tmp_path,
        nats={"NatGateways": [{"NatGatewayId": "nat-1", **own}]},
        databases={"DBInstances": [{**database, "PubliclyAccessible": True, "DBSubnetGroup": places}]},
    )
    assert {"nat-1", "db"} <= {one.resource_id for one in refusals(cloud)}
    assert [*before_deployment(cloud)] == []


@pytest.mark.parametrize("deployed", [True, False])
def test_what_a_deployed_gateway_lacks_is_elsewhere(tmp_path, deployed):
    plan = Plan()
    plan.add("aws_vpc.v", cidr_block="10.0.0.0/16")
    plan.add("aws_subnet.s", {"vpc_id": refers("aws_vpc.v.id", "aws_vpc.v")}, cidr_block="10.0.1.0/24", vpc_id=...)
    plan.add(
        "aws_nat_gateway.n",
        {"subnet_id": refers("aws_subnet.s.id", "aws_subnet.s")},
        allocation_id="eipalloc-1",
        subnet_id=...,
    )
    cloud = load([(plan.apply() if deployed else plan).write(tmp_path)])
    assert [one.resource_id for one in before_deployment(cloud)] == ([] if deployed else ["aws_nat_gateway.n"])
