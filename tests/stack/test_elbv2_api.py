"""Elastic Load Balancing's API of a running stack: what it describes runs, and packets follow what it changes."""

import json
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from tests.helpers.processes import wait_until
from tests.helpers.stacks import balancers_in

pytestmark = pytest.mark.packets
SOON = {"Delay": 1, "MaxAttempts": 60}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from balancers_in(tmp_path_factory.mktemp("balancers")).while_up()


@pytest.fixture(scope="module")
def client(stack):
    return stack.client


@pytest.fixture(scope="module")
def elb(client):
    return client("elbv2")


def curl(stack, url):
    """The status and the body that a client on the internet gets; "000" without an answer."""
    words = ("curl", "-s", "--max-time", "10", "-w", "\n%{http_code}", url)
    body, _, status = stack.netful("exec", "--stack", "s", "internet", "--", *words).stdout.rpartition("\n")
    return status, body


def health(elb, arn):
    found = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return {one["Target"]["Id"]: one["TargetHealth"] for one in found}


def test_the_load_balancers_are_those_that_run(stack, elb):
    shown = {one["dns_name"] for one in stack.json("status", "--stack", "s")["load_balancers"]}
    assert {one["DNSName"] for one in elb.describe_load_balancers()["LoadBalancers"]} == shown


def test_the_health_is_what_the_nodes_find(elb):
    groups = {one["TargetGroupName"]: one["TargetGroupArn"] for one in elb.describe_target_groups()["TargetGroups"]}
    (healthy,) = wait_until(lambda: [h for h in health(elb, groups["Instances"]).values() if h["State"] == "healthy"])
    assert "Reason" not in healthy
    (closed,) = wait_until(
        lambda: [h for h in health(elb, groups["Unreachable"]).values() if h["State"] == "unhealthy"]
    )
    assert closed["Reason"] == "Target.Timeout"


def test_requests_follow_what_the_api_makes(stack, client, elb):
    (before,) = elb.describe_load_balancers(Names=["Balancer"])["LoadBalancers"]
    subnets = [zone["SubnetId"] for zone in before["AvailabilityZones"]]
    made = elb.create_load_balancer(Name="by-api", Subnets=subnets, SecurityGroups=before["SecurityGroups"])
    balancer = made["LoadBalancers"][0]
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[balancer["LoadBalancerArn"]], WaiterConfig=SOON)
    group = elb.create_target_group(
        Name="web", Protocol="HTTP", Port=8080, VpcId=balancer["VpcId"], TargetType="ip", HealthCheckPath="/health"
    )["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=forward
    )["Listeners"][0]["ListenerArn"]
    url = f"http://{balancer['DNSName']}/hello"
    assert curl(stack, url)[0] == "503"  # no target yet

    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.3.10"}])
    elb.get_waiter("target_in_service").wait(TargetGroupArn=group, WaiterConfig=SOON)
    status, body = curl(stack, url)
    assert (status, json.loads(body)["head"][0]) == ("200", "GET /hello HTTP/1.1")
    probed = stack.probe("internet", url)
    assert (probed["agree"], probed["observed"][0]["verdict"]) == (True, "reachable")

    elb.create_rule(
        ListenerArn=listener,
        Priority=5,
        Conditions=[{"Field": "path-pattern", "Values": ["/fixed"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "202", "MessageBody": "by rule"}}],
    )
    assert curl(stack, f"http://{balancer['DNSName']}/fixed") == ("202", "by rule")
    with pytest.raises(ClientError, match="ResourceInUse"):
        elb.delete_target_group(TargetGroupArn=group)

    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.3.10"}])
    elb.get_waiter("target_deregistered").wait(TargetGroupArn=group, Targets=[{"Id": "10.0.3.10"}], WaiterConfig=SOON)
    assert curl(stack, url)[0] == "503"

    nodes = interfaces(client, balancer["LoadBalancerArn"].partition("loadbalancer/")[2])
    urls = [f"http://{one['Association']['PublicIp']}/fixed" for one in nodes]
    assert [curl(stack, each)[0] for each in urls] == ["202", "202"]
    elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[balancer["LoadBalancerArn"]], WaiterConfig=SOON)
    elb.delete_target_group(TargetGroupArn=group)
    assert [curl(stack, each)[0] for each in urls] == ["000", "000"]
    assert {one["Description"].split("/")[1] for one in interfaces(client)} == {"Balancer", "Network"}


def test_a_new_target_has_no_requests_before_its_first_check(stack, client, elb):
    """A closed port joins a healthy target, and no request fails; an open one gets its share when it is healthy."""
    group = elb.describe_target_groups(Names=["Instances"])["TargetGroups"][0]["TargetGroupArn"]
    (known,) = health(elb, group)
    wait_until(lambda: health(elb, group)[known]["State"] == "healthy")
    (balancer,) = elb.describe_load_balancers(Names=["Balancer"])["LoadBalancers"]
    url = f"http://{balancer['DNSName']}/web/new"

    def statuses(count):
        program = f"for n in $(seq {count}); do curl -s -o /dev/null -w '%{{http_code}} ' {url}; done"
        return stack.netful("exec", "--stack", "s", "internet", "--", "sh", "-c", program).stdout.split()

    closed, opened = {"Id": known, "Port": 8081}, {"Id": known, "Port": 8082}
    elb.register_targets(TargetGroupArn=group, Targets=[closed])
    assert {*statuses(40)} == {"200"}
    (web,) = client("ec2").describe_instances(InstanceIds=[known])["Reservations"][0]["Instances"]
    rule = {"IpProtocol": "tcp", "FromPort": 8082, "ToPort": 8082, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    client("ec2").authorize_security_group_ingress(GroupId=web["SecurityGroups"][0]["GroupId"], IpPermissions=[rule])
    words = ("exec", "--stack", "s", "Web", "--", sys.executable, "-m", "http.server", "8082")
    server = subprocess.Popen(
        [stack.command, *words], env=stack.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        elb.register_targets(TargetGroupArn=group, Targets=[opened])
        wait_until(lambda: "404" in statuses(4))  # the new server's answer
    finally:
        server.terminate()
        server.wait()
        elb.deregister_targets(TargetGroupArn=group, Targets=[closed, opened])


def interfaces(client, full_name="*"):
    """The interfaces of load balancers, as Terraform finds them."""
    filters = {"attachment.instance-owner-id": ["amazon-elb", "amazon-aws"], "description": [f"ELB {full_name}"]}
    found = client("ec2").describe_network_interfaces(
        Filters=[{"Name": name, "Values": values} for name, values in filters.items()]
    )
    return found["NetworkInterfaces"]


def test_a_rule_of_the_templates_listener(stack, elb):
    (balancer,) = elb.describe_load_balancers(Names=["Balancer"])["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (listener,) = [one["ListenerArn"] for one in listeners if one["Port"] == 80]
    url = f"http://{balancer['DNSName']}/fixed"
    assert curl(stack, url) == ("404", "nothing here")
    rule = elb.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/fixed"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "202", "MessageBody": "by rule"}}],
    )["Rules"][0]["RuleArn"]
    assert curl(stack, url) == ("202", "by rule")
    elb.delete_rule(RuleArn=rule)
    assert curl(stack, url) == ("404", "nothing here")


def test_a_classic_operation_is_not_served(client):
    with pytest.raises(ClientError, match="InvalidAction"):
        client("elb").describe_load_balancers()
