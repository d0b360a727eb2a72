"""Stacks of templates that `netful up` named: described, updated and deleted like those that clients deployed."""

import pytest

from tests.account.cloudformation.conftest import network
from tests.helpers.accounts import AccountClients


@pytest.fixture
def clients(tmp_path):
    file = tmp_path / "template.json"
    file.write_text(network())
    made = AccountClients(tmp_path / "account", (file,), "site")
    yield made
    made.runner.close()


def test_the_template_is_a_stack(clients):
    assert clients.status("site") == "CREATE_COMPLETE"
    (vpc,) = clients.ec2("DescribeVpcs")["Vpcs"]
    assert clients.ids("site")["Vpc"] == clients.outputs("site")["VpcId"] == vpc["VpcId"]
    assert clients.cloudformation("GetTemplate", StackName="site")["TemplateBody"] == network()
    assert [one["Name"] for one in clients.cloudformation("ListExports")["Exports"]] == ["network"]


def test_a_client_updates_it(clients):
    before = clients.ids("site")
    clients.cloudformation("UpdateStack", StackName="site", TemplateBody=network(subnet="10.0.2.0/24"))
    assert clients.status("site") == "UPDATE_COMPLETE"
    assert clients.ids("site")["Vpc"] == before["Vpc"]
    (subnet,) = clients.ec2("DescribeSubnets")["Subnets"]
    assert (subnet["CidrBlock"], subnet["SubnetId"]) == ("10.0.2.0/24", clients.ids("site")["Subnet"])


def test_a_client_deletes_it(clients):
    clients.cloudformation("DescribeStacks")
    clients.cloudformation("DeleteStack", StackName="site")
    assert clients.cloudformation("DescribeStacks")["Stacks"] == []
    assert clients.ec2("DescribeVpcs")["Vpcs"] == []


def test_a_changed_file_is_an_update(clients):
    clients.cloudformation("DescribeStacks")
    clients.account.files[0].write_text(network(subnet="10.0.2.0/24"))
    clients.runner.run(clients.account.deploy(()))
    assert clients.status("site") == "UPDATE_COMPLETE"
