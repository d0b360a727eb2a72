"""Addresses of an account over a restart: they stay, also if others have become free in the meantime."""

import pytest

from netful.account.carried import edits_of
from netful.account.kept import kept_account
from netful.account.kept.kept_addresses import KeptAddresses
from netful.account.things import made_by_calls
from netful.stack.account_start import begun
from netful.stack.control.settings import Settings
from tests.helpers.accounts import AccountClients


@pytest.fixture
def clients(tmp_path):
    made = AccountClients(tmp_path)
    yield made
    made.runner.close()


def restarted(account, folder):
    """The cloud of a later process, from what this one keeps."""
    written, cloud = account.as_written, account.cloud
    made = kept_account.MadeByCalls(
        edits_of(written, cloud), made_by_calls(written, cloud), {}, KeptAddresses.of(cloud)
    )
    (folder / "kept/account").mkdir(parents=True)
    kept_account.write(folder / "kept/account", kept_account.as_bytes(kept_account.kept_account([], [], {}, made)))
    return begun(Settings("s", str(folder), state_folder=str(folder / "kept"), empty=True), folder / "run").cloud


def test_addresses_stay(clients, tmp_path):
    ec2 = clients.ec2
    subnet = ec2("DescribeSubnets")["Subnets"][0]["SubnetId"]
    elastic = [ec2("AllocateAddress")["AllocationId"] for _ in range(3)]
    enis = [ec2("CreateNetworkInterface", SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"] for _ in range(2)]
    ec2("AssociateAddress", AllocationId=elastic[1], NetworkInterfaceId=enis[1])
    launched = ec2("RunInstances", ImageId="ami-12345678", MinCount=2, MaxCount=2, SubnetId=subnet)["Instances"]
    ec2("ReleaseAddress", AllocationId=elastic[0])
    ec2("DeleteNetworkInterface", NetworkInterfaceId=enis[0])
    ec2("TerminateInstances", InstanceIds=[launched[0]["InstanceId"]])
    network = clients.account.cloud.network
    assert {eni.public_ip is None for eni in network.network_interfaces.values()} == {False}
    after = restarted(clients.account, tmp_path).network
    assert after.elastic_ips == network.elastic_ips
    assert after.network_interfaces == network.network_interfaces
