"""Plans of what is deployed already: AWS's ids, and the account, are those that the plan has."""

import json

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from netful.sources.refusals import refusals
from tests.helpers.paths import path
from tests.helpers.terraform_plans import Plan, everything_out, network

OWNER = "111122223333"
API, ENDPOINT, FUNCTION = "abc1234567", "vpce-0123456789abcdef0", f"arn:aws:lambda:eu-west-1:{OWNER}:function:orders"
COMPUTED = ("id", "arn", "dns_name", "execution_arn", "invoke_arn", "root_resource_id", "zone_id")
INVOKE = f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"


def deployed(plan, address, **values):
    plan.add(address, {name: {} for name in values if name not in COMPUTED}, **values)
    plan.changes[-1]["change"] = {"actions": ["no-op"], "after_unknown": {}}


def get_method(plan, **integration):
    """Add `GET /` of the API, with a stage."""
    at = {"rest_api_id": API, "resource_id": "root123456", "http_method": "GET"}
    deployed(plan, "aws_api_gateway_method.get", id="agm-1", authorization="NONE", api_key_required=False, **at)
    deployed(plan, "aws_api_gateway_integration.get", id="agi-1", **integration, **at)
    deployed(plan, "aws_api_gateway_deployment.shop", id="dep123", rest_api_id=API)
    deployed(plan, "aws_api_gateway_stage.prod", id="ags-1", rest_api_id=API, deployment_id="dep123", stage_name="prod")


@pytest.fixture
def plan():
    """The network as deployed: its VPC and its subnet have ids, and the function its ARN."""
    found = everything_out(network())
    own = {"aws_vpc.main": {"id": "vpc-0aaaaaaaaaaaaaaa1"}, "aws_subnet.private": {"id": "subnet-0aaaaaaaaaaaaaa2"},
           "aws_lambda_function.orders": {"id": "orders", "arn": FUNCTION, "invoke_arn": INVOKE}}  # fmt: skip
    for resource in found.resources:
        resource["values"] |= own.get(resource["address"], {})
    place = {"vpc_id": "vpc-0aaaaaaaaaaaaaaa1"}
    everyone = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}
    deployed(
        found,
        "aws_security_group.door",
        id="sg-0aaaaaaaaaaaaaaa3",
        name="door",
        ingress=[everyone],
        egress=[everyone],
        **place,
    )
    deployed(
        found, "aws_vpc_endpoint.door", id=ENDPOINT, service_name="com.amazonaws.eu-west-1.execute-api",
        vpc_endpoint_type="Interface", private_dns_enabled=True, subnet_ids=["subnet-0aaaaaaaaaaaaaa2"],
        security_group_ids=["sg-0aaaaaaaaaaaaaaa3"], **place,
    )  # fmt: skip
    return found


def test_a_private_api_of_a_state(tmp_path):
    plan, subnets, groups = Plan(), ["subnet-0aaaaaaaaaaaaaa2"], ["sg-0aaaaaaaaaaaaaaa3"]
    place, inside = {"vpc_id": "vpc-0aaaaaaaaaaaaaaa1"}, {"subnet_ids": subnets, "security_group_ids": groups}
    everyone = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}
    deployed(plan, "aws_vpc.main", id=place["vpc_id"], cidr_block="10.0.0.0/16", enable_dns_support=True,
             enable_dns_hostnames=True)  # fmt: skip
    deployed(
        plan, "aws_subnet.private", id=subnets[0], cidr_block="10.0.9.0/24", availability_zone="eu-west-1a", **place
    )
    deployed(plan, "aws_security_group.all", id=groups[0], name="all", ingress=[everyone], egress=[everyone], **place)
    deployed(plan, "aws_lambda_function.orders", id="orders", arn=FUNCTION, function_name="orders", vpc_config=[inside])
    deployed(plan, "aws_vpc_endpoint.door", id=ENDPOINT, service_name="com.amazonaws.eu-west-1.execute-api",
             vpc_endpoint_type="Interface", private_dns_enabled=True, **inside, **place)  # fmt: skip
    opened = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    deployed(
        plan, "aws_api_gateway_rest_api.shop", id=API, name="shop", root_resource_id="root123456",
        policy=json.dumps({"Statement": [opened]}), endpoint_configuration=[{"types": ["PRIVATE"]}],
    )  # fmt: skip
    get_method(plan, type="AWS_PROXY", integration_http_method="POST", uri=INVOKE)
    deployed(
        plan, "aws_lambda_permission.shop", id="shop", function_name="orders", action="lambda:InvokeFunction",
        principal="apigateway.amazonaws.com", source_arn=f"arn:aws:execute-api:eu-west-1:{OWNER}:{API}/*/GET/",
    )  # fmt: skip
    cloud = load([plan.write_state(tmp_path)])
    assert (cloud.account_id, cloud.region, cloud.aws_id("aws_vpc_endpoint.door")) == (OWNER, "eu-west-1", ENDPOINT)
    url = f"https://{API}.execute-api.eu-west-1.amazonaws.com/prod/"
    found = path(cloud, "aws_lambda_function.orders", url)
    assert (found.verdict, found.assumptions) == ("reachable", ())


