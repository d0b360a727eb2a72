"""Reachability Analyzer as a client of AWS's API sees it: paths, analyses, components, explanations."""

from datetime import UTC, datetime, timedelta

import pytest

from netful import sources
from netful.account.ec2.api import Ec2Api
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.account_client import Client, Running

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  GroupA: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: a, VpcId: !Ref Vpc}}
  GroupB:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: b
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref GroupA}
        - {IpProtocol: tcp, FromPort: 8080, ToPort: 8080, CidrIp: 10.9.0.0/16}
        - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}
  Caller: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref GroupA], ImageId: ami-1}}
  Server: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref GroupB], ImageId: ami-1}}
  Address: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Server}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Spare: {Type: AWS::EC2::InternetGateway}
  Public: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Public, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref B, RouteTableId: !Ref Public}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.ssm, VpcEndpointType: Interface,
      SubnetIds: [!Ref B], SecurityGroupIds: [!Ref GroupB]}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Other, CidrBlock: 10.9.1.0/24}}
  Lone: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref C, ImageId: ami-1}}
  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Other}}
  OverPeering:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Public, DestinationCidrBlock: 10.9.0.0/16, VpcPeeringConnectionId: !Ref Peering}
  Hub: {Type: AWS::EC2::TransitGateway}
  HubVpc:
    Type: AWS::EC2::TransitGatewayAttachment
    Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Vpc, SubnetIds: [!Ref A]}
  HubOther:
    Type: AWS::EC2::TransitGatewayAttachment
    Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Other, SubnetIds: [!Ref C]}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: pass}
      Role: !GetAtt Role.Arn
      VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref GroupA]}
  Declared:
    Type: AWS::EC2::NetworkInsightsPath
    Properties: {Source: !Ref Caller, Destination: !Ref Server, Protocol: tcp, DestinationPort: 443}
  DeclaredAnalysis: {Type: AWS::EC2::NetworkInsightsAnalysis, Properties: {NetworkInsightsPathId: !Ref Declared}}
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    file = tmp_path_factory.mktemp("insights") / "template.yaml"
    file.write_text(TEMPLATE)
    return sources.load([file], region="eu-west-1")


@pytest.fixture
def ids(cloud):
    return cloud.aws_ids


@pytest.fixture
def answer(ec2):
    """Ask as a program does that follows AWS's documentation: a path, an analysis, and the analysis until it has ended."""

    def ask(*, through=(), without=(), **path):
        made = ec2("CreateNetworkInsightsPath", ClientToken=str(path), Protocol=path.pop("Protocol", "tcp"), **path)
        path_id = made["NetworkInsightsPath"]["NetworkInsightsPathId"]
        filters = {"FilterInArns": [*through], "FilterOutArns": [*without]}
        started = ec2(
            "StartNetworkInsightsAnalysis", NetworkInsightsPathId=path_id, ClientToken=f"{path_id}{filters}", **filters
        )
        assert started["NetworkInsightsAnalysis"]["Status"] == "running"
        id_ = started["NetworkInsightsAnalysis"]["NetworkInsightsAnalysisId"]
        (found,) = ec2("DescribeNetworkInsightsAnalyses", NetworkInsightsAnalysisIds=[id_])["NetworkInsightsAnalyses"]
        return found

    return ask


def codes(analysis):
    return [one["ExplanationCode"] for one in analysis.get("Explanations", ())]


def passed(analysis, way="ForwardPathComponents"):
    return [one["Component"]["Id"] for one in analysis[way]]


def test_a_path_that_exists_has_every_component_with_its_rule(answer, ids):
    found = answer(Source=ids["Caller"], Destination=ids["Server"], DestinationPort=443)
    assert (found["Status"], found["NetworkPathFound"], codes(found)) == ("succeeded", True, [])
    ahead = found["ForwardPathComponents"]
    assert [one["SequenceNumber"] for one in ahead] == [*range(1, len(ahead) + 1)]
    assert (ahead[0]["AttachedTo"]["Id"], ahead[-1]["AttachedTo"]["Id"]) == (ids["Caller"], ids["Server"])
    assert ahead[0]["OutboundHeader"]["DestinationPortRanges"] == [{"From": 443, "To": 443}]
    assert ahead[0]["Subnet"]["Arn"].endswith(f"subnet/{ids['A']}")
    rules = [one["SecurityGroupRule"] for one in ahead if "SecurityGroupRule" in one]
    assert rules[0] == {"Cidr": "0.0.0.0/0", "Direction": "egress", "Protocol": "all"}
    assert rules[1] == {"SecurityGroupId": ids["GroupA"], "Direction": "ingress", "Protocol": "tcp",
                        "PortRange": {"From": 443, "To": 443}}  # fmt: skip
    acls = [one["AclRule"] for one in ahead if "AclRule" in one]
    assert [(one["Egress"], one["RuleNumber"], one["RuleAction"]) for one in acls] == [
        (True, 100, "allow"),
        (False, 100, "allow"),
    ]
    (route,) = [one["RouteTableRoute"] for one in ahead if "RouteTableRoute" in one]
    assert (route["DestinationCidr"], route["GatewayId"], route["Origin"]) == (
        "10.0.0.0/16",
        "local",
        "CreateRouteTable",
    )
    assert ids["Public"] in passed(found, "ReturnPathComponents")


