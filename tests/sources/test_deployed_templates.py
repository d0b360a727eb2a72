"""Templates beside the described account in which their stacks are deployed: what both have is one thing."""

import json

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from tests.helpers.paths import path

OWNER = "111122223333"
VPC, SUBNET, OTHER_SUBNET = "vpc-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaa2", "subnet-0aaaaaaaaaaaaaa9"
GROUP, DATABASE_GROUP, TABLE, ACL = (
    "sg-0aaaaaaaaaaaaaaa3",
    "sg-0bbbbbbbbbbbbbbb3",
    "rtb-0bbbbbbbbbbbbbbb2",
    "acl-0bbbbbbbbbbbbbbb3",
)
OTHER_TABLE, DATABASE, EIP = "rtb-0bbbbbbbbbbbbbbb4", "i-0bbbbbbbbbbbbbbb5", "eipalloc-0aaaaaaaaaaaaaa4"
EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def described(*resources):
    """The answer of `describe-stack-resources`."""
    keys = ("LogicalResourceId", "PhysicalResourceId", "ResourceType")
    return [{"StackName": stack, **dict(zip(keys, one, strict=True))} for stack, *one in resources]


RESOURCES = described(
    ("prod", "Vpc", VPC, "AWS::EC2::VPC"),
    ("prod", "Subnet", SUBNET, "AWS::EC2::Subnet"),
    ("prod", "Group", GROUP, "AWS::EC2::SecurityGroup"),
    ("prod", "Address", "198.18.7.7", "AWS::EC2::EIP"),
    ("prod", "Orders", "prod-Orders-1A2B3C", "AWS::Lambda::Function"),
)


