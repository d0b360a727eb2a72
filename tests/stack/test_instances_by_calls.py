"""Instances that boto3 launches in a running account: packets reach them as their groups admit, and as `trace` predicts."""

import pytest
from botocore.exceptions import ClientError

from tests.helpers.accounts_running import Account

pytestmark = pytest.mark.packets
AMI = "ami-00000000000000001"


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    folder = tmp_path_factory.mktemp("account")
    (folder / "netful.toml").write_text('[hosts.b]\ncommand = "python3 -m http.server 8080"\nhealth = {port = 8080}\n')
    made = Account(folder / "state", folder / "template.yaml")
    yield made.start()
    made.down()


@pytest.fixture(scope="module")
def ec2(account):
    return account.client("ec2")


def launched(ec2, name, group_id):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
    asked = {"ImageId": AMI, "MinCount": 1, "MaxCount": 1, "SecurityGroupIds": [group_id]}
    (one,) = ec2.run_instances(**asked, TagSpecifications=tags)["Instances"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[one["InstanceId"]])
    ec2.get_waiter("instance_status_ok").wait(InstanceIds=[one["InstanceId"]])
    return one


@pytest.fixture(scope="module")
def hosts(ec2):
    """A client and a server, each in a group of its own."""
    groups = {name: ec2.create_security_group(GroupName=name, Description=name)["GroupId"] for name in ("a", "b")}
    return {name: (launched(ec2, name, id_), id_) for name, id_ in groups.items()}


@pytest.fixture(scope="module")
def admitted(ec2, hosts):
    """The rule by which the server admits the client, as calls name it."""
    rule = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": hosts["a"][1]}]}
    asked = {"GroupId": hosts["b"][1], "IpPermissions": [rule]}
    ec2.authorize_security_group_ingress(**asked)
    return asked


def reached(account, hosts):
    """What packets do, which is what `trace` predicts of the running network."""
    probed = account.probe(hosts["a"][0]["InstanceId"], f"{hosts['b'][0]['InstanceId']}:tcp/8080")
    assert probed["agree"]
    return probed["observed"][0]["verdict"]


def test_groups_of_instances_hold_for_packets(account, ec2, hosts, admitted):
    ec2.revoke_security_group_ingress(**admitted)
    assert reached(account, hosts) == "blocked"
    ec2.authorize_security_group_ingress(**admitted)
    assert reached(account, hosts) == "reachable"
    ec2.modify_instance_attribute(InstanceId=hosts["a"][0]["InstanceId"], Groups=[hosts["b"][1]])
    assert reached(account, hosts) == "blocked"
    ec2.modify_instance_attribute(InstanceId=hosts["a"][0]["InstanceId"], Groups=[hosts["a"][1]])
    assert reached(account, hosts) == "reachable"


def test_a_command_runs_on_an_instance(account, hosts):
    (one, _) = hosts["a"]
    words = ("ip", "-4", "-o", "address", "show", "eth0")
    done = account.netful("exec", one["InstanceId"], "--stack", "s", "--", *words, check=0)
    assert one["PrivateIpAddress"] in done.stdout


@pytest.mark.usefixtures("admitted")
def test_an_instance_runs_the_program_of_its_name(account, hosts):
    words = ("curl", "-sS", "--max-time", "30", f"http://{hosts['b'][0]['PrivateIpAddress']}:8080/")
    done = account.netful("exec", hosts["a"][0]["InstanceId"], "--stack", "s", "--", *words, check=0)
    assert "Directory listing" in done.stdout
    (host,) = account.json("status", "--stack", "s")["hosts"]
    assert (host["resource"], host["state"]) == ("b", "running")


@pytest.mark.usefixtures("admitted")
def test_a_stopped_instance_does_not_answer(account, ec2, hosts):
    id_ = hosts["b"][0]["InstanceId"]
    ec2.stop_instances(InstanceIds=[id_])
    assert account.json("status", "--stack", "s")["hosts"] == []
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[id_])
    assert reached(account, hosts) == "blocked"
    ec2.start_instances(InstanceIds=[id_])
    ec2.get_waiter("instance_running").wait(InstanceIds=[id_])
    assert reached(account, hosts) == "reachable"


def test_a_terminated_instance_gives_its_group_free(ec2, hosts):
    one, group_id = hosts["b"]
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=group_id)
    ec2.terminate_instances(InstanceIds=[one["InstanceId"]])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[one["InstanceId"]])
    ec2.delete_security_group(GroupId=group_id)