def test_the_codes_are_those_of_trace(answer, ids, cloud):
    found = answer(Source=ids["Igw"], Destination=ids["Caller"], DestinationPort=22)
    path = trace(cloud, parse(cloud, "internet", "Caller:tcp/22"))
    denied = [str(hop.code) for hop in (*path.hops, *path.return_hops) if hop.verdict == "deny"]
    assert not found["NetworkPathFound"]
    assert codes(found) == denied
    assert found["ForwardPathComponents"][-1]["Explanations"][0]["ExplanationCode"] == denied[0]


def test_an_explanation_names_what_blocks(answer, ids):
    found = answer(Source=ids["Caller"], Destination=ids["Server"], DestinationPort=22)
    (one,) = found["Explanations"]
    assert (one["ExplanationCode"], one["Direction"]) == ("ENI_SG_RULES_MISMATCH", "ingress")
    assert [group["Id"] for group in one["SecurityGroups"]] == [ids["GroupB"]]
    assert one["NetworkInterface"]["Id"] == one["Component"]["Id"] == ids["eni-Server"]


def test_without_a_port_one_open_port_is_enough(answer, ids):
    found = answer(Source=ids["Caller"], Destination=ids["Server"])
    assert found["NetworkPathFound"]
    assert found["ForwardPathComponents"][0]["OutboundHeader"]["DestinationPortRanges"] in (
        [{"From": 80, "To": 80}],
        [{"From": 443, "To": 443}],
    )
    assert not answer(Source=ids["Caller"], Destination=ids["Server"], Protocol="udp")["NetworkPathFound"]


@pytest.mark.parametrize(
    ("source", "destination", "port", "expected"),
    [
        ("Igw", "Server", 80, True),
        ("Igw", "Server", 443, ["SG_REFERENCES_NOT_PRESERVED"]),
        ("Server", "Igw", 443, True),
        ("Caller", "Igw", 443, ["NO_ROUTE_TO_DESTINATION"]),
        ("Spare", "Server", 80, ["UNASSOCIATED_COMPONENT"]),
        ("Igw", "Lone", 80, ["DISCONNECTED_VPCS"]),
        ("Peering", "Server", 8080, True),
        ("Peering", "Server", 22, ["ENI_SG_RULES_MISMATCH"]),
        ("Server", "Peering", 8080, True),
        ("Caller", "Peering", 8080, ["NO_ROUTE_TO_DESTINATION"]),
        ("HubOther", "Server", 8080, True),
        ("Hub", "Server", 80, True),
        ("Hub", "Server", 22, ["ENI_SG_RULES_MISMATCH"]),
        ("Caller", "Hub", 80, ["NO_ROUTE_TO_DESTINATION"]),
        ("Caller", "Endpoint", 443, True),
        ("Endpoint", "Server", 443, ["VPCE_INTRA_VPC_TRAFFIC"]),
    ],
)
def test_places_of_all_kinds(answer, ids, source, destination, port, expected):
    found = answer(Source=ids[source], Destination=ids[destination], DestinationPort=port)
    if expected is True:
        assert found["NetworkPathFound"], codes(found)
        assert {ids[one] for one in (source, destination)} & {*passed(found), *_attached(found)}
    else:
        assert not found["NetworkPathFound"]
        assert codes(found)[: len(expected)] == expected


def _attached(found):
    return [one["AttachedTo"]["Id"] for one in found["ForwardPathComponents"] if "AttachedTo" in one]


def test_a_path_to_a_gateway_ends_there_and_says_that_it_is_one_way(answer, ids):
    found = answer(Source=ids["Server"], Destination=ids["Peering"], DestinationPort=8080)
    last = found["ForwardPathComponents"][-1]
    assert last["Component"]["Id"] == ids["Peering"]
    assert "UNIDIRECTIONAL_PATH_ANALYSIS_ONLY" in [one["AdditionalDetailType"] for one in last["AdditionalDetails"]]
    assert found.get("ReturnPathComponents", []) == []


