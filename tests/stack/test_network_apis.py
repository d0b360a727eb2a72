"""Network APIs of a running stack: what boto3 describes is what runs, and its changes reach the kernel and the resolver."""

import pytest
from botocore.exceptions import ClientError

from tests.helpers.stacks import EXAMPLES, Stack

pytestmark = pytest.mark.packets
SOON = {"Delay": 1, "MaxAttempts": 10}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from Stack(tmp_path_factory.mktemp("state"), EXAMPLES / "ssm-demo" / "endpoint.yaml").while_up()


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


def test_an_operation_of_ec2_that_is_not_served(ec2):
    with pytest.raises(ClientError, match="InvalidAction"):
        ec2.describe_fpga_images()


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(stack):
    return stack.client


@pytest.fixture(scope="module")
def dns(client):
    return client("route53")


@pytest.fixture
def zone(client, dns):
    vpc = client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    where = {"VPCRegion": "us-east-1", "VPCId": vpc}
    id_ = dns.create_hosted_zone(Name="corp.internal", CallerReference="r", VPC=where)["HostedZone"]["Id"]
    yield id_
    dns.delete_hosted_zone(Id=id_)


def change(dns, zone, action, **record):
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    made = dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    dns.get_waiter("resource_record_sets_changed").wait(Id=made["ChangeInfo"]["Id"], WaiterConfig=SOON)


def addresses(stack, name):
    """What a host in the VPC gets from its resolver."""
    words = ("getent", "ahostsv4", name)
    done = stack.netful("exec", "--stack", "s", "subnet:PrivateSubnet+FunctionSg", "--", *words)
    return {line.split()[0] for line in done.stdout.splitlines()}


def test_names_follow_what_the_api_writes(stack, dns, zone):
    record = {"Name": "db.corp.internal", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "10.0.9.9"}]}
    change(dns, zone, "CREATE", **record)
    assert addresses(stack, "db.corp.internal") == {"10.0.9.9"}
    change(dns, zone, "DELETE", **record)
    assert addresses(stack, "db.corp.internal") == set()


def test_an_alias_of_an_endpoint(stack, client, dns, zone):
    (endpoint,) = client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    entry = endpoint["DnsEntries"][0]
    target = {"DNSName": entry["DnsName"], "HostedZoneId": "Z7HUB22UULQXV", "EvaluateTargetHealth": False}
    change(dns, zone, "UPSERT", Name="ssm.corp.internal", Type="A", AliasTarget=target)
    assert addresses(stack, "ssm.corp.internal") == addresses(stack, entry["DnsName"]) != set()
    change(dns, zone, "DELETE", Name="ssm.corp.internal", Type="A", AliasTarget=target)


def test_a_zone_with_records_stays(dns, zone):
    record = {"Name": "a.corp.internal", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "10.0.9.9"}]}
    change(dns, zone, "CREATE", **record)
    with pytest.raises(ClientError, match="HostedZoneNotEmpty"):
        dns.delete_hosted_zone(Id=zone)
    change(dns, zone, "DELETE", **record)


def test_an_operation_of_route_53_that_is_not_served(dns):
    with pytest.raises(ClientError, match="UnknownOperationException") as caught:
        dns.list_geo_locations()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_the_firewall_blocks_what_the_api_lists(stack):
    resolver, vpc = stack.client("route53resolver"), stack.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    name = "ssm.us-east-1.amazonaws.com"
    assert addresses(stack, name)
    listed = resolver.create_firewall_domain_list(Name="bad", CreatorRequestId="l")["FirewallDomainList"]["Id"]
    resolver.update_firewall_domains(FirewallDomainListId=listed, Operation="ADD", Domains=[name])
    group = resolver.create_firewall_rule_group(Name="g", CreatorRequestId="g")["FirewallRuleGroup"]["Id"]
    place = {"FirewallRuleGroupId": group, "FirewallDomainListId": listed}
    resolver.create_firewall_rule(
        **place, Name="r", Priority=1, Action="BLOCK", BlockResponse="NXDOMAIN", CreatorRequestId="r"
    )
    asked = {"FirewallRuleGroupId": group, "VpcId": vpc, "Priority": 101, "Name": "n", "CreatorRequestId": "a"}
    made = resolver.associate_firewall_rule_group(**asked)["FirewallRuleGroupAssociation"]
    assert not addresses(stack, name)
    resolver.disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=made["Id"])
    assert addresses(stack, name)


