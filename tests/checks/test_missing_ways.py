"""Tasks, instances and managed services that need something from their subnets, and policies that compare ids."""

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import all_rules, rule_named
from netful.sources import load
from tests.helpers.facts import facts_of
from tests.helpers.golden import FOLDER, Golden
from tests.helpers.texts import replaced


def found(folder, rule_id, text):
    return [problem.resource for problem in rule_named(rule_id).find(facts_of(folder, text))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("SecurityGroups: [!Ref Sg]}", "SecurityGroups: [!Ref Sg]}", ["Service"]),
        ("LaunchType: FARGATE", "LaunchType: EC2", []),
        ("DesiredCount: 1", "DesiredCount: 0", []),
        ("[!Ref Private]", "[subnet-0123456789abcdef0]", []),
        ("!Sub ${Repository.RepositoryUri}:1", "nginx", ["Service"]),
    ],
)
def test_task_that_its_subnet_does_not_let_start(tmp_path, old, new, expected):
    assert found(tmp_path, "NF111", replaced(all_rules()["NF111"].example("bad"), {old: new})) == expected


def test_all_endpoints_that_a_task_lacks_are_named(tmp_path):
    (problem,) = rule_named("NF111").find(facts_of(tmp_path, all_rules()["NF111"].example("bad")))
    assert problem.hint.startswith("add VPC endpoints for `aws:ecr.api`, `aws:ecr.dkr`, ")
    assert "`aws:logs`" in problem.hint


def test_endpoints_do_not_lead_to_an_image_on_the_internet(tmp_path):
    text = replaced(all_rules()["NF111"].example("bad"), {"!Sub ${Repository.RepositoryUri}:1": "nginx"})
    (problem,) = rule_named("NF111").find(facts_of(tmp_path, text))
    assert "aws:logs" in problem.message
    assert "NAT gateway" in problem.hint
    assert "endpoints" not in problem.hint


S3_OF_ONE_BUCKET = """
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::%s/*"}]}
"""


@pytest.mark.parametrize(
    ("image", "bucket", "expected"),
    [
        ("!Sub ${Repository.RepositoryUri}:1", "own", ["S3"]),
        ("!Sub ${Repository.RepositoryUri}:1", "prod-us-east-1-starport-layer-bucket", []),
        ("nginx", "own", []),
    ],
)
def test_a_policy_of_s3_withholds_the_layers_of_images_from_tasks(tmp_path, image, bucket, expected):
    template = replaced(all_rules()["NF111"].example("bad"), {"!Sub ${Repository.RepositoryUri}:1": image})
    assert found(tmp_path, "NF206", template + S3_OF_ONE_BUCKET % bucket) == expected


STRATEGY = "DefaultCapacityProviderStrategy: [{CapacityProvider: %s, Weight: 1}]"
CLUSTER = "Cluster: {Type: AWS::ECS::Cluster}"
OF_CLUSTER = f"Cluster: {{Type: AWS::ECS::Cluster, Properties: {{{STRATEGY}}}}}"
BESIDE = f"{CLUSTER}\n  Providers: {{Type: AWS::ECS::ClusterCapacityProviderAssociations, Properties: {{Cluster: !Ref Cluster, {STRATEGY}}}}}"


@pytest.mark.parametrize("cluster", [OF_CLUSTER, BESIDE])
@pytest.mark.parametrize(("provider", "expected"), [("FARGATE_SPOT", ["Service"]), ("fleet", [])])
def test_tasks_run_where_the_strategy_of_their_cluster_says(tmp_path, cluster, provider, expected):
    changes = {CLUSTER: cluster % provider, "      LaunchType: FARGATE\n": "", "[FARGATE]": "[EC2, FARGATE]"}
    assert found(tmp_path, "NF111", replaced(all_rules()["NF111"].example("bad"), changes)) == expected


