"""APIs of templates that others wrote: each comes up, and every route answers as `trace` says, and by what stands behind it."""

import http.client
import re

import pytest
import yaml

from netful.engine.authorization.api_keys import value_of
from netful.engine.integrations.integration_targets import callee
from netful.engine.names.api_names import DEFAULT_STAGE, host_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.engine.usage.throttles import memberships
from netful.model.apis.api import Authorization, Protocol
from netful.sources import load
from tests.helpers.places import CORPUS
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
TEMPLATES = (
    "o01-apigw-usage-plans/template.yaml",
    "o02-apigw-regional/template.yaml",
    "o03-apigw-edge/template.yaml",
    "o05-central-private-api/template.yaml",
    "o12-nested-private-api-vpclink/template.yml",
    "o14-apigw-api-key/template.yaml",
    "o15-private-api-method-policy/template.yaml",
    "o16-vpclink2-alb-ecs/template.yaml",
    "o18-kinesis-direct/template.yaml",
    "o19-stepfunctions-direct/template.yaml",
    "o20-httpapi-eventbridge/template.yml",
    "o22-apigw-cors-proxy/template.yaml",
    "o23-rest-vpclink/template.yaml",
    "o24-waf-apigw/template.yaml",
    "o25-apigw-batch-vpc/template.yaml",
    "o26-s3-proxy/template.yaml",
    "o27-multi-tenant-key/template.yaml",
    "o28-websocket-sns/template.yaml",
    "o29-ddb-kinesis-direct/template.yaml",
    "o31-path-routing-domain/template-header-based-routing.yaml",
    "o31-path-routing-domain/template-path-based-routing.yaml",
    "o32-fargate-rest-vpc/template.yaml",
    "o36-cfn-apigw-lambda/apigateway_lambda_integration.yaml",
    "o38-efs-import/template.yaml",
    "o39-sam-usage-plan/api_with_usage_plan.yaml",
)
FORBIDDEN = b'{"message":"Forbidden"}'
UNAUTHORIZED = b'{"message":"Unauthorized"}'
BY_TOKEN = (Authorization.CUSTOM, Authorization.COGNITO_USER_POOLS, Authorization.JWT)
EARLIER = ("host", "stage", "route")
GREEDY = re.compile(r"\{[^}]*\+\}")
PARAMETER = re.compile(r"\{[^}]*\}")


def values():
    """The parameters that the templates' expectations give."""
    given = {}
    for folder in {(CORPUS / name).parent for name in TEMPLATES}:
        expected = folder / "expect.yaml"
        if expected.exists():
            given |= yaml.safe_load(expected.read_text()).get("parameters") or {}
    return {name: str(value) for name, value in given.items()}


def places(cloud):
    """Every stage and route: the API, the route, a method, and a path with the stage in it."""
    for stage in cloud.apis.stages.values():
        api = cloud.apis.by_id.get(str(stage.api_id))
        if api is None or not isinstance(stage.stage_name, str) or api.protocol is Protocol.WEBSOCKET:
            continue
        prefix = "" if stage.stage_name == DEFAULT_STAGE else f"/{stage.stage_name}"
        for route in api.routes:
            path = PARAMETER.sub("17", GREEDY.sub("a/b", route.path.replace("$default", "/x")))
            method = "GET" if route.http_method == "ANY" else route.http_method
            yield api, stage, route, method, prefix + path


def key_for(cloud, stage):
    """A key that opens a stage."""
    ids = [id_ for member in memberships(cloud, stage) for id_ in member.plan.key_ids]
    return next((value_of(cloud.apis.api_keys[id_]) for id_ in ids if id_ in cloud.apis.api_keys), None)


class Asked:
    """A running stack's APIs, asked as the internet would."""

    def __init__(self, cloud, stack):
        self.cloud = cloud
        self.status = stack.json("status", "--stack", "s")
        self.port = int(self.status["endpoint_url"].rpartition(":")[2])

    def __call__(self, api, method, path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=35)
        connection.request(method, path, headers={"Host": host_of(self.cloud, api), **headers})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body

    def runs(self, function_id):
        """Whether a function of the stack can be run."""
        states = {function["resource"]: function["state"] for function in self.status["functions"]}
        return states.get(function_id) == "Active"


def answers(cloud, asked, place):
    """The statuses that a caller without credentials may get, and the body where it is known."""
    api, _, route, method, path = place
    told = trace(cloud, parse(cloud, "internet", f"{api.id} {method} {path}"))
    refused_by = next((hop.kind for hop in told.hops if hop.verdict == "deny"), "")
    if route.authorization_type in BY_TOKEN and refused_by not in EARLIER:
        return {401}, UNAUTHORIZED
    if told.symptom.status:
        return {told.symptom.status}, told.symptom.body.encode()
    if route.api_key_required:
        return {403}, FORBIDDEN
    return behind(cloud, asked, place), None


def behind(cloud, asked, place):
    """The statuses that may come back from an integration."""
    api, stage, route, *_ = place
    integration = route.integration
    called = callee(cloud, integration, stage)
    if integration.type == "MOCK":
        return {200, 204}
    if called.function is not None and not asked.runs(called.function):
        return {500} if api.protocol is Protocol.HTTP else {500, 502}
    if integration.connection_type == "VPC_LINK":
        return {500, 502, 503, 504}  # behind it are containers, which do not run here
    return set(range(200, 500)) - {429}


def test_every_route_answers_as_predicted(tmp_path):
    """All of them in one stack: a network and its services are costly, and the templates do not mind each other."""
    cloud = load([CORPUS / name for name in TEMPLATES], parameters=values())
    stack = Stack(tmp_path, CORPUS / TEMPLATES[0], params=[f"{name}={value}" for name, value in values().items()])
    more = [argument for name in TEMPLATES[1:] for argument in ("-t", str(CORPUS / name))]
    told = stack.up(*more).stdout
    try:
        assert "the code of `AppFunction` should be in `src/`, which does not exist" in told
        asked, wrong = Asked(cloud, stack), []
        for place in places(cloud):
            api, stage, route, method, path = place
            statuses, body = answers(cloud, asked, place)
            got = asked(api, method, path)
            if got[0] not in statuses or body not in (None, got[1]):
                wrong.append((api.id, method, path, got, statuses, body))
            key = key_for(cloud, stage) if got == (403, FORBIDDEN) and route.api_key_required else None
            if key is not None:
                got = asked(api, method, path, **{"x-api-key": key})
                if got[0] not in behind(cloud, asked, place):
                    wrong.append((api.id, method, path, "with its key", got))
        assert wrong == []
    finally:
        stack.down()


def test_there_is_something_to_ask():
    cloud = load([CORPUS / name for name in TEMPLATES], parameters=values())
    asked = list(places(cloud))
    assert len({api.id for api, *_ in asked}) > len(TEMPLATES)
    assert {route.authorization_type for _, _, route, *_ in asked} >= {*BY_TOKEN[:2], Authorization.AWS_IAM}
    assert any(route.api_key_required and key_for(cloud, stage) for _, stage, route, *_ in asked)
