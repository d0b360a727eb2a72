"""What SAM templates become: functions, roles, routes and permissions."""

from pathlib import Path

import pytest

from netful.model.core import Origin, SourceError
from netful.sources import load
from tests.helpers.ids import api_id

TEMPLATES = Path(__file__).parent / "templates"
HEAD = "Transform: AWS::Serverless-2016-10-31\n"


def test_a_function_keeps_its_id_and_line_and_gets_its_role(cloud_of):
    cloud = cloud_of(
        HEAD
        + """\
Globals:
  Function: {Timeout: 7, Runtime: python3.12, Environment: {Variables: {A: a, B: b}}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: pass
      Handler: index.handler
      Environment: {Variables: {B: own}}
      VpcConfig: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}
      Policies:
        - AmazonSSMReadOnlyAccess
        - SSMParameterReadPolicy: {ParameterName: app}
        - Statement: [{Effect: Allow, Action: "sqs:*", Resource: "*"}]
"""
    )
    fn = cloud.compute.functions["Fn"]
    assert fn.origin == Origin("template.yaml", 5)
    assert (fn.timeout, fn.environment, fn.subnet_ids) == (7, {"A": "a", "B": "own"}, ("subnet-1",))
    role = cloud.access.roles["FnRole"]
    assert fn.role == f"arn:aws:iam::123456789012:role/{role.role_name}"
    names = [arn.rsplit("/", 1)[-1] for arn in role.managed_policy_arns]
    assert names == ["AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AmazonSSMReadOnlyAccess"]
    text = str(role.statements)
    assert "parameter/app" in text
    assert "sqs:*" in text


def test_code_is_the_template_s_folder_when_nothing_is_said(cloud_of, tmp_path):
    code = cloud_of(HEAD + "Resources: {Fn: {Type: AWS::Serverless::Function}}\n").compute.functions["Fn"].code
    assert code.local_path == str(tmp_path)


def test_events_make_what_sam_makes(cloud_of):
    cloud = cloud_of(
        HEAD
        + """\
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Get: {Type: Api, Properties: {Path: /orders, Method: get}}
        Any: {Type: HttpApi}
        Poll: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 5}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
"""
    )
    kinds = {name: resource.type for name, resource in cloud.template.resources.items()}
    assert kinds["FnPoll"] == "AWS::Lambda::EventSourceMapping"
    assert kinds["FnTick"] == "AWS::Events::Rule"
    assert kinds["ServerlessRestApi"] == "AWS::ApiGateway::RestApi"
    assert kinds["ServerlessRestApiProdStage"] == "AWS::ApiGateway::Stage"
    assert kinds["ServerlessHttpApi"] == "AWS::ApiGatewayV2::Api"
    assert kinds["FnGetPermissionProd"] == "AWS::Lambda::Permission"
    operation = cloud.template.resources["ServerlessRestApi"].properties["Body"]["paths"]["/orders"]["get"]
    name = cloud.compute.functions["Fn"].function_name
    assert operation["x-amazon-apigateway-integration"]["uri"].endswith(f"function:{name}/invocations")
    queue = cloud.template.resources["Queue"].properties["QueueName"]
    polled = cloud.template.resources["FnPoll"].properties["EventSourceArn"]
    assert polled == f"arn:aws:sqs:us-east-1:123456789012:{queue}"


def test_an_api_with_authorization_policy_plan_and_private_endpoint(cloud_of):
    cloud = cloud_of(
        HEAD
        + """\
Parameters: {Stage: {Type: String, Default: live}}
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: !Ref Stage
      EndpointConfiguration: {Type: PRIVATE, VPCEndpointIds: [vpce-1]}
      Auth:
        DefaultAuthorizer: AWS_IAM
        ApiKeyRequired: true
        ResourcePolicy: {IntrinsicVpceWhitelist: [vpce-1]}
        UsagePlan: {CreateUsagePlan: PER_API, Throttle: {RateLimit: 5, BurstLimit: 10}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Open: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /open, Method: get, Auth: {Authorizer: NONE, ApiKeyRequired: false}}}
        Shut: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /shut, Method: any}}
Outputs:
  Url: {Value: !Sub "https://${Api}.execute-api.${AWS::Region}.amazonaws.com/${Api.Stage}/"}
  Plan: {Value: !Ref ApiUsagePlan}
"""
    )
    api = cloud.template.resources["Api"].properties
    assert api["EndpointConfiguration"] == {"Types": ["PRIVATE"], "VpcEndpointIds": ["vpce-1"]}
    paths = api["Body"]["paths"]
    assert paths["/open"]["get"]["security"] == []
    assert paths["/shut"]["x-amazon-apigateway-any-method"]["security"] == [{"AWS_IAM": []}, {"api_key": []}]
    effects = [s["Effect"] for s in api["Body"]["x-amazon-apigateway-policy"]["Statement"]]
    assert effects == ["Allow", "Deny"] * 2  # of each path
    assert cloud.template.resources["ApiUsagePlan"].properties["Throttle"] == {"RateLimit": 5, "BurstLimit": 10}
    outputs = {output.id: output.value for output in cloud.template.outputs}
    assert outputs["Url"] == f"https://{api_id('Api')}.execute-api.us-east-1.amazonaws.com/live/"
    assert "ApiStage" in cloud.template.resources