def test_the_internet_gateway_changes_the_header(answer, ids, cloud):
    found = answer(Source=ids["Server"], Destination=ids["Igw"], DestinationPort=443)
    before, after = found["ForwardPathComponents"][0], found["ForwardPathComponents"][-1]
    assert after["Component"]["Id"] == ids["Igw"]
    public = cloud.network.elastic_ips["Address"].public_ip
    assert after["OutboundHeader"]["SourceAddresses"] == [f"{public}/32"]
    assert before["OutboundHeader"]["SourceAddresses"][0].startswith("10.0.2.")


def test_addresses_and_filters_of_headers(answer, ids, cloud):
    ends = {"Source": ids["Caller"], "Destination": ids["Server"]}
    server = str(cloud.network.network_interfaces["eni-Server"].private_ip_address)
    ports = {"FromPort": 440, "ToPort": 450}
    assert answer(Source=ids["Caller"], DestinationIp=server, DestinationPort=443)["NetworkPathFound"]
    assert answer(**ends, FilterAtSource={"DestinationAddress": server, "DestinationPortRange": ports})[
        "NetworkPathFound"
    ]
    other = answer(**ends, DestinationIp="10.0.2.200", DestinationPort=443)
    assert codes(other)[0] == "NO_POSSIBLE_DESTINATION"
    foreign = answer(**ends, SourceIp="10.0.1.99", DestinationPort=443)
    assert codes(foreign)[0] == "ENI_ADDRESS_RESTRICTION"
    filtered = answer(**ends, DestinationPort=443, FilterAtDestination={"SourceAddress": "10.0.9.9/32"})
    assert codes(filtered) == ["FILTER_AT_DESTINATION_SOURCE_ADDRESS"]


def test_components_that_a_path_must_or_must_not_pass(answer, ids):
    ends = {"Source": ids["Caller"], "Destination": ids["Server"], "DestinationPort": 443}
    group = f"arn:aws:ec2:eu-west-1:123456789012:security-group/{ids['GroupB']}"
    gateway = f"arn:aws:ec2:eu-west-1:123456789012:internet-gateway/{ids['Igw']}"
    assert answer(**ends, through=[group], without=[gateway])["NetworkPathFound"]
    assert codes(answer(**ends, through=[gateway])) == ["COMPONENT_FILTER_RESTRICTION"]
    assert codes(answer(**ends, without=[group])) == ["COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT"]


def test_what_only_netful_knows_is_beside_it(answer, ids, cloud):
    (eni,) = cloud.network.interfaces_of("Fn")
    found = answer(Source=cloud.aws_ids[eni.id], Destination=ids["Server"], DestinationPort=22)
    details = found["ForwardPathComponents"][0]["AdditionalDetails"]
    assert ("netful:function", "Fn") in [(one["AdditionalDetailType"], one["Component"]["Id"]) for one in details]
    tags = {one["Key"]: one["Value"] for one in found["Tags"]}
    assert (tags["netful:verdict"], tags["netful:symptom"]) == ("blocked", "timeout")
    assert tags["netful:blocked-at"].endswith("template.yaml:7")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Source": "Fn", "Destination": "Server"}, "InvalidParameterValue"),
        ({"Source": "Vpc", "Destination": "Server"}, "InvalidParameterValue"),
        ({"Source": "i-00000000000000000", "Destination": "Server"}, "InvalidParameterValue"),
        ({"Source": "Caller"}, "MissingParameter"),
        ({"Source": "Caller", "Destination": "Server", "DestinationIp": "::1"}, "InvalidParameterValue"),
        ({"Source": "Caller", "Destination": "Server", "DestinationPort": 65536}, "InvalidParameterValue"),
        (
            {
                "Source": "Caller",
                "Destination": "Server",
                "SourceIp": "10.0.1.4",
                "FilterAtSource": {"SourceAddress": "10.0.1.4"},
            },
            "InvalidParameterCombination",
        ),
    ],
)
def test_refused_paths(ec2, asked, code):
    assert ec2("CreateNetworkInsightsPath", ClientToken="t", Protocol="tcp", **asked) == code