TARGETS = {
    "AWS::Events::Rule": "ScheduleExpression: rate(1 day), Targets: [{{Id: t, Arn: !GetAtt Cluster.Arn, RoleArn: r, EcsParameters: {}}}]",
    "AWS::Scheduler::Schedule": "ScheduleExpression: rate(1 day), FlexibleTimeWindow: {{Mode: 'OFF'}}, Target: {{Arn: !GetAtt Cluster.Arn, RoleArn: r, EcsParameters: {}}}",
    "AWS::Pipes::Pipe": "RoleArn: r, Source: s, Target: !GetAtt Cluster.Arn, TargetParameters: {{EcsTaskParameters: {}}}",
}
IN_PRIVATE = "{{{}: {{Subnets: [!Ref Private], SecurityGroups: [!Ref Sg]}}}}"


@pytest.mark.parametrize("type_", TARGETS)
@pytest.mark.parametrize(("launch", "expected"), [("FARGATE", ["Starts"]), ("EC2", [])])
def test_tasks_of_targets_do_not_start_either(tmp_path, type_, launch, expected):
    text = all_rules()["NF111"].example("bad").partition("  Service:")[0]
    own = IN_PRIVATE.format("AwsVpcConfiguration" if type_ == "AWS::Events::Rule" else "AwsvpcConfiguration")
    task = f"{{TaskDefinitionArn: !Ref Task, LaunchType: {launch}, NetworkConfiguration: {own}}}"
    text += f"  Starts: {{Type: {type_}, Properties: {{{TARGETS[type_].format(task)}}}}}\n"
    assert found(tmp_path, "NF111", text) == expected


@pytest.mark.parametrize(
    ("launch", "subnet", "expected"),
    [("FARGATE", "${Private}", ["Starts"]), ("EC2", "${Private}", []), ("FARGATE", "subnet-0123456789abcdef0", [])],
)
def test_tasks_of_a_state_machine_do_not_start_either(tmp_path, launch, subnet, expected):
    text = all_rules()["NF111"].example("bad").partition("  Service:")[0]
    own = f'{{"AwsvpcConfiguration": {{"Subnets": ["{subnet}"], "SecurityGroups": ["${{Sg}}"]}}}}'
    run = f'{{"LaunchType": "{launch}", "TaskDefinition": "${{Task}}", "NetworkConfiguration": {own}}}'
    state = f'{{"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {run}, "End": true}}'
    definition = f'!Sub \'{{"StartAt": "Run", "States": {{"Run": {state}}}}}\''
    text += f"  Starts: {{Type: AWS::StepFunctions::StateMachine, Properties: {{RoleArn: r, DefinitionString: {definition}}}}}\n"
    assert found(tmp_path, "NF111", text) == expected


FILES = """
  Files: {Type: AWS::EFS::FileSystem}
  FilesSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: e, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 2049, ToPort: 2049, SourceSecurityGroupId: !Ref Sg}]}}
  Mount: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref Private, SecurityGroups: [!Ref FilesSg]}}
"""
VOLUME = "NetworkMode: awsvpc\n      Volumes: [{Name: v, EFSVolumeConfiguration: {FilesystemId: !Ref Files}}]"


@pytest.mark.parametrize(("port", "lacks"), [("2049", False), ("2048", True)])
def test_a_task_has_to_reach_its_file_system(tmp_path, port, lacks):
    files = replaced(FILES, {"FromPort: 2049, ToPort: 2049": f"FromPort: {port}, ToPort: {port}"})
    text = replaced(all_rules()["NF111"].example("bad"), {"NetworkMode: awsvpc": VOLUME}) + files
    (problem,) = rule_named("NF111").find(facts_of(tmp_path, text))
    assert ("Files:tcp/2049" in problem.message) is lacks


@pytest.mark.parametrize(("zone", "lacks"), [("us-east-1a", False), ("us-east-1b", True)])
def test_a_task_needs_a_mount_target_in_its_zone(tmp_path, zone, lacks):
    other = f"  Other: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: {zone}}}}}\n"
    files = replaced(FILES, {"SubnetId: !Ref Private": "SubnetId: !Ref Other"}) + other
    text = replaced(all_rules()["NF111"].example("bad"), {"NetworkMode: awsvpc": VOLUME}) + files
    problems = rule_named("NF111").find(facts_of(tmp_path, text))
    assert any("no mount target" in problem.message for problem in problems) is lacks