@pytest.fixture
def template():
    """A function in a subnet, and the Elastic IP of a host."""
    vpc = {"VpcId": {"Ref": "Vpc"}}
    of_function = {"SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [{"Ref": "Group"}]}
    kinds = {
        "Vpc": ("EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
        "Subnet": ("EC2::Subnet", {**vpc, "CidrBlock": "10.0.9.0/24"}),
        "Group": ("EC2::SecurityGroup", {**vpc, "GroupDescription": "of the function"}),
        "Address": ("EC2::EIP", {"Domain": "vpc"}),
        "Orders": ("Lambda::Function", {"Runtime": "python3.12", "Handler": "index.handler", "VpcConfig": of_function,
                                        "Role": f"arn:aws:iam::{OWNER}:role/r", "Code": {"ZipFile": "def handler(*_): ..."}}),
    }  # fmt: skip
    return {"Resources": {name: {"Type": f"AWS::{kind}", "Properties": one} for name, (kind, one) in kinds.items()}}


@pytest.fixture
def account():
    """The answers about the template's VPC, and a database in it that the template does not have."""
    opened = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": GROUP}]}
    entry = {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    groups = ((GROUP, "fn", []), (DATABASE_GROUP, "db", [opened]))
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    return {
        "Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "OwnerId": OWNER, "IsDefault": False}],
        "Subnets": [{"SubnetId": id_, "VpcId": VPC, "CidrBlock": block, "AvailabilityZone": "eu-west-1a"}
                    for id_, block in ((SUBNET, "10.0.9.0/24"), (OTHER_SUBNET, "10.0.77.0/24"))],
        "RouteTables": [
            {"RouteTableId": TABLE, "VpcId": VPC, "Associations": [{"Main": True, "RouteTableId": TABLE}], "Routes": [local]},
            {"RouteTableId": OTHER_TABLE, "VpcId": VPC, "Associations": [], "Routes": [local]},
        ],
        "NetworkAcls": [{"NetworkAclId": ACL, "VpcId": VPC, "IsDefault": True,
                         "Associations": [{"SubnetId": SUBNET}, {"SubnetId": OTHER_SUBNET}],
                         "Entries": [entry | {"Egress": True}, entry | {"Egress": False}]}],
        "SecurityGroups": [{"GroupId": id_, "GroupName": name, "VpcId": VPC, "IpPermissions": rules,
                            "IpPermissionsEgress": [EVERYTHING]} for id_, name, rules in groups],
        "NetworkInterfaces": [{"NetworkInterfaceId": "eni-0bbbbbbbbbbbbbbb5", "Status": "in-use", "InterfaceType": "interface",
                               "VpcId": VPC, "SubnetId": OTHER_SUBNET, "PrivateIpAddress": "10.0.77.7",
                               "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.77.7", "Primary": True}],
                               "Groups": [{"GroupId": DATABASE_GROUP}], "Attachment": {"InstanceId": DATABASE}}],
        "Addresses": [{"AllocationId": EIP, "PublicIp": "198.18.7.7", "Domain": "vpc"}],
        "Functions": [{"FunctionName": "prod-Orders-1A2B3C", "Runtime": "python3.12",
                       "FunctionArn": f"arn:aws:lambda:eu-west-1:{OWNER}:function:prod-Orders-1A2B3C",
                       "VpcConfig": {"VpcId": VPC, "SubnetIds": [SUBNET], "SecurityGroupIds": [GROUP]}}],
        "VpcEndpoints": [], "InternetGateways": [], "StackResources": RESOURCES,
    }  # fmt: skip


def loaded(folder, template, account, stack="prod"):
    file = folder / "template.json"
    file.write_text(json.dumps(template))
    region = folder / "account" / "eu-west-1"
    region.mkdir(parents=True, exist_ok=True)
    for name, things in account.items():
        (region / f"{name}.json").write_text(json.dumps({name: things}, indent=1))
    return load([file, folder / "account"], stack_name=stack)


def to_database(cloud):
    return path(cloud, "Orders", f"{DATABASE}:tcp/5432")


def test_what_both_have_is_one_thing(tmp_path, template, account):
    """The rule of the account names the template's group by its id."""
    cloud = loaded(tmp_path, template, account)
    assert (set(cloud.network.vpcs), set(cloud.compute.functions)) == ({"Vpc"}, {"Orders"})
    assert cloud.compute.functions["Orders"].function_name == "prod-Orders-1A2B3C"
    assert [str(one.public_ip) for one in cloud.network.elastic_ips.values()] == ["198.18.7.7"]
    assert (to_database(cloud).verdict, to_database(cloud).assumptions, cloud.template.warnings) == (
        "reachable",
        (),
        (),
    )
    assert {"Vpc.main", "Vpc.default-acl"} <= {*cloud.network.route_tables, *cloud.network.network_acls}
    assert not {TABLE, ACL} & {*cloud.network.route_tables, *cloud.network.network_acls}


def test_the_template_counts(tmp_path, template, account):
    """What a change of the template does to the account is what the question is about."""
    away = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
    template["Resources"]["Group"]["Properties"]["SecurityGroupEgress"] = [away]
    found = to_database(loaded(tmp_path, template, account))
    refused = next(hop for hop in found.hops if hop.verdict == "deny")
    assert (found.verdict, refused.component) == ("blocked", "Group")


def test_tags_show_the_stack_too(tmp_path, template, account):
    def tagged(key, id_key, **names):
        for one in account[key]:
            if one[id_key] in names.values():
                logical_id = next(name for name, id_ in names.items() if id_ == one[id_key])
                tags = {"aws:cloudformation:stack-name": "prod", "aws:cloudformation:logical-id": logical_id}
                one["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]

    del account["StackResources"]
    tagged("Vpcs", "VpcId", Vpc=VPC)
    tagged("Subnets", "SubnetId", Subnet=SUBNET)
    tagged("SecurityGroups", "GroupId", Group=GROUP)
    tagged("Addresses", "AllocationId", Address=EIP)
    cloud = loaded(tmp_path, template, account)
    assert (set(cloud.network.vpcs), to_database(cloud).verdict) == ({"Vpc"}, "reachable")
    assert "prod-Orders-1A2B3C" in cloud.compute.functions
    assert any("describe-stack-resources --stack-name prod" in one for one in cloud.template.warnings)


def test_a_stack_is_found_by_what_it_has(tmp_path, template, account):
    cloud = loaded(tmp_path, template, account, stack="folder")
    assert set(cloud.network.vpcs) == {"Vpc"}
    assert any("read as the stack `prod`" in one for one in cloud.template.warnings)


def test_a_new_stack_that_shares_a_name_is_another_one(tmp_path, template, account):
    resources = {"Group": template["Resources"]["Group"]}
    resources["Group"]["Properties"]["VpcId"] = VPC
    cloud = loaded(tmp_path, {"Resources": resources}, account, stack="new")
    assert (set(cloud.network.vpcs), cloud.template.warnings) == ({VPC}, ())
    assert {"Group", GROUP} <= {*cloud.network.security_groups}


def test_a_zone_that_aws_chose_is_the_account_s(tmp_path, template, account):
    template["Resources"]["Subnet"]["Properties"]["AvailabilityZone"] = {"Fn::Select": [1, {"Fn::GetAZs": ""}]}
    assert loaded(tmp_path, template, account).network.subnets["Subnet"].availability_zone == "eu-west-1a"


def test_of_two_stacks_that_are_alike_neither_is_taken(tmp_path, template, account):
    account["StackResources"] = RESOURCES + [one | {"StackName": "dev"} for one in RESOURCES]
    assert set(loaded(tmp_path, template, account, stack="folder").network.vpcs) == {"Vpc", VPC}


def test_a_list_names_its_stack_by_its_file(tmp_path, template, account):
    """`list-stack-resources`, for stacks of more than 100 resources."""
    account["StackResourceSummaries-prod"] = []
    account["Stacks"] = [{"StackName": name, "StackStatus": "CREATE_COMPLETE"} for name in ("prod", "other")]
    resources = account.pop("StackResources")
    region = tmp_path / "account" / "eu-west-1"
    del account["StackResourceSummaries-prod"]
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template))
    loaded(tmp_path, template, account)
    rows = [{key: value for key, value in one.items() if key != "StackName"} for one in resources]
    (region / "list-prod.json").write_text(json.dumps({"StackResourceSummaries": rows}))
    cloud = load([file, tmp_path / "account"], stack_name="prod")
    assert set(cloud.network.vpcs) == {"Vpc"}


