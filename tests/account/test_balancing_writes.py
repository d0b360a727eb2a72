"""Load balancing's writes as deployment tools use them: create, read back, change, delete (control-plane §4.2, §4.3)."""

import re

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.elbv2.api import WRITES, ElbV2Api
from netful.account.wire.service_model import service_model
from tests.helpers.account_client import Client, Running, filled, no_bundles

HEX = "[0-9a-f]{16}"
CLOSED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "none"}}


class Account:
    """An account with a VPC of two public subnets, and the clients of its APIs."""

    def __init__(self):
        self.running = Running()
        self.ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.elb = Client("elbv2", ElbV2Api(self.running, dict, no_bundles).handle)
        self.vpc = self.ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2(
                "CreateSubnet", VpcId=self.vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{'abc'[n]}"
            )["Subnet"]["SubnetId"]
            for n in range(3)
        ]
        gateway = self.ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
        self.ec2("AttachInternetGateway", InternetGatewayId=gateway, VpcId=self.vpc)

    def balancer(self, name="web", **more):
        given = {"Name": name, "Subnets": self.subnets[:2], **more}
        return self.elb("CreateLoadBalancer", **given)["LoadBalancers"][0]

    def group(self, name="targets", **more):
        given = {"Name": name, "Protocol": "HTTP", "Port": 80, "VpcId": self.vpc, "TargetType": "ip", **more}
        return self.elb("CreateTargetGroup", **given)["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, balancer, *actions, **more):
        given = {"Protocol": "HTTP", "Port": 80, **more}
        return self.elb("CreateListener", LoadBalancerArn=balancer, DefaultActions=[*actions] or [CLOSED], **given)


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def elb(account):
    return account.elb


def forward(*arns):
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": a, "Weight": 1} for a in arns]}}


def test_a_load_balancer_is_active_with_its_interfaces(account, elb):
    made = account.balancer(Tags=[{"Key": "Team", "Value": "x"}])
    arn = made["LoadBalancerArn"]
    full_name = re.fullmatch(rf"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/(app/web/{HEX})", arn)[
        1
    ]
    assert re.fullmatch(r"web-\d{9,10}\.eu-west-1\.elb\.amazonaws\.com", made["DNSName"])
    assert (made["State"], made["Scheme"], made["VpcId"]) == ({"Code": "active"}, "internet-facing", account.vpc)
    assert [zone["SubnetId"] for zone in made["AvailabilityZones"]] == account.subnets[:2]
    assert elb("DescribeLoadBalancers")["LoadBalancers"][0]["CreatedTime"] == made["CreatedTime"]
    filters = [
        {"Name": "attachment.instance-owner-id", "Values": ["amazon-elb"]},
        {"Name": "description", "Values": [f"ELB {full_name}"]},
    ]
    found = account.ec2("DescribeNetworkInterfaces", Filters=filters)["NetworkInterfaces"]
    assert {eni["SubnetId"] for eni in found} == {*account.subnets[:2]}
    assert account.ec2("DeleteSubnet", SubnetId=account.subnets[0]) == "DependencyViolation"
    assert elb("DescribeTags", ResourceArns=[arn])["TagDescriptions"][0]["Tags"] == [{"Key": "Team", "Value": "x"}]
    elb("DeleteLoadBalancer", LoadBalancerArn=arn)
    assert account.ec2("DescribeNetworkInterfaces", Filters=filters)["NetworkInterfaces"] == []
    assert elb("DescribeLoadBalancers", LoadBalancerArns=[arn]) == "LoadBalancerNotFound"
    assert elb("DescribeLoadBalancers", Names=["web"]) == "LoadBalancerNotFound"
    elb("DeleteLoadBalancer", LoadBalancerArn=arn)  # again, without an error


def test_a_network_load_balancer_has_the_digits_of_its_arn(account):
    made = account.balancer("net", Type="network", Scheme="internal", Subnets=account.subnets[:1])
    digits = made["LoadBalancerArn"].rpartition("/")[2]
    assert made["DNSName"] == f"net-{digits}.elb.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Subnets": ["subnet-0123456789abcdef0"]}, "SubnetNotFound"),
        ({"SecurityGroups": ["sg-0123456789abcdef0"]}, "InvalidSecurityGroup"),
        ({"Name": "under_score"}, "ValidationError"),
        ({"Name": "internal-web"}, "ValidationError"),
        ({"Type": "imaginary"}, "ValidationError"),
        ({"IpAddressType": "dualstack"}, "InvalidSubnet"),
    ],
)
def test_load_balancers_that_cannot_be_made(account, elb, more, code):
    given = {"Name": "web", "Subnets": account.subnets[:2], **more}
    assert elb("CreateLoadBalancer", **given) == code
    assert elb("DescribeLoadBalancers")["LoadBalancers"] == []