def test_a_record_of_a_state_has_its_full_name(tmp_path):
    plan, zone_id = Plan(), "Z0AAAAAAAAAAAAAAAAAAA"
    deployed(plan, "aws_vpc.main", id="vpc-0aaaaaaaaaaaaaaa1", cidr_block="10.0.0.0/16")
    deployed(plan, "aws_route53_zone.z", id=zone_id, zone_id=zone_id, name="corp.internal",
             vpc=[{"vpc_id": "vpc-0aaaaaaaaaaaaaaa1"}])  # fmt: skip
    deployed(plan, "aws_route53_record.db", id="db", zone_id=zone_id, name="db", fqdn="db.corp.internal", type="A",
             ttl=60, records=["10.0.9.50"])  # fmt: skip
    cloud = load([plan.write_state(tmp_path)])
    zone = cloud.names.hosted_zones["aws_route53_zone.z"]
    assert ([one.name for one in zone.records], [*refusals(cloud)]) == (["db.corp.internal"], [])


@pytest.mark.parametrize("opened_to", [ENDPOINT, "vpce-0fffffffffffffff9"])
@pytest.mark.parametrize("permitted", [API, "zyx9876543"])
def test_a_private_api_whose_policies_have_ids(tmp_path, plan, opened_to, permitted):
    executed = f"arn:aws:execute-api:eu-west-1:{OWNER}"
    opened = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": f"{executed}:{API}/*",
              "Condition": {"StringEquals": {"aws:SourceVpce": opened_to}}}  # fmt: skip
    deployed(
        plan, "aws_api_gateway_rest_api.shop", id=API, name="shop", root_resource_id="root123456",
        policy=json.dumps({"Statement": [opened]}), endpoint_configuration=[{"types": ["PRIVATE"], "vpc_endpoint_ids": [ENDPOINT]}],
    )  # fmt: skip
    get_method(plan, type="AWS_PROXY", integration_http_method="POST", uri=INVOKE)
    deployed(
        plan, "aws_lambda_permission.shop", id="shop", function_name="orders", action="lambda:InvokeFunction",
        principal="apigateway.amazonaws.com", source_arn=f"{executed}:{permitted}/*/GET/",
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    assert (cloud.account_id, cloud.aws_id("aws_api_gateway_rest_api.shop")) == (OWNER, API)
    found = path(cloud, "aws_lambda_function.orders", f"https://{API}.execute-api.eu-west-1.amazonaws.com/prod/")
    expected = "reachable" if (opened_to, permitted) == (ENDPOINT, API) else "blocked"
    assert (found.verdict, found.assumptions) == (expected, ())


def test_an_http_api_whose_route_names_its_integration(tmp_path, plan):
    deployed(plan, "aws_apigatewayv2_api.shop", id=API, name="shop", protocol_type="HTTP")
    deployed(plan, "aws_apigatewayv2_integration.shop", id="int1234", api_id=API, integration_type="HTTP_PROXY",
             integration_uri="https://example.com", integration_method="GET")  # fmt: skip
    deployed(
        plan, "aws_apigatewayv2_route.shop", id="rt12345", api_id=API, route_key="GET /x", target="integrations/int1234"
    )
    deployed(plan, "aws_apigatewayv2_stage.shop", id="$default", api_id=API, name="$default", auto_deploy=True)
    cloud = load([plan.write(tmp_path)])
    assert trace(cloud, parse(cloud, "internet", "aws_apigatewayv2_api.shop GET /x")).verdict == "reachable"


