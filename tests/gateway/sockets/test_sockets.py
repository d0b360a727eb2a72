"""WebSocket APIs, by a client that speaks frames over the loopback: handshake, routes, answers, `@connections`, limits."""

import asyncio
import contextlib
import json

import pytest

from netful.engine.authorization.sessions import keys_of
from netful.gateway.sockets.socket import SocketLimits
from netful.services.http.message import Response
from netful.services.http.protocol import HttpProtocol
from tests.helpers.gateway_bench import INTERNET, signed_headers
from tests.helpers.ids import api_id
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.socket_client import HOST, Client

API = """
Resources:
  Chat:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Chat, StageName: live, AutoDeploy: true, StageVariables: {own: v}}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Handler: a.b, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: execute-api:ManageConnections, Resource: "*"}]}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}
  Lambda: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Chat, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Fn.Arn}}
"""
ROUTE = """
  {id}:
    Type: AWS::ApiGatewayV2::Route
    Properties: {{ApiId: !Ref Chat, RouteKey: "{key}", Target: !Sub "integrations/${{{target}}}"{more}}}
"""
ANSWERS = "  {id}Answers: {{Type: AWS::ApiGatewayV2::RouteResponse, Properties: {{ApiId: !Ref Chat, RouteId: !Ref {id}, RouteResponseKey: $default}}}}\n"


def api(*keys, answers=(), target="Lambda", more=""):
    routes = [ROUTE.format(id=f"R{n}", key=key, target=target, more=more) for n, key in enumerate(keys)]
    return API + "".join(routes) + "".join(ANSWERS.format(id=f"R{keys.index(key)}") for key in answers)


@contextlib.asynccontextmanager
async def served(bench):
    """The gateway on a port of the loopback, and how to connect to it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: HttpProtocol(bench.gateway.answer, INTERNET), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    writers = []

    async def connect():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        return Client(reader, writer)

    yield connect
    for writer in writers:
        writer.close()
    server.close()


def run(bench, conversation):
    async def main():
        async with served(bench) as connect:
            return await asyncio.wait_for(conversation(connect), ENOUGH_SECONDS)

    return asyncio.run(main())


async def until(condition):
    """Wait for what other tasks of the loop do."""
    while not condition():  # noqa: ASYNC110  # what is waited for tells nobody
        await asyncio.sleep(0)


def test_event_of_the_handshake(bench_of):
    bench = bench_of(api("$connect"))

    async def conversation(connect):
        client = await connect()
        return await client.handshake("/live?token=t", User_Agent="ua"), client.headers

    status, headers = run(bench, conversation)
    event = bench.events[0]
    context = event["requestContext"]
    assert (status, headers["Sec-WebSocket-Accept"]) == (101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    assert (event["queryStringParameters"], event["headers"]["User-Agent"]) == ({"token": "t"}, "ua")
    assert (context["routeKey"], context["eventType"], context["stage"]) == ("$connect", "CONNECT", "live")
    assert (context["domainName"], context["apiId"], context["messageDirection"]) == (HOST, api_id("Chat"), "IN")
    assert (len(context["connectionId"]), context["connectedAt"]) == (16, 1_700_000_000_000)
    assert (event["stageVariables"], event["isBase64Encoded"], "body" in event) == ({"own": "v"}, False, False)


@pytest.mark.parametrize(
    ("result", "status"), [({"statusCode": 403}, 403), (ValueError("no"), 502), ({"statusCode": 204}, 101)]
)
def test_connect_route_decides(bench_of, result, status):
    async def conversation(connect):
        return await (await connect()).handshake()

    assert run(bench_of(api("$connect"), function=result), conversation) == status


@pytest.mark.parametrize(
    ("path", "headers", "status"), [("/live", {}, 101), ("/other", {}, 404), ("/live", {"Upgrade": "h2c"}, 403)]
)
def test_handshake_without_a_connect_route(bench_of, path, headers, status):
    async def conversation(connect):
        return await (await connect()).handshake(path, **headers)

    assert run(bench_of(api("$default")), conversation) == status


MOCK = """
  Mock:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {{ApiId: !Ref Chat, IntegrationType: MOCK, RequestTemplates: {templates}, TemplateSelectionExpression: '{expression}'{more}}}
