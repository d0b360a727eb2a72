"""Template of forty functions of one shop: a network with NAT, endpoints, a database, an API, and six mistakes."""

MISTAKES = {
    "the functions of the back office are in a subnet without a way out": "NF103",
    "the endpoint's group admits only the functions of the shop": "NF204",
    "the database's group does not admit the functions of reports": "NF716",
    "ssh of the bastion is open to every address": "NF707",
    "the cached orders do not have the caller in their key": "NF503",
    "the role of the mailers cannot make interfaces": "NF104",
}
"""The mistakes, and the check that finds each."""

_NETWORK = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  PublicTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  PublicWay: {Type: AWS::EC2::Route, DependsOn: Attached, Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  IsolatedTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  ShopSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: shop, VpcId: !Ref Vpc}}
  OfficeSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: office, VpcId: !Ref Vpc}}
  ReportsSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: reports, VpcId: !Ref Vpc}}
  EndpointSg:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: e, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref ShopSg}]}
  SecretsEndpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, PrivateDnsEnabled: true, ServiceName: !Sub "com.amazonaws.${AWS::Region}.secretsmanager", SubnetIds: [!Ref PrivateA, !Ref PrivateB], SecurityGroupIds: [!Ref EndpointSg]}
  TablesEndpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: !Sub "com.amazonaws.${AWS::Region}.dynamodb", RouteTableIds: [!Ref PrivateTableA, !Ref PrivateTableB, !Ref IsolatedTable]}
  DbSg:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: d, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref ShopSg}]}
  DbSubnets: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref PrivateA, !Ref PrivateB]}}
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBInstanceClass: db.t4g.micro, AllocatedStorage: "20", MultiAZ: true, DBSubnetGroupName: !Ref DbSubnets, VPCSecurityGroups: [!Ref DbSg], MasterUsername: shop, ManageMasterUserPassword: true}}
  BastionSg:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: b, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]}
  Bastion:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-12345678, InstanceType: t3.micro, NetworkInterfaces: [{DeviceIndex: "0", SubnetId: !Ref PublicA, AssociatePublicIpAddress: true, GroupSet: [!Ref BastionSg]}]}
  Orders: {Type: AWS::DynamoDB::Table, Properties: {BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: id, AttributeType: S}], KeySchema: [{AttributeName: id, KeyType: HASH}]}}
  Mails: {Type: AWS::SQS::Queue}
  Password: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {}}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      CacheClusterEnabled: true
      CacheClusterSize: "0.5"
      MethodSettings:
        - {HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 100, ThrottlingBurstLimit: 50}
        - {HttpMethod: GET, ResourcePath: /shop0, ThrottlingRateLimit: 100, ThrottlingBurstLimit: 50, CachingEnabled: true, CacheTtlInSeconds: 300, CacheDataEncrypted: true}
      Auth: {DefaultAuthorizer: AWS_IAM}
  MailRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
"""

_ZONE = """\
  Public{zone}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.{n}.0/24, AvailabilityZone: !Select [{index}, !GetAZs ""]}}}}
  Private{zone}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1{n}.0/24, AvailabilityZone: !Select [{index}, !GetAZs ""]}}}}
  Isolated{zone}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2{n}.0/24, AvailabilityZone: !Select [{index}, !GetAZs ""]}}}}
  PublicOf{zone}: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: !Ref PublicTable, SubnetId: !Ref Public{zone}}}}}
  IsolatedOf{zone}: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: !Ref IsolatedTable, SubnetId: !Ref Isolated{zone}}}}}
  Eip{zone}: {{Type: AWS::EC2::EIP, DependsOn: Attached, Properties: {{Domain: vpc}}}}
  Nat{zone}: {{Type: AWS::EC2::NatGateway, Properties: {{SubnetId: !Ref Public{zone}, AllocationId: !GetAtt Eip{zone}.AllocationId}}}}
  PrivateTable{zone}: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  Way{zone}: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref PrivateTable{zone}, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat{zone}}}}}
  PrivateOf{zone}: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: !Ref PrivateTable{zone}, SubnetId: !Ref Private{zone}}}}}
"""

_FUNCTION = """\
  {name}:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Timeout: 20
      {role}
      VpcConfig: {{SubnetIds: [!Ref {subnets}A, !Ref {subnets}B], SecurityGroupIds: [!Ref {group}]}}
      Environment: {{Variables: {{{variables}}}}}
      {events}
      InlineCode: |
        import boto3
        {clients}
        def handler(event, context):
            return {{"statusCode": 200}}
"""

_POLICIES = "Policies: [AWSLambdaVPCAccessExecutionRole]"


def _function(name: str, subnets: str, group: str, services: tuple[str, ...], *, role: str = _POLICIES,
              variables: str = "STAGE: live", events: str = "Tracing: Active") -> str:  # fmt: skip
    clients = "; ".join(f"{service} = boto3.client('{service}')" for service in services)
    return _FUNCTION.format(
        name=name, subnets=subnets, group=group, clients=clients, role=role, variables=variables, events=events
    )


def template() -> str:
    """Return the template."""
    parts = [_NETWORK, *(_ZONE.format(zone=zone, n=n, index=n - 1) for zone, n in (("A", 1), ("B", 2)))]
    for n in range(16):
        event = f"Events: {{Get: {{Type: Api, Properties: {{RestApiId: !Ref Api, Path: /shop{n}, Method: GET}}}}}}"
        services = ("dynamodb", "secretsmanager", "sqs")
        host = "DB_HOST: !GetAtt Db.Endpoint.Address"
        parts.append(_function(f"Shop{n}", "Private", "ShopSg", services, variables=host, events=event))
    parts += [_function(f"Office{n}", "Isolated", "OfficeSg", ("dynamodb", "sqs", "ssm")) for n in range(8)]
    host = "DB_HOST: !GetAtt Db.Endpoint.Address"
    parts += [
        _function(f"Report{n}", "Private", "ReportsSg", ("dynamodb", "secretsmanager"), variables=host)
        for n in range(8)
    ]
    role = "Role: !GetAtt MailRole.Arn"
    parts += [_function(f"Mail{n}", "Private", "ShopSg", ("sqs", "ses"), role=role) for n in range(8)]
    return "".join(parts)
