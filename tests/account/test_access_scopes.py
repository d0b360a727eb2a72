"""Network Access Analyzer as a client of AWS's API sees it: scopes, analyses, findings."""

import pytest

from netful import sources

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfSubnet: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]
  Admin:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: admin
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 203.0.113.0/24}]
  Inside: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: inside, VpcId: !Ref Vpc}}
  Front: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Web], ImageId: ami-1}}
  Jump: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Admin], ImageId: ami-1}}
  Back: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Inside], ImageId: ami-1}}
  AddressA: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Front}}
  AddressB: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Jump}}
  AddressC: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Back}}
"""
GATEWAYS = {"ResourceStatement": {"ResourceTypes": ["AWS::EC2::InternetGateway"]}}
INTERFACES = {"ResourceStatement": {"ResourceTypes": ["AWS::EC2::NetworkInterface"]}}
FROM_INTERNET = {"Source": GATEWAYS, "Destination": INTERFACES}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    file = tmp_path_factory.mktemp("scopes") / "template.yaml"
    file.write_text(TEMPLATE)
    return sources.load([file], region="eu-west-1")


@pytest.fixture
def ids(cloud):
    return cloud.aws_ids


@pytest.fixture
def findings(ec2):
    """Analyse a scope as a program does that follows AWS's documentation: the ends of its findings' paths."""

    def ask(match, exclude=()):
        made = ec2(
            "CreateNetworkInsightsAccessScope",
            MatchPaths=[*match],
            ExcludePaths=[*exclude],
            ClientToken=f"{match}{exclude}",
        )
        scope = made["NetworkInsightsAccessScope"]["NetworkInsightsAccessScopeId"]
        asked = {"NetworkInsightsAccessScopeId": scope, "ClientToken": scope}
        started = ec2("StartNetworkInsightsAccessScopeAnalysis", **asked)["NetworkInsightsAccessScopeAnalysis"]
        assert started["Status"] == "running"
        id_ = {"NetworkInsightsAccessScopeAnalysisId": started["NetworkInsightsAccessScopeAnalysisId"]}
        (row,) = ec2("DescribeNetworkInsightsAccessScopeAnalyses", NetworkInsightsAccessScopeId=scope)[
            "NetworkInsightsAccessScopeAnalyses"
        ]
        assert (row["Status"], row["AnalyzedEniCount"]) == ("succeeded", 3)
        rows = ec2("GetNetworkInsightsAccessScopeAnalysisFindings", **id_).get("AnalysisFindings", [])
        assert (row["FindingsFound"] == "true") is bool(rows)
        ends = [(one["FindingComponents"][0], one["FindingComponents"][-1]) for one in rows]
        return {(_name(first), _name(last)) for first, last in ends}

    return ask


def _name(component):
    return (component.get("AttachedTo") or component["Component"])["Name"]


def test_the_ways_in_from_the_internet(findings):
    assert findings([FROM_INTERNET]) == {("Igw", "Front"), ("Igw", "Jump")}


def test_headers_narrow_a_path(findings):
    to_443 = {**INTERFACES, "PacketHeaderStatement": {"DestinationPorts": ["443"], "Protocols": ["tcp"]}}
    assert findings([{"Source": GATEWAYS, "Destination": to_443}]) == {("Igw", "Front")}
    office = {**GATEWAYS, "PacketHeaderStatement": {"SourceAddresses": ["203.0.113.7/32"]}}
    assert findings([{"Source": office, "Destination": INTERFACES}]) == {("Igw", "Front"), ("Igw", "Jump")}
    other = {**GATEWAYS, "PacketHeaderStatement": {"SourceAddresses": ["198.51.100.7/32"]}}
    assert findings([{"Source": other, "Destination": INTERFACES}]) == {("Igw", "Front")}
    assert (
        findings([{"Source": GATEWAYS, "Destination": {**INTERFACES, "PacketHeaderStatement": {"Protocols": ["udp"]}}}])
        == set()
    )


def test_excluded_paths_are_no_findings(findings, ids):
    intended = {"Destination": {"ResourceStatement": {"Resources": [ids["Front"]]}}}
    assert findings([FROM_INTERNET], [intended]) == {("Igw", "Jump")}
    by_group = {"ThroughResources": [{"ResourceStatement": {"Resources": [ids["Admin"]]}}]}
    assert findings([FROM_INTERNET], [by_group]) == {("Igw", "Front")}
    of_port = {"Destination": {"PacketHeaderStatement": {"DestinationPorts": ["440-450"]}}}
    assert findings([FROM_INTERNET], [of_port]) == {("Igw", "Jump")}


def test_ends_are_named_by_what_they_are_in(findings, ids):
    out = {"Source": {"ResourceStatement": {"Resources": [ids["Inside"]]}}, "Destination": GATEWAYS}
    assert findings([out]) == {("Back", "Igw")}
    through = [{"ResourceStatement": {"ResourceTypes": ["AWS::EC2::RouteTable"]}}]
    assert findings([{**out, "ThroughResources": through}]) == {("Back", "Igw")}
    through = [{"ResourceStatement": {"ResourceTypes": ["AWS::EC2::NatGateway"]}}]
    assert findings([{**out, "ThroughResources": through}]) == set()
    subnet = {"ResourceStatement": {"Resources": [ids["Subnet"]], "ResourceTypes": ["AWS::EC2::Instance"]}}
    assert findings([{"Source": GATEWAYS, "Destination": subnet}]) == {("Igw", "Front"), ("Igw", "Jump")}


def test_scopes_are_described_and_deleted(ec2):
    tags = [{"ResourceType": "network-insights-access-scope", "Tags": [{"Key": "team", "Value": "a"}]}]
    made = ec2("CreateNetworkInsightsAccessScope", MatchPaths=[FROM_INTERNET], ClientToken="t", TagSpecifications=tags)
    id_ = {"NetworkInsightsAccessScopeId": made["NetworkInsightsAccessScope"]["NetworkInsightsAccessScopeId"]}
    content = ec2("GetNetworkInsightsAccessScopeContent", **id_)["NetworkInsightsAccessScopeContent"]
    assert content["MatchPaths"] == [FROM_INTERNET] == made["NetworkInsightsAccessScopeContent"]["MatchPaths"]
    (shown,) = ec2("DescribeNetworkInsightsAccessScopes")["NetworkInsightsAccessScopes"]
    assert shown["Tags"] == [{"Key": "team", "Value": "a"}]
    analysis = ec2("StartNetworkInsightsAccessScopeAnalysis", **id_, ClientToken="a")[
        "NetworkInsightsAccessScopeAnalysis"
    ]
    own = {"NetworkInsightsAccessScopeAnalysisId": analysis["NetworkInsightsAccessScopeAnalysisId"]}
    first = ec2("GetNetworkInsightsAccessScopeAnalysisFindings", **own, MaxResults=1)
    assert (len(first["AnalysisFindings"]), first["AnalysisStatus"]) == (1, "succeeded")
    second = ec2("GetNetworkInsightsAccessScopeAnalysisFindings", **own, NextToken=first["NextToken"])
    assert len({one["FindingId"] for one in (*first["AnalysisFindings"], *second["AnalysisFindings"])}) == 2
    assert ec2("DeleteNetworkInsightsAccessScope", **id_) == "AnalysisExistsForNetworkInsightsAccessScope"
    ec2("DeleteNetworkInsightsAccessScopeAnalysis", **own)
    ec2("DeleteNetworkInsightsAccessScope", **id_)
    gone = "InvalidNetworkInsightsAccessScopeId.NotFound"
    assert ec2("GetNetworkInsightsAccessScopeContent", **id_) == gone
    assert ec2("CreateNetworkInsightsAccessScope", ClientToken="b") == "MissingParameter"


@pytest.mark.parametrize(
    "header", [{"DestinationPorts": ["65536"]}, {"SourceAddresses": ["here"]}, {"Protocols": ["icmp"]}]
)
def test_headers_that_are_none_are_refused(ec2, header):
    path = {"Source": {**GATEWAYS, "PacketHeaderStatement": header}, "Destination": INTERFACES}
    assert ec2("CreateNetworkInsightsAccessScope", MatchPaths=[path], ClientToken="t") == "InvalidParameterValue"


@pytest.mark.parametrize("named", [{"Resources": ["i-00000000000000000"]}, {"ResourceTypes": ["AWS::EC2::Instances"]}])
def test_what_a_scope_names_and_nobody_has_is_no_silent_false(ec2, named):
    path = {"Source": GATEWAYS, "Destination": {"ResourceStatement": named}}
    made = ec2("CreateNetworkInsightsAccessScope", MatchPaths=[path], ClientToken=f"{named}")
    scope = made["NetworkInsightsAccessScope"]["NetworkInsightsAccessScopeId"]
    ec2("StartNetworkInsightsAccessScopeAnalysis", NetworkInsightsAccessScopeId=scope, ClientToken=scope)
    (row,) = ec2("DescribeNetworkInsightsAccessScopeAnalyses", NetworkInsightsAccessScopeId=scope)[
        "NetworkInsightsAccessScopeAnalyses"
    ]
    assert row["FindingsFound"] == "unknown"
    assert next(iter(named.values()))[0] in row["WarningMessage"]
