"""Random calls of the other services: after any of them, descriptions, names and `trace` speak of one network.

A call that is refused is part of the game. What one call changes, no description of another thing may contradict.
"""

from hypothesis import HealthCheck, given, seed
from hypothesis import strategies as st

from netful.account.cloud_map.api import CloudMapApi
from netful.account.ec2.api import Ec2Api
from netful.account.elbv2.api import ElbV2Api
from netful.account.managed.rds_api import RdsApi
from netful.account.route53.api import Route53Api
from netful.engine.names.resolution import resolve
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.account.test_databases import elsewhere
from tests.helpers.account_client import Client, Running, no_bundles, two_subnets
from tests.helpers.examples import examples

NAMES, ADDRESSES, CLOSED = (
    ("a", "b"),
    ("10.0.1.50", "10.0.2.50"),
    {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}},
)
CALLS = 40


class Account:
    """An account with a VPC, two subnets, two groups, a zone and a namespace, and the clients of its services."""

    def __init__(self):
        self.running = Running()
        self.ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.elb = Client("elbv2", ElbV2Api(self.running, dict, no_bundles).handle)
        self.dns = Client("route53", Route53Api(self.running).handle)
        self.rds = Client("rds", RdsApi(self.running, elsewhere).handle)
        self.map = Client("servicediscovery", CloudMapApi(self.running).handle)
        self.vpc, self.subnets = two_subnets(self.ec2)
        self.ec2("ModifyVpcAttribute", VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.groups = [
            self.ec2("CreateSecurityGroup", GroupName=name, Description="d", VpcId=self.vpc)["GroupId"]
            for name in NAMES
        ]
        self.client = self.ec2("CreateNetworkInterface", SubnetId=self.subnets[0])["NetworkInterface"][
            "NetworkInterfaceId"
        ]
        where = {"VPCId": self.vpc, "VPCRegion": "eu-west-1"}
        self.zone = self.dns("CreateHostedZone", Name="corp", CallerReference="z", VPC=where)["HostedZone"][
            "Id"
        ].rpartition("/")[2]
        self.rds("CreateDBSubnetGroup", DBSubnetGroupName="two", DBSubnetGroupDescription="d", SubnetIds=self.subnets)
        self.map("CreatePrivateDnsNamespace", Name="map.local", Vpc=self.vpc)
        self.namespace = self.map("ListNamespaces")["Namespaces"][0]["Id"]

    # --- calls: each takes the number of a name, and a choice ---------------------------------------------------------

    def record(self, name, choice):
        action = ("CREATE", "UPSERT", "DELETE")[choice % 3]
        record = {
            "Name": f"{NAMES[name]}.corp",
            "Type": "A",
            "TTL": 60,
            "ResourceRecords": [{"Value": ADDRESSES[choice % 2]}],
        }
        changes = [{"Action": action, "ResourceRecordSet": record}]
        self.dns("ChangeResourceRecordSets", HostedZoneId=self.zone, ChangeBatch={"Changes": changes})

    def database(self, name, choice):
        if choice % 2:
            self.rds("DeleteDBInstance", DBInstanceIdentifier=NAMES[name], SkipFinalSnapshot=True)
        else:
            self.rds("CreateDBInstance", DBInstanceIdentifier=NAMES[name], Engine="postgres", DBInstanceClass="db.t4g.micro",
                     MasterUsername="u", MasterUserPassword="p" * 8,
                     DBSubnetGroupName="two", VpcSecurityGroupIds=[self.groups[choice % 4 // 2]])  # fmt: skip

    def group_of_database(self, name, choice):
        self.rds("ModifyDBInstance", DBInstanceIdentifier=NAMES[name], VpcSecurityGroupIds=[self.groups[choice % 2]])

    def rule(self, name, choice):
        verb = ("Authorize", "Revoke")[choice % 2]
        port = (80, 5432)[choice // 2 % 2]
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
        self.ec2(f"{verb}SecurityGroupIngress", GroupId=self.groups[name], IpPermissions=[permission])

    def balancer(self, name, choice):
        there = self.arn(name)
        if choice % 2 and there:
            self.elb("DeleteLoadBalancer", LoadBalancerArn=there)
        elif choice % 2 == 0:
            self.elb("CreateLoadBalancer", Name=NAMES[name], Scheme="internal", Subnets=self.subnets,
                     SecurityGroups=[self.groups[choice % 4 // 2]])  # fmt: skip

    def listener(self, name, choice):
        if not (arn := self.arn(name)):
            return
        there = self.elb("DescribeListeners", LoadBalancerArn=arn)["Listeners"]
        if choice % 2 and there:
            self.elb("DeleteListener", ListenerArn=there[0]["ListenerArn"])
        else:
            self.elb("CreateListener", LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[CLOSED])

    def arn(self, name):
        found = self.elb("DescribeLoadBalancers", Names=[NAMES[name]])
        return "" if isinstance(found, str) else found["LoadBalancers"][0]["LoadBalancerArn"]

    def instance(self, name, choice):
        made = self.map(
            "CreateService",
            Name=NAMES[name],
            NamespaceId=self.namespace,
            DnsConfig={"DnsRecords": [{"Type": "A", "TTL": 1}]},
        )
        services = {one["Name"]: one["Id"] for one in self.map("ListServices")["Services"]}
        assert isinstance(made, dict) or made == "ServiceAlreadyExists"
        if choice % 2:
            self.map("DeregisterInstance", ServiceId=services[NAMES[name]], InstanceId="i")
        else:
            self.map(
                "RegisterInstance",
                ServiceId=services[NAMES[name]],
                InstanceId="i",
                Attributes={"AWS_INSTANCE_IPV4": ADDRESSES[choice // 2 % 2]},
            )

    # --- what must agree ----------------------------------------------------------------------------------------------

    def addresses(self, name):
        return {str(one) for one in resolve(self.running.cloud, self.vpc, name).addresses}

    def reached(self, addresses, port):
        target = min(addresses)
        return (
            str(trace(self.running.cloud, parse(self.running.cloud, self.client, f"{target}:tcp/{port}")).verdict)
            == "reachable"
        )

    def admits(self, groups, port):
        """Whether the rules of some groups, as they are described, admit the client to a port."""
        described = self.ec2("DescribeSecurityGroups", GroupIds=groups)["SecurityGroups"]
        return any(one.get("FromPort") == port for group in described for one in group["IpPermissions"])

    def check_records(self):
        listed = self.dns("ListResourceRecordSets", HostedZoneId=self.zone)["ResourceRecordSets"]
        told = {
            one["Name"].rstrip("."): {each["Value"] for each in one["ResourceRecords"]}
            for one in listed
            if one["Type"] == "A"
        }
        assert {name: self.addresses(f"{name}.corp") for name in NAMES} == {
            name: told.get(f"{name}.corp", set()) for name in NAMES
        }

    def check_instances(self):
        for service in self.map("ListServices")["Services"]:
            found = self.map("ListInstances", ServiceId=service["Id"])["Instances"]
            told = {one["Attributes"]["AWS_INSTANCE_IPV4"] for one in found}
            assert self.addresses(f"{service['Name']}.map.local") == told
            assert service["InstanceCount"] == len(found)

    def check_databases(self):
        interfaces = self.ec2("DescribeNetworkInterfaces")["NetworkInterfaces"]
        addresses = {one["PrivateIpAddress"] for one in interfaces}
        for one in self.rds("DescribeDBInstances")["DBInstances"]:
            found, groups = (
                self.addresses(one["Endpoint"]["Address"]),
                [each["VpcSecurityGroupId"] for each in one["VpcSecurityGroups"]],
            )
            assert found
            assert found <= addresses
            assert self.reached(found, 5432) == self.admits(groups, 5432)

    def check_balancers(self):
        interfaces = self.ec2("DescribeNetworkInterfaces")["NetworkInterfaces"]
        for one in self.elb("DescribeLoadBalancers")["LoadBalancers"]:
            named = f"ELB {one['LoadBalancerArn'].partition(':loadbalancer/')[2]}"
            own = {each["PrivateIpAddress"] for each in interfaces if each["Description"] == named}
            assert self.addresses(one["DNSName"]) == own
            listeners = self.elb("DescribeListeners", LoadBalancerArn=one["LoadBalancerArn"])["Listeners"]
            expected = bool(listeners) and self.admits(one["SecurityGroups"], 80)
            assert self.reached(own, 80) == expected


KINDS = ("record", "database", "group_of_database", "rule", "rule", "balancer", "listener", "instance")
MADE = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 1), st.integers(0, 11)), min_size=1, max_size=14)


@seed(1)
@examples(CALLS, suppress_health_check=[*HealthCheck])
@given(made=MADE)
def test_descriptions_names_and_trace_agree_after_any_calls(made):
    account = Account()
    for kind, name, choice in made:
        getattr(account, kind)(name, choice)
    account.check_records()
    account.check_instances()
    account.check_databases()
    account.check_balancers()