ENDPOINTS = """
  EndpointSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: e, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]}}
  Main: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfPrivate: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Main, SubnetId: !Ref Private}}
  S3: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.s3, RouteTableIds: [!Ref Main]}}
"""
INTERFACE = """
  {name}: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, VpcEndpointType: Interface, PrivateDnsEnabled: true, ServiceName: com.amazonaws.us-east-1.{code}, SubnetIds: [!Ref Private], SecurityGroupIds: [!Ref EndpointSg]}}}}
"""


@pytest.mark.parametrize(
    ("endpoints", "lacking"),
    [(["ecr.api", "ecr.dkr", "logs"], []), (["ecr.api", "logs"], ["aws:ecr.dkr"]), (["ecr.api", "ecr.dkr"], ["aws:logs"])],
)  # fmt: skip
def test_task_with_endpoints_lacks_only_the_others(tmp_path, endpoints, lacking):
    text = all_rules()["NF111"].example("bad") + ENDPOINTS
    text += "".join(INTERFACE.format(name=f"E{n}", code=code) for n, code in enumerate(endpoints))
    problems = [*rule_named("NF111").find(facts_of(tmp_path, text))]
    assert len(problems) == bool(lacking)
    assert all(one in problem.message for problem in problems for one in lacking)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("dnf install -y nginx", ["Instance"]),
        ("curl -o x https://example.com/x", ["Instance"]),
        ("curl http://169.254.169.254/latest/meta-data/", []),
        ("pip3 install flask", ["Instance"]),
        ("echo apt install", []),
        ("aws s3 cp s3://bucket/x .", ["Instance"]),
    ],
)
def test_user_data_that_downloads(tmp_path, command, expected):
    text = replaced(all_rules()["NF112"].example("bad"), {"dnf install -y nginx": command})
    assert found(tmp_path, "NF112", text) == expected


def test_repositories_of_amazon_linux_are_in_s3(tmp_path):
    assert found(tmp_path, "NF112", all_rules()["NF112"].example("bad") + ENDPOINTS) == []