def test_an_application_load_balancer_needs_two_zones(account, elb):
    assert elb("CreateLoadBalancer", Name="web", Subnets=account.subnets[:1]) == "ValidationError"
    assert "two different Availability Zones" in elb.error


def test_a_name_is_used_once(account, elb):
    first = account.balancer()
    assert account.balancer()["LoadBalancerArn"] == first["LoadBalancerArn"]
    given = {"Name": "web", "Subnets": account.subnets[1:], "Scheme": "internal"}
    assert elb("CreateLoadBalancer", **given) == "DuplicateLoadBalancerName"
    account.group()
    given = {"Name": "targets", "Protocol": "HTTP", "Port": 81, "VpcId": account.vpc, "TargetType": "ip"}
    assert elb("CreateTargetGroup", **given) == "DuplicateTargetGroupName"


def test_places_of_a_load_balancer_change(account, elb):
    arn = account.balancer()["LoadBalancerArn"]
    zones = elb("SetSubnets", LoadBalancerArn=arn, Subnets=account.subnets)["AvailabilityZones"]
    assert [zone["SubnetId"] for zone in zones] == account.subnets
    group = account.ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId=account.vpc)["GroupId"]
    assert elb("SetSecurityGroups", LoadBalancerArn=arn, SecurityGroups=[group])["SecurityGroupIds"] == [group]
    assert account.ec2("DeleteSecurityGroup", GroupId=group) == "DependencyViolation"