def test_a_state_machine_behind_an_api_needs_no_function(cloud_of):
    cloud = cloud_of(
        HEAD
        + """\
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A}
      Events: {Start: {Type: Api, Properties: {Path: /start, Method: post}}}
"""
    )
    operation = cloud.template.resources["ServerlessRestApi"].properties["Body"]["paths"]["/start"]["post"]
    assert operation["x-amazon-apigateway-integration"]["uri"].endswith(":states:action/StartExecution")
    assert "MachineRole" in cloud.access.roles


def test_names_that_sam_makes_with_a_hash_are_unknown_and_not_an_error(cloud_of):
    cloud = cloud_of(
        HEAD
        + """\
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: p}}
Outputs: {D: {Value: !Ref ApiDeployment0123456789}}
"""
    )
    assert cloud.template.outputs[0].value.needs == ("ApiDeployment0123456789",)


def test_the_permissions_of_events_name_their_sources_as_sam_does(cloud_of):
    cloud = cloud_of(
        HEAD
        + """\
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Bucket: {Type: AWS::S3::Bucket}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: pass
      Handler: index.handler
      Runtime: python3.12
      Events:
        Put: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: "s3:ObjectCreated:*"}}
        Log: {Type: CloudWatchLogs, Properties: {LogGroupName: app, FilterPattern: x}}
        Sign: {Type: Cognito, Properties: {UserPool: !Ref Pool, Trigger: PreSignUp}}
        Thing: {Type: IoTRule, Properties: {Sql: select}}
        Skill: {Type: AlexaSkill, Properties: {SkillId: amzn1}}
"""
    )
    given = {
        name: (p.get("SourceArn"), p.get("SourceAccount"), p.get("EventSourceToken"))
        for name in ("Put", "Log", "Cognito", "Thing", "Skill")
        if (p := cloud.template.resources[f"Fn{name}Permission"].properties)
    }
    told = cloud.template.resources["Bucket"].properties["NotificationConfiguration"]
    function = f"arn:aws:lambda:us-east-1:123456789012:function:{cloud.compute.functions['Fn'].function_name}"
    assert told == {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": function}]}
    place = "us-east-1:123456789012"
    assert given == {
        "Put": (None, "123456789012", None),
        "Log": (f"arn:aws:logs:{place}:log-group:app:*", None, None),
        "Cognito": (f"arn:aws:cognito-idp:{place}:userpool/us-east-1_IJtNahaHo", None, None),
        "Thing": (f"arn:aws:iot:{place}:rule/FnThing", "123456789012", None),
        "Skill": (None, None, "amzn1"),
    }


@pytest.mark.parametrize(
    ("path", "read"), [("/orders", "/orders"), ("!Ref Path", "/given"), ("!Sub '/${Stage}/x'", "/dev/x")]
)
def test_the_path_of_an_event_may_refer_to_parameters_that_have_a_value(cloud_of, path, read):
    cloud = cloud_of(
        HEAD
        + f"""\
Parameters: {{Path: {{Type: String}}, Stage: {{Type: String, Default: dev}}}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: {{InlineCode: pass, Handler: i.h, Runtime: python3.12, Events: {{Get: {{Type: Api, Properties: {{Path: {path}, Method: get}}}}}}}}
""",
        Path="/given",
    )
    assert [route.path for route in cloud.apis.by_id["ServerlessRestApi"].routes] == [read]


ALIASED = """
    Transform: AWS::Serverless-2016-10-31
    Parameters: {Alias: {Type: String, Default: live}}
    Resources:
      Queue: {Type: AWS::SQS::Queue}
      Fn:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: pass
          Handler: index.handler
          AutoPublishAlias: !Ref Alias
          Events:
            Rest: {Type: Api, Properties: {Path: /a, Method: get}}
            Http: {Type: HttpApi, Properties: {Path: /b, Method: get}}
            Polled: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
            Timed: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
"""


def test_events_of_a_function_with_a_published_alias_invoke_the_alias(cloud_of):
    cloud = cloud_of(ALIASED)
    live = f"arn:aws:lambda:us-east-1:123456789012:function:{cloud.compute.functions['Fn'].function_name}:live"
    uris = [route.integration.uri for api in cloud.apis.by_id.values() for route in api.routes]
    assert [uri.endswith(f"/functions/{live}/invocations") for uri in uris] == [True, True]
    assert cloud.template.resources["FnPolled"].properties["FunctionName"] == live
    assert cloud.template.resources["FnTimed"].properties["Targets"][0]["Arn"] == live
    assert cloud.template.resources["FnRestPermissionProd"].properties["FunctionName"] == live


def test_an_event_may_name_the_api_that_sam_makes(cloud_of):
    event = "{Type: Api, Properties: {Path: /, Method: get, RestApiId: !Ref ServerlessRestApi}}"
    cloud = cloud_of(f"""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Fn: {{Type: AWS::Serverless::Function, Properties: {{InlineCode: pass, Events: {{Get: {event}}}}}}}
    """)
    assert [route.path for route in cloud.apis.rest_apis["ServerlessRestApi"].routes] == ["/"]


def test_what_an_api_calls_is_known_though_the_function_s_name_is_not(cloud_of):
    cloud = cloud_of("""
        Transform: AWS::Serverless-2016-10-31
        Parameters: {Stage: {Type: String}}
        Resources:
          Fn:
            Type: AWS::Serverless::Function
            Properties:
              FunctionName: !Sub "orders-${Stage}"
              InlineCode: pass
              Events: {Get: {Type: HttpApi, Properties: {Path: /, Method: get}}}
    """)
    uri = cloud.apis.http_apis["ServerlessHttpApi"].routes[0].integration.uri
    assert ":function:Fn/" in uri
    assert cloud.template.missing_parameters == ("Stage",)


def test_connectors_grant_and_permit():
    cloud = load([TEMPLATES / "connectors.yaml"])
    text = str(cloud.access.roles["FnRole"].statements)
    assert ("dynamodb:GetItem" in text, "dynamodb:PutItem" in text) == (True, False)
    assert ("sqs:SendMessage" in text, "lambda:InvokeFunction" in text) == (True, True)
    permission = cloud.template.resources["FromTopicWriteLambdaPermission"]
    assert permission.properties["Principal"] == "sns.amazonaws.com"


@pytest.mark.parametrize(
    ("ignored", "timeout", "memory"),
    [("[Timeout]", 3, 512), ('"*"', 3, 128), ("[]", 30, 512), ("[MemorySize]", 30, 128)],
)
def test_globals_that_a_resource_ignores(cloud_of, ignored, timeout, memory):
    cloud = cloud_of(f"""
Transform: AWS::Serverless-2016-10-31
Globals: {{Function: {{Timeout: 30, MemorySize: 512}}}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    IgnoreGlobals: {ignored}
    Properties: {{Runtime: python3.12, Handler: a.b, InlineCode: x}}
""")
    assert (cloud.compute.functions["Fn"].timeout, cloud.compute.functions["Fn"].memory_size) == (timeout, memory)


def test_route_that_a_written_definition_lacks_is_warned_of():
    cloud = load([TEMPLATES / "globals.yaml"])
    (warning,) = [warning for warning in cloud.template.warnings if "is not in it" in warning]
    assert "GET /missing is not in it" in warning
    assert [route.path for route in cloud.apis.rest_apis["Written"].routes if route.http_method == "GET"] == ["/w"]


def test_origin_of_preflights_may_be_a_reference(cloud_of):
    cloud = cloud_of(
        HEAD
        + """\
Parameters: {Origin: {Type: String, Default: "'https://a.example'"}}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: live, Cors: !Ref Origin}}
  Fn: {Type: AWS::Serverless::Function, Properties: {InlineCode: pass, Events: {A: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /a, Method: get}}}}}
"""
    )
    (preflight,) = [route for route in cloud.apis.rest_apis["Api"].routes if route.http_method == "OPTIONS"]
    headers = preflight.integration.responses[0].response_parameters
    assert headers["method.response.header.Access-Control-Allow-Origin"] == "'https://a.example'"
    assert headers["method.response.header.Access-Control-Allow-Methods"] == "'GET,OPTIONS'"


def test_rest_api_has_the_further_stage_that_aws_makes(cloud_of):
    cloud = cloud_of(HEAD + API.format(version="", path="/a"))
    assert {stage.stage_name for stage in cloud.apis.stages.values()} == {"live", "Stage"}
    cloud = cloud_of(HEAD + API.format(version='OpenApiVersion: "3.0.1"', path="/a"))
    assert {stage.stage_name for stage in cloud.apis.stages.values()} == {"live"}


API = """\
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {{StageName: live, {version}}}
  Fn:
    Type: AWS::Serverless::Function
    Properties: {{InlineCode: pass, Events: {{A: {{Type: Api, Properties: {{RestApiId: !Ref Api, Path: {path}, Method: get}}}}}}}}
"""


def test_deployment_is_another_when_the_routes_are(cloud_of):
    ids = [set(cloud_of(HEAD + API.format(version="", path=path)).apis.deployments) for path in ("/a", "/a", "/b")]
    assert ids[0] == ids[1]
    assert not ids[0] & ids[2]


UNSET = """\
Parameters: {{Unset: {{Type: String}}, Looked: {{Type: "AWS::SSM::Parameter::Value<String>", Default: /name}}}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: pass
      {written}
"""


@pytest.mark.parametrize("name", ["Unset", "Looked"])
def test_alias_whose_name_is_not_known_yet(cloud_of, name):
    cloud = cloud_of(HEAD + UNSET.format(written=f"AutoPublishAlias: !Ref {name}"))
    assert cloud.template.resources["FnAlias"].properties["Name"].needs == (name,)


@pytest.mark.parametrize("path", ["!Ref Unset", "!Sub '/${Unset}/x'"])
def test_path_of_a_route_that_is_not_known_yet(cloud_of, path):
    event = f"Events: {{Get: {{Type: Api, Properties: {{Method: get, Path: {path}}}}}}}"
    with pytest.raises(SourceError) as caught:
        cloud_of(HEAD + UNSET.format(written=event))
    assert str(caught.value.origin) == "template.yaml:8"
    assert "`--param Unset=" in caught.value.hint
    cloud = cloud_of(HEAD + UNSET.format(written=event), Unset="/a")
    assert cloud.apis.rest_apis["ServerlessRestApi"].routes


def test_application_of_the_repository_is_opaque(cloud_of):
    cloud = cloud_of(
        HEAD
        + """\
Resources:
  App: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: arn:x, SemanticVersion: 1.0.0}}}
Outputs: {Out: {Value: !GetAtt App.Outputs.Thing}}
"""
    )
    assert cloud.template.resources["App"].type == "AWS::CloudFormation::Stack"
    assert cloud.template.outputs[0].value.needs == ("App.Outputs.Thing",)


def test_definition_in_a_local_file_is_read_with_its_lines(cloud_of, write):
    write("swagger: '2.0'\npaths:\n  /a:\n    get: {x-amazon-apigateway-integration: {type: mock}}\n", "api.yaml")
    cloud = cloud_of(
        HEAD
        + "Resources: {Api: {Type: AWS::Serverless::Api, Properties: {StageName: live, DefinitionUri: api.yaml}}}\n"
    )
    (route,) = cloud.apis.rest_apis["Api"].routes
    assert (route.path, route.origin) == ("/a", Origin("api.yaml", 4))


@pytest.mark.parametrize(("region", "types"), [("us-east-1", None), ("cn-north-1", ["REGIONAL"])])
def test_region_decides_what_aws_makes(write, region, types):
    path = write(HEAD + "Resources: {Api: {Type: AWS::Serverless::Api, Properties: {StageName: live}}}\n")
    properties = load([path], region=region).template.resources["Api"].properties
    assert properties.get("EndpointConfiguration", {}).get("Types") == types


def test_type_that_sam_does_not_have_is_warned_of(cloud_of):
    cloud = cloud_of(HEAD + "Resources: {A: {Type: AWS::Serverless::Functions}}\n")
    assert [str(warning) for warning in cloud.template.warnings] == [
        "template.yaml:2: SAM has no type `AWS::Serverless::Functions` of `A`"
    ]