def test_a_record_with_the_name_of_a_load_balancer(tmp_path, plan):
    arn, name = f"arn:aws:elasticloadbalancing:eu-west-1:{OWNER}:loadbalancer/app/front/50dc6c495c0c9188", "internal-front-12.eu-west-1.elb.amazonaws.com"  # fmt: skip
    deployed(
        plan, "aws_lb.front", id=arn, arn=arn, name="front", internal=True, load_balancer_type="application", dns_name=name,
        subnets=["subnet-0aaaaaaaaaaaaaa2"], security_groups=["sg-0aaaaaaaaaaaaaaa3"],
    )  # fmt: skip
    zone = "Z0123456789ABCDEFGHI"
    deployed(
        plan,
        "aws_route53_zone.corp",
        id=zone,
        zone_id=zone,
        name="corp.internal",
        vpc=[{"vpc_id": "vpc-0aaaaaaaaaaaaaaa1"}],
    )
    alias = {"name": name, "zone_id": "Z32O12XQLNTSW2", "evaluate_target_health": True}
    deployed(
        plan, "aws_route53_record.front", id="r", zone_id=zone, name="front.corp.internal", type="A", alias=[alias]
    )
    deployed(plan, "aws_lb_listener.http", id=f"{arn}/l", load_balancer_arn=arn, port=80, protocol="HTTP",
             default_action=[{"type": "fixed-response", "fixed_response": [{"status_code": "200", "content_type": "text/plain"}]}])  # fmt: skip
    found = path(load([plan.write(tmp_path)]), "aws_lambda_function.orders", "front.corp.internal:tcp/80")
    assert found.verdict == "reachable"


def test_ids_of_the_awscc_provider(tmp_path, plan):
    """It joins identifiers, and an attribute that is not written is no property."""
    deployed(plan, "awscc_ec2_eip.out", id="203.0.113.77|eipalloc-0aaaaaaaaaaaaaaa4", domain="vpc")
    deployed(plan, "awscc_ec2_internet_gateway.out", id="igw-0aaaaaaaaaaaaaaa5")
    deployed(plan, "awscc_ec2_nat_gateway.out", id="nat-0aaaaaaaaaaaaaaa6", subnet_id="subnet-0aaaaaaaaaaaaaa2",
             allocation_id="eipalloc-0aaaaaaaaaaaaaaa4")  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    assert cloud.network.nat_gateways["awscc_ec2_nat_gateway.out"].allocation_ids == ("awscc_ec2_eip.out",)
    assert [one for one in cloud.template.unread if one.resource_id.startswith("awscc")] == []


def test_the_region_and_the_account_are_those_of_the_provider_s_own_resources(tmp_path, plan):
    """Resources of another provider do not count, and have their own."""
    far = "arn:aws:sqs:ap-northeast-1:444455556666"
    for number in (1, 2, 3):
        deployed(plan, f"aws_sqs_queue.far{number}", id=f"far{number}", arn=f"{far}:far{number}", name=f"far{number}")
        plan.configuration["resources"][-1]["provider_config_key"] = "aws.far"
    file = plan.write(tmp_path)
    whole = json.loads(file.read_text())
    whole["configuration"]["provider_config"] = {"aws": {"name": "aws"}, "aws.far": {"name": "aws", "alias": "far"}}
    file.write_text(json.dumps(whole))
    cloud = load([file])
    assert (cloud.region, cloud.account_id) == ("eu-west-1", OWNER)
    queue = cloud.template.resources["aws_sqs_queue.far1"]
    assert (queue.region, queue.account_id) == ("ap-northeast-1", "444455556666")


VPC, SUBNET, OTHER_SUBNET = "vpc-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaa2", "subnet-0bbbbbbbbbbbbbb1"
DATABASE = "i-0bbbbbbbbbbbbbbb6"
DATABASE_GROUP, FUNCTION_GROUP = "sg-0bbbbbbbbbbbbbbb4", "sg-0ccccccccccccccc7"


