"""Services and tasks of ECS run their images: in the task's network, in order, with secrets, health, logs and truth."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.images import PYTHON, TestImage, python_layer, tar
from tests.helpers.places import TEMPLATES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import AS_ROOT, Stack
from tests.helpers.texts import replaced

pytestmark = [pytest.mark.packets, pytest.mark.programs]

WEB = """
import json, os, socket, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
def get(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)
def tried(action):
    try:
        return action() and "done"
    except OSError as refused:
        return type(refused).__name__
class Web(BaseHTTPRequestHandler):
    def do_GET(self):
        meta = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
        task = get(meta + "/task")
        facts = {
            "ids": [os.getuid(), os.getgid()],
            "words": [os.environ.get(name) for name in ("COLOUR", "WORD", "USER_NAME", "RESOLVED", "HOME", "AWS_EXECUTION_ENV", "NETFUL_STATE")],
            "shared": os.listdir("/shared/with us"),
            "beside": socket.create_connection(("127.0.0.1", 8125)).recv(9).decode(),
            "containers": [one["Name"] for one in task["Containers"]],
            "known": [task["KnownStatus"], task["Family"], task["Cluster"]],
            "keys": get("http://169.254.170.2" + os.environ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"])["AccessKeyId"][:4],
            "writes": [tried(lambda p=p: open(p, "w")) for p in ("/tmp/x", "/etc/x", "/proc/sys/kernel/hostname")],
            "machine": os.path.exists(%r),
            "processes": len([p for p in os.listdir("/proc") if p.isdigit()]),
            "leads home": f"ip-{socket.gethostbyname(socket.gethostname()).replace('.', '-')}.ec2.internal" == socket.gethostname(),
        }
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(facts).encode())
    def log_message(self, *_):
        pass
print("web serves", flush=True)
HTTPServer(("", 80), Web).serve_forever()
"""
BESIDE = """
import socket
s = socket.create_server(("127.0.0.1", 8125))
open("/tmp/ready", "w").close()
while True:
    s.accept()[0].send(b"beside")
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """One archive and one cache for all stacks of the module."""
    folder = tmp_path_factory.mktemp("images")
    files = {"app/web.py": WEB % __file__, "app/beside.py": BESIDE}
    made = TestImage([python_layer(), tar(files)], {"Entrypoint": [PYTHON]}, "app:1")
    made.docker_archive(folder / "app.tar")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        yield folder / "app.tar"


@pytest.fixture(scope="module")
def stack(tmp_path_factory, who, image):
    folder = tmp_path_factory.mktemp("tasks")
    shutil.copy(TEMPLATES / "tasks.yaml", folder / "template.yaml")
    (folder / "app.tar").hardlink_to(image)
    (folder / "netful.toml").write_text('[images."team/app"]\narchive = "app.tar"\n')
    yield from Stack(folder / "state", folder / "template.yaml", prefix=who).while_up()


REFUSED = 7  # curl's exit code


def call(stack, address):
    """Return what a task answers, as soon as its program, which has just started, listens."""
    asked = ("curl", "-sS", "--max-time", "30", f"http://{address}")

    def answer():
        done = stack.netful("exec", "subnet:A+Group", "--stack", "s", "--", *asked)
        assert done.returncode in (0, REFUSED), done.stderr
        return done.stdout

    return json.loads(wait_until(answer))


def tasks_of(stack, service, **asked):
    ecs = stack.client("ecs")
    arns = ecs.list_tasks(cluster="shop", serviceName=service, **asked)["taskArns"]
    return ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"] if arns else []


def address_of(task):
    (details,) = (one["details"] for one in task["attachments"])
    return next(one["value"] for one in details if one["name"] == "privateIPv4Address")


def service(stack, name):
    return stack.client("ecs").describe_services(cluster="shop", services=[name])["services"][0]


