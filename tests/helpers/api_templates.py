"""Templates of a REST API that a stage `live` serves: of one method at its root, or of a document."""

import textwrap

FN = """
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: fn, Runtime: python3.12, Handler: a.b, Role: r, Code: {ZipFile: x}}}
"""
PERMISSION = """
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}}
"""
INVOKE = '!Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"'


def mock(answer):
    """The properties of a method that a mock answers with a text."""
    request = """{application/json: '{"statusCode": 200}'}"""
    responses = f"""[{{StatusCode: 200, ResponseTemplates: {{application/json: "{answer}"}}}}]"""
    integration = f"{{Type: MOCK, RequestTemplates: {request}, IntegrationResponses: {responses}}}"
    return f"MethodResponses: [{{StatusCode: 200}}], Integration: {integration}"


def deployed(stage="", get=""):
    """The deployment of `Api` and its stage, with properties of the stage, and with what the deployment waits for."""
    return f"""
  Deployment: {{Type: AWS::ApiGateway::Deployment, {get}Properties: {{RestApiId: !Ref Api}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live, {stage}}}}}
"""


def of_method(method, api="", stage="", endpoint="REGIONAL"):
    """The template of an API with a method; each has its properties as text: `HttpMethod: GET, AuthorizationType: NONE`."""
    api = f"EndpointConfiguration: {{Types: [{endpoint}]}}, {api}"
    return f"""
Resources:
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a, {api}}}}}
  Get: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, {method}}}}}
{deployed(stage, "DependsOn: Get, ")}"""


def of_document(body, stage=""):
    """The template of an API with a body of OpenAPI without its title."""
    return f"""
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      EndpointConfiguration: {{Types: [REGIONAL]}}
      Body:
        info: {{title: a, version: "1"}}
{textwrap.indent(textwrap.dedent(body).strip(), " " * 8)}
{deployed(stage)}"""
