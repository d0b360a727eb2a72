"""A front with a gateway behind it on the loopback, for clients that mean no good; and what to look at afterwards."""

import asyncio
import contextlib
import re
import socket
import ssl
from dataclasses import replace
from pathlib import Path

from netful.fabric.doors.door import Door, DoorKind
from netful.functions.invocations.invocation import Invocation, Usage
from netful.gateway.service import Gateway
from netful.services.front.front import Front
from netful.services.http.limits import DEFAULT_LIMITS
from netful.services.http.message import Response
from netful.services.tls.authority import Authority
from netful.sources import load

DOOR = Door(DoorKind.INTERNET)
REST, HTTP, CHAT = (f"{name}.execute-api.us-east-1.amazonaws.com" for name in ("rest", "http", "chat"))
HOSTS = [
    host.encode() for host in (REST, REST, HTTP, CHAT, "example.com", "nothing.execute-api.us-east-1.amazonaws.com")
]
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, InlineCode: x}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Value: a-key-that-nobody-guesses, Enabled: true}}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      DefinitionBody:
        swagger: "2.0"
        info: {title: rest, version: "1"}
        x-amazon-apigateway-request-validators: {all: {validateRequestParameters: true, validateRequestBody: true}}
        definitions: {Thing: {type: object, required: [a], properties: {a: {type: integer}}}}
        paths:
          /mock:
            x-amazon-apigateway-any-method: &mock
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {application/json: '{"statusCode": 200, "a": $input.json("$.a"), "b": "$util.escapeJavaScript($input.params("a"))"}'}
                passthroughBehavior: when_no_match
                responses: {default: {statusCode: "200", responseTemplates: {application/json: '{"id": "$context.requestId", "all": "$input.params()"}'}}}
          /mock/{p+}: {x-amazon-apigateway-any-method: *mock}
          /fn/{p+}: {x-amazon-apigateway-any-method: &fn {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
          /signed: {x-amazon-apigateway-any-method: {<<: *fn, security: [{sigv4: []}], x-amazon-apigateway-auth: {type: AWS_IAM}}}
          /keyed: {x-amazon-apigateway-any-method: {<<: *fn, security: [{api_key: []}]}}
          /checked:
            post: {<<: *mock, x-amazon-apigateway-request-validator: all, parameters: [{name: Thing, in: body, required: true, schema: {$ref: "#/definitions/Thing"}}]}
        securityDefinitions: {api_key: {type: apiKey, name: x-api-key, in: header}, sigv4: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: http, ProtocolType: HTTP, CorsConfiguration: {AllowOrigins: ["*"], AllowMethods: ["*"]}}}
  HttpStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
  HttpFn: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Fn.Arn, PayloadFormatVersion: "2.0"}}
  HttpRoute: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: $default, Target: !Sub "integrations/${HttpFn}"}}
  Chat: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  ChatStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Chat, StageName: live, AutoDeploy: true}}
  ChatFn: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Chat, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Fn.Arn}}
  ChatRoute: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Chat, RouteKey: $default, Target: !Sub "integrations/${ChatFn}"}}
  ChatAnswer: {Type: AWS::ApiGatewayV2::RouteResponse, Properties: {ApiId: !Ref Chat, RouteId: !Ref ChatRoute, RouteResponseKey: $default}}
"""
BRISK = replace(DEFAULT_LIMITS, linger_seconds=0.02)
SECONDS = 240


def gateway_of(folder):
    """A gateway over the template, whose functions answer at once."""
    (folder / "template.yaml").write_text(TEMPLATE)

    return Gateway(load([folder / "template.yaml"]), Nothing())


class Nothing:
    """Functions that answer at once, and back ends that have nothing."""

    async def invoke(self, _function_id, _event, _trace_id, _qualifier, _tenant_id=""):
        return Invocation("id", b'{"statusCode": 200, "body": "{}"}', None, b"", Usage(1, None, 1))

    async def call_host(self, _host, _request):
        return Response(404)


@contextlib.asynccontextmanager
async def served(gateway, folder, limits=BRISK):
    """The gateway behind a front: the ports without and with TLS, and how to trust the latter."""
    front = Front(
        gateway.cloud, Authority(folder), Nothing(), {"execute-api": gateway.answer}, limits, known=gateway.known
    )
    loop = asyncio.get_running_loop()
    wrong = []
    loop.set_exception_handler(lambda _loop, context: wrong.append(context))
    sockets = [socket.create_server(("127.0.0.1", 0), backlog=512) for _ in range(2)]
    ports = [sock.getsockname()[1] for sock in sockets]
    servers = [await front.listen(DOOR, sock, tls=tls) for sock, tls in zip(sockets, (False, True), strict=True)]
    trust = ssl.create_default_context(cafile=str(folder / "bundle.pem"))
    try:
        yield *ports, trust
    finally:
        for server in servers:
            server.close()
    assert not wrong, wrong


async def said(port, data):
    """All that the server says to these bytes, of which no more will follow, until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        writer.write_eof()
        return await asyncio.wait_for(reader.read(), SECONDS)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def statuses(raw):
    """The statuses of the answers in these bytes."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", raw)]


def descriptors():
    """How many this process has."""
    return len([*Path("/proc/self/fd").iterdir()])