MANAGED = {
    "{Type: AWS::SageMaker::NotebookInstance, Properties: {InstanceType: ml.t3.medium, RoleArn: r, SubnetId: !Ref Private, SecurityGroupIds: [!Ref Sg], DirectInternetAccess: Disabled}}": ["Other"],
    "{Type: AWS::SageMaker::NotebookInstance, Properties: {InstanceType: ml.t3.medium, RoleArn: r, SubnetId: !Ref Private, SecurityGroupIds: [!Ref Sg]}}": [],
    "{Type: AWS::EMR::Cluster, Properties: {Name: e, JobFlowRole: r, ServiceRole: r, Instances: {Ec2SubnetId: !Ref Private}}}": ["Other"],
    "{Type: AWS::CodeBuild::Project, Properties: {Artifacts: {Type: NO_ARTIFACTS}}}": [],
    "{Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: s, HostedRotationLambda: {RotationType: MySQLSingleUser, VpcSubnetIds: !Join [',', [!Ref Private]], VpcSecurityGroupIds: !Ref Sg}}}": ["Other"],
    "{Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: s, HostedRotationLambda: {RotationType: MySQLSingleUser}}}": [],
    "{Type: AWS::SageMaker::Model, Properties: {PrimaryContainer: {Image: i, ModelDataUrl: 's3://b/m'}, VpcConfig: {Subnets: [!Ref Private], SecurityGroupIds: [!Ref Sg]}}}": ["Other"],
    "{Type: AWS::SageMaker::Model, Properties: {PrimaryContainer: {Image: i}, VpcConfig: {Subnets: [!Ref Private], SecurityGroupIds: [!Ref Sg]}}}": [],
    "{Type: AWS::Batch::ComputeEnvironment, Properties: {ComputeResources: {Type: FARGATE, Subnets: [!Ref Private], SecurityGroupIds: [!Ref Sg]}}}": ["Other"],
    "{Type: AWS::EMRServerless::Application, Properties: {NetworkConfiguration: {SubnetIds: [!Ref Private], SecurityGroupIds: [!Ref Sg]}}}": ["Other"],
    **{f"{{Type: AWS::Cloud9::EnvironmentEC2, Properties: {{SubnetId: !Ref Private, ConnectionType: {way}}}}}": found for way, found in (("CONNECT_SSM", ["Other"]), ("CONNECT_SSH", []))},
    "{Type: AWS::BedrockAgentCore::Runtime, Properties: {AgentRuntimeArtifact: {ContainerConfiguration: {ContainerUri: u}}, NetworkConfiguration: {NetworkMode: VPC, NetworkModeConfig: {Subnets: [!Ref Private], SecurityGroups: [!Ref Sg]}}}}": ["Other"],
    **{f"{{Type: AWS::Redshift::Cluster, Properties: {{ClusterSubnetGroupName: !Ref Place, EnhancedVpcRouting: {on}}}}}\n  Place: {{Type: AWS::Redshift::ClusterSubnetGroup, Properties: {{SubnetIds: [!Ref Private]}}}}": found for on, found in (("true", ["Other"]), ("false", []))},
    **{f"{{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref Private, IamInstanceProfile: !Ref Has}}}}\n  Has: {{Type: AWS::IAM::InstanceProfile, Properties: {{Roles: [!Ref Role]}}}}\n  Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: []}}, ManagedPolicyArns: ['arn:aws:iam::aws:policy/{policy}']}}}}": found for policy, found in (("AmazonSSMManagedInstanceCore", ["Other"]), ("AmazonS3FullAccess", []))},
    **{f"{{Type: AWS::ECS::Service, Properties: {{LaunchType: FARGATE, EnableExecuteCommand: {on}, NetworkConfiguration: {{AwsvpcConfiguration: {{Subnets: [!Ref Private], SecurityGroups: [!Ref Sg]}}}}}}}}": found for on, found in (("true", ["Other"]), ("false", []))},
    "{Type: AWS::ECS::Service, Properties: {LaunchType: EC2, Cluster: c}}\n  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Private, UserData: !Base64 'echo ECS_CLUSTER=c >> /etc/ecs/ecs.config'}}": ["Other"],
}  # fmt: skip
REPLICATION = """  Other: {Type: AWS::DMS::ReplicationInstance, Properties: {ReplicationInstanceClass: dms.t3.micro, PubliclyAccessible: false, ReplicationSubnetGroupIdentifier: !Ref Subnets}}
  Subnets: {Type: AWS::DMS::ReplicationSubnetGroup, Properties: {ReplicationSubnetGroupDescription: d, SubnetIds: [!Ref Private]}}
"""


@pytest.mark.parametrize("without", ["kms", "logs", "monitoring", "s3", "sqs", None])
def test_airflow_needs_five_services(tmp_path, without):
    there = [service for service in ("kms", "logs", "monitoring", "s3", "sqs") if service != without]
    environment = """\
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 10.0.0.0/16}]}}
  Airflow: {Type: AWS::MWAA::Environment, Properties: {Name: a, NetworkConfiguration: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Sg]}}}
"""
    endpoint = """\
  Endpoint{}:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      ServiceName: com.amazonaws.us-east-1.{}
      VpcEndpointType: Interface
      VpcId: !Ref Vpc
      SubnetIds: [!Ref A]
      SecurityGroupIds: [!Ref Sg]
      PrivateDnsEnabled: true
      DnsOptions: {{PrivateDnsOnlyForInboundResolverEndpoint: AllResolvers}}
"""
    text = "Resources:\n" + environment + "".join(endpoint.format(*one) for one in enumerate(there))
    assert found(tmp_path, "NF113", text) == (["Airflow"] if without else [])


@pytest.mark.parametrize(("resource", "expected"), MANAGED.items())
def test_managed_service_without_a_way_out(tmp_path, resource, expected):
    text = all_rules()["NF113"].example("bad").partition("  Build:")[0] + f"  Other: {resource}\n"
    assert found(tmp_path, "NF113", text) == expected


NODES = """
  Cluster: {Type: AWS::EKS::Cluster, Properties: {RoleArn: r, ResourcesVpcConfig: {SubnetIds: [!Ref Private]}}}
  Other: {Type: AWS::EKS::Nodegroup, Properties: {ClusterName: !Ref Cluster, NodeRole: r, Subnets: [!Ref Private]}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Has: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Private}}
"""


