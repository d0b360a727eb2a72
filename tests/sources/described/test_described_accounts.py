"""What occurs in described accounts beyond the recorded labs: written here as the AWS CLI prints it."""

import json

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.balancing.load_balancers import Target
from netful.model.core import Unknown
from netful.model.load_balancing_arns import arns
from netful.sources import load

VPC = "vpc-1"
ACL = {"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": VPC, "IsDefault": True, "Entries": [
    {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": egress, "CidrBlock": "0.0.0.0/0"} for egress in (True, False)
]}]}  # fmt: skip
NETWORK = {
    "Vpcs": {"Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "OwnerId": "111111111111"}]},
    "Subnets": {
        "Subnets": [
            {"SubnetId": "subnet-a", "VpcId": VPC, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1a"},
            {"SubnetId": "subnet-b", "VpcId": VPC, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1b"},
        ]
    },
    "RouteTables": {"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": VPC, "Associations": [{"Main": True}], "Routes": []}]},
    "NetworkAcls": ACL,
    "SecurityGroups": {
        "SecurityGroups": [
            {
                "GroupId": "sg-1",
                "GroupName": "open",
                "VpcId": VPC,
                "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
                "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
            }
        ]
    },
}  # fmt: skip


def interface(id_, address, subnet="subnet-a", **more):
    """An interface as it is listed on its own."""
    return {
        "NetworkInterfaceId": id_,
        "SubnetId": subnet,
        "VpcId": VPC,
        "PrivateIpAddress": address,
        "Groups": [{"GroupId": "sg-1"}],
        "SourceDestCheck": True,
        "Status": "in-use",
    } | more


def instance(id_, address, state="running", **more):
    """An instance as it is listed, its interface within."""
    own = interface(f"eni-{id_}", address, Attachment={"DeviceIndex": 0}, **more)
    return {"InstanceId": id_, "State": {"Name": state}, "NetworkInterfaces": [own]}


@pytest.fixture
def account(tmp_path):
    """The cloud of a folder with the network and whatever else is given: file name → content; `/` leads to an account."""

    def account_(region="us-east-1", **files):
        for name, content in (NETWORK | files).items():
            file = tmp_path / region / f"{name}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content))
        return load([tmp_path])

    return account_


def verdict(cloud, source, destination):
    return trace(cloud, parse(cloud, source, destination))


def test_instances_say_their_interfaces_where_none_are_listed(account):
    cloud = account(
        Reservations={"Reservations": [{"Instances": [instance("i-1", "10.0.0.5"), instance("i-2", "10.0.0.6")]}]}
    )
    assert verdict(cloud, "i-1", "i-2:tcp/80").verdict == "reachable"


@pytest.mark.parametrize(("state", "expected"), [("running", "reachable"), ("stopped", "blocked")])
def test_a_stopped_instance_answers_nobody(account, state, expected):
    cloud = account(
        Reservations={"Reservations": [{"Instances": [instance("i-1", "10.0.0.5"), instance("i-2", "10.0.1.6", state, SubnetId="subnet-b")]}]}
    )  # fmt: skip
    path = verdict(cloud, "i-1", "10.0.1.6:tcp/80")
    assert path.verdict == expected
    assert [hop.code for hop in path.hops if hop.verdict == "deny"] == (["BAD_STATE"] if state == "stopped" else [])


def test_a_stopped_instance_sends_nothing(account):
    cloud = account(
        Reservations={
            "Reservations": [{"Instances": [instance("i-1", "10.0.0.5", "stopped"), instance("i-2", "10.0.0.6")]}]
        }
    )
    path = verdict(cloud, "i-1", "i-2:tcp/80")
    assert [hop.code for hop in path.hops if hop.verdict == "deny"] == ["BAD_STATE"]


def test_an_interface_that_is_attached_to_nothing_answers_nobody(account):
    cloud = account(
        Reservations={"Reservations": [{"Instances": [instance("i-1", "10.0.0.5")]}]},
        NetworkInterfaces={"NetworkInterfaces": [interface("eni-9", "10.0.0.9", Status="available")]},
    )
    assert verdict(cloud, "i-1", "10.0.0.9:tcp/80").verdict == "blocked"


def test_an_instance_sends_from_its_primary_interface(account):
    second = interface("eni-2", "10.0.1.7", "subnet-b", Attachment={"InstanceId": "i-1", "DeviceIndex": 1})
    first = interface("eni-1", "10.0.0.7", Attachment={"InstanceId": "i-1", "DeviceIndex": 0})
    cloud = account(NetworkInterfaces={"NetworkInterfaces": [second, first]})
    assert verdict(cloud, "i-1", "10.0.0.9:tcp/80").hops[0].kind == "sg out"
    assert [start.interface.id for start in parse(cloud, "i-1", "internet").sources] == ["eni-1"]


def test_interfaces_keep_their_ipv6_and_further_addresses(account):
    cloud = account(
        NetworkInterfaces={
            "NetworkInterfaces": [
                interface(
                    "eni-1",
                    "10.0.0.7",
                    Ipv6Addresses=[{"Ipv6Address": "2001:db8::7"}],
                    PrivateIpAddresses=[{"PrivateIpAddress": "10.0.0.7", "Primary": True}, {"PrivateIpAddress": "10.0.0.8"}],
                ),
                interface("eni-2", "10.0.0.9"),
            ]
        }
    )  # fmt: skip
    eni = cloud.network.network_interfaces["eni-1"]
    assert (str(eni.ipv6_address), [str(a) for a in eni.secondary_private_ip_addresses]) == (
        "2001:db8::7",
        ["10.0.0.8"],
    )
    assert cloud.network.network_interfaces["eni-2"].ipv6_address is None


def test_a_managed_prefix_list_is_known_by_its_entries(account):
    cloud = account(
        ManagedPrefixLists={
            "ManagedPrefixLists": [
                {"PrefixListId": "pl-1", "PrefixListName": "corp", "Entries": [{"Cidr": "10.9.0.0/16"}]},
                {"PrefixListId": "pl-2", "PrefixListName": "dark"},
            ]
        }
    )
    assert [str(block) for block in cloud.network.prefix_lists["pl-1"].cidr_blocks] == ["10.9.0.0/16"]
    (unknown,) = cloud.network.prefix_lists["pl-2"].cidr_blocks
    assert isinstance(unknown, Unknown)
    assert unknown.needs == ("the entries of pl-2 (`aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-2`)",)


def test_a_database_has_the_interface_with_its_groups_in_its_subnets(account):
    group = {"VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}]}
    databases = [
        {"DBInstanceIdentifier": "orders", "DBSubnetGroup": {"Subnets": [{"SubnetIdentifier": "subnet-b"}]}, **group},
        {"DBInstanceIdentifier": "other", "DBSubnetGroup": {"Subnets": [{"SubnetIdentifier": "subnet-a"}]}, **group},
    ]
    cloud = account(
        DBInstances={"DBInstances": databases},
        NetworkInterfaces={
            "NetworkInterfaces": [interface("eni-1", "10.0.1.7", "subnet-b", Description="RDSNetworkInterface")]
        },
    )
    assert [eni.id for eni in cloud.network.interfaces_of("orders")] == ["eni-1"]


def test_a_route_whose_target_is_gone_is_a_blackhole(account):
    cloud = account(
        RouteTables={
            "RouteTables": [
                {
                    "RouteTableId": "rtb-1",
                    "VpcId": VPC,
                    "Associations": [{"Main": True}],
                    "Routes": [{"DestinationCidrBlock": "10.9.0.0/16", "State": "blackhole"}],
                }
            ]
        },
        Reservations={"Reservations": [{"Instances": [instance("i-1", "10.0.0.5")]}]},
    )
    path = verdict(cloud, "i-1", "10.9.0.1:tcp/80")
    assert path.verdict == "blocked"
    assert "BAD_STATE_ROUTE" in [hop.code for hop in path.hops]


def test_a_subnet_of_ipv6_only(account):
    native = {"SubnetId": "subnet-6", "VpcId": VPC, "Ipv6Native": True, "AvailabilityZone": "us-east-1a"}
    blocks = [
        {"Ipv6CidrBlock": "2001:db8:1::/64", "Ipv6CidrBlockState": {"State": "disassociated"}},
        {"Ipv6CidrBlock": "2001:db8:2::/64", "Ipv6CidrBlockState": {"State": "associated"}},
    ]
    cloud = account(Subnets={"Subnets": [native | {"Ipv6CidrBlockAssociationSet": blocks}]})
    assert isinstance(cloud.network.subnets["subnet-6"].cidr_block, Unknown)
    assert str(cloud.network.subnets["subnet-6"].ipv6_cidr_block) == "2001:db8:2::/64"


ELB = "arn:aws:elasticloadbalancing:us-east-1:111111111111"


def test_load_balancing_keeps_the_arns_of_aws(account):
    ends = {
        "LoadBalancers": {"LoadBalancerArn": "loadbalancer/app/front/50"},
        "Listeners": {"ListenerArn": "listener/app/front/50/60", "LoadBalancerArn": "loadbalancer/app/front/50"},
        "Rules": {"RuleArn": "listener-rule/app/front/50/60/70"},
        "TargetGroups": {"TargetGroupArn": "targetgroup/web/1"},
        "TrustStores": {"TrustStoreArn": "truststore/clients/1"},
    }
    more = {"Type": "application", "LoadBalancerName": "front", "Port": 80, "Priority": "5", "VpcId": VPC}
    things = {key: {**more, **{name: f"{ELB}:{end}" for name, end in named.items()}} for key, named in ends.items()}
    cloud = account(**{key: {key: [thing]} for key, thing in things.items()})
    found = {arn for part in arns(cloud).values() for arn in part.values()}
    assert found == {f"{ELB}:{next(iter(named.values()))}" for named in ends.values()}


def test_listeners_and_rules_as_the_cli_lists_them(account):
    targets = f"{ELB}:targetgroup/web/1"
    listener = {
        "ListenerArn": f"{ELB}:listener/app/front/50/60",
        "LoadBalancerArn": f"{ELB}:loadbalancer/app/front/50",
        "Port": 80,
        "Protocol": "HTTP",
        "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    }
    rules = [
        {
            "RuleArn": f"{ELB}:listener-rule/app/front/50/60/70",
            "Priority": "5",
            "Conditions": [{"Field": "path-pattern", "Values": ["/x/*"], "PathPatternConfig": {"Values": ["/x/*"]}}],
            "Actions": [{"Type": "forward", "TargetGroupArn": targets}],
        },
        {"RuleArn": f"{ELB}:listener-rule/app/front/50/60/71", "Priority": "default", "IsDefault": True, "Actions": []},
    ]
    group = {"TargetGroupArn": targets, "TargetType": "ip", "Protocol": "TCP", "Port": 80, "VpcId": VPC}
    tuned = {"TargetGroupArn": targets, "Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "true"}]}
    health = {
        "TargetGroupArn": targets,
        "TargetHealthDescriptions": [{"Target": {"Id": "10.0.0.5", "Port": 80}, "TargetHealth": {"State": "healthy"}}],
    }
    cloud = account(
        Listeners={"Listeners": [listener]},
        Rules={"Rules": rules},
        TargetGroups={"TargetGroups": [group]},
        TargetGroupAttributes={"TargetGroupAttributes": [tuned]},
        Health={"LoadBalancerTargetHealth": [health]},
    )
    assert cloud.balancing.listeners["front/80"].default_actions[0].config == {"StatusCode": "404"}
    (rule,) = cloud.balancing.listener_rules.values()
    assert (rule.listener_id, rule.priority, rule.conditions[0].values) == ("front/80", 5, ("/x/*",))
    assert rule.actions[0].target_group_ids == ("web",)
    assert cloud.balancing.target_groups["web"].preserve_client_ip is True
    assert cloud.balancing.target_groups["web"].targets == (Target("10.0.0.5", 80, health="healthy"),)


def test_of_an_attachment_that_two_accounts_see_the_vpcs_owner_knows_the_subnets(tmp_path):
    seen = {
        "TransitGatewayAttachmentId": "tgw-attach-1",
        "TransitGatewayId": "tgw-1",
        "ResourceType": "vpc",
        "ResourceId": VPC,
        "State": "available",
    }
    whole = {
        "TransitGatewayAttachmentId": "tgw-attach-1",
        "TransitGatewayId": "tgw-1",
        "VpcId": VPC,
        "SubnetIds": ["subnet-a"],
        "State": "available",
    }
    pending = seen | {"TransitGatewayAttachmentId": "tgw-attach-2", "State": "pendingAcceptance"}
    for account_id, content in (
        ("111111111111", {"TransitGatewayAttachments": [seen, pending]}),
        ("222222222222", {"TransitGatewayVpcAttachments": [whole]}),
    ):
        file = tmp_path / "accounts" / account_id / "us-east-1" / "Transit.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(content))
    cloud = load([tmp_path])
    assert list(cloud.network.transit_gateway_attachments) == ["tgw-attach-1"]
    assert cloud.network.transit_gateway_attachments["tgw-attach-1"].subnet_ids == ("subnet-a",)


def test_an_endpoint_of_a_service_that_the_account_offers_leads_to_its_load_balancer(account):
    service = {
        "ServiceId": "vpce-svc-1",
        "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
        "NetworkLoadBalancerArns": [f"{ELB}:loadbalancer/net/front/50"],
    }
    endpoint = {"VpcEndpointId": "vpce-1", "VpcId": VPC, "VpcEndpointType": "Interface", "State": "available"}
    own = {"ServiceName": service["ServiceName"], "SubnetIds": ["subnet-a"], "Groups": [{"GroupId": "sg-1"}]}
    cloud = account(
        ServiceConfigurations={"ServiceConfigurations": [service]},
        VpcEndpoints={"VpcEndpoints": [endpoint | own, endpoint | own | {"VpcEndpointId": "vpce-2", "State": "pendingAcceptance"}]},
        LoadBalancers={"LoadBalancers": [{"LoadBalancerArn": f"{ELB}:loadbalancer/net/front/50", "LoadBalancerName": "front", "Type": "network", "VpcId": VPC, "Scheme": "internal"}]},
        Listeners={"Listeners": [{"ListenerArn": f"{ELB}:listener/net/front/50/60", "LoadBalancerArn": f"{ELB}:loadbalancer/net/front/50", "Port": 443, "Protocol": "TCP", "DefaultActions": []}]},
        NetworkInterfaces={"NetworkInterfaces": [interface("eni-1", "10.0.0.5", Attachment={"InstanceId": "i-1"}), interface("eni-2", "10.0.1.5", "subnet-b", Description="ELB net/front/50", InterfaceType="network_load_balancer")]},
    )  # fmt: skip
    assert list(cloud.network.vpc_endpoints) == ["vpce-1"]
    assert "front" in [hop.component for hop in verdict(cloud, "i-1", "vpce-1:tcp/443").hops]


def test_an_interface_has_delegated_prefixes_and_further_ipv6_addresses(account):
    six = [{"Ipv6Address": "2001:db8::7"}, {"Ipv6Address": "2001:db8::8", "IsPrimaryIpv6": True}]
    own = interface("eni-1", "10.0.0.7", Ipv6Addresses=six, Ipv4Prefixes=[{"Ipv4Prefix": "10.0.0.16/28"}])
    cloud = account(NetworkInterfaces={"NetworkInterfaces": [own]})
    eni = cloud.network.network_interfaces["eni-1"]
    assert (str(eni.ipv6_address), [*map(str, eni.delegated_prefixes)]) == (
        "2001:db8::8",
        ["10.0.0.16/28", "2001:db8::7/128"],
    )
    assert not [one.what for one in cloud.template.unread if "eni-1" in one.touches]


def test_an_elastic_ip_of_a_secondary_address_leads_there_and_nowhere_else(account):
    second = {"PrivateIpAddress": "10.0.0.8", "Association": {"PublicIp": "203.0.113.8"}}
    own = interface(
        "eni-1",
        "10.0.0.7",
        Attachment={"InstanceId": "i-1", "DeviceIndex": 0},
        Association={"PublicIp": "203.0.113.7"},
        PrivateIpAddresses=[
            {"PrivateIpAddress": "10.0.0.7", "Primary": True},
            second,
            {"PrivateIpAddress": "10.0.0.9"},
        ],
    )
    main = {
        "RouteTableId": "rtb-1",
        "VpcId": VPC,
        "Associations": [{"Main": True}],
        "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}],
    }
    cloud = account(
        NetworkInterfaces={"NetworkInterfaces": [own]},
        RouteTables={"RouteTables": [main]},
        InternetGateways={
            "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": VPC, "State": "available"}]}]
        },
        Addresses={
            "Addresses": [{"AllocationId": "eipalloc-1", "PublicIp": "203.0.113.8", "NetworkInterfaceId": "eni-1"}]
        },
    )
    inward = verdict(cloud, "internet", "203.0.113.8:tcp/80")
    assert inward.verdict == "reachable"
    assert any("203.0.113.8" in hop.rule and "10.0.0.8" in hop.rule for hop in inward.hops)
    seen = {address: verdict(cloud, address, "internet").seen_as for address in ("10.0.0.7", "10.0.0.8", "10.0.0.9")}
    assert seen == {"10.0.0.7": "203.0.113.7", "10.0.0.8": "203.0.113.8", "10.0.0.9": ""}