def account(folder, opened_to):
    """The plan's VPC as AWS describes it, with a database that the plan does not have."""
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    opened = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": opened_to}]}
    entry = {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    interface = {"VpcId": VPC, "SubnetId": OTHER_SUBNET, "PrivateIpAddress": "10.0.77.7"}
    answers = {
        "Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "OwnerId": OWNER, "IsDefault": False}],
        "Subnets": [
            {"SubnetId": id_, "VpcId": VPC, "CidrBlock": block, "AvailabilityZone": "eu-west-1a"}
            for id_, block in ((SUBNET, "10.0.9.0/24"), (OTHER_SUBNET, "10.0.77.0/24"))
        ],
        "RouteTables": [
            {
                "RouteTableId": "rtb-0bbbbbbbbbbbbbbb2",
                "VpcId": VPC,
                "Associations": [{"Main": True, "RouteTableId": "rtb-0bbbbbbbbbbbbbbb2"}],
                "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}],
            }
        ],
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-0bbbbbbbbbbbbbbb3",
                "VpcId": VPC,
                "IsDefault": True,
                "Associations": [{"SubnetId": SUBNET}, {"SubnetId": OTHER_SUBNET}],
                "Entries": [entry | {"Egress": True}, entry | {"Egress": False}],
            }
        ],
        "SecurityGroups": [
            {"GroupId": FUNCTION_GROUP, "GroupName": "fn", "VpcId": VPC,
             "IpPermissions": [], "IpPermissionsEgress": [everything]},
            {"GroupId": DATABASE_GROUP, "GroupName": "db", "VpcId": VPC,
             "IpPermissions": [opened], "IpPermissionsEgress": [everything]},
        ],
        "NetworkInterfaces": [
            interface | {
                "NetworkInterfaceId": "eni-0bbbbbbbbbbbbbbb5",
                "Status": "in-use",
                "InterfaceType": "interface",
                "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.77.7", "Primary": True}],
                "Groups": [{"GroupId": DATABASE_GROUP}],
                "Attachment": {"InstanceId": DATABASE, "Status": "attached"},
            }
        ],
        "VpcEndpoints": [],
        "InternetGateways": [],
    }  # fmt: skip
    region = folder / "account" / "eu-west-1"
    region.mkdir(parents=True)
    for name, things in answers.items():
        (region / f"{name}.json").write_text(json.dumps({name: things}))
    return folder / "account"


@pytest.fixture
def beside(plan):
    """The plan, whose VPC has the account's default resources, and whose function has a group that the account has."""
    made = {"default_network_acl_id": "acl-0bbbbbbbbbbbbbbb3", "default_route_table_id": "rtb-0bbbbbbbbbbbbbbb2"}
    own = {"aws_vpc.main": made, "aws_security_group.fn": {"id": FUNCTION_GROUP}}
    for resource in plan.resources:
        resource["values"] |= own.get(resource["address"], {})
    return plan


@pytest.mark.parametrize(("opened_to", "verdict"), [(FUNCTION_GROUP, "reachable"), (DATABASE_GROUP, "blocked")])
def test_a_plan_beside_its_account(tmp_path, beside, opened_to, verdict):
    """What both have is one thing, as the plan has it. A rule of the account names the plan's group by its id."""
    cloud = load([beside.write(tmp_path), account(tmp_path, opened_to)])
    assert set(cloud.network.vpcs) == {"aws_vpc.main"}
    assert FUNCTION_GROUP not in cloud.network.security_groups
    for destination in (DATABASE, "10.0.77.7"):
        found = path(cloud, "aws_lambda_function.orders", f"{destination}:tcp/5432")
        assert (found.verdict, found.missing, found.assumptions) == (verdict, (), ())


def test_default_resources_are_as_the_account_has_them(tmp_path, beside):
    """A plan does not say what someone wrote into what AWS made with a VPC."""
    place = account(tmp_path, FUNCTION_GROUP)
    file = place / "eu-west-1" / "NetworkAcls.json"
    file.write_text(file.read_text().replace('"allow"', '"deny"'))
    found = path(load([beside.write(tmp_path), place]), "aws_lambda_function.orders", f"{DATABASE}:tcp/5432")
    refused = next(hop for hop in found.hops if hop.verdict == "deny")
    assert (found.verdict, refused.component) == ("blocked", "aws_vpc.main.default-acl")