@pytest.mark.parametrize(("public", "expected"), [("true", []), ("false", ["Other"])])
def test_nodes_with_public_addresses_have_a_way_out(tmp_path, public, expected):
    text = all_rules()["NF113"].example("bad").partition("  Build:")[0] + NODES
    zone = "AvailabilityZone: us-east-1a"
    text = replaced(text, {zone: f"{zone}, MapPublicIpOnLaunch: {public}"})
    assert found(tmp_path, "NF113", text) == expected


KEY = "SourceAccessConfigurations: [{Type: SASL_SCRAM_512_AUTH, URI: s}]"
STS_AND_LAMBDA = (
    "".join(
        f"""{name}: {{Type: AWS::EC2::VPCEndpoint, Properties: {{ServiceName: com.amazonaws.us-east-1.{name.lower()}, VpcEndpointType: Interface, VpcId: !Ref Vpc, SubnetIds: [!Ref Private], SecurityGroupIds: [!Ref Open], PrivateDnsEnabled: true}}}}
  """
        for name in ("Sts", "Lambda")
    )
    + "Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 10.0.0.0/16}]}}\n"
)
POLLED = """
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-0a1b2c3d}}
  Has: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Private}}
  Brokers: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: b, VpcId: !Ref Vpc}}
  Itself: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Brokers, IpProtocol: tcp, FromPort: 9098, ToPort: 9098, SourceSecurityGroupId: !Ref Brokers}}
  Kafka: {Type: AWS::MSK::Cluster, Properties: {ClientAuthentication: {Sasl: {Iam: {Enabled: true}}}, BrokerNodeGroupInfo: {ClientSubnets: [!Ref Private], SecurityGroups: [!Ref Brokers]}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: i.h, Role: r, Code: {ZipFile: "x"}}}
  Other: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !Ref Kafka, Topics: [t]}}
"""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"ToPort: 9098": "ToPort: 9099", "FromPort: 9098": "FromPort: 9099"}, ["Other"]),
        ({"NatGatewayId: nat-0a1b2c3d": "VpcPeeringConnectionId: pcx-0a1b2c3d"}, []),
        ({"SubnetId: !Ref Private}": "SubnetId: subnet-0a1b2c3d}"}, ["Other"]),
        ({"SubnetId: !Ref Private}": "SubnetId: subnet-0a1b2c3d}", "Topics": "ProvisionedPollerConfig: {MinimumPollers: 1}, Topics"}, []),
        ({"SubnetId: !Ref Private}": "SubnetId: subnet-0a1b2c3d}", "Topics": "Enabled: false, Topics"}, []),
        ({"SubnetId: !Ref Private}": "SubnetId: subnet-0a1b2c3d}", "Topics": f"{KEY}, Topics", "Fn:": f"{STS_AND_LAMBDA}  Fn:"}, ["Other"]),
        ({"SubnetId: !Ref Private}": "SubnetId: subnet-0a1b2c3d}", "Fn:": f"{STS_AND_LAMBDA}  Fn:"}, []),
    ],
)  # fmt: skip
def test_pollers_of_a_kafka_need_its_brokers_and_on_demand_sts_and_lambda(tmp_path, changes, expected):
    text = all_rules()["NF113"].example("bad").partition("  Build:")[0] + replaced(POLLED, changes)
    assert found(tmp_path, "NF113", text) == expected


@pytest.mark.parametrize(
    ("private", "s3", "expected"), [(True, True, []), (False, True, ["Other"]), (True, False, ["Other"])]
)
def test_nodes_have_the_group_of_their_cluster_and_not_that_of_the_vpc(tmp_path, private, s3, expected):
    """The CDK restricts the VPC's default group: it lets nothing out."""
    own = {"SubnetIds: [!Ref Private]}": f"SubnetIds: [!Ref Private], EndpointPrivateAccess: {str(private).lower()}}}"}
    text = all_rules()["NF113"].example("bad").partition("  Build:")[0] + replaced(NODES, own)
    text += (
        "  Objects: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.s3, RouteTableIds: [!Ref Table]}}\n"
        if s3
        else ""
    )
    text += "  Closed: {Type: Custom::VpcRestrictDefaultSG, Properties: {ServiceToken: t, DefaultSecurityGroupId: !GetAtt Vpc.DefaultSecurityGroup}}\n"
    text += ENDPOINTS.partition("  Main:")[0]
    text += "".join(INTERFACE.format(name=f"To{n}", code=code) for n, code in enumerate(("ec2", "ecr.api", "ecr.dkr")))
    assert found(tmp_path, "NF113", text) == expected