"""
OK = "{'200': '{\"statusCode\": 200}'}"


@pytest.mark.parametrize(
    ("templates", "expression", "more", "status"),
    [
        (OK, "200", "", 101),
        (OK, "201", "", 500),
        (OK, "201", ", PassthroughBehavior: NEVER", 415),
        (OK.replace("'200':", "$default:"), "201", "", 101),
        (OK.replace("'200':", "$default:"), "${request.body.x}", "", 101),
        (OK.replace("'200':", "$default:"), r"\$default", "", 101),
        (OK.replace("'200':", "application/json:"), "201", "", 500),
        ("{}", "200", "", 101),
        ("{'300': ''}", "200", "", 101),
        (OK.replace("}'}", "}', '300': ''}"), "300", "", 500),
    ],
)
def test_template_that_an_expression_chooses_for_a_handshake(
    bench_of, cloud_of, ask, templates, expression, more, status
):
    text = api("$connect", target="Mock") + MOCK.format(templates=templates, expression=expression, more=more)

    async def conversation(connect):
        return await (await connect()).handshake()

    assert run(bench_of(text), conversation) == status
    assert ask(cloud_of(text), "internet", "Chat GET /live").symptom.status == (None if status == 101 else status)


def test_templates_that_expressions_choose_for_messages(bench_of):
    more = """
  Mapped:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Chat
      IntegrationType: AWS
      IntegrationMethod: POST
      IntegrationUri: !Sub arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations
      TemplateSelectionExpression: "v${request.body.version}"
      RequestTemplates: {v1: '"one"', v2: '"two"'}
  Answer:
    Type: AWS::ApiGatewayV2::IntegrationResponse
    Properties:
      ApiId: !Ref Chat
      IntegrationId: !Ref Mapped
      IntegrationResponseKey: $default
      TemplateSelectionExpression: "${integration.response.statuscode}-${request.body.version}"
      ResponseTemplates: {200-1: 'first', $default: 'other'}
"""
    bench = bench_of(api("$default", answers=("$default",), target="Mapped") + more, function=lambda event: event)

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        said = []
        for version in (1, 2, 3):
            client.send(json.dumps({"version": version}))
            said.append(await client.text())
        return said

    assert run(bench, conversation) == ["first", "other", "other"]
    assert bench.events == ["one", "two", {"version": 3}]


MODELS = """
  Ping:
    Type: AWS::ApiGatewayV2::Model
    Properties: {ApiId: !Ref Chat, Name: PingModel, Schema: {type: object, required: [n], properties: {n: {type: integer}}}}
  Any: {Type: AWS::ApiGatewayV2::Model, Properties: {ApiId: !Ref Chat, Name: AnyModel, Schema: '{}'}}
