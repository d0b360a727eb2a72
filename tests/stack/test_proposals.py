"""`next:` of `netful up` names commands that work on the stack."""

from netful.sources import load
from netful.stack.proposals import proposals
from tests.helpers.places import EXAMPLES

ENGINES = {"Broker": "rabbitmq", "Database": "postgresql"}
SILENT = {"apis": [], "answers": []}


def proposed(template, **status):
    return [" ".join(words) for words in proposals(load([template]), SILENT | status)]


def active(name):
    return [{"resource": name, "state": "Active"}]


def test_the_way_that_is_open_is_proposed():
    demo = EXAMPLES / "ssm-demo"
    functions = active("ReadParameter")
    assert proposed(demo / "endpoint.yaml", functions=functions) == [
        "netful invoke ReadParameter",
        "netful probe ReadParameter aws:ssm",
    ]
    assert proposed(demo / "isolated.yaml", functions=functions) == ["netful invoke ReadParameter"]


def test_a_function_that_does_not_run_is_not_proposed():
    failed = [{"resource": "ReadParameter", "state": "Failed"}]
    assert proposed(EXAMPLES / "ssm-demo" / "endpoint.yaml", functions=failed) == []


def test_a_database_and_an_api_of_the_stack():
    url = "http://127.0.0.1:1/_execute-api/Api/prod"
    found = proposed(
        EXAMPLES / "orders-with-postgres" / "template.yaml",
        functions=active("Orders"),
        apis=[{"resource": "Api", "stage": "prod", "url": url}],
        answers=[{"resource": name, "kind": "engine", "what": what} for name, what in ENGINES.items()],
    )
    assert found[2:] == [f"curl -sS {url}/orders", "netful db Database"]


def test_a_route_without_a_key_is_proposed_first(tmp_path):
    methods = "".join(
        f"""
  {name}Path: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: {name}}}}}
  {name}: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, ResourceId: !Ref {name}Path, HttpMethod: GET,
    AuthorizationType: NONE, ApiKeyRequired: {key}, Integration: {{Type: MOCK, IntegrationResponses: [{{StatusCode: 200}}]}}}}}}"""
        for name, key in (("keyed", "true"), ("open", "false"))
    )
    template = tmp_path / "template.yaml"
    template.write_text(f"""
Resources:
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a, EndpointConfiguration: {{Types: [REGIONAL]}}}}}}
  Deployment: {{Type: AWS::ApiGateway::Deployment, DependsOn: [keyed, open], Properties: {{RestApiId: !Ref Api}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: v}}}}
  Plan: {{Type: AWS::ApiGateway::UsagePlan, DependsOn: Stage, Properties: {{ApiStages: [{{ApiId: !Ref Api, Stage: v}}]}}}}{methods}
""")
    apis = [{"resource": "Api", "stage": "v", "url": "http://127.0.0.1:1/_execute-api/Api/v"}]
    assert proposed(template, functions=[], apis=apis) == ["curl -sS http://127.0.0.1:1/_execute-api/Api/v/open"]
