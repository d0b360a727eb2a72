"""Running stacks, by `import netful`."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

import pytest

import netful
from netful.stack.control.folder import StackFolder, running
from tests.helpers.places import ROOT, TEMPLATES

pytestmark = pytest.mark.packets
DEMO = ROOT / "examples" / "ssm-demo" / "endpoint.yaml"


@pytest.fixture(scope="module", autouse=True)
def state(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NETFUL_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="module")
def stack():
    told = []
    with netful.up(DEMO, name="demo", progress=told.append) as stack:
        assert told
        yield stack
    assert running() == []


def test_an_invocation_has_its_result_and_its_log(stack):
    done = stack.invoke("ReadParameter")
    assert done.ok
    assert done.json() == {"value": "hello from Parameter Store"}
    assert done.request_id in done.log_tail
    assert done.request_id in stack.logs("ReadParameter")


def test_a_cold_invocation_has_an_init(stack):
    assert stack.invoke("ReadParameter", {"any": "event"}, cold=True).init_ms is not None


def test_a_probe_agrees_with_the_prediction(stack):
    probe = stack.probe("ReadParameter", "aws:ssm")
    assert probe.agree
    assert probe.predicted.verdict == probe.observed[0].verdict == "reachable"


def test_a_command_has_its_input_output_and_code(stack):
    done = stack.exec("ReadParameter", "sh", "-c", "cat; echo fault >&2; exit 3", input=b"given")
    assert (done.returncode, done.stdout, done.stderr) == (3, b"given", b"fault\n")


def test_a_client_of_a_service(stack, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "a-profile-that-does-not-exist")
    names = [one["Name"] for one in stack.client("ssm").describe_parameters()["Parameters"]]
    assert names == ["/demo/greeting"]


def test_a_request_from_the_internet_gets_a_response(stack):
    response = stack.request("internet", "https://example.com/", method="POST", headers={"x-a": "b"}, body=b"{}")
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json()["method"] == "POST"


@pytest.mark.parametrize(
    ("destination", "symptom"), [("https://example.com/", "timeout"), ("https://no.such.internal/", "dns")]
)
def test_a_request_without_a_response_has_a_symptom(stack, destination, symptom):
    with pytest.raises(netful.NoResponseError) as refused:
        stack.request("ReadParameter", destination, timeout=0.5)
    assert refused.value.symptom == symptom


@pytest.mark.parametrize("destination", ["example.com", "Nothing GET /prod/x"])
def test_a_request_must_be_one(stack, destination):
    with pytest.raises(netful.QuestionError):
        stack.request("internet", destination)


def test_the_network_of_a_stack_is_asked_like_a_template(stack):
    assert stack.network.can_reach("ReadParameter", "aws:ssm")


def test_a_name_without_a_url(stack):
    for name in ("ReadParameter", "Nothing"):
        with pytest.raises(netful.QuestionError, match=name):
            stack.url(name)


def test_threads_share_a_stack(stack):
    results = []
    threads = [threading.Thread(target=lambda: results.append(stack.invoke("ReadParameter").ok)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 3


@pytest.mark.usefixtures("stack")
def test_a_stack_that_runs_is_found():
    assert netful.connect("demo").name == "demo"
    assert netful.connect().name == "demo"
    with pytest.raises(netful.StackError, match="other"):
        netful.connect("other")


def test_an_exception_ends_the_stack():
    with contextlib.suppress(ZeroDivisionError), netful.up(empty=True, name="failing") as stack:
        assert stack.client("sts").get_caller_identity()["Account"]
        raise ZeroDivisionError
    assert "failing" not in running()


def test_an_api_has_a_url_on_the_host_and_a_name_inside():
    with netful.up(TEMPLATES / "mock-api.yaml", name="api") as stack:
        assert stack.url("Api").startswith(stack.endpoint_url)
        assert stack.request("internet", "Api GET /prod/").status == 200


def test_a_killed_program_leaves_no_stack():
    program = (
        f"import netful, time\nwith netful.up({str(DEMO)!r}, name='killed'): print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "up\n"
        folder = StackFolder("killed")
        with folder.until_ended():
            os.kill(process.pid, signal.SIGKILL)
    assert "killed" not in running()