@pytest.mark.parametrize(
    ("description", "service", "expected"),
    [
        (
            "VPC Endpoint Interface vpce-9",
            "tcp/443",
            ("reachable", "vpce-9 leads to a service that answers on tcp/443"),
        ),
        ("VPC Endpoint Interface vpce-9", "icmp", ("blocked", "")),
        ("ELB app/web/50", "tcp/443", ("reachable", "web was not loaded: it listens on tcp/443")),
    ],
)
def test_what_only_an_interface_tells_of_is_assumed(account, description, service, expected):
    cloud = account(
        Reservations={"Reservations": [{"Instances": [instance("i-1", "10.0.0.5")]}]},
        NetworkInterfaces={"NetworkInterfaces": [interface("eni-9", "10.0.0.9", Description=description)]},
    )
    path = verdict(cloud, "i-1", f"10.0.0.9:{service}")
    assert path.verdict == expected[0]
    assert any(expected[1] in text for text in path.assumptions) or not expected[1]


def test_permissions_and_policies_are_of_the_region_and_account_of_their_api(tmp_path):
    """The API is in the second account that is read; what its function permits names that account."""
    source = "arn:aws:execute-api:us-west-2:222222222222:abc123defg/*/GET/items"
    function = "arn:aws:lambda:us-west-2:222222222222:function:orders"
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": function,
        "Condition": {"ArnLike": {"AWS:SourceArn": source}},
    }
    integration = {
        "type": "AWS_PROXY",
        "httpMethod": "POST",
        "uri": f"arn:aws:apigateway:us-west-2:lambda:path/2015-03-31/functions/{function}/invocations",
    }
    method = {"httpMethod": "GET", "authorizationType": "NONE", "methodIntegration": integration}
    items = {"id": "i", "parentId": "r", "pathPart": "items", "path": "/items", "resourceMethods": {"GET": method}}
    folders = {
        "111111111111/us-east-1": {"vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111111111111"}]}},
        "222222222222/us-west-2": {
            "functions": {"Functions": [{"FunctionName": "orders", "FunctionArn": function}]},
            "get-policy-orders": {"Policy": json.dumps({"Statement": [allow]})},
            "apis": {"items": [{"id": "abc123defg", "name": "a", "apiKeySource": "HEADER", "rootResourceId": "r"}]},
            "resources": {"items": [{"id": "r", "path": "/"}, items]},
            "stages": {"item": [{"deploymentId": "d", "stageName": "prod"}]},
        },
    }  # fmt: skip
    for folder, answers in folders.items():
        for name, content in answers.items():
            file = tmp_path / "accounts" / folder / f"{name}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content))
    found = verdict(load([tmp_path]), "internet", "abc123defg GET /prod/items")
    assert (found.verdict, found.hops[-1].component) == ("reachable", "orders")