@pytest.mark.parametrize(("engine", "expected"), [("kinesis", ["Other"]), ("postgres", [])])
def test_replication_instance_needs_the_services_of_its_endpoints(tmp_path, engine, expected):
    text = all_rules()["NF113"].example("bad").partition("  Build:")[0] + REPLICATION
    text += f"  Target: {{Type: AWS::DMS::Endpoint, Properties: {{EndpointType: target, EngineName: {engine}}}}}\n"
    assert found(tmp_path, "NF113", text) == expected


OWN_SERVICE = """
  Nlb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: internal, Subnets: [!Ref Private]}}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Nlb, Port: 8080, Protocol: TCP, DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "200"}}]}}
  Offered: {Type: AWS::EC2::VPCEndpointService, Properties: {AcceptanceRequired: false, NetworkLoadBalancerArns: [!Ref Nlb]}}
"""


@pytest.mark.parametrize(
    ("service", "port", "expected"),
    [
        ("com.amazonaws.us-east-1.ssm", 8080, ["SsmEndpoint"]),
        ("com.amazonaws.us-east-1.email-smtp", 587, []),
        ("com.amazonaws.us-east-1.email-smtp", 443, ["SsmEndpoint"]),
        ("com.amazonaws.vpce.us-east-1.${Offered}", 8080, []),
        ("com.amazonaws.vpce.us-east-1.${Offered}", 443, ["SsmEndpoint"]),
        ("com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", 8080, []),
    ],
)
def test_an_endpoint_s_groups_admit_the_ports_of_its_service(tmp_path, service, port, expected):
    text = all_rules()["NF204"].example("bad").partition("  Fn:")[0] + OWN_SERVICE
    changed = {
        "com.amazonaws.${AWS::Region}.ssm": service,
        "FromPort: 443, ToPort: 443": f"FromPort: {port}, ToPort: {port}",
    }
    assert found(tmp_path, "NF204", replaced(text, changed)) == expected


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("aws:SourceVpc", "!Ref Endpoint2", ["Endpoint"]),
        ("aws:SourceVpce", "!Ref Endpoint2", []),
        ("aws:SourceVpce", "!Ref Vpc", ["Endpoint"]),
        ("aws:SourceVpc", "[!Ref Vpc, !Ref Endpoint2]", []),
        ("aws:SourceVpc", "'${aws:PrincipalTag/vpc}'", []),
        ("aws:PrincipalOrgID", "ou-ab12-11111111", ["Endpoint"]),
        ("aws:PrincipalArn", "!Ref AWS::AccountId", ["Endpoint"]),
        ("aws:PrincipalAccount", "!Ref AWS::AccountId", []),
    ],
)
def test_policy_that_compares_ids(tmp_path, key, value, expected):
    text = replaced(all_rules()["NF207"].example("bad"), {"'123456789012'": value, "aws:PrincipalOrgID": key})
    text += "  Endpoint2: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.dynamodb}}\n"
    assert found(tmp_path, "NF207", text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("[Private]", ["Build"]), ("[Given]", ["Build"]), ("[!Ref Private]", []), ("!Ref Given", []), ("[subnet-1]", [])],
)
def test_name_as_plain_text_in_a_list_of_ids(tmp_path, value, expected):
    text = "Parameters: {Given: {Type: 'List<AWS::EC2::Subnet::Id>'}}\n" + all_rules()["NF113"].example("bad")
    assert found(tmp_path, "NF715", replaced(text, {"[!Ref Private]": value})) == expected