def test_a_service_runs_its_tasks(stack):
    (task,) = tasks_of(stack, service(stack, "Web")["serviceName"])
    facts = call(stack, address_of(task))
    assert facts == {
        "ids": [1000, 1000],
        "words": ["blue", "hush", "ann", "hush", "/home/app", "AWS_ECS_FARGATE", None],
        "shared": ["from-first"],
        "beside": "beside",
        "containers": ["web", "first", "beside"],
        "known": ["RUNNING", "web", "shop"],
        "keys": "ASIA",
        "writes": ["OSError", "OSError", "OSError"],
        "machine": False,
        "processes": 2,
        "leads home": True,
    }
    assert call(stack, "web.shop.internal") == facts
    assert task["lastStatus"] == "RUNNING"
    states = {one["name"]: (one["lastStatus"], one["healthStatus"], one.get("exitCode")) for one in task["containers"]}
    assert states == {
        "web": ("RUNNING", "UNKNOWN", None),
        "first": ("STOPPED", "UNKNOWN", 0),
        "beside": ("RUNNING", "HEALTHY", None),
    }
    told = service(stack, "Web")
    assert (told["desiredCount"], told["runningCount"], told["pendingCount"]) == (1, 1, 0)
    logs = stack.client("logs")
    events = logs.filter_log_events(logGroupName="/web")["events"]
    assert [one["message"].strip() for one in events] == ["web serves"]
    assert events[0]["logStreamName"] == f"p/web/{task['taskArn'].rpartition('/')[2]}"
    assert "web serves" in stack.netful("logs", "Web", "--stack", "s").stdout


@AS_ROOT
def test_a_task_without_a_way_to_its_image_does_not_start(stack):
    told = service(stack, "Lost")
    assert (told["desiredCount"], told["runningCount"]) == (1, 0)
    (task,) = tasks_of(stack, told["serviceName"], desiredStatus="STOPPED")
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError: ")
    assert any("`Lost` has stopped" in one for one in stack.json("status", "--stack", "s")["warnings"])


@AS_ROOT
def test_a_service_without_its_images_says_how_to_give_them(stack):
    found = {one["resource"]: one for one in stack.json("status", "--stack", "s")["answers"]}
    assert found["Web"]["kind"] == "images"
    assert found["NoImage"]["kind"] == "nothing"
    assert '[images."nginx:1"]' in found["NoImage"]["hint"]


def test_run_task_ends_with_its_exit_code(stack):
    ecs = stack.client("ecs")
    subnets = [
        one["SubnetId"]
        for one in stack.client("ec2").describe_subnets()["Subnets"]
        if one["CidrBlock"] == "10.0.1.0/24"
    ]
    network = {"awsvpcConfiguration": {"subnets": subnets}}
    given = {"cluster": "shop", "taskDefinition": "job", "launchType": "FARGATE", "networkConfiguration": network}
    started = ecs.run_task(**given)["tasks"][0]["taskArn"]
    override = {"containerOverrides": [{"name": "job", "command": ["-c", "raise SystemExit(5)"]}]}
    other = ecs.run_task(**given, overrides=override)["tasks"][0]["taskArn"]

    def stopped(arn):
        (task,) = ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"]
        return task if task["lastStatus"] == "STOPPED" else None

    for arn, code in ((started, 3), (other, 5)):
        task = wait_until(lambda arn=arn: stopped(arn))
        assert (task["stopCode"], task["stoppedReason"]) == (
            "EssentialContainerExited", "Essential container in task exited",
        )  # fmt: skip
        assert task["containers"][0]["exitCode"] == code


