"""Drawn WebSocket APIs: routes, models and templates of a message, by the rules of AWS's developer guide.

The rules are written here once more, as short as they are there: a key that an expression gives, else `$default`.
"""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.sockets.test_sockets import served
from tests.gateway.test_trace_agrees import CLOUDS, drawn_clouds, loaded
from tests.helpers.draw_apis.templates import INVOKE, NETWORK, mostly, ref, resource, sub
from tests.helpers.gateway_bench import Bench
from tests.helpers.processes import ENOUGH_SECONDS

KEYS = ("a", "b", "$default")
EXPRESSIONS = {"$request.body.x": "{x}", "${request.body.x}": "{x}", r"\$default": "$default", "b": "b", "${request.body.y}a": "{y}a"}  # fmt: skip
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}}
MODELS = {"Strict": SCHEMA, "Open": {}}
MESSAGES = st.fixed_dictionaries(
    {"action": st.sampled_from(("a", "b", "c")), "n": st.sampled_from((1, "one"))},
    optional={"x": st.sampled_from(("a", "b", "c")), "y": st.just("")},
)


def entries(values):
    return st.dictionaries(st.sampled_from(KEYS), values, max_size=3)


ROUTES = st.fixed_dictionaries({
    "model_key": mostly(*EXPRESSIONS, None),
    "models": entries(st.sampled_from(sorted(MODELS))),
    "template_key": st.sampled_from(sorted(EXPRESSIONS)),
    "templates": entries(st.sampled_from(('"one"', '"two"'))),
    "passes": st.sampled_from(("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")),
})  # fmt: skip


def template(routes):
    """A template with routes by their keys."""
    found = {
        "Role": NETWORK["Role"],
        "Fn": NETWORK["Fn"],
        "Chat": resource("ApiGatewayV2::Api", Name="c", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"),
        "Stage": resource("ApiGatewayV2::Stage", ApiId=ref("Chat"), StageName="live", AutoDeploy=True),
        "May": resource("Lambda::Permission", FunctionName=ref("Fn"), Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"),
        **{f"Model{name}": resource("ApiGatewayV2::Model", ApiId=ref("Chat"), Name=name, Schema=schema) for name, schema in MODELS.items()},
    }  # fmt: skip
    for number, (key, one) in enumerate(routes.items()):
        found |= {
            f"To{number}": resource(
                "ApiGatewayV2::Integration", ApiId=ref("Chat"), IntegrationType="AWS", IntegrationMethod="POST", IntegrationUri=sub(INVOKE.format("${Fn.Arn}")),
                RequestTemplates=one["templates"], TemplateSelectionExpression=one["template_key"], PassthroughBehavior=one["passes"],
            ),
            f"Route{number}": resource(
                "ApiGatewayV2::Route", ApiId=ref("Chat"), RouteKey=key, Target=sub(f"integrations/${{To{number}}}"),
                RequestModels=one["models"], ModelSelectionExpression=one["model_key"],
            ),
            f"Answer{number}": resource("ApiGatewayV2::RouteResponse", ApiId=ref("Chat"), RouteId=ref(f"Route{number}"), RouteResponseKey="$default"),
        }  # fmt: skip
    return {"Resources": found}


def chosen(expression, by_key, message):
    """The entry for the key that an expression gives."""
    values = {"x": "", "y": "", **message}
    return by_key.get(EXPRESSIONS[expression].format(**values), by_key.get("$default"))


def expected(routes, message):
    """What the function receives, or the error."""
    route = routes.get(message["action"], routes.get("$default"))
    if route is None:
        return "Forbidden"
    if route["model_key"] is not None:
        model = chosen(route["model_key"], route["models"], message)
        if model is None or (model == "Strict" and message["n"] != 1):
            return "Bad request body"
    text = chosen(route["template_key"], route["templates"], message)
    if text is not None:
        return json.loads(text)
    refused = ("NEVER", "WHEN_NO_TEMPLATES") if route["templates"] else ("NEVER",)
    return "Unsupported Media Type" if route["passes"] in refused else message


async def answers(bench, messages):
    """The answers to messages, each sent after the answer to the one before."""
    async with served(bench) as connect:
        client = await connect()
        await client.handshake()
        for message in messages:
            client.send(json.dumps(message))
            told = json.loads(await client.text())
            yield told["event"] if "event" in told else told["message"]


@drawn_clouds(CLOUDS)
@given(
    routes=st.dictionaries(st.sampled_from(KEYS), ROUTES, min_size=1),
    messages=st.lists(MESSAGES, min_size=1, max_size=8),
)
def test_messages_go_where_the_guide_says(tmp_path, routes, messages):
    bench = Bench(loaded(tmp_path, template(routes)), lambda event: {"event": event})

    async def conversation():
        return [told async for told in answers(bench, messages)]

    found = asyncio.run(asyncio.wait_for(conversation(), ENOUGH_SECONDS))
    assert found == [expected(routes, message) for message in messages]
