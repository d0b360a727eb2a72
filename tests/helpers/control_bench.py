"""A gateway with its control plane, asked by boto3 itself: what it would send is handed over, what it gets is answered."""

import asyncio
import io
import json
import textwrap
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

from netful.account.apigateway.operations.operation import Site
from netful.account.apigateway.service import Control
from netful.gateway.shared.state import State
from netful.model.core import Unknown
from netful.services.http.message import ClientConnection, Request
from netful.sources import load
from tests.helpers.gateway_bench import INTERNET, Bench

CLIENT = ClientConnection(INTERNET, ("203.0.113.9", 4711), ("198.18.0.1", 443), tls=True)


class Clients:
    """boto3's clients, made once: `bench` is what they ask."""

    def __init__(self):
        import boto3  # a third of a second, for those tests that need it

        self.bench = None
        keys = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
        self.rest, self.http = (boto3.client(name, **keys) for name in ("apigateway", "apigatewayv2"))
        for client in (self.rest, self.http):
            client.meta.events.register("before-send", partial(self._sent, client))

    def _sent(self, client, request, event_name, **_more):
        from botocore.awsrequest import AWSResponse

        url = urlsplit(request.url)
        target = f"{url.path}?{url.query}" if url.query else url.path
        headers = tuple(
            (name, value.decode() if isinstance(value, bytes) else str(value))
            for name, value in request.headers.items()
        )
        body = request.body or b""
        asked = Request(request.method, target, headers, body, CLIENT)
        response = asyncio.run(self.bench.control.handle(asked))
        if response.status < 300 and response.body:
            operation = event_name.rpartition(".")[2]
            shape = client.meta.service_model.operation_model(operation).output_shape
            if "payload" not in shape.serialization:
                assert_of_shape(shape, json.loads(response.body), operation)
        raw = SimpleNamespace(stream=lambda *_args, **_more: [response.body], read=io.BytesIO(response.body).read)
        return AWSResponse(request.url, response.status, dict((*response.headers, *response.own)), raw)


def assert_of_shape(shape, value, place):
    """An answer has no member that the SDK's model does not know, and each is of its type."""
    kind = shape.type_name
    assert isinstance(value, _KINDS[kind]), (place, value)
    if kind == "structure":
        known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for name, item in value.items():
            assert name in known, (place, name)
            assert_of_shape(known[name], item, f"{place}.{name}")
    elif kind in {"list", "map"}:
        member = shape.member if kind == "list" else shape.value
        for item in value if kind == "list" else value.values():
            assert_of_shape(member, item, place)


_KINDS = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "timestamp": (int, str),
}


def assert_written_plainly(value):
    """Properties can be written as a template: they have no types of the model."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            assert_written_plainly(item)
    else:
        assert type(value) in {str, int, float, bool, Unknown}, value


class ControlBench(Bench):
    """A gateway over a template's cloud, which the control plane changes."""

    def __init__(self, clients, text, function=None):
        Path("template.yaml").write_text(textwrap.dedent(text))
        state = State.at()
        self.cloud = load([Path("template.yaml")])
        super().__init__(self.cloud, function, state=state)
        gateway = self.gateway
        self.site = Site(
            self.cloud,
            gateway.flush,
            state.meter,
            gateway.integrations,
            gateway.authorizers,
            gateway.validation,
            self.time,
        )
        self.control = Control(self.site, self)
        clients.bench = self
        self.rest, self.http = clients.rest, clients.http

    async def become(self, step):
        self.cloud = cloud = step(self.cloud)
        assert_written_plainly([one.properties for one in cloud.template.resources.values()])
        self.gateway.change(cloud)
        self.site.cloud = cloud
        return cloud

    def get(self, path, api="api", **headers):
        """The response to a request of the API's client."""
        host = f"{api}.execute-api.us-east-1.amazonaws.com"
        return asyncio.run(self.call("GET", path, host=host, **headers))

    def count(self, path, tries, **headers):
        """How many of so many requests at once are let through."""
        return sum(self.get(path, **headers).status == 200 for _ in range(tries))

    def json(self, path, **headers):
        """What a request is answered, which is JSON."""
        return json.loads(self.get(path, **headers).body)

    def patch(self, *patches, api="Api", stage="live"):
        """UpdateStage, by patches in one word or more: `replace /path value`, `copy /from /path`."""
        return self.rest.update_stage(restApiId=api, stageName=stage, patchOperations=[*map(patch, patches)])

    def resource(self, path, api="Api"):
        """The id of a resource."""
        found = self.rest.get_resources(restApiId=api, limit=500)["items"]
        return next(one["id"] for one in found if one["path"] == path)


def patch(words):
    op, path, *rest = words.split(" ", 2)
    if op == "copy":
        return {"op": op, "from": path, "path": rest[0]}
    return {"op": op, "path": path, **({"value": rest[0]} if rest else {})}