@pytest.mark.parametrize("given", [{"Given": "Private"}, {}])
def test_a_name_that_a_parameter_is_given_is_no_plain_text(tmp_path, given):
    text = "Parameters: {Given: {Type: 'AWS::EC2::Subnet::Id'}}\n" + all_rules()["NF113"].example("bad")
    (tmp_path / "template.yaml").write_text(replaced(text, {"[!Ref Private]": "[!Ref Given]"}))
    facts = Facts(load([tmp_path / "template.yaml"], parameters=given))
    assert [*rule_named("NF715").find(facts)] == []


@pytest.mark.parametrize(("mode", "expected"), [("enable", []), ("disable", ["Nfw"])])
def test_instances_behind_a_firewall_that_sees_one_direction(tmp_path, mode, expected):
    template = Golden.read(FOLDER / "appliance-mode.txt").template
    assert (
        found(tmp_path, "NF115", replaced(template, {"ApplianceModeSupport: enable": f"ApplianceModeSupport: {mode}"}))
        == expected
    )


PIPELINE = "Stages: [{Name: s, Actions: [{Name: a, ActionTypeId: {Category: Invoke, Owner: AWS, Provider: Lambda, Version: '1'}, Configuration: {FunctionName: !Ref Migrate}}]}]"
RULE = "AWS::Config::ConfigRule, Properties: {Source: {Owner: CUSTOM_LAMBDA, SourceIdentifier: !GetAtt Migrate.Arn}}"


@pytest.mark.parametrize(
    "waits",
    [
        "AWS::CloudFormation::CustomResource, Properties: {ServiceToken: !GetAtt Migrate.Arn}",
        RULE,
        f"AWS::CodePipeline::Pipeline, Properties: {{RoleArn: r, {PIPELINE}}}",
    ],
)
@pytest.mark.parametrize(("place", "expected"), [("VpcConfig: {", ["Waits"]), ("Environment: {} #", [])])
def test_function_that_cannot_report_back(tmp_path, waits, place, expected):
    text = all_rules()["NF117"].example("bad").partition("  Schema:")[0]
    text = replaced(text, {"VpcConfig: {": place}) + f"  Waits: {{Type: {waits}}}\n"
    assert found(tmp_path, "NF117", text) == expected


@pytest.mark.parametrize(
    ("operator", "ranges", "expected"),
    [
        ("NotIpAddress", "10.0.0.0/16", ["Policy"]),
        ("IpAddress", "[172.16.0.0/12, 192.168.1.7]", ["Policy"]),
        ("NotIpAddress", "[10.0.0.0/16, 203.0.113.0/24]", []),
        ("NotIpAddress", "172.32.0.0/16", []),
    ],
)
def test_policy_of_a_bucket_for_private_addresses(tmp_path, operator, ranges, expected):
    limit = f"Condition: {{{operator}: {{aws:SourceIp: {ranges}}}}}"
    text = (
        "Resources: {Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: b, PolicyDocument: {Statement: "
        f"[{{Effect: Deny, Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::b/*', {limit}}}]}}}}}}}}"
    )
    assert found(tmp_path, "NF207", text) == expected