def test_parameters_have_the_values_of_the_stack(tmp_path, template, account):
    template["Parameters"] = {"Port": {"Type": "Number"}}
    rule = {"IpProtocol": "tcp", "FromPort": {"Ref": "Port"}, "ToPort": {"Ref": "Port"}, "CidrIp": "10.0.0.0/8"}
    template["Resources"]["Group"]["Properties"]["SecurityGroupEgress"] = [rule]
    values = [{"ParameterKey": "Port", "ParameterValue": "5432"}]
    account["Stacks"] = [{"StackName": "prod", "StackStatus": "CREATE_COMPLETE", "Parameters": values}]
    cloud = loaded(tmp_path, template, account)
    assert (to_database(cloud).verdict, cloud.template.missing_parameters) == ("reachable", ())


@pytest.mark.parametrize("stays", [True, False])
def test_what_the_template_leaves_out_is_deleted(tmp_path, template, account, stays):
    """Also what its condition leaves out."""
    account["StackResources"] = RESOURCES + described(
        ("prod", "Bills", "bills", "AWS::Lambda::Function"), ("prod", "Far", OTHER_SUBNET, "AWS::EC2::Subnet")
    )
    account["Functions"].append(account["Functions"][0] | {"FunctionName": "bills", "FunctionArn": f"arn:aws:lambda:eu-west-1:{OWNER}:function:bills"})  # fmt: skip
    template["Conditions"] = {"Never": {"Fn::Equals": ["a", "b"]}}
    far = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.77.0/24"}
    template["Resources"]["Far"] = {"Type": "AWS::EC2::Subnet", "Properties": far}
    if not stays:
        template["Resources"]["Far"]["Condition"] = "Never"
    cloud = loaded(tmp_path, template, account)
    blocks = [str(one.cidr_block) for one in cloud.network.subnets.values()]
    assert ("bills" in cloud.compute.functions, blocks.count("10.0.77.0/24")) == (False, int(stays))
    (warning,) = cloud.template.warnings
    assert "`Bills`" in warning
    assert ("`Far`" in warning) != stays


@pytest.mark.parametrize(("physical_id", "verdict"), [(f"{TABLE}|10.9.0.0/16", "unknown"), (f"{OTHER_TABLE}|10.9.0.0/16", "reachable")])  # fmt: skip
def test_a_route_that_the_template_leaves_out(tmp_path, template, account, physical_id, verdict):
    """Which route of the account it is, the account does not say."""
    account["StackResources"] = RESOURCES + described(("prod", "Away", physical_id, "AWS::EC2::Route"))
    assert to_database(loaded(tmp_path, template, account)).verdict == verdict