"""


@pytest.mark.parametrize(
    ("models", "message", "passes"),
    [
        ("{ping: PingModel}", {"action": "ping", "n": 1}, True),
        ("{ping: PingModel}", {"action": "ping", "n": "notint"}, False),
        ("{ping: !Ref Ping}", {"action": "ping"}, False),
        ("{ping: PingModel}", {"action": "other", "n": 1}, False),
        ("{ping: PingModel, $default: AnyModel}", {"action": "other"}, True),
        ("{}", {"action": "ping"}, False),
    ],
)
def test_model_that_an_expression_chooses(bench_of, models, message, passes):
    more = f", ModelSelectionExpression: $request.body.action, RequestModels: {models}"
    bench = bench_of(api("$default", answers=("$default",), more=more) + MODELS, function={"body": "called"})

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        client.send(json.dumps(message))
        return await client.text()

    said = run(bench, conversation)
    assert (said if passes else json.loads(said)["message"]) == ("called" if passes else "Bad request body")
    assert len(bench.events) == passes


def test_handshakes_and_ends_are_not_checked_by_models(bench_of):
    bench = bench_of(api("$connect", "$disconnect", more=", ModelSelectionExpression: x"))

    async def conversation(connect):
        client = await connect()
        status = await client.handshake()
        client.writer.close()
        await until(lambda: len(bench.events) == 2)
        return status

    assert run(bench, conversation) == 101


def test_subprotocol_that_the_function_chooses(bench_of):
    async def conversation(connect):
        client = await connect()
        await client.handshake()
        return client.headers["Sec-WebSocket-Protocol"]

    result = {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "mine", "X-Other": "1"}}
    assert run(bench_of(api("$connect"), function=result), conversation) == "mine"


def test_messages_go_to_their_routes_and_answers_come_back(bench_of):
    def function(event):
        return {"statusCode": 200, "body": f"{event['requestContext']['routeKey']}:{event['body']}"}

    bench = bench_of(api("say", "$default", answers=("say", "$default")), function=function)

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        said = []
        for text in ('{"action": "say"}', '{"action": "other"}', "no json"):
            client.send(text)
            said.append(await client.text())
        return said

    assert run(bench, conversation) == ['say:{"action": "say"}', '$default:{"action": "other"}', "$default:no json"]
    context = bench.events[0]["requestContext"]
    assert (context["eventType"], bool(context["messageId"])) == ("MESSAGE", True)
    assert context["connectionId"] == bench.events[1]["requestContext"]["connectionId"]
    assert context["requestId"] != bench.events[1]["requestContext"]["requestId"]


def test_route_without_a_response_says_nothing(bench_of):
    bench = bench_of(api("quiet", "loud", answers=("loud",)), function={"statusCode": 200, "body": "x"})

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        client.send('{"action": "quiet"}')
        client.send('{"action": "loud"}')
        return await client.text(), len(bench.events)

    assert run(bench, conversation) == ("x", 2)


@pytest.mark.parametrize(
    ("keys", "result", "message"),
    [(("say",), {}, "Forbidden"), (("$default",), ValueError("x"), "Internal server error")],
)
def test_message_that_fails(bench_of, keys, result, message):
    async def conversation(connect):
        client = await connect()
        await client.handshake()
        client.send("{}")
        return json.loads(await client.text())

    told = run(bench_of(api(*keys), function=result), conversation)
    assert told["message"] == message
    assert {"connectionId", "requestId"} < told.keys()


def test_parts_pings_and_binary(bench_of):
    bench = bench_of(api("$default", answers=("$default",)), function={"statusCode": 200, "body": "got it"})

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        client.send("he", final=False)
        client.send("are you there?", opcode=9)
        client.send("llo", opcode=0)
        ping = await client.frame()
        await client.text()
        client.send(b"\xff\x00", opcode=2)
        await client.text()
        return ping

    assert run(bench, conversation) == (10, b"are you there?")
    assert [(e["body"], e["isBase64Encoded"]) for e in bench.events] == [("hello", False), ("/wA=", True)]


def test_largest_message_byte_by_byte(bench_of):
    """A message of four full frames arrives whole; a frame's bytes may come one at a time."""
    bench = bench_of(api("$default", answers=("$default",)), function=lambda event: {"body": str(len(event["body"]))})

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        for n in range(4):
            client.send("é" * 16 * 1024, opcode=0 if n else 1, final=n == 3)
        large = await client.text()
        for byte in b"\x81\x85\x01\x02\x03\x04" + bytes(
            b ^ k for b, k in zip("h€l".encode(), b"\1\2\3\4\1", strict=True)
        ):
            client.writer.write(bytes([byte]))
            await client.writer.drain()
        return large, await client.text()

    assert run(bench, conversation) == (str(4 * 16 * 1024), "3")


def test_close_without_a_code(bench_of):
    bench = bench_of(api("$disconnect"))

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        client.send("", opcode=8)
        code = await client.closed()
        await until(lambda: bench.events)
        return code

    assert run(bench, conversation) == 1000
    assert bench.events[0]["requestContext"]["disconnectStatusCode"] == 1005