URL = "!Sub 'http://${Orders.DNSName}/hook'"
KEY = "  Key: {Type: AWS::Events::Connection, Properties: {AuthorizationType: API_KEY}}\n"
CALLERS = {
    "AWS::SNS::Subscription": f"TopicArn: t, Protocol: http, Endpoint: {URL}",
    "AWS::SNS::Topic": f"Subscription: [{{Protocol: http, Endpoint: {URL}}}]",
    "AWS::Events::ApiDestination": f"ConnectionArn: !GetAtt Key.Arn, HttpMethod: POST, InvocationEndpoint: {URL}",
    "AWS::ApiGatewayV2::Authorizer": f"ApiId: !Ref Api, Name: n, AuthorizerType: JWT, JwtConfiguration: {{Audience: [a], Issuer: {URL}}}",
    "AWS::AppSync::GraphQLApi": f"Name: n, AuthenticationType: OPENID_CONNECT, OpenIDConnectConfig: {{Issuer: {URL}}}",
    "AWS::Cognito::UserPoolIdentityProvider": f"UserPoolId: p, ProviderName: n, ProviderType: OIDC, ProviderDetails: {{oidc_issuer: {URL}}}",
    "AWS::KinesisFirehose::DeliveryStream": f"HttpEndpointDestinationConfiguration: {{EndpointConfiguration: {{Url: {URL}}}}}",
    "AWS::AppSync::DataSource": f"ApiId: a, Name: n, Type: HTTP, HttpConfig: {{Endpoint: {URL}}}",
    "AWS::Route53::HealthCheck": "HealthCheckConfig: {Type: HTTP, Port: 80, FullyQualifiedDomainName: !GetAtt Orders.DNSName}",
    "AWS::CloudFront::Distribution": "DistributionConfig: {Enabled: true, Origins: [{Id: o, DomainName: !GetAtt Orders.DNSName, CustomOriginConfig: {OriginProtocolPolicy: http-only}}], DefaultCacheBehavior: {TargetOriginId: o, ViewerProtocolPolicy: allow-all}}",
}


@pytest.mark.parametrize("type_", CALLERS)
@pytest.mark.parametrize(("scheme", "expected"), [("internal", ["Caller"]), ("internet-facing", [])])
def test_aws_calls_a_private_address(tmp_path, type_, scheme, expected):
    text = (
        all_rules()["NF404"].example("good") + f"  Caller: {{Type: {type_}, Properties: {{{CALLERS[type_]}}}}}\n{KEY}"
    )
    assert found(tmp_path, "NF404", replaced(text, {"Scheme: internal": f"Scheme: {scheme}"})) == expected


def test_a_connection_of_another_stack_may_lead_into_a_vpc(tmp_path):
    called = CALLERS["AWS::Events::ApiDestination"].replace("!GetAtt Key.Arn", "!ImportValue key")
    caller = f"  Caller: {{Type: AWS::Events::ApiDestination, Properties: {{{called}}}}}\n"
    assert found(tmp_path, "NF404", all_rules()["NF404"].example("good") + caller) == []


@pytest.mark.parametrize(
    ("ingress", "expected"),
    [
        ("IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref Own", ["Connection"]),
        ("IpProtocol: udp, FromPort: 0, ToPort: 65535, SourceSecurityGroupId: !Ref Own", ["Connection"]),
        ("IpProtocol: tcp, FromPort: 0, ToPort: 65535, SourceSecurityGroupId: !Ref Own", []),
        ("IpProtocol: -1, CidrIp: 10.0.0.0/16", []),
        ("IpProtocol: tcp, FromPort: 0, ToPort: 65535, SourceSecurityGroupId: !ImportValue group", []),
    ],
)
def test_workers_of_glue_that_do_not_reach_each_other(tmp_path, ingress, expected):
    text = (
        all_rules()["NF113"].example("good")
        + f"""
  Own: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: jobs, VpcId: !Ref Vpc}}}}
  Each: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {{GroupId: !Ref Own, {ingress}}}}}
  Connection:
    Type: AWS::Glue::Connection
    Properties:
      CatalogId: !Ref AWS::AccountId
      ConnectionInput:
        ConnectionType: NETWORK
        PhysicalConnectionRequirements: {{SubnetId: !Ref Private, SecurityGroupIdList: [!Ref Own], AvailabilityZone: us-east-1a}}
"""
    )
    assert found(tmp_path, "NF113", text) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [("PARAMETERS: !Sub 'https://ssm.${AWS::Region}.amazonaws.com/'", ["Fn"]), ("OTHER: !GetAtt Url.FunctionUrl", [])],
)
def test_services_through_a_nat_gateway_that_may_have_an_endpoint(tmp_path, environment, expected):
    text = all_rules()["NF201"].example("bad").partition("      Code:\n")[0]
    text += f"""      Code: {{ZipFile: x}}
      VpcConfig: {{SubnetIds: [!Ref Private], SecurityGroupIds: [!Ref FnSg]}}
      Environment: {{Variables: {{{environment}}}}}
  Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: other, AuthType: NONE}}}}
"""
    assert found(tmp_path, "NF201", text) == expected
