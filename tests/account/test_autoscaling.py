"""The API of EC2 Auto Scaling: groups have an interface in each subnet, and are targets of load balancers."""

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.elbv2.api import ElbV2Api
from netful.account.managed.autoscaling_api import AutoScalingApi
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from tests.helpers.account_client import Client, Running, no_bundles, two_subnets

UNKNOWN = Unknown("a value of a deployment")


class Account:
    def __init__(self):
        self.running = Running()
        self.ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.elb = Client("elbv2", ElbV2Api(self.running, dict, no_bundles).handle)
        self.scaling = Client("autoscaling", AutoScalingApi(self.running).handle)
        self.vpc, self.subnets = two_subnets(self.ec2)
        self.security = self.ec2("CreateSecurityGroup", GroupName="web", Description="d", VpcId=self.vpc)["GroupId"]
        data = {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "SecurityGroupIds": [self.security]}
        made = self.ec2("CreateLaunchTemplate", LaunchTemplateName="lt", LaunchTemplateData=data)
        self.template = made["LaunchTemplate"]["LaunchTemplateId"]

    def group(self, **more):
        given = {"AutoScalingGroupName": "Web", "MinSize": 1, "MaxSize": 3, "VPCZoneIdentifier": ",".join(self.subnets),
                 "LaunchTemplate": {"LaunchTemplateId": self.template, "Version": "$Latest"}}  # fmt: skip
        return self.scaling("CreateAutoScalingGroup", **{**given, **more})

    def described(self):
        (found,) = self.scaling("DescribeAutoScalingGroups", AutoScalingGroupNames=["Web"])["AutoScalingGroups"]
        return found


@pytest.fixture
def account():
    return Account()


def test_a_group_is_in_its_subnets_with_the_groups_of_its_template(account):
    account.group(Tags=[{"Key": "Name", "Value": "web", "PropagateAtLaunch": True}])
    found = account.described()
    assert (found["AutoScalingGroupName"], found["MinSize"], found["DesiredCapacity"]) == ("Web", 1, 1)
    assert found["VPCZoneIdentifier"].split(",") == account.subnets
    assert found["LaunchTemplate"]["LaunchTemplateId"] == account.template
    assert {one["AvailabilityZone"] for one in found["Instances"]} == {"eu-west-1a", "eu-west-1b"}
    assert (found["Tags"][0]["ResourceId"], found["Tags"][0]["PropagateAtLaunch"]) == ("Web", True)
    interfaces = account.ec2("DescribeNetworkInterfaces")["NetworkInterfaces"]
    assert {one["Groups"][0]["GroupId"] for one in interfaces} == {account.security}
    assert account.group() == "AlreadyExists"
    account.scaling("SetDesiredCapacity", AutoScalingGroupName="Web", DesiredCapacity=2)
    assert account.described()["DesiredCapacity"] == 2
    assert account.scaling("SetDesiredCapacity", AutoScalingGroupName="Web", DesiredCapacity=9) == "ValidationError"
    account.scaling("UpdateAutoScalingGroup", AutoScalingGroupName="Web", VPCZoneIdentifier=account.subnets[0])
    assert len(account.ec2("DescribeNetworkInterfaces")["NetworkInterfaces"]) == 1
    account.scaling("DeleteAutoScalingGroup", AutoScalingGroupName="Web", ForceDelete=True)
    assert account.scaling("DescribeAutoScalingGroups", AutoScalingGroupNames=["Web"])["AutoScalingGroups"] == []
    assert account.ec2("DescribeNetworkInterfaces")["NetworkInterfaces"] == []