@AS_ROOT
def test_a_state_machine_waits_for_a_task(stack):
    states = stack.client("stepfunctions")
    network = stack.client("ecs").describe_services(cluster="shop", services=["Web"])["services"][0][
        "networkConfiguration"
    ]
    place = {"Subnets": network["awsvpcConfiguration"]["subnets"][:1]}

    def run(name, code):
        command = {"ContainerOverrides": [{"Name": "job", "Command": ["-c", f"raise SystemExit({code})"]}]}
        arguments = {
            "Cluster": "shop", "TaskDefinition": "job", "LaunchType": "FARGATE", "Overrides": command,
            "NetworkConfiguration": {"AwsvpcConfiguration": place},
        }  # fmt: skip
        task = {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": arguments, "End": True}
        machine = states.create_state_machine(
            name=name,
            definition=json.dumps({"StartAt": "Run", "States": {"Run": task}}),
            roleArn="arn:aws:iam::123456789012:role/any",
        )
        begun = states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
        return wait_until(lambda: (one := states.describe_execution(executionArn=begun))["status"] != "RUNNING" and one)

    succeeded = run("good", 0)
    assert succeeded["status"] == "SUCCEEDED", succeeded.get("cause")
    assert json.loads(succeeded["output"])["Containers"][0]["ExitCode"] == 0
    assert (failed := run("bad", 4))["status"] == "FAILED"
    assert failed["error"] == "States.TaskFailed"


@AS_ROOT
def test_a_service_follows_its_template(stack):
    text = stack.template.read_text()
    with stack.changed_to(text.replace("Value: blue", "Value: green").replace("DesiredCount: 1", "DesiredCount: 2")):
        tasks = tasks_of(stack, service(stack, "Web")["serviceName"])
        assert {one["lastStatus"] for one in tasks} == {"RUNNING"}
        assert [call(stack, address_of(one))["words"][0] for one in tasks] == ["green", "green"]
    with stack.changed_to(text.replace("DesiredCount: 1", "DesiredCount: 0")):
        assert tasks_of(stack, service(stack, "Web")["serviceName"]) == []
        assert service(stack, "Web")["runningCount"] == 0


@AS_ROOT
def test_a_task_moves_with_the_block_of_its_subnet(stack):
    """Its interface is built again: the task starts in the new namespace, and again at the way back."""

    def block():
        (task,) = tasks_of(stack, service(stack, "Web")["serviceName"])
        assert call(stack, address_of(task))["words"][0] == "blue"
        return address_of(task).rpartition(".")[0]

    before = block()
    with stack.changed_to(
        replaced(stack.template.read_text(), {"10.0.1.0/24": "10.0.7.0/24", "10.0.2.0/24": "10.0.8.0/24"})
    ):
        assert block() in ("10.0.7", "10.0.8")
    assert block() == before


SCHEDULE = """
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: Nightly
      ScheduleExpression: at({at})
      FlexibleTimeWindow: {{Mode: "OFF"}}
      Target:
        Arn: !GetAtt Cluster.Arn
        RoleArn: !GetAtt Role.Arn
        EcsParameters: {{TaskDefinitionArn: !Ref Job, LaunchType: FARGATE, NetworkConfiguration: *network}}
"""


RULE = """
  Ordered:
    Type: AWS::Events::Rule
    Properties:
      Name: ordered
      EventPattern: {source: [orders]}
      Targets:
        - Id: task
          Arn: !GetAtt Cluster.Arn
          RoleArn: !GetAtt Role.Arn
          InputTransformer:
            InputPathsMap: {code: $.detail.code}
            InputTemplate: '{"containerOverrides": [{"name": "job", "command": ["-c", "raise SystemExit(<code>)"]}]}'
          EcsParameters: {TaskDefinitionArn: !Ref Job, LaunchType: FARGATE, NetworkConfiguration: *network}
"""


@AS_ROOT
def test_a_rule_runs_its_task(stack):
    with stack.changed_to(replaced(stack.template.read_text(), {"\n  Role:\n": f"{RULE}  Role:\n"})):
        stack.client("events").put_events(Entries=[{"Source": "orders", "DetailType": "made", "Detail": '{"code": 6}'}])
        (task,) = wait_until(lambda: ended_of(stack, "ordered"))
        assert task["containers"][0]["exitCode"] == 6


def ended_of(stack, rule):
    """Return the tasks of a rule once they have ended."""
    ecs = stack.client("ecs")
    of_rule = {"startedBy": f"events-rule/{rule}", "desiredStatus": "STOPPED"}
    arns = ecs.list_tasks(cluster="shop", **of_rule)["taskArns"]
    mine = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"] if arns else []
    return mine if mine and mine[0]["lastStatus"] == "STOPPED" else None


@AS_ROOT
def test_a_schedule_runs_its_task(stack):
    begun = datetime.now(UTC)
    stack.up()
    now = datetime.now(UTC)
    soon = now + timedelta(seconds=3) + 4 * (now - begun)  # the schedule has to be there before its time
    schedule = SCHEDULE.format(at=f"{soon:%Y-%m-%dT%H:%M:%S}")
    with stack.changed_to(replaced(stack.template.read_text(), {"\n  Role:\n": f"{schedule}  Role:\n"})):
        (task,) = wait_until(lambda: ended_of(stack, "Nightly"))
        assert task["containers"][0]["exitCode"] == 3
