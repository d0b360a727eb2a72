"""Cloud Map's API: namespaces, services and instances by calls; names in the VPC follow."""

import pytest

from netful.account.cloud_map.api import CloudMapApi
from netful.account.cloud_map.writes import MOST, Operations
from netful.account.ec2.api import Ec2Api
from netful.account.wire.errors import ApiError
from netful.engine.names.resolution import resolve
from tests.helpers.account_client import Client, Running


class Account:
    def __init__(self):
        self.running = Running()
        self.map = Client("servicediscovery", CloudMapApi(self.running).handle)
        ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.vpc = ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2("ModifyVpcAttribute", VpcId=self.vpc, EnableDnsHostnames={"Value": True})

    def done(self, action, target, **asked):
        """The target of an asynchronous call, which is done."""
        made = self.map(action, **asked)
        if isinstance(made, str):
            return made
        operation = self.map("GetOperation", OperationId=made["OperationId"])["Operation"]
        assert operation["Status"] == "SUCCESS"
        return operation["Targets"][target]

    def namespace(self, name="corp.local"):
        return self.done("CreatePrivateDnsNamespace", "NAMESPACE", Name=name, Vpc=self.vpc)

    def service(self, namespace, name="orders"):
        records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
        made = self.map("CreateService", Name=name, NamespaceId=namespace, DnsConfig=records)
        return made if isinstance(made, str) else made["Service"]["Id"]

    def addresses(self, name):
        return [str(one) for one in resolve(self.running.cloud, self.vpc, name).addresses]


@pytest.fixture
def account():
    return Account()


def test_an_instance_answers_by_the_name_of_its_service(account):
    namespace = account.namespace()
    service = account.service(namespace)
    assert account.addresses("orders.corp.local") == []
    bare = {"ServiceId": service, "InstanceId": "one", "Attributes": {"a": "1"}}
    assert account.map("RegisterInstance", **bare) == "InvalidInput"
    account.done(
        "RegisterInstance",
        "INSTANCE",
        ServiceId=service,
        InstanceId="one",
        Attributes={"AWS_INSTANCE_IPV4": "10.0.0.9"},
    )
    assert account.addresses("orders.corp.local") == ["10.0.0.9"]
    account.done(
        "RegisterInstance",
        "INSTANCE",
        ServiceId=service,
        InstanceId="one",
        Attributes={"AWS_INSTANCE_IPV4": "10.0.0.8", "a": "1"},
    )
    assert account.addresses("orders.corp.local") == ["10.0.0.8"]
    (found,) = account.map(
        "DiscoverInstances", NamespaceName="corp.local", ServiceName="orders", QueryParameters={"a": "1"}
    )["Instances"]
    assert (found["InstanceId"], found["Attributes"]["AWS_INSTANCE_IPV4"]) == ("one", "10.0.0.8")
    assert (
        account.map("DiscoverInstances", NamespaceName="corp.local", ServiceName="orders", QueryParameters={"a": "2"})[
            "Instances"
        ]
        == []
    )
    account.done("DeregisterInstance", "INSTANCE", ServiceId=service, InstanceId="one")
    assert account.addresses("orders.corp.local") == []


def test_records_and_what_is_in_use(account):
    namespace = account.namespace()
    assert account.namespace() == "NamespaceAlreadyExists"
    service = account.service(namespace)
    assert account.service(namespace) == "ServiceAlreadyExists"
    own = account.map("GetNamespace", Id=namespace)["Namespace"]
    assert (own["Type"], own["ServiceCount"], own["Properties"]["DnsProperties"]["HostedZoneId"][0]) == (
        "DNS_PRIVATE",
        1,
        "Z",
    )
    by_namespace = [{"Name": "NAMESPACE_ID", "Values": [namespace]}]
    assert [one["Id"] for one in account.map("ListServices", Filters=by_namespace)["Services"]] == [service]
    assert account.map("ListServices", Filters=[{"Name": "NAMESPACE_ID", "Values": ["ns-x"]}])["Services"] == []
    assert account.map("DeleteNamespace", Id=namespace) == "ResourceInUse"
    account.done(
        "RegisterInstance",
        "INSTANCE",
        ServiceId=service,
        InstanceId="one",
        Attributes={"AWS_INSTANCE_IPV4": "10.0.0.9"},
    )
    assert account.map("DeleteService", Id=service) == "ResourceInUse"
    assert account.map("GetInstance", ServiceId=service, InstanceId="x") == "InstanceNotFound"
    account.done("DeregisterInstance", "INSTANCE", ServiceId=service, InstanceId="one")
    account.map("DeleteService", Id=service)
    account.done("DeleteNamespace", "NAMESPACE", Id=namespace)
    assert account.map("GetNamespace", Id=namespace) == "NamespaceNotFound"
    assert not account.running.cloud.names.hosted_zones


def test_a_namespace_without_names(account):
    namespace = account.done("CreateHttpNamespace", "NAMESPACE", Name="calls")
    made = account.map("CreateService", Name="orders", NamespaceId=namespace)["Service"]
    assert (made["Type"], made["NamespaceId"]) == ("HTTP", namespace)
    records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
    assert account.map("CreateService", Name="b", NamespaceId=namespace, DnsConfig=records) == "InvalidInput"
    account.map("TagResource", ResourceARN=made["Arn"], Tags=[{"Key": "a", "Value": "1"}])
    assert account.map("ListTagsForResource", ResourceARN=made["Arn"])["Tags"] == [{"Key": "a", "Value": "1"}]
    assert account.map("CreatePrivateDnsNamespace", Name="x", Vpc="vpc-0123456789abcdef0") == "InvalidInput"


def test_old_operations_are_forgotten():
    done = Operations()
    first, second, *_ = [done.add("REGISTER_INSTANCE", INSTANCE="i")["OperationId"] for _ in range(MOST + 1)]
    assert done.get(None, {"OperationId": second})["Operation"]["Id"] == second
    with pytest.raises(ApiError, match="OperationNotFound"):
        done.get(None, {"OperationId": first})