def test_a_function_of_both_is_one(tmp_path, beside):
    """AWS describes a function by its name and its ARN. A plan names it by its address."""
    place = account(tmp_path, FUNCTION_GROUP)
    functions = [{"FunctionName": name, "FunctionArn": FUNCTION.replace("orders", name), "Runtime": "python3.12",
                  "VpcConfig": {"VpcId": VPC, "SubnetIds": [SUBNET], "SecurityGroupIds": [FUNCTION_GROUP]}}
                 for name in ("orders", "bills")]  # fmt: skip
    (place / "eu-west-1" / "Functions.json").write_text(json.dumps({"Functions": functions}))
    cloud = load([beside.write(tmp_path), place])
    assert {one.function_name: id_ for id_, one in cloud.compute.functions.items()}[
        "orders"
    ] == "aws_lambda_function.orders"
    assert len(cloud.compute.functions) == 2
    assert path(cloud, "bills", f"{DATABASE}:tcp/5432").verdict == "reachable"


@pytest.mark.parametrize(("moved_to", "verdict"), [(SUBNET, "reachable"), (OTHER_SUBNET, "blocked")])
def test_endpoints_have_the_account_s_addresses(tmp_path, beside, moved_to, verdict):
    """A plan does not have them. Where it moves an endpoint, or gives it other groups, the plan counts."""
    place = account(tmp_path, FUNCTION_GROUP)
    file = place / "eu-west-1" / "NetworkInterfaces.json"
    answer = json.loads(file.read_text())
    answer["NetworkInterfaces"].append(
        answer["NetworkInterfaces"][0] | {
            "NetworkInterfaceId": "eni-0eeeeeeeeeeeeeee1",
            "InterfaceType": "vpc_endpoint",
            "Description": f"VPC Endpoint Interface {ENDPOINT}",
            "SubnetId": SUBNET,
            "PrivateIpAddress": "10.0.9.44",
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.9.44", "Primary": True}],
            "Attachment": {"Status": "attached"},
        }
    )  # fmt: skip
    file.write_text(json.dumps(answer))
    endpoint = {"VpcEndpointId": ENDPOINT, "VpcEndpointType": "Interface", "VpcId": VPC, "SubnetIds": [SUBNET],
                "ServiceName": "com.amazonaws.eu-west-1.execute-api", "Groups": [{"GroupId": DATABASE_GROUP}]}  # fmt: skip
    (place / "eu-west-1" / "VpcEndpoints.json").write_text(json.dumps({"VpcEndpoints": [endpoint]}))
    for resource in beside.resources:
        if resource["address"] == "aws_vpc_endpoint.door":
            resource["values"]["subnet_ids"] = [moved_to]
    cloud = load([beside.write(tmp_path), place])
    assert path(cloud, DATABASE, "10.0.9.44:tcp/443").verdict == verdict
    assert path(cloud, DATABASE, "aws_vpc_endpoint.door:tcp/443").verdict == "reachable"


@pytest.mark.parametrize("action", ["delete", "no-op"])
@pytest.mark.parametrize("deleted", [OTHER_SUBNET, DATABASE, DATABASE_GROUP])
def test_what_a_plan_deletes_is_not_in_the_account(tmp_path, beside, action, deleted):
    before = {"actions": [action], "before": {"id": deleted}, "after": None}
    beside.changes.append({"address": "aws_thing.gone", "type": "aws_thing", "change": before})
    cloud = load([beside.write(tmp_path), account(tmp_path, FUNCTION_GROUP)])
    network = cloud.network
    found = {*network.subnets, *network.security_groups, *(one.owner_id for one in network.network_interfaces.values())}
    assert (deleted in found) == (action == "no-op")
    answer = path(cloud, "aws_lambda_function.orders", "10.0.77.7:tcp/5432")
    assert (answer.verdict == "reachable") == (action == "no-op")