PARTS = [
    ("PutScalingPolicy", "DescribePolicies", "DeletePolicy", "ScalingPolicies", "PolicyName",
     {"PolicyType": "TargetTrackingScaling", "TargetTrackingConfiguration": {"TargetValue": 50.0, "DisableScaleIn": False}},
     {"TargetTrackingConfiguration": {"TargetValue": 60.0, "DisableScaleIn": False}}, {"Enabled": True}),
    ("PutScheduledUpdateGroupAction", "DescribeScheduledActions", "DeleteScheduledAction", "ScheduledUpdateGroupActions",
     "ScheduledActionName", {"Recurrence": "0 9 * * *", "MinSize": 1}, {"MinSize": 2}, {}),
    ("PutLifecycleHook", "DescribeLifecycleHooks", "DeleteLifecycleHook", "LifecycleHooks", "LifecycleHookName",
     {"LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}, {"HeartbeatTimeout": 60}, {"DefaultResult": "ABANDON"}),
]  # fmt: skip


@pytest.mark.parametrize(("put", "describe", "delete", "member", "name", "first", "second", "usual"), PARTS)
def test_a_part_of_a_group_is_read_back(account, put, describe, delete, member, name, first, second, usual):
    own = {"AutoScalingGroupName": "Web", name: "One"}
    assert account.scaling(put, **own, **first) == "ValidationError"
    account.group()
    account.scaling(put, **own, **first)
    account.scaling(put, **own, **{**first, **second})
    (found,) = account.scaling(describe, AutoScalingGroupName="Web", **{f"{name}s": ["One"]})[member]
    expected = {**own, **first, **usual, **second}
    assert {key: found[key] for key in expected} == expected
    assert account.scaling(describe, AutoScalingGroupName="Web", **{f"{name}s": ["Two"]})[member] == []
    account.scaling(delete, **own)
    assert account.scaling(delete, **own) == "ValidationError"
    account.scaling(put, **own, **first)
    account.scaling("DeleteAutoScalingGroup", AutoScalingGroupName="Web")
    account.group()
    assert account.scaling(describe, AutoScalingGroupName="Web")[member] == []


def test_a_scaling_policy_has_an_arn(account):
    account.group()
    own = {"AutoScalingGroupName": "Web", "PolicyName": "Up"}
    arn = account.scaling("PutScalingPolicy", **own, AdjustmentType="ChangeInCapacity", ScalingAdjustment=1)[
        "PolicyARN"
    ]
    assert arn.endswith(":autoScalingGroupName/Web:policyName/Up")
    (found,) = account.scaling("DescribePolicies", PolicyNames=[arn])["ScalingPolicies"]
    assert (found["PolicyARN"], found["PolicyType"], found["ScalingAdjustment"]) == (arn, "SimpleScaling", 1)
    assert account.scaling("DescribePolicies", PolicyTypes=["StepScaling"])["ScalingPolicies"] == []
    account.scaling("DeletePolicy", PolicyName=arn)
    assert account.scaling("DescribePolicies")["ScalingPolicies"] == []


def test_metrics_of_a_group(account):
    account.group()
    own = {"AutoScalingGroupName": "Web"}
    account.scaling("EnableMetricsCollection", **own, Granularity="1Minute", Metrics=["GroupMinSize", "GroupMaxSize"])
    account.scaling("DisableMetricsCollection", **own, Metrics=["GroupMinSize"])
    assert account.described()["EnabledMetrics"] == [{"Metric": "GroupMaxSize", "Granularity": "1Minute"}]
    account.scaling("DisableMetricsCollection", **own)
    assert account.described()["EnabledMetrics"] == []


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ([{"Granularity": "1Minute"}], {"GroupMinSize", "GroupMaxSize", "GroupTotalInstances"}),
        ([UNKNOWN, {"Granularity": "1Minute", "Metrics": UNKNOWN}, {"Metrics": ["GroupMinSize"]}], {"GroupMinSize"}),
        (UNKNOWN, set()),
    ],
)
def test_metrics_of_a_group_of_a_template(written, names):
    one = Resource(
        "Group", "AWS::AutoScaling::AutoScalingGroup", {"MinSize": "1", "MaxSize": "1", "MetricsCollection": written}
    )
    scaling = Client("autoscaling", AutoScalingApi(Running(Cloud.of(resources={one.id: one}))).handle)
    (found,) = scaling("DescribeAutoScalingGroups")["AutoScalingGroups"]
    metrics = {each["Metric"] for each in found["EnabledMetrics"]}
    assert names <= metrics
    assert bool(names) == bool(metrics)


@pytest.mark.parametrize("named", [{"LaunchTemplateName": "none"}, {"LaunchTemplateId": "lt-0123456789abcdef0"}])
def test_a_group_has_a_launch_template_that_exists(account, named):
    mixed = {"LaunchTemplate": {"LaunchTemplateSpecification": named}}
    assert account.group(LaunchTemplate=named) == "ValidationError"
    assert account.group(LaunchTemplate={}, MixedInstancesPolicy=mixed) == "ValidationError"


def test_its_instances_are_targets(account):
    (group,) = account.elb("CreateTargetGroup", Name="tg", Protocol="HTTP", Port=80, VpcId=account.vpc)["TargetGroups"]
    arn = group["TargetGroupArn"]
    account.group()
    account.scaling("AttachLoadBalancerTargetGroups", AutoScalingGroupName="Web", TargetGroupARNs=[arn])
    assert account.described()["TargetGroupARNs"] == [arn]
    assert len(account.running.cloud.balancing.target_groups[account.running.cloud.named(arn)].registered_by) == 1
    (there,) = account.scaling("DescribeLoadBalancerTargetGroups", AutoScalingGroupName="Web")[
        "LoadBalancerTargetGroups"
    ]
    assert there["LoadBalancerTargetGroupARN"] == arn
    account.scaling("DetachLoadBalancerTargetGroups", AutoScalingGroupName="Web", TargetGroupARNs=[arn])
    assert account.described()["TargetGroupARNs"] == []
    assert (
        account.scaling("AttachLoadBalancerTargetGroups", AutoScalingGroupName="Web", TargetGroupARNs=["x"])
        == "ValidationError"
    )


def test_a_launch_configuration_is_in_use(account):
    account.scaling("CreateLaunchConfiguration", LaunchConfigurationName="lc", ImageId="ami-0123456789abcdef0", InstanceType="t3.micro",
                    SecurityGroups=[account.security])  # fmt: skip
    (found,) = account.scaling("DescribeLaunchConfigurations")["LaunchConfigurations"]
    assert (found["LaunchConfigurationName"], found["SecurityGroups"]) == ("lc", [account.security])
    assert account.group(LaunchTemplate={}, LaunchConfigurationName="x") == "ValidationError"
    account.scaling("CreateAutoScalingGroup", AutoScalingGroupName="Web", MinSize=1, MaxSize=1, LaunchConfigurationName="lc",
                    VPCZoneIdentifier=account.subnets[0])  # fmt: skip
    assert account.scaling("DeleteLaunchConfiguration", LaunchConfigurationName="lc") == "ResourceInUse"
    account.scaling(
        "CreateOrUpdateTags",
        Tags=[{"ResourceId": "Web", "ResourceType": "auto-scaling-group", "Key": "a", "Value": "1"}],
    )
    assert [(one["Key"], one["Value"]) for one in account.scaling("DescribeTags")["Tags"]] == [("a", "1")]
    account.scaling("DeleteTags", Tags=[{"ResourceId": "Web", "Key": "a"}])
    assert account.scaling("DescribeTags")["Tags"] == []
