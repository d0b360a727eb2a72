"""`netful up` on a running stack brings it in place to what the template says now."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.helpers.places import EXAMPLES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import NETFUL
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


WAITS = """
Resources:
  Begun: {Type: AWS::SQS::Queue, Properties: {QueueName: begun}}
  Go: {Type: AWS::SQS::Queue, Properties: {QueueName: go}}
  Waits:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/r
      Timeout: 60
      Environment: {Variables: {GO: !Ref Go, BEGUN: !Ref Begun, WORD: old}}
      Code:
        ZipFile: |
          import os, boto3
          queues = boto3.client("sqs")
          def handler(event, context):
              queues.send_message(QueueUrl=os.environ["BEGUN"], MessageBody="begun")
              while "Messages" not in queues.receive_message(QueueUrl=os.environ["GO"], WaitTimeSeconds=20):
                  pass
              return os.environ["WORD"]
"""


OTHER = "Other: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: index.h, Role: r, Code: {ZipFile: h = print}}}"


@pytest.mark.parametrize("change", [{"WORD: old": "WORD: new"}, {"Resources:\n": f"Resources:\n  {OTHER}\n"}])
def test_an_invocation_goes_on_while_functions_change(tmp_path, running, change):
    (tmp_path / "template.yaml").write_text(WAITS)
    stack = running(tmp_path / "template.yaml")
    queues = stack.client("sqs")
    begun, go = (queues.get_queue_url(QueueName=name)["QueueUrl"] for name in ("begun", "go"))
    with ThreadPoolExecutor() as pool:
        waits = pool.submit(stack.invoke, "Waits")
        wait_until(lambda: "Messages" in queues.receive_message(QueueUrl=begun, WaitTimeSeconds=20))
        with stack.changed_to(replaced(WAITS, change)):
            queues.send_message(QueueUrl=go, MessageBody="go")
            assert waits.result()["payload"] == "old"
            wait_until(lambda: not (tmp_path / "state" / "s" / "functions-1" / "packages").exists())


def test_a_function_that_stays_the_same_keeps_its_environments(tmp_path, running):
    both = f"Resources:\n  {OTHER}\n  {OTHER.replace('Other', 'Third')}\n"
    (tmp_path / "template.yaml").write_text(both)
    stack = running(tmp_path / "template.yaml")
    first = [stack.invoke(name)["init_ms"] for name in ("Other", "Third")]
    for handler in ("a", "b"):
        with stack.changed_to(both.replace("index.h", f"index.{handler}", 1)):
            assert stack.invoke("Third")["init_ms"] is None
            assert "HandlerNotFound" in stack.invoke("Other", "{}")["payload"]["errorType"]
    assert None not in first


def test_a_layer_with_other_content_changes_its_functions(tmp_path, running):
    for word in ("one", "two"):
        (tmp_path / word / "python").mkdir(parents=True)
        helper = tmp_path / word / "python" / "helper.py"
        helper.write_text(f"word = '{word}'")
        os.utime(helper, (1, 1))
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "index.py").write_text("import helper\nh = lambda event, context: helper.word\n")
    fn = OTHER.replace("{ZipFile: h = print}", "app, Layers: [!Ref Words]")
    template = f"Resources:\n  Words: {{Type: AWS::Lambda::LayerVersion, Properties: {{Content: one}}}}\n  {fn}\n"
    (tmp_path / "template.yaml").write_text(template)
    stack = running(tmp_path / "template.yaml")
    assert stack.invoke("Other", "{}")["payload"] == "one"
    with stack.changed_to(replaced(template, {"Content: one": "Content: two"})):
        assert stack.invoke("Other", "{}")["payload"] == "two"


def test_broken_edit_changes_nothing(edited):
    stack, _ = edited
    stack.template.write_text(replaced((DEMO / "endpoint.yaml").read_text(), {"10.0.1.0/24": "10.0.1.0/99"}))
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
    assert "a running stack keeps its `--nat-ports` and `--eni-seconds`: `netful down --stack s` comes first" in late


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


@pytest.fixture
def watched(tmp_path, running):
    """The demo in a terminal of `netful up --watch`, its template, and the line that has a text."""
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    template = folder / "endpoint.yaml"
    stack = running(template)
    command = [NETFUL, "up", "--watch", "-t", template.name, "--stack", "s"]
    with subprocess.Popen(
        command, cwd=folder, env=stack.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as terminal:
        assert terminal.stdout is not None

        def line_with(text):
            """The lines as far as one with a text, which may never come."""
            lines = []
            while not lines or text not in lines[-1]:
                lines.append(next(terminal.stdout))
            return lines

        line_with("watching the sources of s")
        yield stack, template, line_with
        terminal.terminate()
    assert stack.json("status", "--stack", "s")["state"] == "running"


def test_watched_sources_are_applied_and_a_broken_edit_changes_nothing(watched):
    stack, template, line_with = watched
    template.write_text((DEMO / "isolated.yaml").read_text())
    line_with("- VpcEndpoint              SsmEndpoint")
    line_with("changed in")
    template.write_text("Resources: [")
    line_with("error: endpoint.yaml:")
    line_with("s runs on as it was")
    template.write_text((DEMO / "endpoint.yaml").read_text())
    line_with("+ VpcEndpoint              SsmEndpoint")
    line_with("changed in")
    (template.parent / "netful.toml").write_text("[hosts.Nowhere]\ncommand = 'true'\n")
    line_with("error: netful.toml:1: `Nowhere` is not a host")
    assert stack.invoke()["payload"] == {"value": "hello from Parameter Store"}


def test_each_edit_prints_the_warnings_that_it_changed(watched):
    _, template, line_with = watched
    demo = template.read_text()
    late = (
        "  Late: {Type: AWS::Lambda::Function, Properties: "
        "{Runtime: python3.12, Handler: index.h, Code: {ZipFile: 'h = print'}, Role: 'arn:aws:iam::123456789012:role/r'}}\n"
    )
    older = replaced(demo, {"Resources:\n": f"Resources:\n{late}"})

    def warnings(text):
        template.write_text(text)
        found = (
            re.fullmatch(r"(.*: )endpoint.yaml:\d+: (`.*) Python 3.12.*\n", line) for line in line_with("changed in")
        )
        return ["".join(one.groups()) for one in found if one]

    one, both = "`ReadParameter` asks for", "`Late` and `ReadParameter` ask for"
    assert warnings(older) == [f"warning: {both}", f"no longer: {one}"]
    assert warnings(replaced(older, {"Resources:\n": "# A new line.\nResources:\n", "= print": "= str"})) == []
    assert warnings(demo) == [f"warning: {one}", f"no longer: {both}"]


def test_a_quiet_start_prints_nothing(tmp_path, running):
    shutil.copytree(DEMO, tmp_path / "demo")
    stack = running(tmp_path / "demo" / "endpoint.yaml")
    stack.down()
    done = stack.up("--quiet")
    assert (done.stdout, done.stderr) == ("", "")
    assert stack.netful("up", "--watch", "-d", check=2).stderr.startswith("error: `--watch`")


def test_addresses_that_stay_are_no_change_by_a_call(edited):
    _, become = edited
    become((DEMO / "isolated.yaml").read_text())
    stack, _ = edited
    assert "AWS's API" not in stack.up().stderr


def test_encryption_control_that_is_added_and_changed(edited):
    stack, become = edited
    demo = (DEMO / "endpoint.yaml").read_text()
    for settings, verdict in (
        ("Mode: enforce", "blocked"),
        ("Mode: enforce, LambdaExclusionInput: enable", "reachable"),
        ("Mode: monitor", "reachable"),
    ):
        control = f"{{Type: AWS::EC2::VPCEncryptionControl, Properties: {{VpcId: !Ref Vpc, {settings}}}}}"
        become(replaced(demo, {"Resources:\n": f"Resources:\n  Control: {control}\n"}))
        probed = stack.probe("ReadParameter", "aws:ssm")
        assert (probed["agree"], probed["predicted"]["verdict"]) == (True, verdict)