def test_what_a_plan_replaces_is_there_once(tmp_path, beside):
    """The subnet of the function has its old id in the account, and no id in the plan."""
    for resource, change in zip(beside.resources, beside.changes, strict=True):
        if resource["address"] == "aws_subnet.private":
            del resource["values"]["id"]
            change["change"] |= {"actions": ["delete", "create"], "before": {"id": SUBNET}}
            change["change"]["after_unknown"] = {"id": True}
    cloud = load([beside.write(tmp_path), account(tmp_path, FUNCTION_GROUP)])
    blocks = [str(one.cidr_block) for one in cloud.network.subnets.values()]
    assert sorted(blocks) == ["10.0.0.0/24", "10.0.1.0/24", "10.0.77.0/24", "10.0.9.0/24"]
    assert path(cloud, "aws_lambda_function.orders", "10.0.77.7:tcp/5432").verdict == "reachable"


@pytest.mark.parametrize(("admitted", "verdict"), [("198.18.7.7/32", "reachable"), ("198.18.7.8/32", "blocked")])
def test_an_api_that_admits_the_address_of_the_nat_gateway(tmp_path, plan, admitted, verdict):
    for resource in plan.resources:
        if resource["address"] == "aws_eip.nat":
            resource["values"] |= {"id": "eipalloc-0aaaaaaaaaaaaaaa4", "public_ip": "198.18.7.7"}
    executed = f"arn:aws:execute-api:eu-west-1:{OWNER}:{API}/*"
    opened = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": executed,
              "Condition": {"IpAddress": {"aws:SourceIp": admitted}}}  # fmt: skip
    deployed(plan, "aws_api_gateway_rest_api.shop", id=API, name="shop", root_resource_id="root123456",
             policy=json.dumps({"Statement": [opened]}), endpoint_configuration=[{"types": ["REGIONAL"]}])  # fmt: skip
    get_method(plan, type="HTTP_PROXY", integration_http_method="GET", uri="https://example.com")
    for resource in plan.resources:
        if resource["address"] == "aws_vpc_endpoint.door":
            resource["values"]["private_dns_enabled"] = False
    cloud = load([plan.write(tmp_path)])
    found = path(cloud, "aws_lambda_function.orders", f"https://{API}.execute-api.eu-west-1.amazonaws.com/prod/")
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("kind", "parent", "of", "verdict"),
    [
        ("aws_vpc_security_group_ingress_rule", "security_group_id", DATABASE_GROUP, "unknown"),
        ("aws_security_group_rule", "security_group_id", FUNCTION_GROUP, "reachable"),
        ("aws_network_acl_rule", "network_acl_id", "acl-0bbbbbbbbbbbbbbb3", "unknown"),
        ("aws_route", "route_table_id", "rtb-0cccccccccccccccc", "reachable"),
    ],
)
def test_a_part_that_a_plan_deletes_of_what_the_account_has(tmp_path, beside, kind, parent, of, verdict):
    """The account's answers have it still: a path that meets the group, the ACL or the table is unknown."""
    change = {"actions": ["delete"], "before": {"id": "part-1", parent: of}, "after": None}
    beside.changes.append({"address": f"{kind}.gone", "type": kind, "change": change})
    cloud = load([beside.write(tmp_path), account(tmp_path, FUNCTION_GROUP)])
    found = path(cloud, "aws_lambda_function.orders", f"{DATABASE}:tcp/5432")
    assert found.verdict == verdict
    assert any(f"{kind}.gone" in one for one in found.unread) == (verdict == "unknown")


@pytest.mark.parametrize("actions", [["no-op"], ["delete"]])
def test_a_function_that_the_plan_deletes_is_not_in_its_account(tmp_path, plan, actions):
    """Its id is its name."""
    before = {"id": "bills", "arn": FUNCTION.replace("orders", "bills"), "function_name": "bills"}
    change = {"actions": actions, "before": before, "after_unknown": {}}
    plan.changes.append({"address": "aws_lambda_function.bills", "type": "aws_lambda_function", "change": change})
    region = tmp_path / "account" / "eu-west-1"
    region.mkdir(parents=True)
    function = {"FunctionName": "bills", "FunctionArn": before["arn"], "Runtime": "python3.12"}
    (region / "functions.json").write_text(json.dumps({"Functions": [function]}))
    functions = load([plan.write(tmp_path), tmp_path / "account"]).compute.functions
    assert ("bills" in functions) == (actions == ["no-op"])


