"""Networks that were read, by `import netful`."""

import json
from pathlib import Path

import pytest

import netful
from tests.helpers.places import ROOT

DEMO = ROOT / "examples" / "ssm-demo"


@pytest.fixture
def network():
    return netful.load(DEMO / "endpoint.yaml")


def test_a_path_has_hops_and_no_blockers(network):
    path = network.trace("ReadParameter", "aws:ssm")
    assert path.verdict == "reachable"
    assert [hop.component for hop in path.hops][-1] == "SsmEndpoint"
    assert path.blockers == ()


def test_reach_is_a_yes_or_a_no(network):
    assert network.can_reach("ReadParameter", "aws:ssm")
    assert not network.can_reach("ReadParameter", "internet:tcp/443")
    assert "timeout at hop 3" in str(network.can_reach("ReadParameter", "internet:tcp/443"))


@pytest.mark.parametrize("asked", [bool, lambda reach: not reach])
def test_an_unknown_answer_is_neither(write, asked):
    template = write("""
        Parameters: {SubnetId: {Type: String}}
        Resources:
          F: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: [!Ref SubnetId], SecurityGroupIds: [sg-1]}}}
    """)
    network = netful.load(template)
    assert network.missing == ("SubnetId",)
    with pytest.raises(netful.UnknownAnswerError, match="SubnetId"):
        asked(network.can_reach("F", "internet:tcp/443"))


def test_parameters_and_files_of_them(write):
    template = write("""
        Parameters: {Block: {Type: String}, Name: {Type: String}}
        Resources:
          V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Block}}
          S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: !Ref Block}}
    """)
    file = write('{"Name": "n"}', "values.json")
    network = netful.load(template, parameters={"Block": "10.9.0.0/24"}, parameter_files=[file], region="eu-west-1")
    assert network.missing == ()
    shown = network.show("S")
    assert shown["vpcs"][0]["subnets"][0]["cidr_block"] == "10.9.0.0/24"
    assert [*shown["resources"]] == ["S"]


def test_findings_can_be_selected_ignored_and_known(network, tmp_path):
    every = network.check()
    assert {finding.id for finding in every} >= {"NF107", "NF601"}
    assert {finding.id for finding in network.check(select=["NF6"])} == {"NF601"}
    assert "NF601" not in {finding.id for finding in network.check(ignore=["NF601"])}
    known = tmp_path / "known.json"
    known.write_text(json.dumps({"findings": [finding.to_json() for finding in every[:1]]}))
    assert network.check(baseline=known) == every[1:]


def test_a_newer_version_loses_a_flow(network):
    found = network.diff(netful.load(DEMO / "closed-endpoint.yaml"))
    assert [(flow.source, flow.destination) for flow in found.lost] == [("ReadParameter", "aws:ssm")]
    assert found.worse(netful.Severity.HIGH)


def test_the_matrix_of_all_or_of_some(network):
    answers = {(source, to): cell.verdict for source, to, cell in network.matrix().cells()}
    assert answers == {("ReadParameter", "aws:ssm"): "reachable", ("ReadParameter", "internet"): "blocked"}
    assert network.matrix(["internet"], ["ReadParameter"]).rows[0].sources == ("internet",)


def test_expectations_of_lines_and_of_a_file(network):
    outcomes = network.expect("ReadParameter can reach aws:ssm", "ReadParameter can reach internet")
    assert [outcome.result for outcome in outcomes] == ["passed", "failed"]
    assert {outcome.result for outcome in network.expect_file(DEMO / "network.txt")} == {"passed"}
    with pytest.raises(netful.SourceError, match=r"^`nonsense` is not an expectation"):
        network.expect("nonsense")


def test_a_forecast(network):
    assert network.forecast("ReadParameter=10/50")["loads"][0]["load"] == "ReadParameter"


@pytest.mark.parametrize(
    "answer",
    [
        lambda network: network.trace("ReadParameter", "aws:ssm"),
        lambda network: network.check(),
        lambda network: network.diff(netful.load(DEMO / "closed-endpoint.yaml")),
        lambda network: network.matrix(),
        lambda network: network.show(),
        lambda network: network.expect("ReadParameter can reach aws:ssm"),
    ],
    ids=["path", "findings", "difference", "matrix", "inventory", "outcomes"],
)
def test_every_answer_has_a_text(network, answer):
    assert "ReadParameter" in netful.text(answer(network))


def test_a_source_that_cannot_be_read_names_its_line(write):
    with pytest.raises(netful.SourceError) as refused:
        netful.load(write("Resources: ["))
    assert refused.value.origin.file == "template.yaml"


def test_a_network_describes_itself(network):
    assert repr(network) == "<netful.Network: 1 VPC, 1 subnet, 1 function>"


def test_paths_may_be_texts():
    assert netful.load(str(Path(DEMO, "nat.yaml"))).warnings == ()


def test_a_network_without_what_has_failed():
    network = netful.load(DEMO / "nat.yaml")
    left = network.without("NatGateway")
    assert network.can_reach("ReadParameter", "aws:ssm")
    assert not left.can_reach("ReadParameter", "aws:ssm")
    assert "NatGateway" in left.trace("ReadParameter", "aws:ssm").assumptions[0]
    assert not left.without("az:us-east-1a").can_reach("ReadParameter", "internet:tcp/443")


def test_single_failures_that_end_flows():
    report = netful.load(DEMO / "nat.yaml").resilience()
    ended = {str(loss.failure) for flow in report.flows for loss in flow.losses}
    assert ended == {"az:us-east-1a", "NatGateway", "InternetGateway"}
    assert "NatGateway" in netful.text(report)