def test_a_template_beside_an_account_adds_to_its_tables_groups_and_acls(account, tmp_path):
    """Its subnets are in the account's VPC, and its rules and routes are of the account's objects."""
    account(
        Exports={"Exports": [{"Name": "net-vpc", "Value": VPC}]},
        InternetGateways={
            "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": VPC, "State": "available"}]}]
        },
    )
    template = tmp_path / "template.yaml"
    template.write_text("""
Resources:
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !ImportValue net-vpc}}
  Own: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: vpc-1}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.9.0/24, AvailabilityZone: us-east-1a}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
  Tie: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: subnet-b, RouteTableId: !Ref Table}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: rtb-1, DestinationCidrBlock: 0.0.0.0/0, GatewayId: igw-1}}
  S3: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: vpc-1, ServiceName: com.amazonaws.us-east-1.s3, RouteTableIds: [rtb-1]}}
  Deny: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: acl-1, RuleNumber: 50, Protocol: 6, RuleAction: deny, CidrBlock: 10.0.9.0/24, PortRange: {From: 22, To: 22}}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: subnet-a, SecurityGroupIds: [!Ref Group]}}
  Rule: {Type: AWS::EC2::SecurityGroupEgress, Properties: {GroupId: sg-1, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 192.0.2.0/24}}
""")  # fmt: skip
    cloud = load([template, tmp_path / "us-east-1"])
    network = cloud.network
    assert network.security_groups["Group"].vpc_id == VPC
    assert network.route_table_of("Subnet").id == "rtb-1"
    assert (network.route_tables["rtb-1"].subnet_ids, network.route_tables["Table"].subnet_ids) == ((), ("subnet-b",))
    assert [rule.id for rule in network.security_groups["sg-1"].egress][-1] == "Rule"
    assert verdict(cloud, "subnet:Subnet+Own", "aws:s3").hops[-1].component == "S3"
    hops = verdict(cloud, "subnet:Subnet+Own", "Web:tcp/22").hops
    assert "acl-1" in [hop.component for hop in hops if hop.verdict == "deny"]
    assert "igw-1" in [hop.component for hop in verdict(cloud, "subnet:Subnet+Own", "internet").hops]