def test_a_profile_is_shared_by_calls(stack):
    profiles, vpc = stack.client("route53profiles"), stack.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    profile = profiles.create_profile(Name="p", ClientToken="p")["Profile"]["Id"]
    made = profiles.associate_profile(ProfileId=profile, ResourceId=vpc, Name="n")["ProfileAssociation"]
    assert profiles.list_profile_associations(ResourceId=vpc)["ProfileAssociations"][0]["Id"] == made["Id"]
    profiles.disassociate_profile(ProfileId=profile, ResourceId=vpc)
    profiles.delete_profile(ProfileId=profile)


# --- databases ------------------------------------------------------------------------------------------------------


def verdict(stack, group):
    """What packets do to the database, which is what `trace` predicts of the running network."""
    probed = stack.probe(f"subnet:PrivateSubnet+{group}", "db/shop:tcp/3306")
    assert probed["agree"]
    return probed["observed"][0]["verdict"]


def test_a_database_its_place_and_its_stops(stack, client, ec2):
    rds = client("rds")
    (there,) = ec2.describe_subnets(Filters=[{"Name": "cidr-block", "Values": ["10.0.1.0/24"]}])["Subnets"]
    place = {"VpcId": there["VpcId"], "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "us-east-1b"}
    subnets = there, ec2.create_subnet(**place)["Subnet"]
    rds.create_db_subnet_group(
        DBSubnetGroupName="pair", DBSubnetGroupDescription="d", SubnetIds=[one["SubnetId"] for one in subnets]
    )
    groups = {}
    for name in ("clients", "database"):
        made = ec2.create_security_group(GroupName=name, Description="d", VpcId=subnets[0]["VpcId"])
        groups[name] = made["GroupId"]
    pair = [{"GroupId": groups["clients"]}]
    permission = {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "UserIdGroupPairs": pair}
    ec2.authorize_security_group_ingress(GroupId=groups["database"], IpPermissions=[permission])
    rds.create_db_instance(
        DBInstanceIdentifier="shop", Engine="mysql", DBInstanceClass="db.t4g.micro", AllocatedStorage=20,
        MasterUsername="u", MasterUserPassword="p" * 8, DBSubnetGroupName="pair", VpcSecurityGroupIds=[groups["database"]],
    )  # fmt: skip
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="shop", WaiterConfig=SOON)
    (database,) = rds.describe_db_instances(DBInstanceIdentifier="shop")["DBInstances"]
    name = database["Endpoint"]["Address"]
    found = ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": ["RDSNetworkInterface"]}])
    (address,) = addresses(stack, name)  # of the zone that it runs in
    assert address in {eni["PrivateIpAddress"] for eni in found["NetworkInterfaces"]}
    assert (verdict(stack, groups["clients"]), verdict(stack, "FunctionSg")) == ("reachable", "blocked")
    rds.stop_db_instance(DBInstanceIdentifier="shop")
    assert verdict(stack, groups["clients"]) == "blocked"
    rds.start_db_instance(DBInstanceIdentifier="shop")
    assert verdict(stack, groups["clients"]) == "reachable"

    rds.delete_db_instance(DBInstanceIdentifier="shop", SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="shop", WaiterConfig=SOON)
    rds.delete_db_subnet_group(DBSubnetGroupName="pair")
    for name in ("database", "clients"):
        ec2.delete_security_group(GroupId=groups[name])
    ec2.delete_subnet(SubnetId=subnets[1]["SubnetId"])


def test_parameter_groups_stay_in_the_back_end(client):
    rds = client("rds")
    rds.create_db_parameter_group(DBParameterGroupName="p", DBParameterGroupFamily="mysql8.0", Description="d")
    assert "p" in {one["DBParameterGroupName"] for one in rds.describe_db_parameter_groups()["DBParameterGroups"]}
