"""Drawn HTTP and WebSocket APIs."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.links import linked
from tests.helpers.draw_apis.templates import INVOKE, att, mostly, ref, resource, sub

SIMPLE = {"AuthorizerPayloadFormatVersion": "2.0", "EnableSimpleResponses": True}


@st.composite
def http_apis(draw):
    """An HTTP API with its stages and authorizers."""
    cors = draw(mostly(None, {"AllowOrigins": ["https://shop.example"], "AllowMethods": ["GET"]}, {"AllowOrigins": ["https://*"], "AllowCredentials": True, "AllowHeaders": ["x-who"]}))  # fmt: skip
    source = draw(st.sampled_from((["$request.header.X-Who"], ["$request.querystring.who"], ["$request.header.X-Who", "$context.routeKey"], ["$stageVariables.who"], ["$context.identity.sourceIp"], None)))  # fmt: skip
    found = {
        "Http": resource("ApiGatewayV2::Api", Name="h", ProtocolType="HTTP", CorsConfiguration=cors, DisableExecuteApiEndpoint=draw(mostly(None, True))),
        "Jwt": resource("ApiGatewayV2::Authorizer", ApiId=ref("Http"), Name="j", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"], JwtConfiguration={"Issuer": "https://i.example", "Audience": ["me"]}),
        "Simple": resource(
            "ApiGatewayV2::Authorizer", ApiId=ref("Http"), Name="s", AuthorizerType="REQUEST", AuthorizerUri=sub(INVOKE.format("${Who.Arn}")),
            IdentitySource=source, AuthorizerResultTtlInSeconds=draw(mostly(None, 300)) if source else None, **draw(mostly(SIMPLE, {"AuthorizerPayloadFormatVersion": "1.0"}, {"AuthorizerPayloadFormatVersion": "2.0"})),
        ),
        "ToFn": resource("ApiGatewayV2::Integration", ApiId=ref("Http"), IntegrationType="AWS_PROXY", PayloadFormatVersion="2.0", IntegrationUri=draw(mostly(att("Fn"), ref("Live")))),
        "ToWeb": resource("ApiGatewayV2::Integration", ApiId=ref("Http"), IntegrationType="HTTP_PROXY", PayloadFormatVersion="1.0", **draw(mostly({"IntegrationMethod": "ANY", "IntegrationUri": "https://example.com/x"}, draw(linked())))),
        "ToQueue": resource(
            "ApiGatewayV2::Integration", ApiId=ref("Http"), IntegrationType="AWS_PROXY", IntegrationSubtype="SQS-SendMessage", PayloadFormatVersion="1.0",
            CredentialsArn=att(draw(mostly("WriterRole", "ReaderRole", "StrangeRole"))),
            RequestParameters={"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/orders", **draw(mostly({"MessageBody": "x"}, {}, {"MessageBody": "$request.body.text"}))},
        ),
    }  # fmt: skip
    keys = draw(st.sets(st.sampled_from(("$default", "GET /a", "ANY /a", "POST /a/{id}", "GET /a/{id}", "ANY /{proxy+}", "GET /", "OPTIONS /{proxy+}")), min_size=1, max_size=4))  # fmt: skip
    for number, key in enumerate(sorted(keys)):
        kind = draw(mostly("NONE", "AWS_IAM", "JWT", "CUSTOM"))
        found[f"Route{number}"] = resource(
            "ApiGatewayV2::Route", ApiId=ref("Http"), RouteKey=key, Target=draw(mostly(sub("integrations/${ToFn}"), sub("integrations/${ToWeb}"), sub("integrations/${ToQueue}"), None)),
            AuthorizationType=kind, AuthorizerId={"JWT": ref("Jwt"), "CUSTOM": ref("Simple")}.get(kind), AuthorizationScopes=draw(mostly(None, ["orders/read"])) if kind == "JWT" else None,
        )  # fmt: skip
    for name in draw(st.sampled_from((("$default",), ("live",), ("$default", "live")))):
        limits = draw(mostly(None, {"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}))
        own = draw(mostly(None, {min(keys): draw(st.sampled_from(({"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}, {"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 1000})))}))  # fmt: skip
        variables = draw(mostly({"who": "me"}, None))
        found[f"HttpStage{name.strip('$')}"] = resource("ApiGatewayV2::Stage", [f"Route{number}" for number in range(len(keys))], ApiId=ref("Http"), StageName=name, AutoDeploy=True, DefaultRouteSettings=limits, RouteSettings=own, StageVariables=variables)  # fmt: skip
    return found


@st.composite
def socket_apis(draw):
    """A WebSocket API with or without its `$connect`."""
    kind = draw(mostly("NONE", "AWS_IAM", "CUSTOM"))
    found = {
        "Chat": resource("ApiGatewayV2::Api", Name="c", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action", DisableExecuteApiEndpoint=draw(mostly(None, True))),
        "ChatStage": resource("ApiGatewayV2::Stage", ApiId=ref("Chat"), StageName="live", AutoDeploy=True),
        "ToChat": resource("ApiGatewayV2::Integration", ApiId=ref("Chat"), IntegrationType="AWS_PROXY", IntegrationUri=sub(INVOKE.format("${Fn.Arn}"))),
        "ChatWho": resource("ApiGatewayV2::Authorizer", ApiId=ref("Chat"), Name="w", AuthorizerType="REQUEST", IdentitySource=["route.request.header.X-Who"], AuthorizerUri=sub(INVOKE.format("${Who.Arn}"))),
        "ToMock": resource("ApiGatewayV2::Integration", ApiId=ref("Chat"), IntegrationType="MOCK", **draw(mocks())),
        "Message": resource("ApiGatewayV2::Route", ApiId=ref("Chat"), RouteKey="$default", Target=sub("integrations/${ToChat}")),
    }  # fmt: skip
    if draw(mostly(True, False)):
        found["Connect"] = resource(
            "ApiGatewayV2::Route", ApiId=ref("Chat"), RouteKey="$connect", AuthorizationType=kind, AuthorizerId=ref("ChatWho") if kind == "CUSTOM" else None,
            Target=draw(mostly(sub("integrations/${ToChat}"), sub("integrations/${ToMock}"), None)),
        )  # fmt: skip
    return found


@st.composite
def mocks(draw):
    """The templates of a mock, and how it chooses one."""
    keys = draw(st.sets(st.sampled_from(("200", "$default", "application/json"))))
    texts = st.sampled_from(('{"statusCode": 200}', '{"statusCode": 200}', "{}", ""))
    return {
        "RequestTemplates": {key: draw(texts) for key in sorted(keys)},
        "TemplateSelectionExpression": draw(
            mostly("200", "\\$default", "${request.body.x}", "2${request.body.x}", None)
        ),
        "PassthroughBehavior": draw(mostly(None, "NEVER", "WHEN_NO_TEMPLATES")),
    }
