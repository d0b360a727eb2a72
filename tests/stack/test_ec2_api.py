"""EC2's API of a running stack: boto3 describes the network that runs, and its changes reach the kernel."""

import pytest
from botocore.exceptions import ClientError

from tests.helpers.stacks import EXAMPLES, Stack

pytestmark = pytest.mark.packets
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    one = Stack(tmp_path_factory.mktemp("state"), EXAMPLES / "ssm-demo" / "endpoint.yaml")
    one.up()
    yield one
    one.down()


@pytest.fixture(scope="module")
def ec2(stack):
    return stack.client("ec2")


def reached(stack):
    """What packets do, which is what `trace` predicts of the running network."""
    probed = stack.probe("ReadParameter", "aws:ssm")
    assert probed["agree"]
    return probed["observed"][0]["verdict"]


def test_the_network_is_the_one_that_runs(stack, ec2):
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    (shown,) = stack.json("show", "-t", stack.template.name)["vpcs"]
    assert [vpc["CidrBlock"]] == shown["cidr_blocks"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    assert sorted(one["CidrBlock"] for one in subnets) == sorted(one["cidr_block"] for one in shown["subnets"])
    (endpoint,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    enis = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert {eni["SubnetId"] for eni in enis} == set(endpoint["SubnetIds"])


def test_a_rule_that_is_revoked_stops_packets(stack, ec2):
    (endpoint,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    group_id = endpoint["Groups"][0]["GroupId"]
    (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    assert reached(stack) == "reachable"
    ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=group["IpPermissions"])
    assert reached(stack) == "blocked"
    ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=group["IpPermissions"])
    assert reached(stack) == "reachable"


def analysed(ec2, path_id):
    """An analysis of a path, waited for as AWS's documentation has it."""
    started = ec2.start_network_insights_analysis(NetworkInsightsPathId=path_id)["NetworkInsightsAnalysis"]
    asked = {"NetworkInsightsAnalysisIds": [started["NetworkInsightsAnalysisId"]]}
    found = started
    while found["Status"] == "running":
        (found,) = ec2.describe_network_insights_analyses(**asked)["NetworkInsightsAnalyses"]
    assert found["Status"] == "succeeded"
    return found


def test_reachability_analyzer_agrees_with_packets(stack, ec2):
    (endpoint,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    of_lambda = [{"Name": "interface-type", "Values": ["lambda"]}]
    eni = ec2.describe_network_interfaces(Filters=of_lambda)["NetworkInterfaces"][0]
    ends = {"Source": eni["NetworkInterfaceId"], "Destination": endpoint["VpcEndpointId"], "DestinationPort": 443}
    path_id = ec2.create_network_insights_path(**ends, Protocol="tcp")["NetworkInsightsPath"]["NetworkInsightsPathId"]
    found = analysed(ec2, path_id)
    assert (found["NetworkPathFound"], reached(stack)) == (True, "reachable")
    assert found["ForwardPathComponents"][-1]["Component"]["Id"] in endpoint["NetworkInterfaceIds"]
    group_id = endpoint["Groups"][0]["GroupId"]
    (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=group["IpPermissions"])
    found = analysed(ec2, path_id)
    assert (found["NetworkPathFound"], reached(stack)) == (False, "blocked")
    assert [one["ExplanationCode"] for one in found["Explanations"]] == ["SG_HAS_NO_RULES"]
    ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=group["IpPermissions"])


def test_a_subnet_in_use_stays(stack, ec2):
    (endpoint,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_subnet(SubnetId=endpoint["SubnetIds"][0])
    assert reached(stack) == "reachable"


def test_a_vpc_of_its_own(stack, ec2):
    vpc_id = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    ec2.get_waiter("vpc_available").wait(VpcIds=[vpc_id])
    subnet_id = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.77.1.0/24")["Subnet"]["SubnetId"]
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["SecurityGroups"]
    position = f"subnet:{subnet_id}+{vpc_id}.default"
    done = stack.netful("exec", position, "--stack", "s", "--", "ip", "-4", "-o", "address", "show", "eth0", check=0)
    assert "10.77.1." in done.stdout
    assert group["GroupName"] == "default"
    ec2.delete_subnet(SubnetId=subnet_id)
    ec2.delete_vpc(VpcId=vpc_id)
    assert vpc_id not in {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}


def test_an_operation_that_is_not_served(ec2):
    with pytest.raises(ClientError, match="InvalidAction"):
        ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