def test_end_is_told_with_its_code(bench_of):
    bench = bench_of(api("$disconnect"))

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        client.send((4001).to_bytes(2, "big") + b"bye", opcode=8)
        code = await client.closed()
        await until(lambda: bench.events)
        return code, bench.gateway.sockets.count()

    assert run(bench, conversation) == (4001, 0)
    context = bench.events[0]["requestContext"]
    assert (context["eventType"], context["disconnectStatusCode"], context["disconnectReason"]) == (
        "DISCONNECT", 4001, "bye",
    )  # fmt: skip


def test_client_that_vanishes_is_told_too(bench_of):
    bench = bench_of(api("$disconnect"))

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        client.writer.transport.abort()
        await until(lambda: bench.events)

    run(bench, conversation)
    assert bench.events[0]["requestContext"]["disconnectStatusCode"] == 1006


@pytest.mark.parametrize(
    ("sends", "code"),
    [
        (lambda c: c.send("x", mask=False), 1002),
        (lambda c: c.send("x", opcode=3), 1002),
        (lambda c: c.send("x", opcode=0), 1002),
        (lambda c: c.send("x" * 126, opcode=9), 1002),
        (lambda c: c.send("x", opcode=0x41), 1002),
        (lambda c: c.send(b"x", opcode=8), 1002),
        (lambda c: c.send((1005).to_bytes(2, "big"), opcode=8), 1002),
        (lambda c: c.send((999).to_bytes(2, "big"), opcode=8), 1002),
        (lambda c: c.send(b"\x03\xe8\xff", opcode=8), 1007),
        (lambda c: c.writer.write(b"\x81\xfe\x00\x05" + bytes(4) + b"hello"), 1002),
        (lambda c: c.writer.write(b"\x81\xff" + (200).to_bytes(8, "big") + bytes(4)), 1002),
        (lambda c: c.writer.write(b"\x81\xff" + b"\xff" * 8), 1002),
        (lambda c: c.writer.write(b"\x81\xff" + (1 << 40).to_bytes(8, "big") + bytes(4 + 32 * 1024 + 1)), 1009),
        (lambda c: c.send(b"\xff"), 1007),
        (lambda c: c.send("x" * (32 * 1024 + 1)), 1009),
        (lambda c: c.send("é" * (16 * 1024) + "x"), 1009),
        (lambda c: [c.send("x" * 32 * 1024, opcode=0 if n else 1, final=False) for n in range(5)], 1009),
    ],
)
def test_frame_that_no_client_may_send(bench_of, sends, code):
    async def conversation(connect):
        client = await connect()
        await client.handshake()
        sends(client)
        return await client.closed()

    assert run(bench_of(api("$default")), conversation) == code


@pytest.mark.parametrize("limits", [SocketLimits(idle_seconds=0.01), SocketLimits(life_seconds=0.01)])
def test_connection_ends_after_its_time(bench_of, limits):
    bench = bench_of(api("$default"))
    bench.gateway.sockets.limits = limits

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        return await client.closed()

    assert run(bench, conversation) == 1001


async def manage(bench, method, connection_id, body=b"", keys=None):
    path = f"/live/@connections/{connection_id.replace('=', '%3D')}"
    signed = signed_headers(keys, method, f"https://{HOST}{path}", body, bench.time.now) if keys else {}
    return await bench.call(method, path, host=HOST, body=body, **signed)