def test_a_route_of_a_table_that_only_the_account_has(tmp_path, template, account):
    """The account has it, as the stack was deployed. The template changes its target."""
    route = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0ccccccccccccccc1", "State": "active"}
    account["RouteTables"][1]["Routes"].append(route)
    account["InternetGateways"] = [
        {"InternetGatewayId": "igw-0ccccccccccccccc1", "Attachments": [{"VpcId": VPC, "State": "available"}]}
    ]
    account["StackResources"] = RESOURCES + described(("prod", "Away", f"{OTHER_TABLE}|0.0.0.0/0", "AWS::EC2::Route"))
    away = {"RouteTableId": OTHER_TABLE, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0ccccccccccccccc1"}
    template["Resources"]["Away"] = {"Type": "AWS::EC2::Route", "Properties": away}
    (found,) = loaded(tmp_path, template, account).network.route_tables[OTHER_TABLE].routes
    assert found.target_id == "nat-0ccccccccccccccc1"


def test_a_nested_stack(tmp_path, template, account):
    account["StackResources"] = [one | {"StackName": "prod-Net-XYZ"} for one in RESOURCES] + described(
        (
            "prod",
            "Net",
            f"arn:aws:cloudformation:eu-west-1:{OWNER}:stack/prod-Net-XYZ/1-2-3",
            "AWS::CloudFormation::Stack",
        ),
        ("prod", "Store", "sg-0ccccccccccccccc1", "AWS::EC2::SecurityGroup"),
    )
    (tmp_path / "net.json").write_text(json.dumps(template))
    store = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "a store's", "VpcId": VPC}}
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "net.json"}}
    cloud = loaded(tmp_path, {"Resources": {"Net": nested, "Store": store}}, account)
    assert (set(cloud.network.vpcs), to_database(cloud).verdict) == ({"Vpc"}, "reachable")


def test_instances_keep_their_addresses(tmp_path, template, account):
    """AWS chose it in the subnet; an instance in another subnet is replaced, and gets another one."""
    account["StackResources"] = RESOURCES + described(("prod", "Host", DATABASE, "AWS::EC2::Instance"), ("prod", "Far", OTHER_SUBNET, "AWS::EC2::Subnet"))  # fmt: skip
    far = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.77.0/24"}
    template["Resources"]["Far"] = {"Type": "AWS::EC2::Subnet", "Properties": far}
    host = {"SubnetId": {"Ref": "Far"}, "SecurityGroupIds": [DATABASE_GROUP], "ImageId": "ami-0aaaaaaaaaaaaaaa1"}
    template["Resources"]["Host"] = {"Type": "AWS::EC2::Instance", "Properties": host}
    cloud = loaded(tmp_path, template, account)
    assert trace(cloud, parse(cloud, "Orders", "10.0.77.7:tcp/5432")).verdict == "reachable"
    assert [
        str(one.private_ip_address) for one in cloud.network.network_interfaces.values() if one.owner_id == "Host"
    ] == ["10.0.77.7"]


@pytest.mark.parametrize(("kind", "stays"), [("AWS::IAM::Role", True), ("AWS::Lambda::Function", False)])
def test_a_role_that_the_template_leaves_out_is_no_function(tmp_path, template, account, kind, stays):
    """Both may have one name."""
    account["StackResources"] = RESOURCES + described(("prod", "Bills", "bills", kind))
    account["Functions"].append(account["Functions"][0] | {"FunctionName": "bills", "FunctionArn": f"arn:aws:lambda:eu-west-1:{OWNER}:function:bills"})  # fmt: skip
    assert ("bills" in loaded(tmp_path, template, account).compute.functions) == stays


URL = "https://abc1234567890abcdefghijklmnopqrst.lambda-url.eu-west-1.on.aws/"


@pytest.mark.parametrize(
    ("kept", "sids", "verdict"),
    [
        (True, ("prod-Open-1A2B",), "reachable"),
        (False, ("prod-Open-1A2B",), "blocked"),
        (False, ("prod-Open-1A2B", "by-call"), "reachable"),
    ],
)
def test_a_permission_that_the_template_leaves_out_is_gone(tmp_path, template, account, kept, sids, verdict):
    """One that a call granted stays."""
    name, actions = "prod-Orders-1A2B3C", {"Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
    arn = account["Functions"][0]["FunctionArn"]
    account["FunctionUrlConfigs"] = [{"FunctionUrl": URL, "FunctionArn": arn, "AuthType": "NONE"}]
    granted = [{"Sid": sid, "Effect": "Allow", "Resource": arn, **actions} for sid in sids]
    account["StackResources"] = RESOURCES + described(("prod", "Open", sids[0], "AWS::Lambda::Permission"))
    if kept:
        template["Resources"]["Open"] = {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Ref": "Orders"}, **actions}}  # fmt: skip
    (tmp_path / "account" / "eu-west-1").mkdir(parents=True)
    policy = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": granted})}
    (tmp_path / "account" / "eu-west-1" / f"policy-{name}.json").write_text(json.dumps(policy))
    assert path(loaded(tmp_path, template, account), "internet", URL).verdict == verdict