@pytest.mark.parametrize(
    ("kind", "key", "there", "part"),
    [
        ("aws_lambda_permission", "Functions", {"FunctionName": "bills", "FunctionArn": FUNCTION, "Runtime": "python3.13"}, "functions"),
        ("aws_lambda_function", "LoadBalancers", {"LoadBalancerArn": f"arn:aws:elasticloadbalancing:eu-west-1:{OWNER}:loadbalancer/app/bills/1",
                                                  "LoadBalancerName": "bills", "Type": "application", "Scheme": "internal"}, "load_balancers"),
    ],
)  # fmt: skip
def test_what_has_the_name_of_a_deleted_resource_stays(tmp_path, plan, kind, key, there, part):
    change = {"actions": ["delete"], "before": {"id": "bills", "function_name": "bills"}, "after_unknown": {}}
    plan.changes.append({"address": f"{kind}.bills", "type": kind, "change": change})
    region = tmp_path / "account" / "eu-west-1"
    region.mkdir(parents=True)
    (region / "answer.json").write_text(json.dumps({key: [there]}))
    assert "bills" in load([plan.write(tmp_path), tmp_path / "account"]).part(part)


PEERING, TOPIC, SECRET = (
    "pcx-0123456789abcdef0",
    f"arn:aws:sns:eu-west-1:{OWNER}:orders",
    f"arn:aws:secretsmanager:eu-west-1:{OWNER}:secret:db-AbCdEf",
)


@pytest.mark.parametrize(
    ("kind", "id_", "beside", "user", "property_"),
    [
        (
            "aws_vpc_peering_connection", PEERING,
            {"aws_vpc_peering_connection_accepter": {"vpc_peering_connection_id": PEERING, "auto_accept": True}},
            {"aws_route": {"route_table_id": "rtb-1", "destination_cidr_block": "10.9.0.0/16", "vpc_peering_connection_id": PEERING}},
            "VpcPeeringConnectionId",
        ),
        (
            "aws_sns_topic", TOPIC, {"aws_sns_topic_policy": {"arn": TOPIC}},
            {"aws_sns_topic_subscription": {"topic_arn": TOPIC, "protocol": "sqs", "endpoint": "arn:aws:sqs:eu-west-1:1:q"}},
            "TopicArn",
        ),
        (
            "aws_secretsmanager_secret", SECRET,
            {"aws_secretsmanager_secret_policy": {"secret_arn": SECRET}},
            {"aws_secretsmanager_secret_version": {"secret_id": SECRET, "secret_string": "word", "arn": SECRET, "id": f"{SECRET}|1"}},
            "",
        ),
    ],
)  # fmt: skip
def test_an_id_that_a_type_shares_with_the_resource_that_it_extends(tmp_path, kind, id_, beside, user, property_):
    plan = Plan()
    arn = {"arn": id_} if id_.startswith("arn:") else {}
    for address, values in {kind: {"name": "own", "vpc_id": "vpc-1", "peer_vpc_id": "vpc-2", **arn}, **beside}.items():
        deployed(plan, f"{address}.one", id=id_, **values)
    ((named, values),) = user.items()
    deployed(plan, f"{named}.user", **values)
    cloud = load([plan.write(tmp_path)])
    resources = cloud.template.resources
    if property_:
        assert cloud.named(resources[f"{named}.user"].properties[property_]) == f"{kind}.one"
    else:
        assert resources[f"{kind}.one"].properties["SecretString"] == "word"


def test_what_is_deposed_is_not_the_resource_of_its_address(tmp_path, plan):
    """A state lists it after the resource that replaced it, and a plan its deletion."""
    subnet = next(one for one in plan.resources if one["address"] == "aws_subnet.private")
    old = {**subnet, "values": {**subnet["values"], "cidr_block": "10.0.200.0/24"}, "deposed_key": "0badcafe"}
    plan.resources.append(old)
    gone = {
        "address": "aws_subnet.private",
        "deposed": "0badcafe",
        "change": {"actions": ["delete"], "after_unknown": {}},
    }
    plan.changes.append(gone)
    cloud = load([plan.write(tmp_path)])
    found = cloud.network.subnets["aws_subnet.private"]
    assert (str(found.cidr_block), found.vpc_id) == (subnet["values"]["cidr_block"], "aws_vpc.main")
