"""`netful up` on a running stack brings it in place to what the template says now."""

import shutil

import pytest

from tests.helpers.places import EXAMPLES
from tests.helpers.texts import replaced

pytestmark = pytest.mark.packets
DEMO = EXAMPLES / "ssm-demo"


@pytest.fixture
def edited(tmp_path, running):
    """A copy of the demo that runs, and a way to run another variation in its place."""
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    stack = running(folder / "endpoint.yaml")

    def become(text):
        (folder / "endpoint.yaml").write_text(text)
        return stack.up().stdout

    return stack, become


def test_endpoint_goes_and_comes_back(edited):
    stack, become = edited
    assert stack.invoke()["payload"] == {"value": "hello from Parameter Store"}
    gone = become((DEMO / "isolated.yaml").read_text())
    assert "- VpcEndpoint              SsmEndpoint" in gone
    assert "changed in" in gone
    assert stack.invoke()["payload"]["errorType"] == "Sandbox.Timedout"
    probed = stack.probe("ReadParameter", "aws:ssm")
    assert (probed["agree"], probed["predicted"]["verdict"]) == (True, "blocked")
    become((DEMO / "endpoint.yaml").read_text())
    assert stack.invoke()["payload"] == {"value": "hello from Parameter Store"}


def test_rule_that_changes_keeps_warm_environments(edited):
    stack, become = edited
    assert stack.invoke()["init_ms"] is not None
    told = become((DEMO / "closed-endpoint.yaml").read_text())
    assert "~ SecurityGroup            EndpointSg  ingress" in told
    assert stack.invoke()["init_ms"] is None  # its connection is tracked and stays: the call still succeeds
    assert stack.probe("ReadParameter", "aws:ssm")["agree"] is True


def test_parameters_follow_the_template(edited):
    stack, become = edited
    text = (DEMO / "endpoint.yaml").read_text()
    become(replaced(text, {"hello from Parameter Store": "changed"}))
    assert stack.invoke()["payload"] == {"value": "changed"}


def test_function_that_changes_starts_anew_and_keeps_its_log(edited):
    stack, become = edited
    stack.invoke()
    become(replaced((DEMO / "endpoint.yaml").read_text(), {"Timeout: 3": "Timeout: 7"}))
    assert stack.invoke()["init_ms"] is not None
    assert stack.netful("logs", "ReadParameter", "--stack", "s", check=0).stdout.count("INIT_START") == 2


def test_broken_edit_changes_nothing(edited):
    stack, _ = edited
    stack.template.write_text(replaced((DEMO / "endpoint.yaml").read_text(), {"10.0.1.0/24": "10.9.0.0/24"}))
    done = stack.netful("up", "-d", "-t", "endpoint.yaml", "--stack", "s", check=2)
    assert "endpoint.yaml:" in done.stderr
    assert stack.invoke()["payload"] == {"value": "hello from Parameter Store"}


def test_same_template_is_no_change(edited):
    stack, become = edited
    assert "0 changes" in become((DEMO / "endpoint.yaml").read_text())
    more = ("up", "-d", "-t", "endpoint.yaml", "--stack", "s", "--internet", "real")
    assert "the stack `s` runs without `--internet real`" in stack.netful(*more, check=2).stderr
    assert stack.json("status", "--stack", "s")["internet"] == "emulated"
    late = stack.up("--nat-ports", "7", "--eni-seconds", "1", "--workers", "1").stderr
    assert "`--nat-ports` and `--eni-seconds` hold from a stack's start: `netful down` comes first" in late


def test_another_folder_of_the_same_name(edited, tmp_path):
    stack, _ = edited
    other = tmp_path / "elsewhere" / "s"
    shutil.copytree(DEMO, other)
    (other / "endpoint.yaml").write_text((DEMO / "isolated.yaml").read_text())
    (other / "template.yaml").write_text((DEMO / "isolated.yaml").read_text())
    for given in ((), ("-t", "endpoint.yaml")):  # as in the folder whose stack runs
        refused = stack.netful("up", "-d", *given, check=2, cwd=other).stderr
        assert f"another stack `s` is running, that of `{stack.template.parent}`" in refused
    for given in ((), ("-t", "endpoint.yaml")):
        assert (
            "- VpcEndpoint              SsmEndpoint"
            in stack.netful("up", "-d", *given, "--stack", "s", cwd=other).stdout
        )
        stack.up()
    here = ("up", "-d", "-t", "demo/endpoint.yaml", "--stack", "s")
    assert "0 changes" in stack.netful(*here, cwd=stack.template.parent.parent).stdout
    assert stack.invoke()["payload"] == {"value": "hello from Parameter Store"}


def test_missing_code_is_an_error_and_changes_nothing(edited):
    stack, _ = edited
    stack.template.write_text(
        replaced(stack.template.read_text(), {"CodeUri: read_parameter/": "CodeUri: nowhere/\n      MemorySize: 1024"})
    )
    refused = stack.netful("up", "-d", "-t", stack.template.name, "--stack", "s", check=2)
    assert "endpoint.yaml:" in refused.stderr
    assert stack.client("lambda").get_function_configuration(FunctionName="ReadParameter")["MemorySize"] != 1024
    assert stack.invoke()["payload"] == {"value": "hello from Parameter Store"}
