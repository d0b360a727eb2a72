"""Tools for agents, called by the client of the protocol's own SDK."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

import netful
from netful.checks.registry import rule_named
from tests.helpers.places import ROOT

DEMO = ROOT / "examples" / "ssm-demo"
CLOSED, OPEN = str(DEMO / "closed-endpoint.yaml"), str(DEMO / "endpoint.yaml")


def connected(*paths):
    """A client of a server with these sources; imported here, since that takes a second and each worker collects all tests."""
    from mcp.client.client import Client

    from netful.agents.server import server
    from netful.agents.tools import Sources

    return Client(server(Sources([*paths])))


def call(*calls, source=CLOSED):
    """The answers of one server to calls, in order."""

    async def ask():
        async with connected(source) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(ask())


def text(answer):
    return answer.content[0].text


def test_the_tools_are_described_and_say_what_they_change():
    async def ask():
        async with connected() as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asyncio.run(ask())}
    assert set(tools) == {"load", "show", "trace", "check", "explain", "diff", "probe", "invoke", "logs"}
    assert all(tool.description for tool in tools.values())
    assert {name for name, tool in tools.items() if not tool.annotations.read_only_hint} == {"probe", "invoke"}
    assert tools["trace"].input_schema["required"] == ["source", "destination"]


def test_an_argument_that_a_tool_does_not_have_is_refused():
    [answer] = call(("load", {"templates": [OPEN]}))
    assert answer.is_error
    assert "templates" in text(answer)


def test_a_trace_has_the_text_and_the_json():
    [answer] = call(("trace", {"source": "ReadParameter", "destination": "aws:ssm"}))
    assert "hint: let `EndpointSg` admit tcp/443" in text(answer)
    assert answer.structured_content["verdict"] == "blocked"
    assert answer.structured_content["blockers"] == [3]


def test_load_chooses_the_sources_of_later_questions():
    loaded, traced = call(("load", {"paths": [OPEN]}), ("trace", {"source": "ReadParameter", "destination": "aws:ssm"}))
    assert loaded.structured_content["functions"] == ["ReadParameter"]
    assert traced.structured_content["verdict"] == "reachable"


def test_a_failed_load_keeps_the_sources():
    failed, traced = call(
        ("load", {"paths": ["no-such.yaml"]}), ("trace", {"source": "ReadParameter", "destination": "aws:ssm"})
    )
    assert failed.is_error
    assert not traced.is_error


def test_parameters_settle_what_is_missing(write):
    template = write(
        "Parameters: {Block: {Type: String}}\nResources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Block}}}\n"
    )
    without, with_ = call(
        ("load", {"paths": [str(template)]}),
        ("load", {"paths": [str(template)], "parameters": {"Block": "10.1.0.0/16"}}),
    )
    assert without.structured_content["missing"] == ["Block"]
    assert with_.structured_content["missing"] == []


def test_an_edit_is_seen_by_the_next_question(write):
    template = write(Path(CLOSED).read_text())
    (Path("read_parameter")).mkdir()
    mended = Path(OPEN).read_text()
    question = ("trace", {"source": "ReadParameter", "destination": "aws:ssm"})

    async def ask():
        async with connected(str(template)) as client:
            before = await client.call_tool(*question)
            template.write_text(mended)
            return before, await client.call_tool(*question)

    before, after = asyncio.run(ask())
    assert [one.structured_content["verdict"] for one in (before, after)] == ["blocked", "reachable"]


def test_findings_and_their_explanation():
    found, explained = call(("check", {"select": ["NF204"]}), ("explain", {"check": "NF204"}))
    assert [one["id"] for one in found.structured_content["findings"]] == ["NF204"]
    assert {name: explained.structured_content[name] for name in ("severity", "slug")} == {
        "severity": "high",
        "slug": rule_named("NF204").slug,
    }


def test_a_difference_names_the_lost_flow():
    [answer] = call(("diff", {"old": OPEN, "new": CLOSED}))
    assert answer.structured_content["flows"]["lost"][0]["to"] == "aws:ssm"


def test_one_resource_is_shown():
    [answer] = call(("show", {"name": "EndpointSg"}))
    assert [*answer.structured_content["resources"]] == ["EndpointSg"]


@pytest.mark.parametrize(
    ("tool", "arguments", "named"),
    [
        ("trace", {"source": "Nothing", "destination": "aws:ssm"}, "Nothing"),
        ("explain", {"check": "NF999"}, "NF999"),
        ("invoke", {"function": "F", "stack": "no-such-stack"}, "not running"),
    ],
)
def test_an_error_is_told_to_the_model(tool, arguments, named):
    [answer] = call((tool, arguments))
    assert answer.is_error
    assert named in text(answer)


def test_a_long_answer_is_cut_and_says_so(write):
    from netful.agents.answers import MOST_CHARACTERS

    groups = "\n".join(f"  G{n}: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.{n}.0.0/16}}}}" for n in range(200))
    template = write(f"Resources:\n{groups}\n")
    [answer] = call(("load", {"paths": [str(template)]}))
    assert len(text(answer)) < MOST_CHARACTERS + 200
    assert "are left out" in text(answer)
    assert len(answer.structured_content["vpcs"]) == 200


@pytest.mark.programs
def test_a_client_starts_the_server_by_its_command():
    async def ask():
        from mcp.client.client import Client
        from mcp.client.stdio import StdioServerParameters, stdio_client

        parameters = StdioServerParameters(
            command=str(Path(sys.executable).with_name("netful")), args=["mcp", "-t", CLOSED]
        )
        async with Client(stdio_client(parameters)) as client:
            return await client.call_tool("trace", {"source": "ReadParameter", "destination": "aws:ssm"})

    assert asyncio.run(ask()).structured_content["verdict"] == "blocked"


@pytest.mark.packets
def test_a_running_stack_is_probed_and_invoked(tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path))
    with netful.up(OPEN, name="agents"):
        probed, invoked, logged, nothing = call(
            ("probe", {"source": "ReadParameter", "destination": "aws:ssm"}),
            ("invoke", {"function": "ReadParameter", "event": {}}),
            ("logs", {"name": "ReadParameter", "lines": 1}),
            ("logs", {"name": "ReadParameter", "lines": 0}),
        )
    assert probed.structured_content["agree"] is True
    assert invoked.structured_content["payload"] == {"value": "hello from Parameter Store"}
    assert "REPORT" in text(logged)
    assert [len(one.structured_content["lines"]) for one in (logged, nothing)] == [1, 0]


def test_texts_about_a_cdk_application_have_its_constructs_and_the_json_the_ids(tmp_path):
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "g", "VpcId": {"Ref": "Vpc1A2B"}}}
    group["Properties"]["SecurityGroupIngress"] = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]  # fmt: skip
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}, "Metadata": {"aws:cdk:path": "S/Vpc/Resource"}}  # fmt: skip
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"Resources": {"Vpc1A2B": vpc, "Admin3C4D": group | {"Metadata": {"aws:cdk:path": "S/Admin/Resource"}}}}))  # fmt: skip
    shown, found = call(("show", {}), ("check", {}), source=str(file))
    assert text(shown).startswith("Vpc  10.0.0.0/16")
    assert "Admin3C4D" not in text(found)
    assert [one["resource"] for one in found.structured_content["findings"]] == ["Admin3C4D"]