@pytest.mark.parametrize("kind", ["access_logs", "connection_logs", "health_check_logs"])
def test_terraform_turns_the_logs_off_that_are_not_written(account, elb, kind):
    arn, off = account.balancer()["LoadBalancerArn"], {"Key": f"{kind}.s3.enabled", "Value": "false"}
    elb("ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=[off])
    assert off in elb("DescribeLoadBalancerAttributes", LoadBalancerArn=arn)["Attributes"]


def test_attributes_change_and_an_unknown_one_is_refused(account, elb):
    arn = account.balancer()["LoadBalancerArn"]
    protected = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    elb("ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=protected)
    assert elb("DeleteLoadBalancer", LoadBalancerArn=arn) == "OperationNotPermitted"
    found = {a["Key"]: a["Value"] for a in elb("DescribeLoadBalancerAttributes", LoadBalancerArn=arn)["Attributes"]}
    assert (found["deletion_protection.enabled"], found["idle_timeout.timeout_seconds"]) == ("true", "60")
    unknown = [{"Key": "colour", "Value": "red"}]
    assert elb("ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=unknown) == "ValidationError"
    assert elb.error == "Load balancer attribute key 'colour' is not recognized"


def test_a_target_group_as_terraform_makes_one(account, elb):
    arn = account.group(HealthCheckPath="/health", Matcher={"HttpCode": "200-299"})
    changed = [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
    elb("ModifyTargetGroupAttributes", TargetGroupArn=arn, Attributes=changed)
    (found,) = elb("DescribeTargetGroups", TargetGroupArns=[arn])["TargetGroups"]
    assert (found["HealthCheckPath"], found["Matcher"], found["LoadBalancerArns"]) == (
        "/health",
        {"HttpCode": "200-299"},
        [],
    )
    elb("ModifyTargetGroup", TargetGroupArn=arn, HealthCheckPath="/up", HealthyThresholdCount=2)
    (found,) = elb("DescribeTargetGroups", Names=["targets"])["TargetGroups"]
    assert (found["HealthCheckPath"], found["HealthyThresholdCount"]) == ("/up", 2)
    attributes = elb("DescribeTargetGroupAttributes", TargetGroupArn=arn)["Attributes"]
    assert {"Key": "deregistration_delay.timeout_seconds", "Value": "30"} in attributes
    elb("DeleteTargetGroup", TargetGroupArn=arn)
    assert elb("DescribeTargetGroups", TargetGroupArns=[arn]) == "TargetGroupNotFound"


def test_targets_come_and_go(account, elb):
    arn = account.group()
    elb("RegisterTargets", TargetGroupArn=arn, Targets=[{"Id": "10.0.0.9"}, {"Id": "10.0.1.9", "Port": 8080}])
    elb("RegisterTargets", TargetGroupArn=arn, Targets=[{"Id": "10.0.0.9", "Port": 80}])  # the same as before
    assert targets(elb, arn) == [("10.0.0.9", 80, "unused"), ("10.0.1.9", 8080, "unused")]
    account.listener(account.balancer()["LoadBalancerArn"], forward(arn))
    assert {state for *_, state in targets(elb, arn)} == {"initial"}
    elb("DeregisterTargets", TargetGroupArn=arn, Targets=[{"Id": "10.0.1.9"}])
    assert targets(elb, arn) == [("10.0.0.9", 80, "initial")]
    (gone,) = elb("DescribeTargetHealth", TargetGroupArn=arn, Targets=[{"Id": "10.0.1.9", "Port": 8080}])[
        "TargetHealthDescriptions"
    ]
    assert (gone["TargetHealth"]["State"], gone["TargetHealth"]["Reason"]) == ("unused", "Target.NotRegistered")


def targets(elb, arn):
    found = elb("DescribeTargetHealth", TargetGroupArn=arn)["TargetHealthDescriptions"]
    return [(one["Target"]["Id"], one["Target"]["Port"], one["TargetHealth"]["State"]) for one in found]


@pytest.mark.parametrize(
    ("kind", "target", "code"),
    [
        ("ip", "8.8.8.8", "InvalidTarget"),
        ("ip", "web", "ValidationError"),
        ("instance", "i-0123456789abcdef0", "InvalidTarget"),
        ("lambda", "arn:aws:lambda:eu-west-1:123456789012:function:f", "InvalidTarget"),
    ],
)
def test_targets_that_cannot_be_registered(account, elb, kind, target, code):
    place = {} if kind == "lambda" else {"Protocol": "HTTP", "Port": 80, "VpcId": account.vpc}
    arn = elb("CreateTargetGroup", Name="g", TargetType=kind, **place)["TargetGroups"][0]["TargetGroupArn"]
    assert elb("RegisterTargets", TargetGroupArn=arn, Targets=[{"Id": target}]) == code


def test_listeners_and_their_groups(account, elb):
    balancer, group = account.balancer()["LoadBalancerArn"], account.group()
    made = account.listener(balancer, {"Type": "forward", "TargetGroupArn": group})["Listeners"][0]
    arn = made["ListenerArn"]
    assert re.fullmatch(rf"{balancer.replace(':loadbalancer/', ':listener/')}/{HEX}", arn)
    assert made["DefaultActions"][0]["TargetGroupArn"] == group
    assert account.listener(balancer, CLOSED) == "DuplicateListener"
    assert account.listener(balancer, {"Type": "forward", "TargetGroupArn": group})["Listeners"][0] == made
    (found,) = elb("DescribeTargetGroups", LoadBalancerArn=balancer)["TargetGroups"]
    assert found["LoadBalancerArns"] == [balancer]
    assert elb("DeleteTargetGroup", TargetGroupArn=group) == "ResourceInUse"
    assert "is currently in use by a listener or a rule" in elb.error
    (changed,) = elb("ModifyListener", ListenerArn=arn, Port=8080, DefaultActions=[CLOSED])["Listeners"]
    assert (changed["Port"], changed["DefaultActions"]) == (8080, [CLOSED])
    elb("DeleteListener", ListenerArn=arn)
    assert elb("DescribeListeners", ListenerArns=[arn]) == "ListenerNotFound"
    elb("DeleteTargetGroup", TargetGroupArn=group)


def test_listeners_that_cannot_be_made(account, elb):
    balancer = account.balancer()["LoadBalancerArn"]
    assert account.listener(balancer, forward("arn:aws:elasticloadbalancing:x:1:targetgroup/g/1")) == "TargetGroupNotFound"  # fmt: skip
    assert account.listener(balancer, forward(account.group("tcp", Protocol="TCP"))) == "IncompatibleProtocols"
    assert account.listener(balancer, Protocol="TCP") == "ValidationError"
    assert account.listener(balancer, Protocol="HTTPS") == "ValidationError"
    assert account.listener(balancer.replace("/web/", "/x/")) == "LoadBalancerNotFound"
    shared = account.group("shared")
    account.listener(balancer, forward(shared))
    assert account.listener(account.balancer("two")["LoadBalancerArn"], forward(shared)) == "TargetGroupAssociationLimit"  # fmt: skip
    assert len(elb("DescribeListeners", LoadBalancerArn=balancer)["Listeners"]) == 1


def test_certificates_of_a_listener(account, elb):
    one, two = (f"arn:aws:acm:eu-west-1:123456789012:certificate/{n}" for n in (1, 2))
    balancer = account.balancer()["LoadBalancerArn"]
    made = account.listener(balancer, Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": one}])
    arn = made["Listeners"][0]["ListenerArn"]
    assert made["Listeners"][0]["SslPolicy"] == "ELBSecurityPolicy-2016-08"
    elb("AddListenerCertificates", ListenerArn=arn, Certificates=[{"CertificateArn": two}])
    found = elb("DescribeListenerCertificates", ListenerArn=arn)["Certificates"]
    assert [(c["CertificateArn"], c["IsDefault"]) for c in found] == [(one, True), (two, False)]
    elb("RemoveListenerCertificates", ListenerArn=arn, Certificates=[{"CertificateArn": two}])
    assert len(elb("DescribeListenerCertificates", ListenerArn=arn)["Certificates"]) == 1


def path(value):
    return [{"Field": "path-pattern", "PathPatternConfig": {"Values": [value]}}]


def test_rules_of_a_listener(account, elb):
    listener = account.listener(account.balancer()["LoadBalancerArn"])["Listeners"][0]["ListenerArn"]
    made = [
        elb("CreateRule", ListenerArn=listener, Priority=n, Conditions=path(f"/{n}"), Actions=[CLOSED])["Rules"][0]
        for n in (1, 2)
    ]
    arns = [rule["RuleArn"] for rule in made]
    assert re.fullmatch(rf"{listener.replace(':listener/', ':listener-rule/')}/{HEX}", arns[0])
    again = {"ListenerArn": listener, "Priority": 1, "Conditions": path("/x"), "Actions": [CLOSED]}
    assert elb("CreateRule", **again) == "PriorityInUse"
    exchanged = [{"RuleArn": arns[0], "Priority": 2}, {"RuleArn": arns[1], "Priority": 1}]
    elb("SetRulePriorities", RulePriorities=exchanged)
    found = elb("DescribeRules", ListenerArn=listener)["Rules"]
    assert [(rule["Priority"], rule["IsDefault"]) for rule in found] == [("1", False), ("2", False), ("default", True)]
    assert [rule["RuleArn"] for rule in found[:2]] == arns[::-1]
    elb("ModifyRule", RuleArn=arns[0], Conditions=path("/other"))
    assert elb("DescribeRules", RuleArns=[arns[0]])["Rules"][0]["Conditions"][0]["Values"] == ["/other"]
    assert elb("DeleteRule", RuleArn=found[2]["RuleArn"]) == "OperationNotPermitted"
    elb("DeleteRule", RuleArn=arns[0])
    assert elb("DeleteRule", RuleArn=arns[0]) == "RuleNotFound"


def test_nothing_is_left_after_deletion(account, elb):
    before = {*account.running.cloud.template.resources}
    balancer, group = account.balancer()["LoadBalancerArn"], account.group()
    listener = account.listener(balancer, forward(group))["Listeners"][0]["ListenerArn"]
    elb("CreateRule", ListenerArn=listener, Priority=1, Conditions=path("/x"), Actions=[CLOSED])
    elb("DeleteLoadBalancer", LoadBalancerArn=balancer)
    elb("DeleteTargetGroup", TargetGroupArn=group)
    assert {*account.running.cloud.template.resources} == before


def test_tags_of_every_kind(account, elb):
    balancer, group = account.balancer()["LoadBalancerArn"], account.group()
    listener = account.listener(balancer)["Listeners"][0]["ListenerArn"]
    arns = [balancer, group, listener]
    elb("AddTags", ResourceArns=arns, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    elb("RemoveTags", ResourceArns=arns, TagKeys=["a"])
    found = elb("DescribeTags", ResourceArns=arns)["TagDescriptions"]
    assert [(one["ResourceArn"], one["Tags"]) for one in found] == [(a, [{"Key": "b", "Value": "2"}]) for a in arns]


def test_pages(account, elb):
    for number in range(3):
        account.group(f"g{number}")
    first = elb("DescribeTargetGroups", PageSize=2)
    second = elb("DescribeTargetGroups", PageSize=2, Marker=first["NextMarker"])
    assert [len(page["TargetGroups"]) for page in (first, second)] == [2, 1]
    assert "NextMarker" not in second


def test_what_terraform_asks_beside(account, elb):
    arn = account.balancer()["LoadBalancerArn"]
    assert elb("DescribeCapacityReservation", LoadBalancerArn=arn)["CapacityReservationState"] == []
    listener = account.listener(arn, Protocol="HTTP")["Listeners"][0]["ListenerArn"]
    assert elb("DescribeListenerAttributes", ListenerArn=listener)["Attributes"]
    (policy,) = elb("DescribeSSLPolicies", Names=["ELBSecurityPolicy-TLS13-1-2-2021-06"])["SslPolicies"]
    assert policy["SslProtocols"] == ["TLSv1.2", "TLSv1.3"]
    assert elb("DescribeSSLPolicies", Names=["x"]) == "SSLPolicyNotFound"
    assert elb("ModifyIpPools", LoadBalancerArn="x") == "InvalidAction"


def test_attributes_of_a_listener(account, elb):
    arn = account.balancer()["LoadBalancerArn"]
    listener = account.listener(arn, Protocol="HTTP")["Listeners"][0]["ListenerArn"]
    shown = {"Key": "routing.http.response.server.enabled", "Value": "false"}
    changed = elb("ModifyListenerAttributes", ListenerArn=listener, Attributes=[shown])["Attributes"]
    assert shown in changed
    assert elb("DescribeListenerAttributes", ListenerArn=listener)["Attributes"] == changed
    (one,) = account.running.cloud.balancing.listeners.values()
    assert one.attributes == {shown["Key"]: "false"}
    idle = [{"Key": "tcp.idle_timeout.seconds", "Value": "60"}]  # of a network load balancer's listener
    assert elb("ModifyListenerAttributes", ListenerArn=listener, Attributes=idle) == "ValidationError"


@pytest.mark.parametrize("action", sorted(WRITES))
def test_every_write_refuses_what_is_not_there(elb, action):
    """No write ends in an error of its own, whatever it is given."""
    shape = service_model("elbv2").operation_model(action).input_shape
    answer = elb(action, **{name: filled(member) for name, member in shape.members.items()})
    assert isinstance(answer, (str, dict))


def test_a_trust_store_and_its_listener(account):
    pem = "-----BEGIN CERTIFICATE-----"

    async def bundles(cloud):
        return {name: pem for name, one in cloud.balancing.trust_stores.items() if one.key == "there.pem"}

    elb = Client("elbv2", ElbV2Api(account.running, dict, bundles).handle)
    given = {"Name": "own", "CaCertificatesBundleS3Bucket": "b", "CaCertificatesBundleS3Key": "there.pem"}
    assert elb("CreateTrustStore", **given | {"CaCertificatesBundleS3Key": "x"}) == "CaCertificatesBundleNotFound"
    (store,) = elb("CreateTrustStore", **given)["TrustStores"]
    arn = store["TrustStoreArn"]
    assert (store["Status"], store["NumberOfCaCertificates"]) == ("ACTIVE", 1)
    assert elb("CreateTrustStore", **given) == "DuplicateTrustStoreName"
    assert (
        elb("ModifyTrustStore", TrustStoreArn=arn, **{key: "x" for key in given if key != "Name"})
        == "CaCertificatesBundleNotFound"
    )
    balancer = account.balancer()["LoadBalancerArn"]
    certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    (listener,) = elb("CreateListener", LoadBalancerArn=balancer, Protocol="HTTPS", Port=443,
                      Certificates=[{"CertificateArn": certificate}],
                      MutualAuthentication={"Mode": "verify", "TrustStoreArn": arn},
                      DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}])["Listeners"]  # fmt: skip
    assert listener["MutualAuthentication"]["TrustStoreArn"] == arn
    (there,) = elb("DescribeTrustStoreAssociations", TrustStoreArn=arn)["TrustStoreAssociations"]
    assert there["ResourceArn"] == listener["ListenerArn"]
    assert elb("DeleteTrustStore", TrustStoreArn=arn) == "TrustStoreInUse"
    elb("DeleteListener", ListenerArn=listener["ListenerArn"])
    elb("AddTags", ResourceArns=[arn], Tags=[{"Key": "a", "Value": "1"}])
    assert elb("DescribeTags", ResourceArns=[arn])["TagDescriptions"][0]["Tags"] == [{"Key": "a", "Value": "1"}]
    elb("DeleteTrustStore", TrustStoreArn=arn)
    assert elb("DescribeTrustStores", TrustStoreArns=[arn]) == "TrustStoreNotFound"