def test_paths_and_analyses_are_described_filtered_paged_tagged_and_deleted(ec2, ids):
    path = ec2("CreateNetworkInsightsPath", ClientToken="t", Protocol="tcp", Source=ids["Caller"], Destination=ids["Igw"],
               TagSpecifications=[{"ResourceType": "network-insights-path", "Tags": [{"Key": "team", "Value": "a"}]}])  # fmt: skip
    id_ = path["NetworkInsightsPath"]["NetworkInsightsPathId"]
    by_tag = {"Filters": [{"Name": "tag:team", "Values": ["a"]}]}
    assert [
        one["NetworkInsightsPathId"] for one in ec2("DescribeNetworkInsightsPaths", **by_tag)["NetworkInsightsPaths"]
    ] == [id_]
    by_source = {
        "Filters": [{"Name": "source", "Values": [ids["Caller"]]}, {"Name": "destination", "Values": [ids["Igw"]]}]
    }
    assert len(ec2("DescribeNetworkInsightsPaths", **by_source)["NetworkInsightsPaths"]) == 1
    first = ec2("DescribeNetworkInsightsPaths", MaxResults=1)
    assert len(first["NetworkInsightsPaths"]) == 1
    assert ec2("DescribeNetworkInsightsPaths", NextToken=first["NextToken"])["NetworkInsightsPaths"]

    started = ec2("StartNetworkInsightsAnalysis", NetworkInsightsPathId=id_, ClientToken="a")["NetworkInsightsAnalysis"]
    analysis = started["NetworkInsightsAnalysisId"]
    ec2("CreateTags", Resources=[analysis], Tags=[{"Key": "of", "Value": "mine"}])
    asked = {"NetworkInsightsPathId": id_, "Filters": [{"Name": "path-found", "Values": ["false"]}]}
    (found,) = ec2("DescribeNetworkInsightsAnalyses", **asked)["NetworkInsightsAnalyses"]
    assert {"Key": "of", "Value": "mine"} in found["Tags"]
    assert found["StartDate"].replace(microsecond=0) == started["StartDate"].replace(microsecond=0)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert not ec2("DescribeNetworkInsightsAnalyses", AnalysisStartTime=later, **asked).get("NetworkInsightsAnalyses")
    assert ec2("DeleteNetworkInsightsPath", NetworkInsightsPathId=id_) == "AnalysisExistsForNetworkInsightsPath"
    ec2("DeleteNetworkInsightsAnalysis", NetworkInsightsAnalysisId=analysis)
    ec2("DeleteNetworkInsightsPath", NetworkInsightsPathId=id_)
    assert ec2("DescribeNetworkInsightsPaths", NetworkInsightsPathIds=[id_]) == "InvalidNetworkInsightsPathId.NotFound"
    gone = ec2("StartNetworkInsightsAnalysis", NetworkInsightsPathId=id_, ClientToken="b")
    assert gone == "InvalidNetworkInsightsPathId.NotFound"


def test_an_answer_stays_that_of_its_time_and_a_declared_analysis_follows_the_network(ec2, answer, ids):
    before = answer(Source=ids["Caller"], Destination=ids["Server"], DestinationPort=443)
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": ids["GroupA"]}]}
    ec2("RevokeSecurityGroupIngress", GroupId=ids["GroupB"], IpPermissions=[rule])
    every = {
        one["NetworkInsightsAnalysisId"]: one
        for one in ec2("DescribeNetworkInsightsAnalyses")["NetworkInsightsAnalyses"]
    }
    assert every[before["NetworkInsightsAnalysisId"]]["NetworkPathFound"]
    assert codes(every[ids["DeclaredAnalysis"]]) == ["ENI_SG_RULES_MISMATCH"]


def test_an_end_that_is_gone_is_explained(ec2, ids):
    path = ec2(
        "CreateNetworkInsightsPath", ClientToken="t", Protocol="tcp", Source=ids["Caller"], Destination=ids["Spare"]
    )
    ec2("DeleteInternetGateway", InternetGatewayId=ids["Spare"])
    id_ = path["NetworkInsightsPath"]["NetworkInsightsPathId"]
    ec2("StartNetworkInsightsAnalysis", NetworkInsightsPathId=id_, ClientToken="a")
    (found,) = ec2("DescribeNetworkInsightsAnalyses", NetworkInsightsPathId=id_)["NetworkInsightsAnalyses"]
    assert (found["NetworkPathFound"], codes(found)) == (False, ["NO_SOURCE_OR_DESTINATION"])


def test_what_is_not_known_is_no_answer(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text("""
Parameters: {Block: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: a, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: -1, CidrIp: !Ref Block}]}
  One: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group], ImageId: ami-1}}
  Two: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group], ImageId: ami-1}}
  Path: {Type: AWS::EC2::NetworkInsightsPath, Properties: {Source: !Ref One, Destination: !Ref Two, Protocol: tcp, DestinationPort: 80}}
  Analysis: {Type: AWS::EC2::NetworkInsightsAnalysis, Properties: {NetworkInsightsPathId: !Ref Path}}
""")
    ec2 = Client("ec2", Ec2Api(Running(sources.load([file], region="eu-west-1")), ()).handle)
    (found,) = ec2("DescribeNetworkInsightsAnalyses")["NetworkInsightsAnalyses"]
    assert (found["Status"], found.get("NetworkPathFound")) == ("failed", None)
    assert "Block" in found["StatusMessage"]
