"""Answers of the AWS CLI about a small account: two instances, a load balancer, a REST API and an HTTP API."""

import json

from netful.sources import load

OWNER = "111111111111"
ELB = f"arn:aws:elasticloadbalancing:eu-west-1:{OWNER}"
BALANCER, GROUP, LISTENER = (
    f"{ELB}:loadbalancer/app/front/50",
    f"{ELB}:targetgroup/web/1",
    f"{ELB}:listener/app/front/50/60",
)
EVERYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
PROXY = {"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "https://example.com/"}
METHOD = {"httpMethod": "GET", "authorizationType": "NONE", "apiKeyRequired": False, "methodIntegration": PROXY}


def interface(number, instance):
    return {
        "NetworkInterfaceId": f"eni-{number}", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Status": "in-use", "InterfaceType": "interface",
        "PrivateIpAddress": f"10.0.0.{number}", "PrivateIpAddresses": [{"PrivateIpAddress": f"10.0.0.{number}", "Primary": True}],
        "Groups": [{"GroupId": "sg-1"}], "Attachment": {"InstanceId": instance, "Status": "attached"},
    }  # fmt: skip


def instance(number, id_):
    return {"InstanceId": id_, "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": {"Name": "running"}, "PrivateIpAddress": f"10.0.0.{number}"}  # fmt: skip


ENTRY = {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
ANSWERS = {
    "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": OWNER}]},
    "subnets": {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"}]},
    "tables": {"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True}], "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]}]},
    "acls": {"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Associations": [{"SubnetId": "subnet-1"}], "Entries": [ENTRY | {"Egress": True}, ENTRY | {"Egress": False}]}]},
    "groups": {"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "GroupName": "all", "IpPermissions": [EVERYWHERE], "IpPermissionsEgress": [EVERYWHERE]}]},
    "interfaces": {"NetworkInterfaces": [interface(10, "i-1"), interface(11, "i-2"), interface(12, "i-3") | {"InterfaceType": "load_balancer", "Description": "ELB app/front/50", "Attachment": {"Status": "attached"}}]},
    "instances": {"Reservations": [{"ReservationId": "r-1", "Instances": [instance(10, "i-1"), instance(11, "i-2")]}]},
    "endpoints": {"VpcEndpoints": []},
    "balancers": {"LoadBalancers": [{"LoadBalancerArn": BALANCER, "LoadBalancerName": "front", "Type": "application", "Scheme": "internal", "VpcId": "vpc-1", "SecurityGroups": ["sg-1"], "DNSName": "front.example", "AvailabilityZones": [{"SubnetId": "subnet-1", "ZoneName": "eu-west-1a"}]}]},
    "listeners": {"Listeners": [{"ListenerArn": LISTENER, "LoadBalancerArn": BALANCER, "Port": 80, "Protocol": "HTTP", "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP}]}]},
    "rules": {"Rules": [{"RuleArn": f"{LISTENER.replace(':listener/', ':listener-rule/')}/70", "Priority": "default", "IsDefault": True, "Actions": [{"Type": "forward", "TargetGroupArn": GROUP}]}]},
    "target-groups": {"TargetGroups": [{"TargetGroupArn": GROUP, "TargetGroupName": "web", "Port": 8080, "Protocol": "HTTP", "VpcId": "vpc-1", "TargetType": "instance"}]},
    "health-web": {"TargetHealthDescriptions": [{"Target": {"Id": "i-1", "Port": 8080}, "TargetHealth": {"State": "healthy"}}]},
    "rest-apis": {"items": [{"id": "rest123456", "name": "a", "endpointConfiguration": {"types": ["REGIONAL"]}}]},
    "resources": {"items": [{"id": "r00000", "path": "/", "resourceMethods": {"GET": METHOD}}]},
    "rest-stages": {"item": [{"stageName": "prod", "deploymentId": "d"}]},
    "http-apis": {"Items": [{"ApiId": "http123456", "Name": "b", "ProtocolType": "HTTP"}]},
    "routes": {"Items": [{"RouteId": "r1", "RouteKey": "GET /x", "Target": "integrations/i1", "AuthorizationType": "NONE"}]},
    "integrations": {"Items": [{"IntegrationId": "i1", "IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://example.com", "IntegrationMethod": "GET"}]},
    "http-stages": {"Items": [{"StageName": "$default", "AutoDeploy": True}]},
}  # fmt: skip


def account(folder, **changed):
    """Return the cloud of the account, with some answers in place of its own or beside them: file's name → answer."""
    save(folder / "eu-west-1", {**ANSWERS, **changed})
    return load([folder])


def save(place, answers):
    """Save answers as files: file's name → answer."""
    place.mkdir(parents=True, exist_ok=True)
    for name, answer in answers.items():
        (place / f"{name}.json").write_text(json.dumps(answer))