def test_back_end_speaks_to_a_client(bench_of):
    bench = bench_of(api("$connect"))
    key = keys_of(bench.gateway.cloud.compute.functions["Fn"])

    async def conversation(connect):
        client = await connect()
        await client.handshake(User_Agent="ua")
        id_ = bench.events[0]["requestContext"]["connectionId"]
        sent = await manage(bench, "POST", id_, b"hello", key)
        told = await manage(bench, "GET", id_, keys=key)
        text = await client.text()
        unsigned = await manage(bench, "GET", id_)
        large = await manage(bench, "POST", id_, b"x" * (128 * 1024 + 1), key)
        deleted = await manage(bench, "DELETE", id_, keys=key)
        code = await client.closed()
        await until(lambda: not bench.gateway.sockets.count())
        gone = await manage(bench, "POST", id_, b"x", key)
        return text, code, json.loads(told.body), [r.status for r in (sent, told, unsigned, large, deleted, gone)], gone

    text, code, told, statuses, gone = run(bench, conversation)
    assert (text, code, statuses) == ("hello", 1000, [200, 200, 403, 413, 204, 410])
    assert told["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "ua"}
    assert told["connectedAt"] == "2023-11-14T22:13:20.000+00:00"
    assert gone.header("x-amzn-errortype") == "GoneException"


def test_mock_answers_a_handshake_and_a_message(bench_of):
    text = (
        api("$connect", "$default", answers=("$default",), target="Mock")
        + """
  Mock:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Chat, IntegrationType: MOCK, RequestTemplates: {"$default": '{"statusCode": 200}'}}
  Said:
    Type: AWS::ApiGatewayV2::IntegrationResponse
    Properties:
      ApiId: !Ref Chat
      IntegrationId: !Ref Mock
      IntegrationResponseKey: $default
      ResponseTemplates: {"$default": '{"you are": "$context.connectionId"}'}
"""
    )

    async def conversation(connect):
        client = await connect()
        status = await client.handshake()
        client.send("{}")
        return status, json.loads(await client.text())

    status, said = run(bench_of(text), conversation)
    assert (status, len(said["you are"])) == (101, 16)


AUTHORIZED = """
  Guard:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Chat
      Name: g
      AuthorizerType: REQUEST
      AuthorizerUri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"
      IdentitySource: [route.request.querystring.token]
"""


@pytest.mark.parametrize(("path", "status"), [("/live?token=good", 101), ("/live?token=bad", 403), ("/live", 401)])
def test_authorizer_at_the_handshake(bench_of, path, status):
    def function(event):
        if "methodArn" not in event:
            return {"statusCode": 200, "body": event["requestContext"].get("authorizer", {}).get("who")}
        assert event["methodArn"].endswith(f":{api_id('Chat')}/live/$connect")
        effect = "Allow" if event["queryStringParameters"]["token"] == "good" else "Deny"
        statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
        return {"principalId": "p", "policyDocument": {"Statement": [statement]}, "context": {"who": "me"}}

    more = ", AuthorizationType: CUSTOM, AuthorizerId: !Ref Guard"
    text = api("$connect", more=more) + ROUTE.format(id="Say", key="$default", target="Lambda", more="")
    text += ANSWERS.format(id="Say") + AUTHORIZED

    async def conversation(connect):
        client = await connect()
        got = await client.handshake(path)
        if got != 101:
            return got, None
        client.send("{}")
        return got, await client.text()

    got, who = run(bench_of(text, function=function), conversation)
    assert (got, who) == (status, "me" if status == 101 else None)


def test_response_of_another_kind_is_sent_as_ever(bench_of):
    bench = bench_of(api("$connect"), function=lambda _event: Response(200))
    assert asyncio.run(bench.call("GET", "/live", host=HOST)).status == 403


def test_messages_that_are_not_processed_yet_have_a_limit(bench_of):
    bench = bench_of(api("$default", answers=("$default",)), function={"statusCode": 200, "body": "x"})
    bench.gateway.sockets.limits = SocketLimits(at_once=2)
    goes_on = asyncio.Event()
    begun = []
    invoke = bench.invoke

    async def slow(*arguments):
        begun.append(arguments)
        await goes_on.wait()
        return await invoke(*arguments)

    bench.invoke = slow

    async def conversation(connect):
        client = await connect()
        await client.handshake()
        for _ in range(500):
            client.send("x" * 1000)
        await until(lambda: begun)
        for _ in range(1000):
            await asyncio.sleep(0)
        before = len(begun)
        goes_on.set()
        answers = [await client.text() for _ in range(500)]
        return before, len(answers)

    before, answered = run(bench, conversation)
    assert before <= 4  # a piece may complete more than one message
    assert answered == 500
